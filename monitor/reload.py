"""Taking up edited rules and configuration: one at a time, whole or not at all, and the latest wins.

Editors save in several steps, and whole directories change at once. However often a reload is asked for, one is under
way and one more follows it; what does not load leaves the last good set running.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar, cast

import structlog
from watchfiles import Change, awatch

from monitor.assembly import look_at
from monitor.channels import ChannelError
from monitor.errors import StoreError
from monitor.rules.problems import ProblemsError

log = structlog.get_logger()

_SETTLE = 400  # milliseconds without a further change before edited files are read
_GLANCE = 2_000  # milliseconds between looks whether it is still the right directory
_PAUSE = 2.0  # seconds before something that failed for want of a directory or of disk space is tried again

Fresh = TypeVar("Fresh")


class Reloader(Generic[Fresh]):
    """``read``, run in a thread, makes a new set or raises; ``take_up`` puts it to work, ``refuse`` tells of faults."""

    def __init__(
        self,
        read: Callable[[], Fresh],
        take_up: Callable[[Fresh], Awaitable[None]],
        refuse: Callable[[Exception], Awaitable[None]],
    ) -> None:
        self._read = read
        self._take_up = take_up
        self._refuse = refuse
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Reload soon; while one is under way, once more after it."""
        self._asked.set()

    async def run(self) -> None:
        """Reload whenever asked; ends when cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._reload()
            except StoreError as error:
                log.warning("reload not recorded", error=str(error))
                await asyncio.sleep(_PAUSE)
                self._asked.set()

    async def watch(self, directory: Callable[[], Path], files: frozenset[tuple[str, int, int]]) -> None:
        """Ask for a reload after each edit of a rule file below ``directory()``; ends when cancelled.

        ``files`` is how they looked when the running set was read: what was saved since, before the watch began or on
        a file system that tells nobody, is found by looking.
        """
        while True:
            watched = directory()
            try:
                async for changes in awatch(
                    watched,
                    watch_filter=_is_rule_file,
                    debounce=_SETTLE,
                    step=_SETTLE // 4,
                    rust_timeout=_GLANCE,
                    yield_on_timeout=True,
                ):
                    there = await asyncio.to_thread(look_at, watched)
                    if changes or there != files:
                        files = there
                        self.ask()
                    if directory() != watched or not watched.is_dir():
                        break
            except (OSError, RuntimeError) as error:  # watchfiles raises both
                log.warning("rules are not watched", directory=str(watched), error=str(error))
            if not watched.is_dir():
                await asyncio.sleep(_PAUSE)

    async def _reload(self) -> None:
        try:
            fresh = await _aside(self._read)
        except (ProblemsError, ChannelError, OSError) as error:
            await self._refuse(error)
        except Exception as error:
            log.exception("reload failed through a fault of this program")
            await self._refuse(error)
        else:
            await self._take_up(fresh)


async def _aside(work: Callable[[], Fresh]) -> Fresh:
    """Run ``work`` in a thread that a stop does not wait for: it only reads, and a big set takes seconds."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Fresh] = loop.create_future()

    def finish(outcome: Fresh | None, error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("Fresh", outcome))

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = work()
        except Exception as raised:  # noqa: BLE001 - handed on to whoever awaits
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(finish, outcome, error)

    threading.Thread(target=run, name="read rules", daemon=True).start()
    return await done


def _is_rule_file(change: Change, path: str) -> bool:  # noqa: ARG001 - watchfiles' signature
    return path.endswith((".yaml", ".yml")) and not Path(path).name.startswith(".")
