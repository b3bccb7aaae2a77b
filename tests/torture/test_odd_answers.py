"""Answers that name an encoding, a port or a scheme that nobody expects: each feed has an outcome, poll after poll."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from encodings.aliases import aliases
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.world import until
from tests.torture.canary import canary
from tests.torture.conftest import FULL, Figure, World

Answer = tuple[int, dict[str, str], bytes]

BOGUS = (
    "", "x", "utf-9", "utf8mb4", "none", "null", "binary", "unknown-8bit", "x-user-defined", "../../etc/passwd", "%s",
    "utf-8;q=1", "a" * 5000, "\u0130", "utf\u20118", "idna\u0000", "raw-unicode-escape", "string-escape", "zip", "mbcs",
    "oem", "undefined", "charmap", "rot13", "hex", "base64", "uu", "quopri", "bz2", "punycode", "unicode_escape",
)  # fmt: skip
SCHEMES = (
    "file", "ftp", "ftps", "gopher", "dict", "ldap", "tftp", "jar", "data", "javascript", "about", "blob", "ws", "wss",
    "mailto", "tel", "view-source", "http+unix", "unix", "smb", "sftp", "ssh", "telnet", "netdoc", "x", "HTTPS",
)  # fmt: skip
PORTS = (
    "0", "00", "1", "7", "22", "25", "53", "80", "443", "6000", "65535", "65536", "99999", "4294967376", "-1", "+80",
    "80 ", "", "a", "0x50", "8e1", "\uff18\uff10", "80/..", "80@127.0.6.1", "80#@127.0.6.1", "1" * 400,
)  # fmt: skip
HOSTS = (
    "127.0.6.1", "127.0.1537", "0x7f000601", "2130707969", "017700003001", "127.0.6.1.", "[::ffff:127.0.6.1]",
    "[::ffff:7f00:601]", "[64:ff9b::7f00:601]", "[2002:7f00:601::]", "127.0.2.1@127.0.6.1", "127.0.2.1\\@127.0.6.1",
    "127.0.2.1\\127.0.6.1", "127.0.6.1\\@127.0.2.1", "\u2460\u2461\u2466.0.6.1", "127\u30020\u30026\u30021",
    "[fe80::1%25lo]", "[::1]", "localhost", "localhost.localdomain", "0", "127.0.6.1%00.example.org",
)  # fmt: skip


def encodings() -> dict[str, Answer]:
    """A feed in each encoding that Python knows, or says it does, or that nobody knows."""
    found: dict[str, Answer] = {}
    for name in sorted({*aliases, *aliases.values(), *BOGUS}):
        declared = name.encode("utf-8", "replace").replace(b"\0", b"")
        body = b"<?xml version='1.0' encoding='" + declared + b"'?><rss version='2.0'><channel><title>\xe4\xff"
        body += b"</title><item><guid>1</guid><title>Regen \x80\xfe\xc3(</title></item></channel></rss>"
        header = {"Content-Type": f"text/xml; charset={name}".encode("latin-1", "replace").decode("latin-1")}
        found[f"encoding-{len(found)}"] = (
            200,
            {key: re.sub(r"[\0\r\n]", "", text) for key, text in header.items()},
            body,
        )
    return found


def redirects(canary: int) -> dict[str, Answer]:
    """A redirect to each scheme, port and spelling of an address at which the canary sits."""
    places = [f"{scheme}://127.0.6.1:{canary}/rss" for scheme in SCHEMES]
    places += [f"{scheme}:/etc/passwd" for scheme in SCHEMES]
    places += [f"http://127.0.6.1:{port}/rss" for port in PORTS]
    places += [f"http://{host}:{canary}/rss" for host in HOSTS]
    places += [
        f"//127.0.6.1:{canary}/",
        f"///127.0.6.1:{canary}/",
        f"\\\\127.0.6.1:{canary}\\",
        f"http:127.0.6.1:{canary}",
        "",
    ]
    places += [
        "http://",
        "http:///",
        "://",
        "?",
        "#",
        "http://[",
        "http://[::1",
        "http://a b/",
        "\x7f",
        "http://\xff\xfe/",
    ]
    found: dict[str, Answer] = {}
    for place in places:
        location = place.encode("utf-8", "replace").decode("latin-1")
        found[f"redirect-{len(found)}"] = ((301, 302, 303, 307, 308)[len(found) % 5], {"Location": location}, b"")
    return found


@contextmanager
def answering(answers: dict[str, Answer]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path[1:], (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.2.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.2.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.timeout(600)
def test_every_encoding_that_is_declared_comes_to_an_outcome(world: World, figure: Figure) -> None:
    answers = dict(list(encodings().items())[:: 1 if FULL else 20])
    with answering(answers) as url:
        listed = [{"id": name, "url": f"{url}/{name}", "interval": "1s"} for name in answers]
        world.install(feeds=listed, operations="", polling={"spread": "0s", "parse_workers": 2})
        with world.stable.running(world.home) as daemon:
            until(
                lambda: not world.ask("SELECT 1 FROM feeds WHERE polled_at IS NULL"), "all are polled", seconds=300,
                note=daemon.text,
            )  # fmt: skip
            first = dict(world.ask("SELECT feed, polled_at FROM feeds"))
            until(
                lambda: not first.items() & dict(world.ask("SELECT feed, polled_at FROM feeds")).items(),
                "all are polled again", seconds=300, note=daemon.text,
            )  # fmt: skip
            assert daemon.stop() == 0, daemon.text()
    assert "Traceback" not in daemon.text()
    read = world.ask("SELECT count(*) FROM feeds WHERE failure = ''")[0][0]
    figure(f"{len(answers)} declared encodings, known and not: {read} feeds read, the others a feed error, none lost")


@pytest.mark.timeout(600)
def test_a_redirect_to_any_port_scheme_and_spelling_comes_to_an_outcome_and_opens_nothing(
    world: World, figure: Figure
) -> None:
    with canary() as (port, guests):
        answers = dict(list(redirects(port).items())[:: 1 if FULL else 2])
        with answering(answers) as url:
            listed = [{"id": name, "url": f"{url}/{name}", "interval": "1s"} for name in answers]
            polling = {"spread": "0s", "backoff_max": "1s", "allow_networks": ["127.0.2.1/32"], "deadline": "5s"}
            world.install(feeds=listed, operations="", polling=polling)
            with world.stable.running(world.home) as daemon:
                until(
                    lambda: not world.ask("SELECT 1 FROM feeds WHERE failures < 2"), "all have failed twice",
                    seconds=300, note=lambda: world.ask("SELECT feed, failure FROM feeds WHERE failures < 2"),
                )  # fmt: skip
                assert daemon.stop() == 0, daemon.text()
    assert not guests
    assert "Traceback" not in daemon.text()
    assert "root:" not in daemon.text()
    figure(
        f"{len(answers)} redirects to odd schemes, ports and spellings: each a feed error, twice; no one connected to"
    )
