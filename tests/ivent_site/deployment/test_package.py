import importlib.util
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from ivent_site.deployment import package
from ivent_site.deployment.pruning import AWS_SERVICES, is_needed
from ivent_site.deployment.static import collect_static


@pytest.mark.parametrize(
    "name",
    [
        "handler.py",
        "ivent_site/locale/de/LC_MESSAGES/django.mo",
        "django/conf/locale/fr/LC_MESSAGES/django.mo",
        "django/conf/locale/__init__.py",
        "django/test/signals.py",
        "botocore/data/sesv2/2019-09-27/service-2.json.gz",
        "botocore/data/endpoints.json",
        "notifications/templates/notifications/announcement.html",
        "tzdata/zones",
        "tzdata/zoneinfo/Europe/Berlin",
        "tzdata/zoneinfo/tzdata.zi",
        "tzdata/zoneinfo/zone.tab",
        "ivent_site/zone_changes.json",
    ],
)
def test_what_runs_is_shipped(name):
    assert is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "troposphere/__init__.py",
        "python_slugify-8.0.4.dist-info/METADATA",
        "django/conf/locale/pt_BR/LC_MESSAGES/django.mo",
        "ivent_site/locale/de/LC_MESSAGES/django.po",
        "unfold/static/unfold/css/styles.css",
        "icalendar/tests/test_parsing.py",
        "django/__pycache__/shortcuts.cpython-311.pyc",
    ],
)
def test_what_does_not_run_is_left_out(name):
    assert not is_needed(name)


def test_the_data_of_each_service_that_has_a_client_is_shipped():
    sources = [settings.BASE_DIR / "ivent_site" / name for name in ("aws.py", "secret_key.py")]
    text = "".join(path.read_text() for path in sources)
    called = set(re.findall(r"client\(\s*\"([a-z0-9-]+)\"", text))
    assert called | {"dynamodb"} == AWS_SERVICES


def test_bytecode_is_shipped_and_believed(tmp_path):
    (tmp_path / "content").mkdir()
    module = tmp_path / "content" / "module.py"
    module.write_text("ANSWER = 42\n")
    package._compile(tmp_path / "content")
    compiled = Path(importlib.util.cache_from_source(str(module)))
    # PEP 552: bit 0 says hash-based, bit 1 says that the source is to be checked.
    assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01


def test_the_same_content_makes_the_same_file(tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    (content / "handler.py").write_text("pass\n")
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path in archives:
        package._archive(content, path)
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as archive:
        (entry,) = archive.infolist()
    assert (entry.filename, oct(entry.external_attr >> 16)) == ("handler.py", "0o755")


def test_static_files_are_text_under_names_that_change_with_it(tmp_path):
    collect_static(tmp_path)
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    names = {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert manifest["ivent/icon.svg"] in names
    assert not names & manifest.keys()
    for name in names:
        (tmp_path / name).read_text()


def test_fonts_and_pictures_stand_in_the_style_sheets(tmp_path):
    collect_static(tmp_path)
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    symbols = (tmp_path / manifest["unfold/fonts/material-symbols/styles.css"]).read_text()
    assert "url(data:font/woff2;base64," in symbols.replace('"', "")
    for name in manifest.values():
        if name.endswith(".css"):
            asked = re.findall(r"url\([\"']?([^)\"']+)", (tmp_path / name).read_text())
            assert not [url for url in asked if url.endswith((".png", ".woff2", ".gif"))], name
