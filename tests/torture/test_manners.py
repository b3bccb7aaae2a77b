"""How the daemon behaves towards servers: restarts, starts with many feeds, dripping servers, 429, feeds that die."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.names import name_server

EMPTY = rss([Item("1", "Regen in Bonn")], "de")


class Log:
    """Requests with the time at which they came."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str]] = []
        self.status: dict[str, tuple[int, dict[str, str]]] = {}

    def count(self, path: str) -> int:
        return sum(1 for _, one in list(self.seen) if one == path)


@contextmanager
def server(host: str = "127.0.0.1") -> Iterator[tuple[str, Log]]:
    """Feeds at every path; ``status`` makes one of them answer otherwise."""
    log = Log()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            log.seen.append((time.monotonic(), self.path))
            status, headers = log.status.get(self.path, (200, {}))
            body = EMPTY if status == 200 else b""
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    made = ThreadingHTTPServer((host, 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{made.server_port}", log
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


@contextmanager
def dripping(count: int) -> Iterator[list[str]]:
    """Servers that answer a byte every now and then, and never come to an end."""
    stop = threading.Event()
    listeners = [socket.create_server((f"127.0.1.{number}", 0)) for number in range(1, count + 1)]

    def drip(listener: socket.socket) -> None:
        listener.settimeout(0.2)
        guests: list[socket.socket] = []
        while not stop.wait(0.3):
            with suppress(TimeoutError):
                guest, _ = listener.accept()
                guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss version='2.0'>")
                guests.append(guest)
            for guest in guests:
                with suppress(OSError):
                    guest.sendall(b" ")
        for guest in guests:
            guest.close()
        listener.close()

    threads = [threading.Thread(target=drip, args=(listener,), daemon=True) for listener in listeners]
    for thread in threads:
        thread.start()
    try:
        yield [f"http://127.0.1.{number}:{one.getsockname()[1]}/rss" for number, one in enumerate(listeners, 1)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_restarts_add_no_poll(world: World, figure: Figure) -> None:
    restarts = 20
    with server() as (url, log):
        listed = [{"id": f"feed-{number}", "url": f"{url}/{number}"} for number in range(10)]
        world.install(feeds=listed, polling={"interval": "10m", "spread": "1s", "backoff_max": "6h"})
        with world.stable.running(world.home) as daemon:
            until(lambda: len({path for _, path in log.seen}) == 10, "every feed is polled", note=daemon.text)
            until(lambda: not world.ask("SELECT 1 FROM feeds WHERE polled_at IS NULL"), "all is recorded")
            daemon.stop()
        began = time.monotonic()
        for _ in range(restarts):
            with world.stable.running(world.home) as daemon:
                until(lambda now=daemon: now.status != "", "it says how it is")  # type: ignore[misc]
                daemon.stop()
    polls = Counter(path for _, path in log.seen)
    assert set(polls.values()) == {1}, polls
    figure(f"{restarts} restarts in {time.monotonic() - began:.0f} s: 0 polls added to 10 feeds")


@pytest.mark.timeout(180)
def test_a_start_spreads_what_is_due(world: World, figure: Figure) -> None:
    count, window = (600, 60) if FULL else (60, 6)
    with server() as (url, log):
        listed = [{"id": f"feed-{number}", "url": f"{url}/{number}"} for number in range(count)]
        polling = {"interval": "1h", "spread": f"{window}s", "host_gap": "0s"}
        world.install(feeds=listed, polling=polling)
        with world.stable.running(world.home) as daemon:
            until(lambda: len(log.seen) == count, "every feed is polled", seconds=window * 2 + 20, note=daemon.text)
            daemon.stop()
    first = min(at for at, _ in log.seen)
    per_second = Counter(int(at - first) for at, _ in log.seen)
    mean = count / window
    assert max(per_second.values()) <= 2 * mean
    figure(f"{count} feeds due at a start: busiest second {max(per_second.values())}, mean {mean:g}")


@pytest.mark.timeout(180)
def test_dripping_servers_delay_no_healthy_feed(world: World, figure: Figure) -> None:
    lasts, most = (40, 10) if FULL else (9, 6)
    with dripping(50) as slow, server() as (url, log):
        listed = [{"id": f"slow-{number}", "url": one, "interval": "1h"} for number, one in enumerate(slow)]
        listed += [{"id": f"well-{number}", "url": f"{url}/{number}", "interval": "2s"} for number in range(5)]
        polling = {"interval": "2s", "spread": "0s", "deadline": "30s", "jitter": 0, "concurrency": 32}
        world.install(feeds=listed, polling=polling)
        with world.stable.running(world.home) as daemon:
            began = time.monotonic()
            until(lambda: time.monotonic() - began > lasts, "they have dripped for a while", seconds=60)
            daemon.kill()  # a stop would wait for them
    worst = max(late(log, f"/{number}", began, lasts, every=2) for number in range(5))
    assert worst <= most
    figure(f"50 dripping servers, 32 fetches at a time: healthy feeds at most {worst:.1f} s late")


@pytest.mark.root
@pytest.mark.timeout(240)
def test_names_that_are_never_answered_for_delay_no_healthy_feed(world: World, tmp_path: Path, figure: Figure) -> None:
    """Feeds at an address are polled every two seconds; feeds with a name, once a minute, ask the same name server."""
    least = 80 if FULL else 0
    with name_server(tmp_path) as (names, stable), server() as (url, log):
        port = url.rpartition(":")[2]
        listed = [{"id": f"slow-{n}", "url": f"http://slow{n}.example.org:{port}/slow-{n}"} for n in range(50)]
        listed += [{"id": f"named-{n}", "url": f"http://well{n}.example.org:{port}/named-{n}"} for n in range(5)]
        listed += [{"id": f"well-{n}", "url": f"{url}/{n}", "interval": "2s"} for n in range(5)]
        polling = {"interval": "1m", "spread": "0s", "deadline": "30s", "jitter": 0, "concurrency": 32}
        world.install(feeds=listed, polling=polling)
        with stable.running(world.home) as daemon:
            began = time.monotonic()
            query = "SELECT feed, failure FROM feeds WHERE failure <> ''"
            until(lambda: len(world.ask(query)) == 50, "all have hung", seconds=90, note=daemon.text)
            until(lambda: time.monotonic() - began > least, "they have hung for a while", seconds=100)
            lasts = time.monotonic() - began
            failures = dict(world.ask(query))
            assert daemon.stop() == 0, daemon.text()
    worst = max(late(log, f"/{number}", began, lasts, every=2) for number in range(5))
    named = max(late(log, f"/named-{number}", began, min(lasts, 60), every=0, first=True) for number in range(5))
    assert len([name for name in names.asked if name.startswith("slow")]) == 50
    assert all("DNS" in failure for failure in failures.values()), failures
    assert max(worst, named) <= 10
    figure(
        f"50 names that are never answered for, 32 fetches at a time: feeds at addresses at most {worst:.1f} s late,"
        f" feeds with names {named:.1f} s"
    )


def late(log: Log, path: str, began: float, lasts: float, *, every: float, first: bool = False) -> float:
    """By how many seconds a feed was late at worst, or for its first poll."""
    polls = [at for at, seen in log.seen if seen == path and at < began + lasts]
    times = [began, *(polls or [began + lasts])[:1]] if first else [began, *polls, began + lasts]
    return max(0.0, max(after - before for before, after in pairwise(times)) - every)


@pytest.mark.timeout(120)
def test_a_host_that_asks_for_silence_has_it_across_a_restart(world: World, figure: Figure) -> None:
    silence = 8 if FULL else 5
    with server() as (url, log):
        log.status["/one"] = (429, {"Retry-After": str(silence)})
        listed = [{"id": "one", "url": f"{url}/one"}, {"id": "two", "url": f"{url}/two"}]
        world.install(feeds=listed, polling={"jitter": 0, "spread": "0s"})
        with world.stable.running(world.home) as daemon:
            until(lambda: log.count("/one") > 0, "the answer is 429", note=daemon.text)
            asked = next(at for at, path in log.seen if path == "/one")
            until(lambda: bool(world.ask("SELECT 1 FROM hosts")), "it is written down")
            daemon.stop()
        log.status.clear()
        before = len(log.seen)
        with world.stable.running(world.home) as daemon:
            until(lambda: log.count("/two") > 0 and len(log.seen) > before, "polls go on", note=daemon.text)
            daemon.stop()
        again = min(at for at, _ in log.seen[before:])
    assert again - asked >= silence - 0.1
    figure(f"429 with Retry-After {silence}: no request to the host for {again - asked:.1f} s, across a restart")


@pytest.mark.timeout(120)
def test_a_dead_feed_is_told_once_and_once_when_it_lives_again(world: World, figure: Figure) -> None:
    failed, more = (8, 5) if FULL else (5, 2)
    with server() as (url, log):
        log.status["/one"] = (500, {})
        polling = {"interval": "300ms", "backoff_max": "600ms", "broken_after": 3}
        world.install(feeds=[{"id": "one", "url": f"{url}/one", "title": "One"}], polling=polling)
        with world.stable.running(world.home) as daemon:
            until(lambda: log.count("/one") >= failed, "it has failed often", note=daemon.text)
            log.status.clear()
            until(lambda: len(world.box.raw) >= 2, "both are told", note=daemon.text)
            seen = log.count("/one")
            until(lambda: log.count("/one") >= seen + more, "it goes on")
            daemon.stop()
    subjects = [str(mail["Subject"]) for mail in world.box.messages]
    assert len(subjects) == 2
    assert "broken" in subjects[0]
    assert "again" in subjects[1]
    figure(f"{failed} failed polls: 1 message that it broke, 1 that it recovered")
