"""Where the names of imported files meet the subscriptions, which may have names or not yet."""

from typing import Final

from subscriptions.tables import SubscriptionRow

_ATTRIBUTE: Final = "name"


def name_keep(row: SubscriptionRow, name: str) -> None:
    """Write the name into the row, where rows have one."""
    if name and hasattr(SubscriptionRow, _ATTRIBUTE):
        setattr(row, _ATTRIBUTE, name)


def name_of(row: SubscriptionRow) -> str:
    """The name in the row, "" if there is none."""
    return str(getattr(row, _ATTRIBUTE, None) or "")
