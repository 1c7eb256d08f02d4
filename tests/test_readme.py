"""The README says what is so."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _variables_read() -> set[str]:
    source = (ROOT / "ivent_site" / "settings.py").read_text()
    names = set(re.findall(r'(?:env\.\w+\(|environ\.get\()\s*"([A-Z_]+)"', source))
    queues = re.findall(r'_queue_url\("(\w+)"', source)
    return names | {f"{name.upper()}_QUEUE_URL" for name in queues}


def test_the_configuration_table_lists_exactly_the_variables_that_the_settings_read():
    section = README.split("## Configuration")[1].split("## ")[0]
    listed = set(re.findall(r"`([A-Z_]{4,})`", section))

    assert listed == _variables_read()


def test_every_link_and_picture_in_the_readme_leads_to_a_file():
    links = re.findall(r"\]\((?!http|#)([^)]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
