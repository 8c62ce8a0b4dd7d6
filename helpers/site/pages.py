"""The pages of JupyterLab and Jupyter Notebook, made by JupyterLite, and their settings: nothing is asked elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from runtime import FROM_DISTRIBUTION
from tools import EPOCH, ROOT, run
from wheels import KERNEL_EXTENSION

KERNEL_PLUGIN = f"{KERNEL_EXTENSION}:kernel"
# Loaded in one go at the start; a package that is missing here would be looked for later, one at a time.
AT_START = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", "osteolab")
# Services that nobody here needs; each costs a request, a pop-up or a copy that goes stale.
DISABLED = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlite/application-extension:service-worker-manager",
    "@jupyterlite/services-extension:service-worker-manager",
    "@jupyterlite/apputils:service-worker-manager",
)
# As in JupyterLab: cells out of sight stay in the page and are not laid out at each redraw.
READING = {"windowingMode": "contentVisibility", "showEditorForReadOnlyMarkdown": False}
SETTINGS = {"@jupyterlab/notebook-extension:tracker": READING}


def stage(folder: Path) -> None:
    """Copy what a reader can open into one folder, links between the files intact."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    for name in ("notebooks", "docs", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("README.md", "CHANGELOG.md", "LICENSE", "LICENSE-text.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)


def build_pages(lite: Path, site: Path) -> None:
    """Let JupyterLite make the pages of JupyterLab and Jupyter Notebook around the staged files."""
    settings = {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks"],
            "contents": ["."],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(site),
            "cache_dir": str(lite.with_name("cache")),
        }
    }
    (lite.with_name("lite.json")).write_text(json.dumps(settings), encoding="utf-8")
    program = Path(sys.executable).with_name("jupyter-lite")
    env = os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "JUPYTER_PREFER_ENV_PATH": "1"}
    run(program, "build", "--config", lite.with_name("lite.json"), cwd=lite, env=env)


def configure(site: Path, runtime: str, full: bool) -> None:
    """Point the pages at their own Python, and switch off what would ask elsewhere."""
    path = site / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    config = settings["jupyter-config-data"]
    config |= {
        "appName": "OsteoLab",
        "exposeAppInBrowser": True,
        "contentsStorageName": "OsteoLab",
        "settingsStorageName": "OsteoLab settings",
        "workspacesStorageName": "OsteoLab workspaces",
        "disabledExtensions": sorted({*config.get("disabledExtensions", ()), *DISABLED}),
    }
    config.setdefault("litePluginSettings", {})[KERNEL_PLUGIN] = {
        "pyodideUrl": f"./static/{runtime}/pyodide.mjs",
        "disablePyPIFallback": True,
        "pipliteUrls": [],
        "loadPyodideOptions": {"packages": [*AT_START, *(FROM_DISTRIBUTION if full else ())]},
    }
    overrides = ROOT / "helpers" / "jupyter_settings" / "osteolab.json"
    config["settingsOverrides"] = json.loads(overrides.read_text(encoding="utf-8")) | SETTINGS
    path.write_text(json.dumps(settings, indent=1, sort_keys=True), encoding="utf-8")
