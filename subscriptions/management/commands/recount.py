"""`manage.py recount`: the numbers of the audience, put right."""

from typing import Any

from django.core.management.base import BaseCommand

from subscriptions.audience_counts import audience_recount
from subscriptions.selectors import home_shard_names


class Command(BaseCommand):
    """For a table that was restored, or filled before the numbers were kept. Safe to repeat."""

    help = "Counts the confirmed subscribers again, shard by shard, and corrects the numbers."

    def handle(self, *_: Any, **__: Any) -> None:
        wrong = sum(audience_recount(shard) for shard in home_shard_names())
        self.stdout.write(f"{wrong} numbers were wrong, and are right now.")
