"""Pyodide, the Python that runs in a browser, and its list of packages."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from tools import HERE, node, run, sha256
from wheels import dist

PIN = HERE / "pyodide.json"
PYTHON_ITSELF = "pyodide.asm.wasm"
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", PYTHON_ITSELF, "python_stdlib.zip")
# The full variant lets the browser fetch these from Pyodide's own distribution.
FROM_DISTRIBUTION = ("numpy", "pandas", "scipy")


def fetch_pyodide(work: Path) -> Path:
    """Fetch the pinned package of Pyodide, check its hash, and return the folder of its files."""
    pin = json.loads(PIN.read_text(encoding="utf-8"))
    work.mkdir(parents=True)
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run(node("npm"), "pack", "--silent", f"pyodide@{pin['version']}", cwd=work, env=env)
    (archive,) = work.glob("*.tgz")
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != pin["integrity"]:
        raise SystemExit(f"Pyodide {pin['version']}: the hash is {found}, pyodide.json says {pin['integrity']}")
    with tarfile.open(archive) as tar:
        tar.extractall(work, filter="data")
    return work / "package"


def install_runtime(site: Path, pyodide: Path, wheels: Path, full: bool) -> str:
    """Put Pyodide and its packages into a folder named after their content, and return its name."""
    original = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    packages = package_list(original, wheels, distribution_address(pyodide) if full else "")
    text = json.dumps(packages, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode() + b"".join(sha256(pyodide / name).encode() for name in PYODIDE_FILES))
    # A changed site has a changed folder: no browser can mix an old list with a new wheel.
    folder = site / "static" / f"pyodide-{digest.hexdigest()[:12]}"
    folder.mkdir(parents=True)
    for name in PYODIDE_FILES:
        shutil.copy(pyodide / name, folder / name)
    shutil.copytree(wheels, folder / wheels.name)
    (folder / "pyodide-lock.json").write_text(text, encoding="utf-8")
    return folder.name


def package_list(original: dict, wheels: Path, address: str = "") -> dict:
    """Return Pyodide's list of packages: the wheels of this site, with an address also those of FROM_DISTRIBUTION."""
    own = sorted(wheels.glob("*.whl"))
    available = {dist(wheel) for wheel in own}
    packages = {dist(wheel): entry(wheel, requirements(wheel, available)) for wheel in own}
    for item in packages.values():
        item["file_name"] = f"{wheels.name}/{item['file_name']}"
    for name in closure(original["packages"], FROM_DISTRIBUTION) - available if address else ():
        foreign = original["packages"][name]
        packages[name] = foreign | {"file_name": address + foreign["file_name"]}
    return {"info": original["info"], "packages": dict(sorted(packages.items()))}


def entry(wheel: Path, requires: list[str]) -> dict:
    """Return what Pyodide's list of packages says about one wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0].removesuffix(".pyc").removesuffix(".py") for name in names}
    return {
        "name": dist(wheel),
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": sorted(top for top in tops if re.fullmatch(r"[A-Za-z]\w*", top)),
        "depends": requires,
        "unvendored_tests": False,
    }


def requirements(wheel: Path, available: set[str]) -> list[str]:
    """Return the distributions among `available` that a wheel asks for without an extra."""
    from packaging.requirements import Requirement

    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode("utf-8").split("\n\n")[0].splitlines()
    asked = [Requirement(line.removeprefix("Requires-Dist: ")) for line in lines if line.startswith("Requires-Dist: ")]
    plain = [item for item in asked if not (item.marker and "extra" in str(item.marker))]
    return sorted({re.sub(r"[-_.]+", "-", item.name).lower() for item in plain} & available)


def closure(packages: dict, names: tuple[str, ...]) -> set[str]:
    """Return packages with everything that they need."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += packages[name]["depends"]
    return found


def distribution_address(pyodide: Path) -> str:
    """Return the address of Pyodide's own distribution, as Pyodide itself knows it."""
    version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    script = (pyodide / "pyodide.mjs").read_text(encoding="utf-8")
    found = re.search(r"`(https://[^`$]+/v)\$\{\w+\}(/full/)`", script)
    if found is None:
        raise SystemExit(f"Pyodide {version} does not say where its packages are; the full variant cannot be built")
    return f"{found[1]}{version}{found[2]}"
