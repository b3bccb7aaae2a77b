"""As many polls a second as ten thousand feeds at a quarter of an hour make, and what they cost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World

HOSTS = 50
WANTED = 10_000 / 900  # polls a second


class Many:
    """Feeds at every path of fifty addresses; 97 of 100 answers are "not modified"."""

    def __init__(self) -> None:
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
                    items = [
                        Item(f"{path}-{self._answers}-{n}", f"Regen in Bonn {self._answers} {n}") for n in range(20)
                    ]
                    body = rss(items, "de")
                    writer.write(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@contextmanager
def many() -> Iterator[Many]:
    made, loop, started = Many(), asyncio.new_event_loop(), threading.Event()

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
