"""Serves the bundled sample feeds on loopback, as a newsroom's server would: with validators and 304."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread

_AGO = re.compile(r"\{minutes ago: (\d+)\}")
_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def sample_feeds(now: datetime) -> dict[str, bytes]:
    """The documents by file name, their dates set relative to ``now``."""
    documents = {}
    for file in files("monitor.demo").joinpath("feeds").iterdir():
        suffix = file.name.rpartition(".")[2]

        def date(ago: re.Match[str], suffix: str = suffix) -> str:
            at = now - timedelta(minutes=int(ago.group(1)))
            return format_datetime(at) if suffix == "rss" else at.isoformat(timespec="seconds")

        documents[file.name] = _AGO.sub(date, file.read_text(encoding="utf-8")).encode()
    return documents


@contextmanager
def serve(documents: dict[str, bytes]) -> Iterator[str]:
    """Serve them on a free port of 127.0.0.1 until the context ends; gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            body = documents.get(name)
            if body is None:
                self.send_error(404)
                return
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            fresh = self.headers.get("If-None-Match") != etag
            self.send_response(200 if fresh else 304)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", _TYPES[name.rpartition(".")[2]])
            self.send_header("Content-Length", str(len(body) if fresh else 0))
            self.end_headers()
            if fresh:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing: the demo's terminal belongs to the alerts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, name="demo feeds", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
