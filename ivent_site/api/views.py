"""What every view of the API has in common."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from ivent_site.api.conditional import conditional
from ivent_site.api.parsers import printable
from ivent_site.cognito.rest_permissions import MethodPermissions

if TYPE_CHECKING:
    _Base = APIView
else:
    _Base = object

NO_STORE = "no-store"
# A client may keep it, and asks each time whether it still holds.
REVALIDATE = "private, no-cache"
# A query has room for more names than a reply has for what is wrong with them.
_WRONG_MAX = 20


class ApiView(_Base):
    """Rights by method, declared parameters and nothing else, and conditional GET.

    `parameters_by_method` is what the OpenAPI description shows and what a query may hold: any
    other name, and a name given twice, is a 400 by that name.
    """

    permission_classes = [MethodPermissions]
    permissions_by_method: Mapping[str, str | None] = {}
    parameters_by_method: Mapping[str, Sequence[OpenApiParameter]] = {}
    # For JSON that a GET has found; any other reply is not stored.
    cache_control = NO_STORE

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method != "OPTIONS" and hasattr(self, method.lower()):
            _require_known(request, self.parameters_by_method.get(method, ()))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        made: Response = super().finalize_response(request, response, *args, **kwargs)
        made["Cache-Control"] = NO_STORE
        if request.method not in {"GET", "HEAD"} or made.status_code != status.HTTP_200_OK:
            return made
        if made.accepted_renderer.format != "json":
            # A page shows who is signed in, and forms: a version says nothing of it.
            del made.headers["ETag"]
            return made
        made["Cache-Control"] = self.cache_control
        try:
            return conditional(request, made)
        except exceptions.APIException as err:
            refused = self.handle_exception(err)
            refused["Cache-Control"] = NO_STORE
            return super().finalize_response(request, refused, *args, **kwargs)


def _require_known(request: Request, parameters: Sequence[OpenApiParameter]) -> None:
    known = [each.name for each in parameters if each.location == OpenApiParameter.QUERY]
    wrong = {name: [detail] for name, detail in islice(_wrong(request, known), _WRONG_MAX)}
    if wrong:
        raise exceptions.ValidationError(wrong)


def _wrong(request: Request, known: Sequence[str]) -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    taken = {*known, api_settings.URL_FORMAT_OVERRIDE}
    for name, values in request.query_params.lists():
        if name not in taken:
            there = f"There are {', '.join(known)}." if known else "There are none."
            message = f"There is no such parameter. {there}"
            yield printable(name), exceptions.ErrorDetail(message, "unknown_parameter")
        elif len(values) > 1:
            message = "Give this parameter once."
            yield name, exceptions.ErrorDetail(message, "repeated_parameter")
