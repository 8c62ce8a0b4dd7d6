"""The servers of both editions: JupyterLab, and the static site."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

NO_NEWS = {"checkForUpdates": False, "fetchNews": "false"}


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """JupyterLab on a free loopback port, with folders of its own so that nobody's settings matter.

    Parameters
    ----------
    root : Path
        Folder it serves.
    home : Path
        Folder for its settings, its runtime files and its log.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.log = root, home / "server.log"
        self.url = f"http://127.0.0.1:{free_port()}"
        root.mkdir(parents=True, exist_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(), env=self._environment(home), stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _command(self) -> list[str]:
        options = {
            "ServerApp.port": self.url.rpartition(":")[2],
            "ServerApp.port_retries": "0",
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.root_dir": str(self.root),
            "ServerApp.terminals_enabled": "False",
            "ServerApp.password": "",
            "IdentityProvider.token": "",
            "LabApp.news_url": "None",
            "LabApp.extension_manager": "readonly",
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        flags = ["--no-browser", "--allow-root", "--expose-app-in-browser"]
        return [sys.executable, "-m", "jupyterlab", *flags, *settings]

    @staticmethod
    def _environment(home: Path) -> dict[str, str]:
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
        names += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR")
        # The pop-up that asks about news would cover the lab.
        settings = home / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS), encoding="utf-8")
        return os.environ | {name: str(home / name.lower()) for name in names}

    def _wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self.text()[-2000:]}")

    def address(self, name: str) -> str:
        """Return the address at which JupyterLab shows a notebook."""
        return f"{self.url}/lab/tree/{name}?reset"

    def text(self) -> str:
        """Return what the server and its kernels have logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End the server and its kernels."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                # Kernels are sessions of their own and are ended by the server.
                self._process.send_signal(how)
                try:
                    self._process.wait(15)
                except subprocess.TimeoutExpired:
                    continue


class SiteServer:
    """The browser edition, served by its own script on a free loopback port.

    Parameters
    ----------
    folder : Path
        The built site.
    """

    def __init__(self, folder: Path) -> None:
        script = [sys.executable, str(folder / "serve.py"), "--port", "0"]
        self._process = subprocess.Popen(script, stdout=subprocess.PIPE, text=True)
        said = self._process.stdout.readline()
        found = re.search(r"http://localhost:(\d+)/", said)
        if found is None:
            raise RuntimeError(f"the site is not served: {said!r}")
        self.url = f"http://127.0.0.1:{found[1]}"

    def address(self, name: str) -> str:
        """Return the address at which the site shows a notebook."""
        return f"{self.url}/notebooks/index.html?path=notebooks/{name}"

    def text(self) -> str:
        """Return nothing: a server of static files has nothing to tell; errors of Python are in the page."""
        return ""

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(15)
