"""What every step of the build uses: the folders, a program that is run, the hash of a file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOKS = ROOT / "notebooks"
EPOCH = "315532800"  # 1980-01-01: the first date that a zip file can hold


def run(*command: str | Path, **options) -> None:
    """Run a command; stop the build with its output if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f"{Path(str(command[0])).name} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def node(program: str) -> Path:
    """Return the path of node or npm: the one installed with the build tools, else the system's."""
    own = Path(sys.executable).with_name(program)
    found = own if own.exists() else shutil.which(program)
    if not found:
        raise SystemExit(
            f"{program} was not found; `python3 -m nox -s site` installs it into an environment of its own"
        )
    return Path(found)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def say(text: str) -> None:
    """Print a line at once, so that a slow step is not taken for a hang."""
    print(text, flush=True)
