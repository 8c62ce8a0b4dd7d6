"""The wheels of the browser: those of ``browser.lock``, the kernel's small stand-ins, and the project's own."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

from tools import EPOCH, HERE, ROOT, run

LOCK = HERE / "browser.lock"
KERNEL_EXTENSION = "@jupyterlite/pyodide-kernel-extension"
# From the kernel's own folder of wheels: small stand-ins for packages that need a computer's Python.
FROM_KERNEL = ("ipykernel-", "piplite-", "pyodide_kernel-", "widgetsnbextension-4")
# Wheels of the lock that only serve JupyterLab's side; the stand-ins above or the page itself replace them.
NOT_IN_KERNEL = ("jupyterlab_widgets", "widgetsnbextension")


def dist(wheel: Path) -> str:
    """Return the name of the distribution in a wheel, as the index of Pyodide spells it."""
    return re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower()


def fetch_wheels(folder: Path, full: bool) -> None:
    """Fetch the locked wheels, with their hashes checked, and build the project's own."""
    folder.mkdir(parents=True)
    options = ("--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check")
    platform = ("--platform", "any", "--python-version", "3.14")
    run(sys.executable, "-m", "pip", "download", *options, *platform, "-r", LOCK, "-d", folder)
    for name in NOT_IN_KERNEL:
        for wheel in folder.glob(f"{name}-*.whl"):
            wheel.unlink()
    source = Path(sys.prefix, "share", "jupyter", "labextensions", KERNEL_EXTENSION, "static", "pypi")
    for wheel in sorted(source.glob("*.whl")):
        if wheel.name.startswith(FROM_KERNEL):
            shutil.copy(wheel, folder / wheel.name)
    if not full:
        replace_installer(folder)
    own = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT, env=own)


def replace_installer(folder: Path) -> None:
    """Put a stand-in for the kernel's installer, and leave only the name of what it would have imported."""
    (wheel,) = folder.glob("piplite-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        about = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" in name}
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted((HERE / "piplite").glob("*.py")):
            archive.writestr(zipfile.ZipInfo(f"piplite/{path.name}"), path.read_bytes())
        for name, content in about.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    (unused,) = folder.glob("micropip-*.whl")
    rewritten = unused.with_suffix(".tmp")
    with zipfile.ZipFile(unused) as old, zipfile.ZipFile(rewritten, "w") as new:
        for name in old.namelist():
            if ".dist-info/" in name:
                new.writestr(zipfile.ZipInfo(name), old.read(name))
    rewritten.replace(unused)
