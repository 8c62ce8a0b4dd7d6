"""Serve the course from this folder: `python3 serve.py`, then open the address that it prints. Ctrl+C ends it.

Needs nothing but Python 3. Only this computer can reach the address, unless you give another one:
`python3 serve.py --bind 0.0.0.0 --port 8000` serves everybody on your network.
"""

import argparse
import errno
import functools
import http.server
import io
import json
import os
import pathlib
import re
import socket
import sys

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
RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
INDEX_PAGES = ("index.html", "index.htm")
# JupyterLab writes scripts into its pages and compiles others; widgets come as blobs, small pictures as data.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:{outside}; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:{outside}; frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'"
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files of one folder with the right types, and no stale copies."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES
    protocol_version = "HTTP/1.1"
    # A line without a version is answered with a status too.
    default_request_version = "HTTP/1.0"
    # Seconds that a silent connection is kept.
    timeout = 30

    def __init__(self, *args, policy, **options):
        self.policy = policy
        super().__init__(*args, **options)

    def parse_request(self):
        """Answer an empty line too."""
        if super().parse_request():
            return True
        if not self.raw_requestline.strip():
            self.send_error(400, "Empty request")
        return False

    def end_headers(self):
        """Tell the browser which files it may keep without asking, and what a page may load."""
        # A line that is no request has no path.
        fixed = FOREVER.search(getattr(self, "path", ""))
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def send_head(self):
        """Open a file inside the folder, or the part of it that was asked for."""
        try:
            path = self.translate_path(self.path)
            if not self._is_served(path):
                return self.send_error(404, "File not found")
            return self._part(path) if self._wants_part(path) else super().send_head()
        except ValueError:
            return self.send_error(400, "This address cannot be read")

    def list_directory(self, path):
        """Show no list of files."""
        return self.send_error(404, "File not found")

    def _is_served(self, path):
        """Return whether a path is a file or folder that no link leads out of the served folder."""
        home = pathlib.Path(self.directory).resolve()
        leads_to = [path, *(os.path.join(path, name) for name in INDEX_PAGES)]
        inside = all(pathlib.Path(os.path.realpath(name)).is_relative_to(home) for name in leads_to)
        return inside and (os.path.isfile(path) or os.path.isdir(path))

    def _wants_part(self, path):
        """Return whether one part of a file is asked for, and the browser's first part is of the same file."""
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        if self.command != "GET" or not asked or not any(asked.groups()) or not os.path.isfile(path):
            return False
        return self.headers.get("If-Range") in (None, self.date_time_string(os.path.getmtime(path)))

    def _part(self, path):
        """Send the headers of a part of a file, and return the part."""
        first, last = RANGE.fullmatch(self.headers["Range"]).groups()
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            begin = int(first) if first else max(0, size - int(last))
            end = min(int(last), size - 1) if first and last else size - 1
            if begin > end:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            file.seek(begin)
            part = file.read(end - begin + 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Last-Modified", self.date_time_string(os.path.getmtime(path)))
        self.end_headers()
        return io.BytesIO(part)

    def log_message(self, *args):
        """Stay quiet: a class of thirty would fill the screen."""


class Server(http.server.ThreadingHTTPServer):
    """A thread for each connection; a closed tab is no fault."""

    # A class opens the page at the same moment.
    request_queue_size = 128
    # Windows would let two servers share one port.
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request, client_address):
        """Stay quiet about connections that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def port(text):
    """Return the number of a port, or say which there are."""
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:
        raise argparse.ArgumentTypeError(
            f"{text} is no port; a port is a whole number from 0 to 65535, and 0 any free one"
        )
    return int(text)


def policy(folder):
    """Return what the pages may load; the full edition fetches packages from another host."""
    try:
        full = json.loads((folder / "site.json").read_text(encoding="utf-8"))["full"]
    except (OSError, ValueError, KeyError, TypeError):
        full = False
    return POLICY.format(outside=" https:" if full else "")


def listen(bind, number, handler):
    """Return a server at an address, or end with a sentence that says what is wrong with it."""
    try:
        family, _, _, _, address = socket.getaddrinfo(bind, number, type=socket.SOCK_STREAM)[0]
        return type("Server", (Server,), {"address_family": family})(address[:2], handler)
    except (OSError, UnicodeError) as error:
        code = getattr(error, "errno", None)
        if not isinstance(error, (socket.gaierror, UnicodeError)) and code != errno.EADDRNOTAVAIL:
            raise SystemExit(f"Port {number} cannot be used ({error.strerror}); try --port 0") from None
    raise SystemExit(
        f"{bind} is no address of this computer; leave --bind out, or give --bind 0.0.0.0 to serve your whole network"
    )


def main():
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (default: this computer only)")
    parser.add_argument("--port", type=port, default=8000, help="0 takes any free port (default: 8000)")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    options = parser.parse_args()
    if not (options.folder / "index.html").exists():
        raise SystemExit(f"There is no index.html in {options.folder}; build the site first: python3 -m nox -s site")
    handler = functools.partial(Handler, directory=str(options.folder), policy=policy(options.folder))
    server = listen(options.bind, options.port, handler)
    host = "localhost" if options.bind in ("127.0.0.1", "0.0.0.0") else options.bind
    host = f"[{host}]" if ":" in host else host
    print(f"OsteoLab is at http://{host}:{server.server_address[1]}/  (Ctrl+C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
