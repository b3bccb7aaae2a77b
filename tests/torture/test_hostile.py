"""Documents and rule files that are meant to harm, given to a daemon at work: nothing else is late."""

from __future__ import annotations

import base64
import gzip
import re
import signal
import threading
import time
import zlib
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.canary import canary
from tests.torture.conftest import FULL, Figure, World
from tests.torture.launcher import launcher
from tests.torture.newsroom import Newsroom, hooked

HOPELESS = {
    "bomb", "double", "brotli", "zstd", "deflate", "quiet", "deep", "path", "file", "url", "empty", "html", "idna",
}  # fmt: skip
BROTLI = base64.b64decode(
    "z///fwAkAOKxQHLv//n//w+ABEAcFoDu/T////8BkACIwwLQvf/n//8/ABIAcVgAuvf//P//B0ACIA4LQPf+P//B6wFIAMRhAehi1wM="
)
"""100 MB of zeros (RFC 7932)."""
ZSTD = b"\x28\xb5\x2f\xfd\xa0\x00\xe1\xf5\x05" + b"\x02\x00\x10\x00" * 762 + b"\x03\x08\x0f\x00"
"""100 MB of zeros in blocks of one byte repeated (RFC 8878 §3.1.1.2.2)."""
STALL = re.compile(r"took ([0-9.]+) seconds")
"""What asyncio's debug mode says of a step of the loop that took more than a tenth of a second."""


def corpus(canary: str, secret: Path) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Bodies and headers, each known to have hurt some reader; they point at an address and a file."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    title = "<rss version='2.0'><channel><title>&{};</title></channel></rss>"
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>' + title.format("e9")
    outside = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">]>' + title.format("f")
    afar = f'<!DOCTYPE x SYSTEM "{canary}/x.dtd" [<!ENTITY f SYSTEM "{canary}/e">]>' + title.format("f")
    parameter = f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{canary}/p"> %p; <!ENTITY % q SYSTEM "file://{secret}"> %q;]>'
    included = (
        f'<?xml-stylesheet type="text/xsl" href="{canary}/s.xsl"?><rss version="2.0" xml:base="{canary}/"'
        f' xmlns:xi="http://www.w3.org/2001/XInclude"><channel><xi:include href="{canary}/i"/>'
        f'<xi:include parse="text" href="file://{secret}"/><item><title>x</title><link>{canary}/l</link>'
        f'<enclosure url="{canary}/e.mp3"/><description>&lt;img src="{canary}/i.png"&gt;&lt;script src="{canary}/s"&gt;'
        f"</description></item></channel></rss>"
    )
    entries = "".join(f'<!ENTITY a{n} "{"x" * 1000}">' for n in range(1000))
    quadratic = f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">{entries}]>' + title.format(";&".join(["a"] * 50_000))
    head, tail = "<rss version='2.0'><channel>", "</channel></rss>"
    gzipped = {"Content-Encoding": "gzip"}
    return {
        "bomb": (gzip.compress(bytes(60_000_000), 9), gzipped),
        "double": (gzip.compress(gzip.compress(bytes(60_000_000), 9)), {"Content-Encoding": "gzip, gzip"}),
        "quiet": (gzip.compress(bytes(60_000_000), 9), {}),
        "deflate": (zlib.compress(bytes(60_000_000), 9), {"Content-Encoding": "deflate"}),
        "brotli": (BROTLI, {"Content-Encoding": "br"}),
        "zstd": (ZSTD, {"Content-Encoding": "zstd"}),
        "deep": (("<a>" * 400_000).encode(), {}),
        "author": (f"{head}<item><author>{'a@' * 65_000}</author></item>{tail}".encode(), {}),
        "comments": (f"{head}<item><description>{'&lt;!--' * 100_000}</description></item>{tail}".encode(), {}),
        "laughs": (laughs.encode(), {}),
        "outside": (outside.encode(), {}),
        "afar": (afar.encode(), {}),
        "parameter": ((parameter + title.format("amp")).encode(), {}),
        "included": (included.encode(), {}),
        "quadratic": (quadratic.encode(), {}),
        "path": (str(secret).encode(), {}),
        "file": (f"file://{secret}".encode(), {}),
        "url": (f"{canary}/rss".encode(), {}),
        "punycode": (b"<?xml version='1.0' encoding='punycode'?><rss version='2.0'/>", {}),
        "idna": (head.encode() + b"\xff" * 5000, {"Content-Type": "text/xml; charset=idna"}),
        "many": ((head + "<item><title>x</title></item>" * 100_000 + tail).encode(), {}),
        "empty": (b"", {}),
        "html": (b"<html><body>" + b"<p>no feed</p>" * 1000, {"Content-Type": "text/html"}),
    }


class Hostile:
    """Serves the corpus, and remembers what was asked for and when."""

    def __init__(self, canary: str, secret: Path) -> None:
        bodies = corpus(canary, secret)
        self.names = sorted(bodies)
        seen = self.seen = dict[str, datetime]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, headers = bodies[self.path[1:]]
                seen.setdefault(self.path[1:], datetime.now(UTC))
                self.send_response(200)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.2.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.2.1:{self.server.server_port}"


@pytest.mark.timeout(180)
def test_a_hostile_host_makes_no_other_feed_late(world: World, tmp_path: Path, figure: Figure) -> None:
    secret = tmp_path / "of-nobodys-business"
    secret.write_text("Canary7Zq", encoding="ascii")
    with canary() as (port, guests), Hostile(f"http://127.0.6.1:{port}", secret) as hostile:
        listed = [{"id": name, "url": f"{hostile.url}/{name}", "interval": "1h"} for name in hostile.names]
        listed += [{"id": "wire", "url": f"{world.feeds.url}/rss", "language": "de", "interval": "1s"}]
        world.feeds.pages["/rss"] = rss([Item("1", "Regen in Bonn")], "de")
        times = list[float]()
        polling = {"spread": "0s", **({} if FULL else {"parse_timeout": "2s"})}
        world.install(feeds=listed, operations="", polling=polling, backup={"keep": 0})
        with world.stable.running(world.home, environment={"PYTHONASYNCIODEBUG": "1"}) as daemon:
            before = daemon.memory()
            peak, seen = before, 0
            until(partial(has_ended, world, "wire"), "the good feed is polled", note=daemon.text)
            deadline = time.monotonic() + 90
            while not all(has_ended(world, name) for name in hostile.names):
                assert time.monotonic() < deadline, world.ask("SELECT feed, failure FROM feeds WHERE polled_at IS NULL")
                if (count := world.feeds.count("/rss")) > seen:
                    seen = count
                    times.append(time.monotonic())
                peak = max(peak, daemon.memory())
                threading.Event().wait(0.02)
            states = dict(world.ask("SELECT feed, failure FROM feeds"))
            ended = dict(world.ask("SELECT feed, polled_at FROM feeds"))
            late = max((after - first for first, after in pairwise(times)), default=0.0) - 1
            assert daemon.stop() == 0, daemon.text()
    fine = {name for name, failure in states.items() if not failure}
    assert fine.isdisjoint(HOPELESS), {name: failure for name, failure in states.items() if not failure}
    assert b"Canary7Zq" not in world.home.database.read_bytes(), "no file of this machine was read"
    assert not guests, "no address was contacted"
    stalls = [float(found) for found in STALL.findall(daemon.text())]
    assert max(stalls, default=0.0) <= (0.25 if FULL else 0.5), stalls
    assert late < 4, "the good feed waits for no other"
    grown = (peak - before) / 2**20
    assert grown <= 32
    whole = max((instant(ended[name]) - hostile.seen[name]).total_seconds() for name in hostile.names)
    stall, errors = max(stalls, default=0.1), len(states) - len(fine)
    figure(
        f"{len(states) - 1} hostile documents, {errors} errors, none fatal: the good feed at most {late:.1f} s late;"
        f" the loop stalled for {stall:.2f} s at most; {grown:.0f} MiB more in the main process; all had ended"
        f" {whole:.0f} s after they were asked for, with two parsing processes"
    )


def instant(stored: object) -> datetime:
    at = datetime.fromisoformat(str(stored))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_hostile_document_is_one_error_within_seconds_and_opens_nothing(
    world: World, tmp_path: Path, figure: Figure
) -> None:
    """One after the other, under strace: which files were opened, and whom were sockets connected to."""
    secret, trace = tmp_path / "of-nobodys-business", tmp_path / "trace"
    secret.write_text("Canary7Zq", encoding="ascii")
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(trace), "-e", "trace=open,openat,openat2,connect"]
    worst, slowest = 0.0, ""
    with (
        canary() as (port, guests),
        Hostile(f"http://127.0.6.1:{port}", secret) as hostile,
        launcher(within=strace) as watched,
    ):
        settings: dict[str, Any] = {"operations": "", "polling": {"spread": "0s"}, "backup": {"keep": 0}}
        listed: list[dict[str, Any]] = [{"id": "wire", "url": f"{world.feeds.url}/rss", "interval": "1h"}]
        world.feeds.pages["/rss"] = rss([Item("1", "Regen in Bonn")], "de")
        world.install(feeds=listed, **settings)
        with watched.running(world.home) as daemon:
            until(partial(has_ended, world, "wire"), "a parsing process is there", note=daemon.text)
            for name in hostile.names:
                listed.append({"id": name, "url": f"{hostile.url}/{name}", "interval": "1h"})
                world.install(feeds=listed, **settings)
                daemon.signal(signal.SIGHUP)
                until(partial(has_ended, world, name), f"{name} has ended", note=daemon.text)
                stored = world.ask("SELECT polled_at FROM feeds WHERE feed = ?", name)[0][0]
                took = (instant(stored) - hostile.seen[name]).total_seconds()
                worst, slowest = max((worst, slowest), (took, name))
            assert daemon.stop() == 0, daemon.text()
    calls = trace.read_text(encoding="utf-8", errors="replace")
    assert "openat(" in calls
    assert "connect(" in calls, "it does see"
    assert str(secret) not in calls
    assert "127.0.6.1" not in calls
    assert not guests
    assert worst <= 5, f"{slowest} took {worst:.1f} s"
    polls = Counter(feed for (feed,) in world.ask("SELECT feed FROM events WHERE kind = 'failed'"))
    assert not polls or max(polls.values()) == 1
    figure(
        f"{len(hostile.names)} hostile documents one by one: the slowest ({slowest}) {worst:.1f} s from request to"
        " record; under strace no file opened and no address connected to that they name"
    )


def has_ended(world: World, feed: str) -> bool:
    return bool(world.ask("SELECT 1 FROM feeds WHERE feed = ? AND polled_at IS NOT NULL", feed))


def spoil(rules: Path) -> dict[str, bytes]:
    """Rule files that must not be taken up."""
    anchors = b"a0: &a0 [x, x]\n" + b"".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n".encode() for n in range(1, 10)
    )
    whole = (rules / "word-0.yaml").read_bytes()
    return {
        "aliases": anchors,
        "deep": b"[" * 500 + b"]" * 500,
        "large": b"title: " + b"x" * 50_000_000,
        "half": whole[: len(whole) // 2],
        "bytes": bytes(range(256)) * 20,
    }


@pytest.mark.timeout(180)
def test_a_rule_file_that_harms_leaves_the_last_good_rules_running(world: World, figure: Figure) -> None:
    world.install(operations="", watch=False)
    world.home.write_codeword_rules(8, ["hook"])
    rules = world.home.directory / "rules"
    (rules / "arms.yaml").unlink()
    room = Newsroom(world.feeds, every=1, most=0)
    slowest = 0.0
    with world.stable.running(world.home) as daemon:
        for number, (name, text) in enumerate(spoil(rules).items()):
            (rules / "bad.yaml").write_bytes(text)
            began = time.monotonic()
            daemon.signal(signal.SIGHUP)
            until(partial(refused, world, number + 1), f"{name} is refused", note=daemon.text)
            slowest = max(slowest, time.monotonic() - began)
            room.publish()
            titles = room.titles
            until(partial(has_all, world, titles), "the last good rules run", note=daemon.text)
        (rules / "bad.yaml").unlink()
        (rules / "word-0.yaml").chmod(0o000)
        (rules / "word-0.yaml").unlink()
        (rules / "word-0.yaml").symlink_to(rules / "nowhere.yaml")
        daemon.signal(signal.SIGHUP)
        until(partial(refused, world, 6), "a file that cannot be read is refused", note=daemon.text)
        room.publish()
        until(partial(has_all, world, room.titles), "the last good rules run", note=daemon.text)
        assert daemon.stop() == 0, daemon.text()
    assert set(hooked(world.hook, room.titles).values()) == {1}
    figure(f"6 harmful rule files refused, the slowest after {slowest:.1f} s; every article alerted exactly once")


def refused(world: World, count: int) -> bool:
    return int(world.ask("SELECT count(*) FROM events WHERE kind = 'refused'")[0][0]) >= count


def has_all(world: World, titles: set[str]) -> bool:
    return hooked(world.hook, titles).keys() >= titles
