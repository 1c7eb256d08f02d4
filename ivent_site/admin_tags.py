"""What templates of the admin ask for."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def adds(request: Any) -> str:
    """What the page adds, such as “event”; "" if it adds nothing."""
    match = request.resolver_match
    if match is None or not str(match.url_name).endswith("_add"):
        return ""
    model_admin = getattr(match.func, "model_admin", None)
    return str(model_admin.opts.verbose_name) if model_admin else ""
