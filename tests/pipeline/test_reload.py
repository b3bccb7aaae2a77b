"""One reload at a time, and the latest wins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from monitor.reload import Reloader
from monitor.rules.problems import Place, Problem, ProblemsError


class Desk:
    """What reloads come to."""

    def __init__(self) -> None:
        self.value = 0
        self.taken: list[int] = []
        self.refused: list[str] = []
        self.reading = 0
        self.most_reading = 0
        self.slow = threading.Event()
        self.changed = asyncio.Event()

    def has_done_more_than(self, times: int) -> bool:
        return len(self.taken) + len(self.refused) > times

    def read(self) -> int:
        self.reading += 1
        self.most_reading = max(self.most_reading, self.reading)
        value = self.value
        self.slow.wait(0.02)
        self.reading -= 1
        if value < 0:
            raise ProblemsError([Problem(Place("rules/a.yaml", 3), "bad", "nonsense")])
        if value == 13:
            raise ZeroDivisionError
        return value

    async def take_up(self, value: int) -> None:
        self.taken.append(value)
        self.changed.set()

    async def refuse(self, error: Exception) -> None:
        self.refused.append(str(error) or type(error).__name__)
        self.changed.set()


async def _until(holds: Callable[[], bool], desk: Desk) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await desk.changed.wait()
            desk.changed.clear()


def test_two_hundred_reloads_are_a_few_and_the_last_one_stands() -> None:
    desk = Desk()

    async def storm() -> None:
        reloader = Reloader(desk.read, desk.take_up, desk.refuse)
        working = asyncio.create_task(reloader.run())
        for number in range(1, 201):
            desk.value = number
            reloader.ask()
            await asyncio.sleep(0.001)
        await _until(lambda: desk.taken[-1:] == [200], desk)
        working.cancel()

    asyncio.run(storm())
    assert desk.most_reading == 1
    assert len(desk.taken) < 50
    assert desk.taken == sorted(desk.taken)


def test_what_is_refused_and_what_fails_leave_the_last_good_one_and_the_reloader_alive() -> None:
    desk = Desk()

    async def work() -> None:
        reloader = Reloader(desk.read, desk.take_up, desk.refuse)
        working = asyncio.create_task(reloader.run())
        for done, value in enumerate((1, -1, 13, 2)):
            desk.value = value
            reloader.ask()
            await _until(partial(desk.has_done_more_than, done), desk)
        working.cancel()

    asyncio.run(work())
    assert desk.taken == [1, 2]
    assert desk.refused == ["rules/a.yaml:3:1: error: nonsense", "ZeroDivisionError"]


def test_an_edited_file_is_noticed_also_in_a_directory_that_came_later(tmp_path: Path) -> None:
    desk = Desk()
    rules = tmp_path / "rules"

    async def work() -> None:
        reloader = Reloader(desk.read, desk.take_up, desk.refuse)
        tasks = [asyncio.create_task(reloader.run()), asyncio.create_task(reloader.watch(lambda: rules, frozenset()))]
        await asyncio.sleep(0)
        rules.mkdir()
        (rules / "a.yaml").write_text("1", encoding="utf-8")  # before the watch began, as like as not
        await _until(lambda: bool(desk.taken), desk)
        await asyncio.to_thread((rules / "a.yaml").write_text, "12", encoding="utf-8")
        await _until(lambda: len(desk.taken) > 1, desk)
        for task in tasks:
            task.cancel()

    asyncio.run(work())
    assert desk.taken
