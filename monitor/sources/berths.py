"""How many fetches run at the same time, without fifty servers that drip keeping the others waiting."""

from __future__ import annotations

import asyncio
from types import TracebackType

_LINGERS_AFTER = 4.0


class Berths:
    """A place for each of ``count`` fetches. One that lingers gives its place to the next, and goes on beside it.

    So the places bound how many fetches begin at the same time, and ``most`` how many there are in all. For use from
    one event loop, as ``async with``.
    """

    def __init__(self, count: int, *, most: int = 512, lingers_after: float = _LINGERS_AFTER) -> None:
        """``lingers_after`` is in seconds."""
        self._places = asyncio.Semaphore(count)
        self._all = asyncio.Semaphore(max(most, count))
        self._lingers_after = lingers_after
        self._clocks: dict[asyncio.Task[object] | None, asyncio.TimerHandle | None] = {}

    async def __aenter__(self) -> None:
        await self._all.acquire()
        try:
            await self._places.acquire()
        except BaseException:
            self._all.release()
            raise
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        self._clocks[task] = loop.call_later(self._lingers_after, self._make_room, task)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clock = self._clocks.pop(asyncio.current_task())
        if clock is not None:
            clock.cancel()
            self._places.release()
        self._all.release()

    def _make_room(self, task: asyncio.Task[object] | None) -> None:
        self._clocks[task] = None
        self._places.release()
