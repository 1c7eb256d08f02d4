"""Writing the search entries of subscribers that have none, page by page."""

from typing import Final, NamedTuple

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.selectors import subscription_get, subscriptions_page
from subscriptions.writing import ATTEMPTS, search_again

PAGE: Final = 100


class Reindexed(NamedTuple):
    """How many subscribers the page held; `next_key` goes on after them, if anything does."""

    subscribers: int
    next_key: str | None


def reindex_page(*, after_key: str | None = None) -> Reindexed:
    """Write the entries of the next page of subscribers. Safe to repeat."""
    page = subscriptions_page(status=None, limit=PAGE, after_key=after_key)
    for row in page.rows:
        _reindex(row.id)
    return Reindexed(len(page.rows), page.next_key)


def _reindex(subscription_id: str) -> None:
    for _ in range(ATTEMPTS):
        # As it is now: the list may be a moment behind.
        row = subscription_get(subscription_id)
        if row is None:
            return
        try:
            search_again(row)
        except ConflictError as err:
            conflict = err
        else:
            return
    raise conflict
