"""What of real compiled libraries a platform can load."""

import json
import shutil
from pathlib import Path

import nh3
import pytest

from ivent_site.deployment.package import PackageError, package_build
from ivent_site.deployment.platforms import ARCHITECTURES, RUNTIMES, Platform, own_runtime
from ivent_site.deployment.shared_objects import SharedObject, shared_objects

# Where an ELF header names its machine, and AArch64's number.
# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_MACHINE_AT, _AARCH64 = 18, 183


@pytest.fixture
def library(tmp_path) -> Path:
    """A library of this machine's, under a name that says nothing."""
    (compiled,) = Path(nh3.__file__).parent.glob("*.so")
    return Path(shutil.copy(compiled, tmp_path / "library"))


def _own(library: Path) -> SharedObject:
    (found,) = shared_objects(library.parent)
    return found


def test_a_library_for_the_platform_can_be_loaded(library):
    found = _own(library)
    own = {"EM_X86_64": "x86_64", "EM_AARCH64": "arm64"}[found.machine]

    assert found.name == "library"
    assert (2, 2) < found.glibc < (3, 0)
    assert found.problem(Platform("python3.13", own)) is None


def test_a_library_for_another_machine_is_refused_by_name(library):
    data = bytearray(library.read_bytes())
    data[_MACHINE_AT : _MACHINE_AT + 2] = _AARCH64.to_bytes(2, "little")
    library.write_bytes(data)

    problem = _own(library).problem(Platform("python3.13", "x86_64"))

    assert problem is not None
    assert problem.startswith("library is built for EM_AARCH64, and python3.13 on x86_64")


def test_a_library_that_needs_a_newer_glibc_is_refused_by_name():
    newer = SharedObject(name="crypto.so", machine="EM_X86_64", glibc=(2, 34))

    assert newer.problem(Platform("python3.11", "x86_64")) == (
        "crypto.so needs glibc 2.34, and python3.11 on x86_64 has 2.26."
    )
    assert newer.problem(Platform("python3.12", "x86_64")) is None


def test_versions_of_glibc_are_compared_as_numbers():
    assert (
        SharedObject(name="a", machine="EM_X86_64", glibc=(2, 9)).problem(
            Platform("python3.11", "x86_64")
        )
        is None
    )


def test_text_and_empty_files_are_no_libraries(tmp_path):
    (tmp_path / "a.so").write_text("ELF")
    (tmp_path / "b.so").write_bytes(b"")

    assert list(shared_objects(tmp_path)) == []


def test_another_python_than_the_functions_makes_no_package_and_says_what_to_do(tmp_path):
    other = next(name for name in RUNTIMES if name != own_runtime())

    with pytest.raises(PackageError) as refused:
        package_build(
            zappa_settings=tmp_path / "zappa.json",
            platform=Platform(other, "x86_64"),
            target=tmp_path / "out.zip",
            say=print,
        )

    assert f"PYTHON={other} make deploy" in str(refused.value)
    assert f'platform = {{ runtime = "{own_runtime()}" }}' in str(refused.value)


def test_terraform_takes_the_platforms_that_can_be_built(settings):
    variables = (settings.BASE_DIR / "terraform/modules/lambda/variables.tf").read_text()

    assert f"contains({json.dumps([*RUNTIMES])}, var.platform.runtime)" in variables
    assert f"contains({json.dumps(ARCHITECTURES)}, var.platform.architecture)" in variables


def test_the_documents_say_when_aws_ends_each_runtime(settings):
    text = (settings.BASE_DIR / "docs" / "deploying.md").read_text()

    for name, runtime in RUNTIMES.items():
        glibc = ".".join(map(str, runtime.glibc))
        assert f"| `{name}` | {glibc} | {runtime.deprecated} | {runtime.updates_blocked} |" in text
