"""Template tags of the public pages; tags, so that error pages have them without a request."""

from django import template

from ivent_site.language_choice import languages_offered
from ivent_site.preferences.selectors import preferences_get

register = template.Library()


@register.simple_tag
def organisation() -> str:
    """Who runs this site."""
    return preferences_get().organisation


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The languages that a reader may choose."""
    return languages_offered()


@register.simple_tag
def postal_address() -> str:
    """Where the organisation is to be reached by post."""
    return preferences_get().postal_address
