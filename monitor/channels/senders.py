"""The threads that send: a few for each channel, so that a channel that hangs holds up nobody but itself.

Threads are daemons of our own: ``concurrent.futures`` would wait for a hung one at exit, and a shared pool would let
six hung endpoints starve a healthy one. A sending past its deadline has its sockets shut, which frees its thread;
where there is no socket to shut (a name that does not resolve), the thread is counted until it comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from monitor.channels.outcomes import Outcome, Retry


class HungUpError(OSError):
    """The deadline is over; no further connection may be opened for this sending."""


class Line:
    """One sending's connections and its deadline. The only thing that two threads share; guarded by a lock."""

    def __init__(self, timeout: timedelta) -> None:
        self._ends_at = time.monotonic() + timeout.total_seconds()
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._hung_up = False

    @property
    def remaining(self) -> float:
        """Seconds left, at least a hundredth: a timeout of 0 means something else to a socket."""
        return max(0.01, self._ends_at - time.monotonic())

    def hold(self, connection: socket.socket) -> None:
        """Remember a connection so that it can be shut. A duplicate is kept: TLS takes the original over.

        Raises ``HungUpError`` when it is too late.
        """
        with self._lock:
            if self._hung_up:
                connection.close()
                raise HungUpError("the deadline is over")
            self._held.append(connection.dup())

    def hang_up(self) -> None:
        """Shut every connection: whoever reads from one comes back at once. Can be called twice."""
        with self._lock:
            self._hung_up = True
            for held in self._held:
                with contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)
                held.close()
            self._held.clear()


class Senders:
    """At most ``limit`` sendings of one channel at a time, each in a thread that bears the channel's name."""

    def __init__(self, channel: str, limit: int, timeout: timedelta) -> None:
        self._channel = channel
        self._free = asyncio.Semaphore(limit)
        self._limit = limit
        self._timeout = timeout
        self._hanging = 0

    @property
    def hanging(self) -> int:
        """Sendings given up on whose thread has not come back."""
        return self._hanging

    async def run(self, work: Callable[[Line], Outcome]) -> Outcome:
        """Do this in a thread of the channel; its outcome, or ``Retry`` when the deadline comes first.

        Anything that the work raises is raised here: it is a bug.
        """
        seconds = self._timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            return Retry(f"all {self._limit} senders of this channel are waiting for an answer", whole_channel=True)
        line = Line(self._timeout)
        ended = self._start(work, line)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(ended)
        except TimeoutError:
            self._give_up(ended)
            return Retry(f"no answer within {seconds:g} s", whole_channel=True)
        except asyncio.CancelledError:
            self._give_up(ended)
            raise
        finally:
            line.hang_up()

    def _start(self, work: Callable[[Line], Outcome], line: Line) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Outcome] = loop.create_future()

        def finish(outcome: Outcome | None, error: BaseException | None) -> None:
            self._free.release()
            if ended.cancelled():
                return
            if outcome is not None:
                ended.set_result(outcome)
            else:
                ended.set_exception(error or AssertionError("a sending without an outcome"))

        def attempt() -> None:
            outcome: Outcome | None = None
            error: BaseException | None = None
            try:
                outcome = work(line)
            except BaseException as raised:  # noqa: BLE001 - carried over to the loop, where it is raised again
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended without us
                loop.call_soon_threadsafe(finish, outcome, error)

        threading.Thread(target=attempt, name=f"send-{self._channel}", daemon=True).start()
        return ended

    def _give_up(self, ended: asyncio.Future[Outcome]) -> None:
        if ended.done():
            return
        self._hanging += 1
        ended.add_done_callback(self._back)

    def _back(self, ended: asyncio.Future[Outcome]) -> None:
        self._hanging -= 1
        if not ended.cancelled():
            ended.exception()  # looked at, so that asyncio does not report it: the attempt has its outcome already
