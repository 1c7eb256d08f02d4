"""`GET /healthz`: whether everything that a request may need is ready."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ivent_site.dynamodb.health import tables_answer
from ivent_site.zones import iana_version


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 `{"status": "ok", "zones": "2026f"}`, the release of the time zone rules among it; or 503
    with the names of what is not ready.
    """
    not_ready = [] if tables_answer() else ["tables"]
    if settings.LOCAL:
        from ivent_site.local import readiness

        not_ready += readiness.not_ready()
    if not_ready:
        body = {"status": "not ready", "not_ready": not_ready, "zones": iana_version()}
        return JsonResponse(body, status=503)
    return JsonResponse({"status": "ok", "zones": iana_version()})
