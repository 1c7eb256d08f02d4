"""What is known only once the laptop's system runs: `.local/outputs.json`.

Settings read it as if its entries were environment variables; so does whoever opens a second
terminal beside `make run`.
"""

import json

from django.conf import settings


def write_outputs(outputs: dict[str, str]) -> None:
    """Replace the file by `outputs`; a reader sees the old or the new, never a half."""
    settings.LOCAL_DIR.mkdir(parents=True, exist_ok=True)
    unfinished = settings.LOCAL_OUTPUTS.with_suffix(".tmp")
    unfinished.write_text(json.dumps(outputs, indent=2) + "\n")
    unfinished.replace(settings.LOCAL_OUTPUTS)


def read_outputs() -> dict[str, str]:
    """What the last start has written; empty when the system never ran."""
    try:
        outputs: dict[str, str] = json.loads(settings.LOCAL_OUTPUTS.read_text())
    except FileNotFoundError:
        return {}
    return outputs
