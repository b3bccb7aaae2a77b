"""Fetches at the same time: bounded, and none keeps the others waiting for long."""

from __future__ import annotations

import asyncio

from monitor.sources.berths import Berths


async def _stay(berths: Berths, seconds: float, inside: list[int]) -> int:
    async with berths:
        inside.append(1)
        seen = len(inside)
        await asyncio.sleep(seconds)
        inside.pop()
        return seen


def test_no_more_than_so_many_begin_together() -> None:
    async def work() -> list[int]:
        berths, inside = Berths(3), list[int]()
        return await asyncio.gather(*(_stay(berths, 0.01, inside) for _ in range(12)))

    assert max(asyncio.run(work())) == 3


def test_one_that_lingers_makes_room_and_there_is_a_limit_to_that() -> None:
    async def work() -> list[int]:
        berths, inside = Berths(2, most=5, lingers_after=0.02), list[int]()
        return await asyncio.gather(*(_stay(berths, 0.3, inside) for _ in range(10)))

    assert max(asyncio.run(work())) == 5


def test_one_that_gives_up_waiting_leaves_its_place_to_others() -> None:
    async def work() -> bool:
        berths, inside = Berths(1, lingers_after=60), list[int]()
        first = asyncio.create_task(_stay(berths, 0.05, inside))
        await asyncio.sleep(0)
        second = asyncio.create_task(_stay(berths, 0, inside))
        await asyncio.sleep(0.01)
        second.cancel()
        await first
        async with asyncio.timeout(5):
            await _stay(berths, 0, inside)
        return second.cancelled()

    assert asyncio.run(work())
