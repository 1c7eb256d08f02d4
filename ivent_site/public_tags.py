"""Template tags of the public pages; tags, so that error pages have them without a request."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def organisation() -> str:
    """Who runs this site."""
    name: str = settings.ORGANISATION
    return name


@register.simple_tag
def postal_address() -> str:
    """Where the organisation is to be reached by post."""
    address: str = settings.POSTAL_ADDRESS
    return address
