"""Secrets in every place that takes one, while everything fails: none of them comes out anywhere."""

from __future__ import annotations

import base64
import json
import signal
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Installation, codeword_headline
from tests.e2e.world import Item, rss, until
from tests.torture.conftest import Figure, World
from tests.torture.launcher import Launcher, Running

CANARY = "Canary7Zq"


@contextmanager
def angry_end() -> Iterator[int]:
    """A server that refuses everything, says back what it was asked, and redirects with the token in the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = self.path
            if "/good" in place:
                links = "<item><title>Regen</title><link>#top</link></item>"
                body = rss([Item("1", codeword_headline(0))], "de").replace(
                    b"</channel>", links.encode() + b"</channel>"
                )
                self._answer(200, body)
            elif place.startswith("/moved"):
                self.send_response(301)
                self.send_header("Location", "/good?" + place.partition("?")[2])
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._answer(500, f"no: {place} {self.headers}".encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = 400 if any(f"{CANARY}{number}" in self.path for number in ("03", "15")) else 401
            self._answer(status, json.dumps({"ok": False, "description": f"no: {self.path}"}).encode())

        def do_PUT(self) -> None:
            self.do_POST()

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def channels(port: int, dead: int) -> dict[str, Any]:
    """Every kind of channel, each with secrets wherever it takes one."""
    end = f"127.0.0.1:{port}"
    return {
        "mail": {
            "url": f"mailto://{CANARY}01:{CANARY}02@127.0.0.1:{dead}?from=nm@example.org",
            "to": ["a@example.org"],
            "timeout": "2s",
        },
        "hook": {"type": "webhook", "url": f"http://{end}/{CANARY}03?key={CANARY}04", "secret": f"{CANARY}05"},
        "gotify": {"url": f"gotify://{end}/{CANARY}06"},
        "ntfy": {"url": f"ntfy://{CANARY}07:{CANARY}08@{end}/{CANARY}09"},
        "mattermost": {"url": f"mmost://{end}/{CANARY}10abcdefghijklmnop"},
        "matrix": {"url": f"matrix://{CANARY}11:{CANARY}12@{end}/%23room:example.org"},
        "json": {"type": "apprise", "url": f"json://{CANARY}13:{CANARY}14@{end}/{CANARY}15"},
        "rocket": {"url": f"rocket://{CANARY}16:{CANARY}17@{end}/%23room"},
    }


def feeds(port: int) -> list[dict[str, Any]]:
    login = f"http://reader:{CANARY}20@127.0.0.1:{port}"
    plain = f"http://127.0.0.1:{port}"
    return [
        {"id": "login", "url": f"{login}/good/one", "language": "de"},
        {"id": "token", "url": f"{plain}/good/two?token={CANARY}21", "language": "de"},
        {"id": "moved", "url": f"{plain}/moved?token={CANARY}22"},
        {"id": "ill", "url": f"{login.replace('20@', '23@')}/ill?token={CANARY}24"},
        {"id": "headers", "url": f"{plain}/ill", "headers": {"X-Key": f"{CANARY}25"}, "auth": f"user:{CANARY}26"},
        {"id": "dead", "url": f"http://user:{CANARY}27@127.0.0.1:1/rss?token={CANARY}28"},
    ]


@pytest.mark.timeout(240)
def test_no_canary_is_heard_of_anywhere(world: World, figure: Figure) -> None:
    home = world.home
    with angry_end() as port:
        named = channels(port, port)
        polling = {"broken_after": 1, "interval": "1s"}
        world.install(
            feeds=feeds(port), channels=named, operations="mail", polling=polling, log={"level": "debug"},
            backup={"every": "1h"}, delivery={"backoff_first": "1s", "report_after": "1s"},
        )  # fmt: skip
        home.write_codeword_rules(1, sorted(named))
        with world.stable.running(home) as daemon:

            def ready() -> bool:
                failing = world.ask("SELECT channel FROM channels WHERE failing_since IS NOT NULL")
                polls = dict(world.ask("SELECT feed, count(*) FROM events WHERE kind <> 'joined' GROUP BY feed"))
                backups = list((home.directory / "data" / "backups").glob("*.db"))
                return (
                    len(failing) == len(named) - 2
                    and all(polls.get(f["id"], 0) >= 5 for f in feeds(port))
                    and backups != []
                )

            until(ready, "every channel and feed has failed", seconds=40, note=lambda: (
                world.ask("SELECT channel, failing_since, failure FROM channels"),
                    list((home.directory / "data").rglob("*")),
                world.ask("SELECT feed, count(*) FROM events GROUP BY feed"),
                daemon.text()[-2000:],
            ))  # fmt: skip
            heard = everything_heard(home, daemon)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (home.directory / "data").rglob("*.db*")}
    assert not leaks(heard), leaks(heard)
    assert set(modes.values()) == {0o600}, modes
    figure(f"0 occurrences of 27 secrets in {len(heard)} places, plain or in base64")


@pytest.mark.timeout(240)
def test_no_canary_of_a_proxy_or_a_reload_is_heard_of_anywhere(world: World, figure: Figure) -> None:
    """One proxy refuses everything and says back what it was asked, the other is not there."""
    home = world.home
    with angry_end() as port:
        proxies = {
            "http_proxy": f"http://user:{CANARY}40@127.0.0.1:{port}",
            "https_proxy": f"http://user:{CANARY}41@127.0.0.1:1",
            "all_proxy": f"socks5://user:{CANARY}42@127.0.0.1:1",
        }
        polling = {"broken_after": 1, "interval": "1s", "trust_env": True}
        plain = f"127.0.0.1:{port}"
        listed = [{"id": "plain", "url": f"http://{plain}/one"}, {"id": "tls", "url": f"https://{plain}/two"}]
        listed += [{"id": "good", "url": f"http://{plain}/good/three", "language": "de"}]
        settings: dict[str, Any] = {"operations": "", "polling": polling, "log": {"level": "debug"}}
        settings["backup"] = {"every": "1h"}
        world.install(feeds=listed, channels={"hook": "console"}, **settings)
        home.write_codeword_rules(1, ["hook"])
        (home.directory / "rules" / "arms.yaml").unlink()
        with world.stable.running(home, environment=proxies) as daemon:
            until(lambda: failed_often(world, "plain") and failed_often(world, "tls"), "both fail", note=daemon.text)
            added = {"id": "later", "url": f"http://user:{CANARY}43@{plain}/ill?token={CANARY}44"}
            later = {"type": "webhook", "url": f"http://{plain}/{CANARY}45", "secret": f"{CANARY}46"}
            world.install(feeds=[*listed, added], channels={"hook": "console", "later": later}, **settings)
            daemon.signal(signal.SIGHUP)
            until(lambda: failed_often(world, "later"), "the feed added by a reload fails", note=daemon.text)
            heard = everything_heard(home, daemon)
    assert not leaks(heard), leaks(heard)
    figure(f"0 occurrences of 7 secrets of proxies and of a reload in {len(heard)} places")


def failed_often(world: World, feed: str) -> bool:
    return bool(world.ask("SELECT 1 FROM feeds WHERE feed = ? AND failures >= 2", feed))


def everything_heard(home: Installation, daemon: Running) -> dict[str, bytes]:
    """All that anybody can read of a daemon, which is stopped for it: commands, processes, log, files of data."""
    heard = said(home, daemon.launcher) | {f"/proc of {pid}": text for pid, text in processes(daemon.pid).items()}
    daemon.stop()
    heard["log"] = daemon.text().encode()
    return heard | {str(file): file.read_bytes() for file in (home.directory / "data").rglob("*") if file.is_file()}


def leaks(heard: Mapping[str, bytes]) -> dict[str, str]:
    """Where a canary sings. In base64, as passwords go over the wire, it has one of three looks."""
    looks = [CANARY.encode(), *(base64.b64encode(b"x" * n + CANARY.encode())[4:-4] for n in (1, 2, 3))]
    return {place: around(text, look) for place, text in heard.items() for look in looks if look in text}


def said(home: Installation, stable: Launcher) -> dict[str, bytes]:
    """What the commands print."""
    asked = [
        ("doctor", "--json"),
        ("doctor", "--thorough"),
        ("events", "--json"),
        ("feeds", "list", "--json"),
        ("feeds", "list", "--failing"),
        ("check",),
        ("alerts", "--json"),
        ("alerts",),
        ("deliveries", "list", "--json"),
        ("deliveries", "list"),
        ("stories", "list", "--json"),
        ("stories", "show", "1"),
        ("why", "1"),
        ("why", "1", "word-0", "--json"),
        ("route", "test"),
        ("send-test", "hook"),
        ("send-test", "matrix"),
        ("backup",),
    ]
    return {" ".join(words): stable.said(home, *words).encode() for words in asked}


def processes(pid: int) -> dict[str, bytes]:
    """Command lines, and the environments of the children, as the process list shows them."""
    tree = [
        pid,
        *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()),
    ]
    found = {f"{one} cmdline": Path(f"/proc/{one}/cmdline").read_bytes() for one in tree}
    assert len(tree) > 1, "there are parsing processes"
    return found | {f"{one} environ": Path(f"/proc/{one}/environ").read_bytes() for one in tree[1:]}


def around(text: bytes, look: bytes) -> str:
    at = text.index(look)
    return repr(text[max(0, at - 200) : at + 40])


def test_a_file_of_secrets_that_others_can_read_is_reported(world: World) -> None:
    token = world.home.directory / "token"
    token.write_text("https://example.org/hook", encoding="utf-8")
    token.chmod(0o644)
    world.install(channels={"mail": "console", "hook": {"type": "webhook", "url_file": str(token)}})
    done = world.home.command("check")
    assert "everybody on this machine can read" in " ".join((done.stdout + done.stderr).split())
    token.chmod(0o600)
    done = world.home.command("check")
    assert "everybody" not in done.stdout + done.stderr
