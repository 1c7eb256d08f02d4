"""`manage.py recover_clocks`: give events from before they kept their wall clock one."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from events.enums import EventStatus
from notifications.recover import recover_clocks


class Command(BaseCommand):
    """Safe to repeat. It prints where it is, to go on from there with --after."""

    help = "Recover the time on the clock of events that were stored without one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Write nothing, say what is found."
        )
        parser.add_argument("--after", default="", help="The cursor that was printed last.")

    def handle(self, *, dry_run: bool, after: str, **_options: object) -> None:
        if after and after.partition(" ")[0] not in set(EventStatus):
            raise CommandError(f"--after takes a cursor that this command printed, not {after!r}.")
        total = guessed = moved = 0
        for cursor, found in recover_clocks(dry_run=dry_run, after=after):
            for each in found:
                how = "as subscribers were told" if each.is_told else "by today's rules: check it"
                self.stdout.write(f"{each.event_id} {each.clock} {each.zone}, {how}")
            total += len(found)
            guessed += sum(not each.is_told for each in found)
            moved += sum(each.is_moved for each in found)
            self.stdout.write(f"--after '{cursor}'")
        verb = "would be" if dry_run else "are"
        self.stdout.write(
            f"{total} events {verb} recovered, {guessed} of them by today's rules;"
            f" {moved} are at another moment."
        )
