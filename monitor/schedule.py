"""When things are done: APScheduler 3.x turns the recurring acts of the daemon; due times live in our own tables.

Its habits that would hurt (measured, see docs/adr/0007-daemon.md) are turned off here: runs are never skipped because
they are late, however long the machine slept there is one run to catch up, and a jump of the wall clock in either
direction is noticed against the monotonic clock and every act is timed anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

Act = Callable[[], Awaitable[None]]

_GLANCE = 1.0  # seconds between two looks at the clocks
_JUMP = 5.0  # seconds by which they may drift apart between two looks before it is called a jump
_STALL = 15.0  # seconds without a look: the process was stopped, or the machine


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """One interval after now, whatever was missed: an ``IntervalTrigger`` would list every missed time one by one."""

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """APScheduler's question; ``previous_fire_time`` is None only for the first."""
        return now if previous_fire_time is None else now + self._interval


class Schedule:
    """The recurring acts. An act that raises is reported to ``on_failure`` and runs again at its next time.

    ``on_jump`` is awaited before any further act begins: when the wall clock has jumped, by how much, and after the
    process stood still, by nothing.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        on_failure: Callable[[str, Exception], Awaitable[None]],
        on_jump: Callable[[timedelta], Awaitable[None]],
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._on_failure = on_failure
        self._on_jump = on_jump
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._watch: asyncio.Task[None] | None = None
        self._seen = (now(), monotonic())
        self._looking = asyncio.Lock()

    def every(self, interval: timedelta, name: str, act: Act) -> None:
        """Do ``act`` at once when started and then one ``interval`` after each due time, never twice at a time."""

        async def run() -> None:
            try:
                await self._look_at_clocks()
                await act()
            except Exception as error:  # noqa: BLE001 - the one place where a failing act is caught, so that it is told
                await self._on_failure(name, error)

        self._scheduler.add_job(run, trigger=_Every(interval), id=name)

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._seen = (self._now(), self._monotonic())
        self._scheduler.start()
        self._watch = asyncio.get_running_loop().create_task(self._watch_clocks(), name="clock watch")

    def wake(self, name: str) -> None:
        """Do that act now rather than at its next time."""
        self._scheduler.modify_job(name, next_run_time=self._now())

    async def stop(self) -> None:
        """Start nothing more. Acts under way are not waited for: whoever owns them drains them."""
        if self._watch is None:
            return
        self._watch.cancel()
        with suppress(asyncio.CancelledError):
            await self._watch
        self._watch = None
        self._scheduler.shutdown(wait=False)

    async def _watch_clocks(self) -> None:
        while True:
            await asyncio.sleep(_GLANCE)
            try:
                await self._look_at_clocks()
            except Exception as error:  # noqa: BLE001 - told like a failing act; the watch goes on
                await self._on_failure("clock watch", error)

    async def _look_at_clocks(self) -> None:
        """Compare the two clocks; an act that begins meanwhile waits until what follows from a jump is done."""
        async with self._looking:
            wall, steady = self._seen
            self._seen = wall_now, steady_now = self._now(), self._monotonic()
            passed = timedelta(seconds=steady_now - steady)
            jump = (wall_now - wall) - passed
            jumped = abs(jump.total_seconds()) > _JUMP
            if jumped or passed.total_seconds() > _STALL:
                await self._on_jump(jump if jumped else timedelta(0))
            if jumped:
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=wall_now)
