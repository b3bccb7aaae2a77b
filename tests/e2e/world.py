"""The world around the daemon, for real and on loopback: feeds that change, a mailbox, a webhook's end."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def until(
    holds: Callable[[], bool], what: str, *, seconds: float = 30, note: Callable[[], object] | None = None
) -> None:
    """Wait until ``holds()``; fail with ``what`` when the deadline passes."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}. {note() if note else ''}")
        pause.wait(0.02)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Item:
    """An item as a newsroom publishes it."""

    guid: str
    title: str
    text: str = ""
    link: str = ""

    def xml(self) -> str:
        link = self.link or f"https://news.example/{self.guid}"
        return (
            f"<item><guid isPermaLink='false'>{escape(self.guid)}</guid><title>{escape(self.title)}</title>"
            f"<link>{escape(link)}</link><description>{escape(self.text)}</description></item>"
        )


def rss(items: list[Item], language: str = "en") -> bytes:
    """An RSS 2.0 document."""
    inside = "".join(item.xml() for item in items)
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Test feed</title>"
        f"<link>https://news.example/</link><language>{language}</language>{inside}</channel></rss>"
    ).encode()


@dataclass
class FeedServer:
    """Serves whatever is in ``pages`` and remembers the requests; 304 where the validator is the current one."""

    url: str
    pages: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, int]] = field(default_factory=list)
    ignore_validators: bool = False
    faults: dict[str, int] = field(default_factory=dict)  # paths that answer with this status instead

    def count(self, path: str, status: int | None = None) -> int:
        return sum(1 for seen, code in list(self.requests) if seen == path and status in (None, code))


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    """A feed server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = world.pages.get(self.path)
            if body is None or self.path in world.faults:
                self._answer(world.faults.get(self.path, 404), b"")
                return
            etag = f'"{hash(body) & 0xFFFFFFFF:x}"'
            unchanged = self.headers.get("If-None-Match") == etag and not world.ignore_validators
            self._answer(304 if unchanged else 200, b"" if unchanged else body, etag)

        def _answer(self, status: int, body: bytes, etag: str = "") -> None:
            world.requests.append((self.path, status))
            self.send_response(status)
            if etag:
                self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world = FeedServer(f"http://127.0.0.1:{server.server_port}")
    with _serving(server):
        yield world


@dataclass
class Mailbox:
    """What arrived by SMTP, in order."""

    port: int
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in list(self.raw)]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.recipients.append(",".join(str(address) for address in envelope.rcpt_tos))
        return "250 kept"


@contextmanager
def mailbox(port: int = 0) -> Iterator[Mailbox]:
    """A real SMTP server that keeps what it is given."""
    box = Mailbox(port or free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class WebhookEnd:
    """What was posted: headers (lower case) and the raw body."""

    url: str
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in list(self.calls)]


@contextmanager
def webhook_end() -> Iterator[WebhookEnd]:
    """An HTTP server that takes POSTs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if end.status < 300:
                end.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(end.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    end = WebhookEnd(f"http://127.0.0.1:{server.server_port}/hook")
    with _serving(server):
        yield end


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
