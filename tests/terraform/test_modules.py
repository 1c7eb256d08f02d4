"""Every module keeps its own tests, and every folder Terraform's form."""

import pytest

from tests.terraform.cli import APPLIED, MODULES, ROOT, Terraform

# The stages are made of modules, and their plans are looked at whole.
TESTED = [folder for folder in (*APPLIED, *MODULES) if not folder.startswith("envs/")]


def test_everything_is_in_terraforms_one_format(terraform: Terraform):
    terraform("fmt", "-check", "-recursive", "-diff")


@pytest.mark.terraform
@pytest.mark.timeout(600)
@pytest.mark.parametrize("folder", TESTED)
def test_a_module_keeps_its_promises(terraform: Terraform, folder: str):
    assert any((ROOT / folder / "tests").glob("*.tftest.hcl")), "It promises nothing."
    # Modules of its own, if it has any; providers need no installing here.
    terraform("get", "-no-color", cwd=folder)
    assert "Success!" in terraform("test", "-no-color", cwd=folder)


@pytest.mark.parametrize("folder", [*APPLIED, *MODULES])
def test_a_folder_says_what_it_is(folder: str):
    there = {path.name for path in (ROOT / folder).iterdir()}
    assert {"versions.tf", "variables.tf", "outputs.tf", "README.md"} <= there


def test_the_bootstrap_is_valid_with_the_provider_that_is_pinned(terraform: Terraform):
    terraform.init("bootstrap")
    terraform("validate", "-no-color", cwd="bootstrap")
