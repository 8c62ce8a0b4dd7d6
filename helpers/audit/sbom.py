"""Write the list of all parts that the locks pin, as a CycloneDX file: `python3 -m nox -s lock` calls it.

The file lists names and versions; the hashes of every file of a version stand in the locks. It holds no date, no random
number and no address, so that the same locks give the same file.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "requirements.cdx.json"
PYTHON_LOCKS = ("requirements.lock", "helpers/site/browser.lock", "helpers/site/tools.lock", "helpers/audit/tools.lock")
PYODIDE = "helpers/site/pyodide.json"
JAVASCRIPT_LOCK = "helpers/javascript/package-lock.json"
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ \\;]+)", re.MULTILINE)


class Part(NamedTuple):
    """One version of one package: the registry's kind, its name, its version."""

    kind: str
    name: str
    version: str


def pinned() -> Iterator[tuple[Part, str]]:
    """Yield every part with the lock that pins it."""
    for lock in PYTHON_LOCKS:
        for name, version in PINNED.findall((ROOT / lock).read_text(encoding="utf-8")):
            yield Part("pypi", name, version), lock
    yield Part("npm", "pyodide", json.loads((ROOT / PYODIDE).read_text(encoding="utf-8"))["version"]), PYODIDE
    packages = json.loads((ROOT / JAVASCRIPT_LOCK).read_text(encoding="utf-8"))["packages"]
    for place, package in packages.items():
        if place:
            yield Part("npm", place.rpartition("node_modules/")[2], package["version"]), JAVASCRIPT_LOCK


def component(part: Part, locks: list[str]) -> Component:
    """Return one part as CycloneDX describes it."""
    namespace, _, name = part.name.rpartition("/")
    address = PackageURL(part.kind, namespace or None, name, part.version)
    return Component(
        name=name,
        group=namespace or None,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=address,
        properties=[Property(name="osteolab:lock", value=lock) for lock in locks],
    )


def bill() -> str:
    """Return the CycloneDX file as text, checked against the schema of its version."""
    locks: dict[Part, list[str]] = {}
    for part, lock in pinned():
        locks.setdefault(part, []).append(lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    own = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name)
    # The identifier follows from the content.
    number = uuid.uuid5(uuid.NAMESPACE_OID, repr((own.version, sorted((*part, *locks[part]) for part in locks))))
    parts = [component(part, locks[part]) for part in sorted(locks)]
    bom = Bom(components=parts, serial_number=number)
    bom.metadata.component = own
    bom.register_dependency(own, parts)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    # The schema is named by an address; the fields beside it say the same.
    written.pop("$schema", None)
    # What needs what stands in the locks; a list in which nothing needs anything would be false.
    written.pop("dependencies", None)
    text = json.dumps(written, indent=1, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong:
        raise SystemExit(f"The list of parts is not valid CycloneDX: {wrong}")
    return text


if __name__ == "__main__":
    TARGET.write_text(bill(), encoding="utf-8", newline="\n")
