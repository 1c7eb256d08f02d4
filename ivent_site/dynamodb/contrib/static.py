"""Models of Django's own apps that need no table here.

Content types follow from the installed models; permissions and groups come from Cognito,
so the tables that Django has for them are empty.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from ivent_site.dynamodb.contrib.log_rows import model_id
from ivent_site.dynamodb.store import StaticStore, bind


def content_types() -> Iterator[dict[str, Any]]:
    """One record per model; its id is the same in every process, for it is made of the name."""
    for model in apps.get_models(include_auto_created=True):
        opts = model._meta
        yield {
            "id": model_id(opts.label_lower),
            "app_label": opts.app_label,
            "model": opts.model_name,
        }


bind(ContentType, StaticStore(records=content_types))
bind(Permission, StaticStore())
bind(Group, StaticStore())
