"""Looking up names without letting a name server that never answers hold up the rest.

``getaddrinfo`` cannot be cancelled and asyncio runs it in its few default threads: twelve names that hang keep
every other look-up (and every other use of that pool) waiting. Here each name gets one look-up at a time in a thread
of its own, the number of threads is bounded, and names that have hung before share half of them at most.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from monitor.sources.addresses import Address, parse_address

Lookup: TypeAlias = Callable[[str], list[Address]]

_REMEMBERED_SLOW = 4096


class NameNotFoundError(Exception):
    """No address was found; carries a sentence."""


class LookupOverdueError(Exception):
    """No answer came in time, or too many look-ups hang already; carries a sentence."""


def system_lookup(host: str) -> list[Address]:
    """All addresses the system knows for a name, in its order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(parse_address(str(info[4][0])) for info in found))


class Resolver:
    """Looks names up in threads of its own; for use from one event loop."""

    def __init__(self, lookup: Lookup = system_lookup, *, threads: int = 128, patience: float = 10.0) -> None:
        """``patience`` is how many seconds one look-up may take before its name counts as slow."""
        self._lookup = lookup
        self._threads = threads
        self._patience = patience
        self._running: dict[str, asyncio.Future[list[Address]]] = {}
        self._slow: OrderedDict[str, None] = OrderedDict()

    async def resolve(self, host: str) -> list[Address]:
        """All addresses of a name.

        Raises :class:`NameNotFoundError` or :class:`LookupOverdueError`.
        """
        running = self._running.get(host) or self._start(host)
        try:
            async with asyncio.timeout(self._patience):
                # Shielded: one poll giving up must not take the answer from another that waits for the same name.
                found = await asyncio.shield(running)
        except TimeoutError:
            self._remember_slow(host)
            raise LookupOverdueError(f"The name servers did not answer for {host} (DNS).") from None
        except (OSError, UnicodeError) as error:
            raise NameNotFoundError(_sentence(host, error)) from error
        self._slow.pop(host, None)
        if not found:
            raise NameNotFoundError(f"No address was found for {host} (DNS).")
        return found

    def _start(self, host: str) -> asyncio.Future[list[Address]]:
        slow_running = sum(1 for name in self._running if name in self._slow)
        if len(self._running) >= self._threads or (host in self._slow and slow_running >= self._threads // 2):
            raise LookupOverdueError(f"Too many name look-ups hang; {host} was not looked up (DNS).")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Address]] = loop.create_future()
        self._running[host] = future
        future.add_done_callback(lambda done: self._finished(host, done))
        # Daemon threads: a look-up that hangs must not keep the program from ending.
        threading.Thread(target=self._work, args=(host, future, loop), name=f"dns {host}", daemon=True).start()
        return future

    def _finished(self, host: str, future: asyncio.Future[list[Address]]) -> None:
        self._running.pop(host, None)
        if not future.cancelled():
            future.exception()  # every waiter may have left; asyncio must not complain that none asked

    def _work(self, host: str, future: asyncio.Future[list[Address]], loop: asyncio.AbstractEventLoop) -> None:
        try:
            found = self._lookup(host)
        except Exception as error:  # noqa: BLE001 - handed to the waiting coroutine, which sorts it
            _tell(loop, future, error)
        else:
            _tell(loop, future, found)

    def _remember_slow(self, host: str) -> None:
        self._slow[host] = None
        if len(self._slow) > _REMEMBERED_SLOW:
            self._slow.popitem(last=False)


def _tell(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[list[Address]], result: list[Address] | Exception
) -> None:
    """Hand a result from a look-up's thread to the loop, which may have closed meanwhile."""

    def settle() -> None:
        if future.done():
            return
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)

    with suppress(RuntimeError):  # the loop is closed: no one waits any more
        loop.call_soon_threadsafe(settle)


def _sentence(host: str, error: OSError | UnicodeError) -> str:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return f"The name servers could not be asked for {host} (DNS); is this machine online?"
    return f"No address was found for {host} (DNS)."
