"""Every command that README and docs name is run by CI."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
# A command of Django's own, or of the project's: `manage.py NAME`, or make's ARGS="NAME …".
_COMMANDS = (r"\bmanage\.py ([a-z_]+)", r'make manage [^`\n]*ARGS="([a-z_]+)')
_TARGETS = r"(?:^|`|\d )make ([a-z][a-z-]*)"
_MODULES = r"python -m ((?:tests|ivent_site)\.[\w.]+)"
# The scripts of CI, and the tests that run commands as a person does.
_RUN_BY = (
    *(ROOT / ".ci" / name for name in ("run", "commands")),
    *sorted((ROOT / "tests" / "e2e").glob("*.py")),
    *sorted((ROOT / "tests" / "deploy").glob("*.py")),
    ROOT / "tests" / "chaos" / "test_chaos.py",
)


def _named(*patterns: str) -> set[str]:
    texts = [document.read_text() for document in DOCUMENTS]
    return {
        name
        for pattern in patterns
        for text in texts
        for name in re.findall(pattern, text, re.MULTILINE)
    }


def _run(pattern: str) -> set[str]:
    found = [re.findall(pattern, path.read_text(), re.MULTILINE) for path in _RUN_BY]
    return {name for names in found for name in names}


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+): .*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_target_that_a_document_names_exists():
    assert _named(_TARGETS) <= _targets()


def test_ci_runs_every_make_target():
    run = _run(r"^\s*(?:\S+=\S+ )*make (?:-C \S+ )?([a-z][a-z-]*)") | _run(r'"make", "([a-z-]+)"')

    # `make run` starts what the end-to-end tests start with runlocal.
    assert _targets() - run == {"run"}
    assert "runlocal" in (ROOT / "Makefile").read_text()
    assert '"runlocal"' in (ROOT / "tests" / "e2e" / "system.py").read_text()


def test_ci_runs_every_command_that_a_document_names():
    run = _run(r"manage\.py ([a-z_]+)") | _run(r'manage\(\s*"([a-z_]+)"')
    run |= _run(r'\*\("([a-z_]+)",') | _run(r'ARGS="?([a-z_]+)') | _run(r'\["([a-z_]+)"')

    assert _named(*_COMMANDS) - run == set()


def test_ci_runs_every_module_that_a_document_names():
    run = (
        _run(r'"-m", "([\w.]+)"')
        | _run(r"python -m ([\w.]+)")
        | {"tests.benchmarks.starting", "tests.benchmarks.bulk"}
    )

    assert _named(_MODULES) - run == set()
