"""Reading documents in processes that can be killed, so that no feed can stall the daemon or eat its memory.

Each process reads one document at a time, under a limit of memory, processor time and time on the clock; what goes
over is killed and replaced, and that feed alone has failed. The daemon's own share is bounded by the size of a
reply (``limits``), whatever the document holds.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.sources.outcomes import FailureKind, ParseOutcome, PollFailed
from monitor.sources.wire import MOST_REPLY, WireError, decode_outcome, decode_text

_START_SECONDS = 30.0
_ENDING_SECONDS = 1.0
_CHUNK = 256 * 1024
_MOST_SERVED = 2_000  # documents before a process is replaced: what a library leaks stays bounded
_OVER_A_LIMIT = b'{"failed":"parse-limit"'
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


class _WorkerDiedError(Exception):
    """The process ended, or said something that is not in the protocol."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A parsing process and the pipe to it."""

    process: Process
    served: int = 0

    async def ask(self, job: str, body: bytes, content_type: str, url: str) -> bytes:
        """Have one document read. Raises :class:`_WorkerDiedError`."""
        head = {"job": job, "content_type": content_type[:500], "url": url, "length": len(body)}
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise _WorkerDiedError
        try:
            stdin.write(json.dumps(head).encode() + b"\n")
            view = memoryview(body)
            for start in range(0, len(body), _CHUNK):
                stdin.write(view[start : start + _CHUNK])
                await stdin.drain()
            await stdin.drain()
            length = await stdout.readline()
            if not length.strip().isdigit() or int(length) > MOST_REPLY:
                raise _WorkerDiedError
            return await stdout.readexactly(int(length))
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise _WorkerDiedError from error

    async def ending(self) -> int | None:
        """With what code the process ended; None if it still runs."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDING_SECONDS):
                await self.process.wait()
        return self.process.returncode

    async def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        with suppress(ProcessLookupError):
            # Not process.kill(): that reaps a process that has just ended, under the eyes of asyncio's own watcher.
            os.kill(self.process.pid, signal.SIGKILL)
        with suppress(OSError):
            await self.process.communicate()  # empties and closes the pipes


class ParserPool:
    """A few parsing processes, started when first needed; for use from one event loop."""

    def __init__(self, workers: int = 2, deadline: float = 4.5, memory: int = 512 * 1024 * 1024) -> None:
        """``deadline`` is seconds per document; ``memory`` is bytes of address space per process."""
        self._deadline = deadline
        self._memory = memory
        self._free: asyncio.Queue[_Worker | None] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        self._closed = False
        for _ in range(workers):
            self._free.put_nowait(None)

    async def parse(self, body: bytes, content_type: str, url: str) -> ParseOutcome:
        """Read a feed. Never raises for anything a document holds."""
        reply = await self._ask("feed", body, content_type, url)
        return reply if isinstance(reply, PollFailed) else _understood(reply)

    async def extract(self, body: bytes, content_type: str, url: str) -> str | PollFailed:
        """The text of an article's web page, empty if there is none in it."""
        reply = await self._ask("page", body, content_type, url)
        if isinstance(reply, PollFailed):
            return reply
        try:
            return decode_text(reply)
        except WireError as error:
            return PollFailed(FailureKind.PARSE_LIMIT, f"Reading the page failed: {error}.")

    async def aclose(self) -> None:
        """End every process; documents being read are given up."""
        self._closed = True
        for worker in tuple(self._workers):
            await self._retire(worker)

    async def _ask(self, job: str, body: bytes, content_type: str, url: str) -> bytes | PollFailed:
        """Have a document read by the next free process, under the deadline."""
        worker = await self._free.get()
        try:
            if worker is None or worker.process.returncode is not None:
                worker = await self._replace(worker)
            worker.served += 1
            async with asyncio.timeout(self._deadline):
                reply = await worker.ask(job, body, content_type, url)
        except TimeoutError:
            sentence = f"Reading the document took longer than {self._deadline:g} s; it was given up."
            await self._retire(worker)
            return PollFailed(FailureKind.PARSE_LIMIT, sentence)
        except _WorkerDiedError:
            code = await worker.ending() if worker else None
            await self._retire(worker)
            return PollFailed(FailureKind.PARSE_LIMIT, _ended(code))
        except BaseException:
            # Cancelled halfway: what the process would say next is the answer to a question no one asks any more.
            await self._retire(worker)
            raise
        else:
            if worker.served >= _MOST_SERVED or reply.startswith(_OVER_A_LIMIT):
                await self._retire(worker)
            return reply
        finally:
            self._free.put_nowait(worker if worker in self._workers else None)

    async def _replace(self, worker: _Worker | None) -> _Worker:
        """A fresh process in place of none or of one that has ended. Raises :class:`_WorkerDiedError`."""
        await self._retire(worker)
        if self._closed:
            raise _WorkerDiedError
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-B",  # it may write no files, so it need not try
            "-m",
            "monitor.sources.worker",
            str(self._memory),
            str(math.ceil(self._deadline)),
            stdin=PIPE,
            stdout=PIPE,
            limit=_CHUNK,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the daemon, which then decides what to finish
        )
        fresh = _Worker(process)
        self._workers.add(fresh)
        try:
            async with asyncio.timeout(_START_SECONDS):
                greeting = await process.stdout.readline() if process.stdout else b""
        except TimeoutError:
            greeting = b""
        if greeting != b"ready\n":
            await self._retire(fresh)
            raise _WorkerDiedError
        return fresh

    async def _retire(self, worker: _Worker | None) -> None:
        if worker is not None and worker in self._workers:
            self._workers.discard(worker)
            await worker.kill()


def _environment() -> dict[str, str]:
    """What a parsing process is told of its surroundings: where Python finds things, and none of the secrets."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    home = str(Path(__file__).resolve().parents[2])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (home, kept.get("PYTHONPATH", ""))))
    return kept


def _ended(code: int | None) -> str:
    """Why a document was not read, by how the process that read it ended."""
    if code is not None and code > 0:
        return "Reading the document failed through a fault of this program; its log has the details."
    named = signal.Signals(-code).name if code else "no signal"
    return f"Reading the document took too much time or memory ({named})."


def _understood(reply: bytes) -> ParseOutcome:
    try:
        return decode_outcome(reply)
    except WireError as error:
        return PollFailed(FailureKind.PARSE_LIMIT, f"Reading the document failed: {error}.")
