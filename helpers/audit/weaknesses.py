"""Ask the database of known weaknesses about every version that the locks pin: `python3 -m nox -s audit`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "helpers/site/browser.lock", "helpers/site/tools.lock", "helpers/audit/tools.lock")
UNREACHED = (
    "pip-audit could not reach its database of known weaknesses, so nothing was checked: try again on another network."
)
# The words with which pip-audit, or the library under it, says that nobody answered.
NO_ANSWER = ("ConnectionError", "connect", "Max retries", "resolution", "timed out", "ProxyError", "SSLError")


def ask(lock: str) -> subprocess.CompletedProcess:
    """Run pip-audit on one lock; nothing is installed."""
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json", "--timeout", "30")
    command = (sys.executable, "-m", "pip_audit", *options, "--requirement", lock)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def verdict(lock: str, code: int, out: str, err: str) -> tuple[list[str], int]:
    """Return the lines to print about one lock, and the exit code: 0 nothing known, 1 weaknesses, 2 not checked."""
    try:
        packages = json.loads(out)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        if any(word in err for word in NO_ANSWER):
            return [UNREACHED], 2
        return [f"pip-audit stopped (code {code}) at {lock}:", err.strip()[-2000:]], 2
    skipped = [
        f"{lock}: {one['name']} was not checked: {one['skip_reason']}" for one in packages if "skip_reason" in one
    ]
    if len(skipped) == len(packages):
        # A mirror that hands out packages but knows of no weakness answers "not found" for every one.
        return [UNREACHED], 2
    found = [
        f"{lock}: {one['name']} {one['version']} has {weak['id']}; mended in {', '.join(weak['fix_versions']) or '?'}"
        for one in packages
        for weak in one.get("vulns", ())
    ]
    count = f"{lock}: {len(packages) - len(skipped)} packages checked, {len(found)} known weaknesses."
    return [*skipped, *found, count], 1 if found else 2 if skipped else 0


def main() -> int:
    """Check every lock; stop at the first that cannot be checked for want of an answer."""
    worst = 0
    for lock in LOCKS:
        done = ask(lock)
        lines, code = verdict(lock, done.returncode, done.stdout, done.stderr)
        print(*lines, sep="\n", flush=True)
        if lines == [UNREACHED]:
            return code
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
