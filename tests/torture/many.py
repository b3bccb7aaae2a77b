"""Ten thousand feeds' worth of servers in one thread, most of whose answers are that nothing is new."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.world import Item, rss

HOSTS = 50


class Many:
    """Feeds at every path of fifty addresses; 97 of 100 answers are "not modified".

    The others bring twenty items; in every ``telling``-th of them one is about munition, with 0 in none.
    """

    def __init__(self, telling: int) -> None:
        self.telling = telling
        self.seen: defaultdict[str, list[float]] = defaultdict(list)
        self.urls: list[str] = []
        self._answers = self._changed = 0

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
                    self._changed += 1
                    body = rss([self._item(path, n) for n in range(20)], "de")
                    writer.write(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _item(self, path: str, number: int) -> Item:
        if number == 0 and self.telling and self._changed % self.telling == 0:
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


def words(number: int) -> str:
    """Some words that no other headline has."""
    syllables = ["ba", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "wu"]
    return " ".join("".join(syllables[int(digit)] for digit in f"{number * prime:08d}") for prime in (7, 7919, 104729))
