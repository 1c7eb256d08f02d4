"""`manage.py restore_setup_stops`: take back what bounces of our own mistake have stopped."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from subscriptions.ses_list import SesListError
from subscriptions.setup_stops import setup_restore_all, setup_stops_count


class Command(BaseCommand):
    """Safe to repeat; whatever stops it, the rest is restored by the next run."""

    help = (
        "Restore the subscribers who were stopped by bounces that point to our own e-mail set-up"
        " (5.7.x). Fix SPF, DKIM and DMARC first: `manage.py check_deployment`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by", required=True, help="whose act this is, for the history: your staff id or name"
        )
        parser.add_argument("--count", action="store_true", help="only say how many there are")

    def handle(self, *, by: str, count: bool, **_options: object) -> None:
        self.stdout.write(f"{setup_stops_count()} stopped")
        if count:
            return
        try:
            setup_restore_all(by=by, progress=self._progress)
        except SesListError as err:
            raise CommandError(f"{err} Run it again in a while.") from err
        self.stdout.write(f"{setup_stops_count()} left")

    def _progress(self, left: int) -> None:
        self.stderr.write(f"{left} left so far")
