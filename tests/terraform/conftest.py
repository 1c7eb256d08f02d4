"""Terraform for the tests of its configuration; they are skipped where it is not installed."""

from collections.abc import Iterator

import pytest

from tests.terraform import cli


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cli.Terraform]:
    """Terraform on a copy of the configuration."""
    if reason := cli.missing():
        pytest.skip(f"NOT TESTED: {reason}")
    with cli.running(tmp_path_factory.mktemp("terraform") / "terraform") as terraform:
        yield terraform
