"""`manage.py reindex_subscribers`: what subscribers are found by, written again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from subscriptions.reindexing import reindex_page


class Command(BaseCommand):
    """For subscribers of before there was a search by parts, and a restored table.

    Safe to repeat, also while the site is in use; `--after` goes on where a run was ended.
    """

    help = "Writes the search entries of every subscriber, a page at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", help="the place that an earlier run has printed last")
        parser.add_argument("--pages", type=int, help="stop after so many pages of a hundred")

    def handle(self, *_: Any, after: str | None, pages: int | None, **__: Any) -> None:
        done = 0
        while pages is None or pages > 0:
            page = reindex_page(after_key=after)
            done, after = done + page.subscribers, page.next_key
            if after is None:
                break
            pages = pages and pages - 1
            self.stdout.write(f"{done} done; go on with --after '{after}'")
        self.stdout.write(f"{done} subscribers can be found." if after is None else "Not done yet.")
