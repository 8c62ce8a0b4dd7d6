"""Serve the course from this folder: `python3 serve.py`, then open the address that it prints. Ctrl+C ends it.

Needs nothing but Python 3. Only this computer can reach the address, unless you give another one:
`python3 serve.py --bind 0.0.0.0 --port 8000` serves everybody on your network.
"""

import argparse
import functools
import http.server
import pathlib
import re

TYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".whl": "application/zip",
    ".svg": "image/svg+xml",
    ".css": "text/css",
    "": "application/octet-stream",
}
# The names or the queries of these hold a digest of their content, so they never change.
FOREVER = re.compile(r"/static/(pyodide|plotly)-[0-9a-f]{12}|\.[0-9a-f]{7,20}\.\w+$|\?(_|v)=[0-9a-f]{7,}$")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files with the right types, and no stale copies."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES
    protocol_version = "HTTP/1.1"

    def end_headers(self):
        """Tell the browser which files it may keep without asking."""
        fixed = FOREVER.search(self.path)
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache")
        super().end_headers()

    def log_message(self, *args):
        """Stay quiet: a class of thirty would fill the screen."""


def main():
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (default: this computer only)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port (default: 8000)")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    options = parser.parse_args()
    if not (options.folder / "index.html").exists():
        raise SystemExit(f"There is no index.html in {options.folder}; build the site first: python3 -m nox -s site")
    handler = functools.partial(Handler, directory=str(options.folder))
    try:
        server = http.server.ThreadingHTTPServer((options.bind, options.port), handler)
    except OSError as error:
        raise SystemExit(f"Port {options.port} cannot be used ({error.strerror}); try --port 0") from None
    host = "localhost" if options.bind in ("127.0.0.1", "0.0.0.0") else options.bind
    print(f"OsteoLab is at http://{host}:{server.server_address[1]}/  (Ctrl+C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
