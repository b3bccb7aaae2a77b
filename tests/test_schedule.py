"""The recurring acts under clocks that jump and a process that stands still."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from monitor.schedule import Schedule


@dataclass
class Clocks:
    """Both clocks go with the loop's; a test sets either apart. APScheduler goes by the real one, which is later."""

    wall: timedelta = timedelta(0)
    steady: float = 0.0

    def now(self) -> datetime:
        passed = timedelta(seconds=asyncio.get_running_loop().time())
        return datetime(2010, 3, 28, 0, 59, tzinfo=UTC) + passed + self.wall

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self.steady


@dataclass
class Diary:
    jumps: list[timedelta] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def jumped(self, by: timedelta) -> None:
        self.jumps.append(by)
        self.acts.append("put right")

    async def failed(self, name: str, error: Exception) -> None:
        self.failures.append(f"{name}: {error}")

    async def act(self) -> None:
        self.acts.append("act")


async def _run(clocks: Clocks, diary: Diary, jump: Clocks) -> None:
    schedule = Schedule(now=clocks.now, monotonic=clocks.monotonic, on_failure=diary.failed, on_jump=diary.jumped)
    schedule.every(timedelta(seconds=0.05), "act", diary.act)
    schedule.start()
    await asyncio.sleep(0.2)
    before = len(diary.acts)
    assert before >= 2
    clocks.wall, clocks.steady = jump.wall, jump.steady
    await asyncio.sleep(0.6)
    await schedule.stop()
    assert diary.acts[before] == "put right", "what follows from a jump is done before any act begins"
    assert diary.acts[before + 1 :].count("act") >= 3, "the acts go on at their pace"


@pytest.mark.parametrize(
    ("wall", "steady", "told"),
    [
        pytest.param(timedelta(hours=-1), 0.0, timedelta(hours=-1), id="an-hour-back"),
        pytest.param(timedelta(days=1), 0.0, timedelta(days=1), id="a-day-ahead"),
        pytest.param(timedelta(days=3652), 0.0, timedelta(days=3652), id="ten-years-ahead"),
        pytest.param(timedelta(hours=2), 0.0, timedelta(hours=2), id="suspended-for-two-hours"),
        pytest.param(timedelta(hours=2), 7200.0, timedelta(0), id="stopped-for-two-hours"),
    ],
)
def test_a_jump_is_put_right_before_anything_else_is_done(wall: timedelta, steady: float, told: timedelta) -> None:
    diary = Diary()
    asyncio.run(_run(Clocks(), diary, Clocks(wall, steady)))
    assert [round(jump.total_seconds()) for jump in diary.jumps] == [told.total_seconds()]
    assert diary.failures == []
    assert len(diary.acts) < 60, "what was missed is not made up for one by one"
