"""Days of work in minutes: as many polls, changes, alerts, backups and reloads, and nothing that grows with them.

A day is 96 polls of each feed, which short intervals bring in minutes. Everything else is done as often as in a day or
oftener. What a day may leave behind is what the stories of its window take.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.world import until
from tests.torture.conftest import Figure, World
from tests.torture.launcher import Running
from tests.torture.many import HOSTS, Many, many

FEEDS = 100
A_DAY = 96 * FEEDS
WARM, DAYS = 0.5, 2
MOST_A_DAY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """What the daemon holds at a moment, in days since the measurement began."""

    at: float
    memory: int
    threads: int
    descriptors: int


def sample(daemon: Running, at: float) -> Sample:
    threads = len(list(Path(f"/proc/{daemon.pid}/task").iterdir()))
    return Sample(at, daemon.memory(), threads, daemon.descriptors())


def slope(points: list[tuple[float, float]]) -> float:
    """By how much the second grows with the first, by least squares."""
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    over = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return over / sum((x - middle[0]) ** 2 for x, _ in points)


def polls(server: Many) -> int:
    return sum(map(len, server.seen.values()))


def prepare(world: World, server: Many) -> None:
    """Feeds on a short interval, of whose changes every fifth has news for a rule; backups, and a channel."""
    listed = [{"id": f"feed-{n}", "url": f"{server.urls[n % HOSTS]}/{n}", "language": "de"} for n in range(FEEDS)]
    end = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}
    polling = {"interval": "1s", "spread": "1s", "jitter": 0.1}
    world.install(
        feeds=listed, operations="", channels={"hook": end}, polling=polling, backup={"every": "20s", "keep": 2}
    )
    tests = {"match": [{"de": "Munition"}], "no_match": [{"de": "Regen in Bonn"}]}
    rule = {"id": "munition", "title": "Munition", "match": ["=Munition"], "alert": {"to": ["hook"]}, "tests": tests}
    world.home.write_rule(rule)
    (world.home.directory / "rules" / "arms.yaml").unlink()


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_days_of_work_leave_nothing_behind(world: World, figure: Figure) -> None:
    with many(telling=5) as server:
        prepare(world, server)
        with world.stable.running(world.home) as daemon:
            until(lambda: polls(server) >= WARM * A_DAY, "it is warm", seconds=600, note=daemon.text)
            began, before, reloads, samples = time.monotonic(), polls(server), 0, [sample(daemon, 0)]
            while (passed := (polls(server) - before) / A_DAY) < DAYS:
                assert time.monotonic() - began < 1000, f"{passed:.1f} days"
                if passed > (reloads + 1) / 10:
                    daemon.signal(signal.SIGHUP)
                    reloads += 1
                until(partial(has_passed, time.monotonic(), 2), "the next sample")
                samples.append(sample(daemon, (polls(server) - before) / A_DAY))
            lasted = time.monotonic() - began
            assert daemon.stop() == 0, daemon.text()
    told = len(world.hook.calls)
    memory = slope([(one.at, float(one.memory)) for one in samples])
    threads = slope([(one.at, float(one.threads)) for one in samples])
    descriptors = slope([(one.at, float(one.descriptors)) for one in samples])
    found = (
        f"{DAYS} days of {FEEDS} feeds in {lasted:.0f} s: {polls(server) - before} polls, {told} messages, {reloads}"
        f" reloads; a day adds {memory / 2**20:+.1f} MiB (from {samples[0].memory / 2**20:.0f} to"
        f" {samples[-1].memory / 2**20:.0f}), {threads:+.2f} threads (at most {max(one.threads for one in samples)}),"
        f" {descriptors:+.2f} descriptors (at most {max(one.descriptors for one in samples)})"
    )
    assert memory <= MOST_A_DAY, found
    assert abs(threads) <= 1, found
    assert abs(descriptors) <= 2, found
    figure(found)


def has_passed(since: float, seconds: float) -> bool:
    return time.monotonic() - since > seconds
