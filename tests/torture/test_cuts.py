"""Answers that end too early, given to a daemon: no alert from half an item, and the whole is asked for again."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.newsroom import hooked

TITLE = "Nordkorea liefert Russland Raketen und Munition"
DOCUMENT = rss([Item("1", TITLE), Item("2", "Regen in Bonn")], "de")


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 32] for at in range(0, len(body), 32)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


PACKED = gzip.compress(DOCUMENT)
FRAMINGS: dict[str, tuple[dict[str, str], bytes]] = {
    "length": ({"Content-Length": str(len(DOCUMENT))}, DOCUMENT),
    "chunked": ({"Transfer-Encoding": "chunked"}, chunked(DOCUMENT)),
    "gzip": ({"Content-Encoding": "gzip", "Content-Length": str(len(PACKED))}, PACKED),
    "closed": ({}, DOCUMENT.removesuffix(b"</rss>")),
}


@dataclass
class Scissors:
    """Serves the feed at ``/framing/cut``, whole once ``mended``; remembers who asked with validators."""

    url: str
    mended: bool = False
    conditional: list[str] = field(default_factory=list)


@contextmanager
def scissors() -> Iterator[Scissors]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, framing, cut = self.path.split("/")
            headers, body = FRAMINGS[framing]
            if self.headers.get("If-None-Match"):
                world.conditional.append(self.path)
            self.send_response(200)
            for name, value in {"ETag": '"one"', "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(
                b"".join([body, b"</rss>" if framing == "closed" else b""]) if world.mended else body[: int(cut)]
            )
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.4.1", 0), Handler)
    server.daemon_threads = True
    world = Scissors(f"http://127.0.4.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.timeout(900)
def test_an_answer_cut_at_any_byte_raises_no_alert_and_is_asked_for_again(world: World, figure: Figure) -> None:
    stride = 1 if FULL else 97
    with scissors() as cutter:
        places = [(name, cut) for name, (_, body) in FRAMINGS.items() for cut in range(0, len(body), stride)]
        listed = [
            {"id": f"{name}-{cut}", "url": f"{cutter.url}/{name}/{cut}", "language": "de"} for name, cut in places
        ]
        polling = {"interval": "1s", "backoff_max": "1s", "spread": "0s", "jitter": 0, "broken_after": 1_000_000}
        world.install(feeds=listed, operations="", polling=polling)
        with world.stable.running(world.home) as daemon:
            count = "SELECT count(*) FROM feeds WHERE failures >= 2"
            until(lambda: world.ask(count)[0][0] == len(listed), "all have failed twice", seconds=600, note=daemon.text)
            assert not world.ask("SELECT * FROM feeds WHERE etag IS NOT NULL")
            assert not world.ask("SELECT * FROM articles")
            assert not world.ask("SELECT * FROM matches")
            assert not cutter.conditional
            cutter.mended = True
            until(lambda: hooked(world.hook, {TITLE}) == {TITLE: 1}, "it is told once it is whole", note=daemon.text)
            assert daemon.stop() == 0, daemon.text()
    assert len(world.hook.calls) == 1
    figure(
        f"{len(places)} cuts of a feed in {len(FRAMINGS)} framings, each met twice: no alert, no article, no validators"
    )
