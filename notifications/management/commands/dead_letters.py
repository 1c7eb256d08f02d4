"""`manage.py dead_letters`: read what failed again and again, and send it back."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.dead_letters import (
    QUEUES,
    NotSentBackError,
    dead_letters_count,
    dead_letters_list,
    dead_letters_send_back,
)

LIST_MAX = 100


class Command(BaseCommand):
    """Shows what a message is about, and never whom."""

    help = "List the dead letters of a queue, or send them back to it for another try."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=("list", "send_back"))
        parser.add_argument("queue", choices=QUEUES)
        parser.add_argument(
            "--limit",
            type=int,
            help=f"at most so many: {LIST_MAX} to list, all there are now to send back",
        )

    def handle(self, *, action: str, queue: str, limit: int | None, **_options: object) -> None:
        count = dead_letters_count(queue)
        if action == "list":
            letters = dead_letters_list(queue, limit=LIST_MAX if limit is None else limit)
            for each in letters:
                self.stdout.write(
                    f"{each.sent_at:%Y-%m-%d %H:%M:%S} {each.message_id} {each.about}"
                )
            self.stdout.write(f"{len(letters)} of {max(count, len(letters))} shown")
            return
        # What fails once more comes back: without a limit this might never end.
        limit = count if limit is None else limit
        try:
            sent = dead_letters_send_back(queue, limit=limit, progress=self._progress)
        except NotSentBackError as err:
            raise CommandError(f"{err} They are still there: try again in a while.") from err
        self.stdout.write(f"{sent} sent back")

    def _progress(self, count: int) -> None:
        self.stderr.write(f"{count} so far")
