"""A second click on the Save of a new object makes no second entry in the history."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.http import HttpRequest

# For the type checker: at run time the class beside it is the ModelAdmin.
if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object

_NO_ENTRY: Final = object()


class MadeOnce(_Base):
    """For forms that say by `is_made` that the object is there already, as the form has it."""

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:
        if add and form.is_made:
            return _NO_ENTRY
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None if message is _NO_ENTRY else super().log_addition(request, obj, message)
