"""The static files of every app, collected as AWS serves them."""

from pathlib import Path
from typing import Final

from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.management import call_command

from ivent_site.static_files import TextStaticFilesStorage

# Another viewer of the API's description, and what pages load in debug mode only.
_UNUSED: Final = ("redoc", "jquery.js", "select2.full.js", "xregexp.js")


def collect_static(target: Path) -> None:
    """Write every static file to `target`, under its hashed name, with the manifest."""
    command = Command()
    # Whatever this stage stores its static files with.
    command.storage = TextStaticFilesStorage(location=str(target), base_url="/static/")
    call_command(command, interactive=False, verbosity=0, ignore_patterns=[*_UNUSED])
