"""What the functions are made of until Zappa has shipped the code."""

import runpy
import zipfile

import pytest

from tests.terraform.tools import PROJECT

FOLDER = PROJECT / "terraform" / "modules" / "lambda" / "placeholder"


def test_the_archive_holds_the_code_that_stands_beside_it():
    with zipfile.ZipFile(FOLDER / "placeholder.zip") as archive:
        assert archive.namelist() == ["handler.py"]
        assert archive.read("handler.py") == (FOLDER / "handler.py").read_bytes()


def test_people_are_asked_to_wait_and_events_come_again():
    handler = runpy.run_path(str(FOLDER / "handler.py"))["lambda_handler"]
    assert handler({"httpMethod": "GET"}, None)["statusCode"] == 503
    with pytest.raises(RuntimeError):
        handler({"Records": []}, None)
