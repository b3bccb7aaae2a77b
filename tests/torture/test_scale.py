"""As many polls a second as ten thousand feeds at a quarter of an hour make, and what they cost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World

HOSTS = 50
WANTED = 10_000 / 900  # polls a second


class Many:
    """Feeds at every path of fifty addresses; 97 of 100 answers are "not modified".

    The others bring twenty items, of which as many as ``telling`` are what the rule asks for.
    """

    def __init__(self, telling: int) -> None:
        self.telling = telling
        self.seen: defaultdict[str, list[float]] = defaultdict(list)
        self.urls: list[str] = []
        self._answers = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                host = head.lower().partition("\r\nhost:")[2].partition("\r\n")[0].strip()
                self.seen[host + path].append(time.monotonic())
                self._answers += 1
                if "if-none-match" in head.lower() and self._answers % 100 >= 3:
                    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
                else:
                    body = rss([self._item(path, n) for n in range(20)], "de")
                    writer.write(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _item(self, path: str, number: int) -> Item:
        if number < self.telling:
            title = f"Munition {words(self._answers * 20 + number)}"
        else:
            title = f"Regen in Bonn {self._answers} {number}"
        return Item(f"{path}-{self._answers}-{number}", title)


@contextmanager
def many(*, telling: int = 0) -> Iterator[Many]:
    made, loop, started = Many(telling), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        for number in range(1, HOSTS + 1):
            server = await asyncio.start_server(made.answer, f"127.0.3.{number}", 0)
            made.urls.append(f"http://127.0.3.{number}:{server.sockets[0].getsockname()[1]}")
        started.set()

    def work() -> None:
        loop.create_task(serve())
        loop.run_forever()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.1))
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@pytest.mark.timeout(400)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ten_thousand_feeds_worth_of_polls(world: World, figure: Figure) -> None:
    count, interval, lasts = (1000, 90.0, 100) if FULL else (100, 5.0, 6)
    with many() as server:
        listed = [{"id": f"feed-{n}", "url": f"{server.urls[n % HOSTS]}/{n}", "language": "de"} for n in range(count)]
        polling = {"interval": f"{interval:g}s", "spread": f"{interval:g}s", "jitter": 0.1}
        world.install(feeds=listed, operations="", polling=polling, backfill=False)
        with world.stable.running(world.home) as daemon:
            until(lambda: len(server.seen) == count, "every feed is polled", seconds=interval * 2 + 30)
            began, cpu, descriptors, memory = (
                time.monotonic(),
                daemon.seconds_of_cpu(),
                daemon.descriptors(),
                daemon.memory(),
            )
            polls = sum(map(len, server.seen.values()))
            until(partial(has_passed, began, lasts), "it goes on", seconds=lasts + 10)
            passed = time.monotonic() - began
            share = (daemon.seconds_of_cpu() - cpu) / passed
            polls = sum(map(len, server.seen.values())) - polls
            at_end = (daemon.descriptors(), daemon.memory())
            assert daemon.stop() == 0, daemon.text()
    gaps = [after - before for times in server.seen.values() for before, after in pairwise(times)]
    late = max(gaps) - interval * 1.05
    assert late <= 60
    scaled = share * WANTED / (polls / passed)
    assert scaled <= (0.5 if FULL else 1.0), f"{scaled:.0%} of a core"
    assert at_end[1] <= 300 * 1024 * 1024
    assert at_end[0] - descriptors < 60
    figure(
        f"{polls / passed:.1f} polls/s: none later than {max(late, 0):.1f} s; {share:.0%} of a core, {scaled:.0%} at"
        f" {WANTED:.1f}/s; {at_end[1] / 2**20:.0f} MiB ({(at_end[1] - memory) / 2**20:+.0f}); {at_end[0]} descriptors"
    )


def has_passed(since: float, seconds: float) -> bool:
    return time.monotonic() - since > seconds


def words(number: int) -> str:
    """Some words that no other headline has."""
    syllables = ["ba", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "wu"]
    return " ".join("".join(syllables[int(digit)] for digit in f"{number * prime:08d}") for prime in (7, 7919, 104729))


PRIMED = """UPDATE feeds SET etag = x'223122', due_at = ?, polled_at = ?, succeeded_at = ?, first_success_at = ?
WHERE feed = ?"""


def prime(database: Path, interval: timedelta) -> None:
    """Make the feeds those of a daemon that has run for long: each was polled within the last interval."""
    chance, now = random.Random(1), datetime.now(UTC)
    with closing(sqlite3.connect(database)) as opened:
        names = [row[0] for row in opened.execute("SELECT feed FROM feeds")]
        for name in names:
            due = now + interval * chance.random()
            last = written(due - interval)
            opened.execute(PRIMED, (written(due), last, last, last, name))
        opened.commit()


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def overdue(world: World) -> float:
    """For how many seconds a poll of any feed has been due."""
    [(due,)] = world.ask("SELECT min(due_at) FROM feeds WHERE configured = 1")
    return (datetime.now(UTC) - datetime.fromisoformat(f"{due}+00:00")).total_seconds()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ten_thousand_feeds_at_a_quarter_of_an_hour(world: World, figure: Figure) -> None:
    count, interval, lasts = 10_000, timedelta(minutes=15), 200
    with many(telling=1) as server:
        listed = [{"id": f"feed-{n}", "url": f"{server.urls[n % HOSTS]}/{n}", "language": "de"} for n in range(count)]
        world.install(feeds=listed, operations="", polling={"interval": "15m", "spread": "15m", "jitter": 0.1})
        first = world.stable.start(world.home)
        until(first.is_ready, "a first start", seconds=120, note=first.text)
        first.stop()
        first.manager.close()
        prime(world.home.database, interval)
        started = time.monotonic()
        daemon = world.stable.start(world.home)
        until(daemon.is_ready, "it is ready", seconds=120, note=daemon.text)
        ready = time.monotonic() - started
        began, cpu, before = time.monotonic(), daemon.seconds_of_cpu(), sum(map(len, server.seen.values()))
        late, peak = 0.0, 0
        while not has_passed(began, lasts):
            late, peak = max(late, overdue(world)), max(peak, daemon.memory())
            until(partial(has_passed, time.monotonic(), 1), "a second")
        passed = time.monotonic() - began
        share = (daemon.seconds_of_cpu() - cpu) / passed
        rate = (sum(map(len, server.seen.values())) - before) / passed
        descriptors = daemon.descriptors()
        assert daemon.stop() == 0, daemon.text()
        daemon.manager.close()
    assert rate >= WANTED * 0.8
    assert late <= 60
    assert share <= 0.5
    assert peak <= 300 * 1024 * 1024
    figure(
        f"{count} feeds at 15 min, ready after {ready:.0f} s; {rate:.1f} polls/s over {passed:.0f} s: none later than"
        f" {late:.1f} s, {share:.0%} of a core, at most {peak / 2**20:.0f} MiB, {descriptors} descriptors"
    )
