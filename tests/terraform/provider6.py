"""Version 6 of the AWS provider, argument by argument, from the wheel of CDKTN's bindings.

The registry of providers is out of reach of the tests. The bindings are made from the provider's
own schema: an interface for each resource, whose properties link to the argument's page.
"""

import json
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Final

_LINK: Final = re.compile(r"/docs/(resources|data-sources|ephemeral-resources)/(\w+)#(\w+)")
_KINDS: Final = {"resources": "resource", "data-sources": "data"}
# Terraform's own, for every block.
META: Final = {
    "count", "for_each", "depends_on", "lifecycle", "provider", "providers", "provisioner",
}  # fmt: skip

# Prints file, kind, type and body of every block below a folder; hcl2 comes with checkov.
_PARSER: Final = """
import hcl2, json, pathlib, sys
found = []
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.tf")):
    if ".terraform" in path.parts: continue
    with path.open() as file: parsed = hcl2.load(file)
    for kind in ("resource", "data"):
        for block in parsed.get(kind, []):
            for name, instances in block.items():
                found += [[str(path), kind, name, body] for body in instances.values()]
print(json.dumps(found))
"""


class Schema:
    """Every resource and data source."""

    def __init__(self, wheel: Path, cache: Path) -> None:
        if not cache.exists():
            cache.write_text(json.dumps(_extract(wheel)))
        self._known: dict[str, Any] = json.loads(cache.read_text())

    def problems(self, kind: str, name: str, body: dict[str, Any]) -> list[str]:
        """What version 6 would refuse of a block."""
        root = self._known["roots"].get(f"{kind} {name}")
        if root is None:
            return [f"{kind} {name}: there is none"]
        return [f"{kind} {name}: {each}" for each in self._check(root, body, "")]

    def _check(self, interface: str, body: dict[str, Any], path: str) -> list[str]:
        known: dict[str, list[Any]] | None = self._known["interfaces"].get(interface)
        if known is None:
            return []
        given = _unwrapped(body)
        found = [
            f"{path}{name} is unknown" for name in given if name not in known | dict.fromkeys(META)
        ]
        found += [
            f"{path}{name} is required"
            for name, (optional, _) in known.items()
            if not optional and name not in given
        ]
        for name, value in given.items():
            inner = known.get(name, [True, None])[1]
            for each in value if inner and isinstance(value, list) else []:
                if isinstance(each, dict):
                    found += self._check(inner, each, f"{path}{name}.")
        return found


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """A block's arguments, its dynamic blocks among them."""
    given = {name: value for name, value in body.items() if not name.startswith("__")}
    for dynamic in given.pop("dynamic", []):
        for name, block in dynamic.items():
            if not name.startswith("__"):
                given.setdefault(name, [])
                given[name] = [*given[name], *block["content"]]
    return given


def configuration(python: Path, folder: Path) -> list[tuple[str, str, str, dict[str, Any]]]:
    """File, kind, type and body of every resource and data source."""
    done = subprocess.run(
        [python, "-c", _PARSER, folder], capture_output=True, text=True, check=True
    )
    return [tuple(each) for each in json.loads(done.stdout)]


def _extract(wheel: Path) -> dict[str, Any]:
    """Roots ("resource aws_x" → interface) and interfaces (argument → optional, its interface)."""
    with zipfile.ZipFile(wheel) as package:
        inner = next(name for name in package.namelist() if name.endswith(".jsii.tgz"))
        with package.open(inner) as packed, tarfile.open(fileobj=packed, mode="r:gz") as archive:
            member = archive.extractfile("package/.jsii")
            assert member is not None
            types = json.loads(member.read())["types"]
    roots: dict[str, str] = {}
    interfaces: dict[str, dict[str, list[Any]]] = {}
    for fqn, kind in types.items():
        if kind["kind"] != "interface":
            continue
        arguments = {}
        for member in kind.get("properties", []):
            link = _LINK.search(json.dumps(member.get("docs", {})))
            if link is None or link[1] not in _KINDS:
                continue
            target = member["type"].get("collection", {}).get("elementtype", member["type"])
            arguments[link[3]] = [bool(member.get("optional")), _interface(target, types)]
            if "cdktn.TerraformMetaArguments" in kind.get("interfaces", []):
                roots[f"{_KINDS[link[1]]} aws_{link[2]}"] = fqn
        if arguments:
            interfaces[fqn] = arguments
    return {"roots": roots, "interfaces": interfaces}


def _interface(kind: dict[str, Any], types: dict[str, Any]) -> str | None:
    """The interface of a block's type, which may hide in a union or a collection."""
    for each in kind.get("union", {}).get("types", [kind]):
        inner = each.get("collection", {}).get("elementtype", each)
        fqn = inner.get("fqn")
        if fqn in types and types[fqn]["kind"] == "interface":
            return str(fqn)
    return None
