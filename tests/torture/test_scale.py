"""As many polls a second as ten thousand feeds at a quarter of an hour make, and what they cost."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.world import until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.many import HOSTS, many

WANTED = 10_000 / 900  # polls a second


@pytest.mark.timeout(400)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ten_thousand_feeds_worth_of_polls(world: World, figure: Figure) -> None:
    count, interval, lasts = (1000, 90.0, 100) if FULL else (60, 3.0, 4)
    with many() as server:
        listed = [{"id": f"feed-{n}", "url": f"{server.urls[n % HOSTS]}/{n}", "language": "de"} for n in range(count)]
        polling = {"interval": f"{interval:g}s", "spread": f"{interval:g}s", "jitter": 0.1}
        world.install(feeds=listed, operations="", polling=polling, backfill=False)
        with world.stable.running(world.home) as daemon:
            until(lambda: len(server.seen) == count, "every feed is polled", seconds=interval * 2 + 30)
            began, cpu, descriptors, memory = (
                time.monotonic(),
                daemon.seconds_of_cpu(),
                daemon.descriptors(),
                daemon.memory(),
            )
            polls = sum(map(len, server.seen.values()))
            until(partial(has_passed, began, lasts), "it goes on", seconds=lasts + 10)
            passed = time.monotonic() - began
            share = (daemon.seconds_of_cpu() - cpu) / passed
            polls = sum(map(len, server.seen.values())) - polls
            at_end = (daemon.descriptors(), daemon.memory())
            assert daemon.stop() == 0, daemon.text()
    gaps = [after - before for times in server.seen.values() for before, after in pairwise(times)]
    late = max(gaps) - interval * 1.05
    assert late <= 60
    scaled = share * WANTED / (polls / passed)
    assert scaled <= (0.5 if FULL else 1.0), f"{scaled:.0%} of a core"
    assert at_end[1] <= 300 * 1024 * 1024
    assert at_end[0] - descriptors < 60
    figure(
        f"{polls / passed:.1f} polls/s: none later than {max(late, 0):.1f} s; {share:.0%} of a core, {scaled:.0%} at"
        f" {WANTED:.1f}/s; {at_end[1] / 2**20:.0f} MiB ({(at_end[1] - memory) / 2**20:+.0f}); {at_end[0]} descriptors"
    )


def has_passed(since: float, seconds: float) -> bool:
    return time.monotonic() - since > seconds


PRIMED = """UPDATE feeds SET etag = x'223122', due_at = ?, polled_at = ?, succeeded_at = ?, first_success_at = ?
WHERE feed = ?"""


def prime(database: Path, interval: timedelta) -> None:
    """Make the feeds those of a daemon that has run for long: each was polled within the last interval."""
    chance, now = random.Random(1), datetime.now(UTC)
    with closing(sqlite3.connect(database)) as opened:
        names = [row[0] for row in opened.execute("SELECT feed FROM feeds")]
        for name in names:
            due = now + interval * chance.random()
            last = written(due - interval)
            opened.execute(PRIMED, (written(due), last, last, last, name))
        opened.commit()


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def overdue(world: World) -> float:
    """For how many seconds a poll of any feed has been due."""
    [(due,)] = world.ask("SELECT min(due_at) FROM feeds WHERE configured = 1")
    return (datetime.now(UTC) - datetime.fromisoformat(f"{due}+00:00")).total_seconds()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ten_thousand_feeds_at_a_quarter_of_an_hour(world: World, figure: Figure) -> None:
    count, interval, lasts = 10_000, timedelta(minutes=15), 200
    with many(telling=1) as server:
        listed = [{"id": f"feed-{n}", "url": f"{server.urls[n % HOSTS]}/{n}", "language": "de"} for n in range(count)]
        world.install(feeds=listed, operations="", polling={"interval": "15m", "spread": "15m", "jitter": 0.1})
        first = world.stable.start(world.home)
        until(first.is_ready, "a first start", seconds=120, note=first.text)
        first.stop()
        first.manager.close()
        prime(world.home.database, interval)
        started = time.monotonic()
        daemon = world.stable.start(world.home)
        until(daemon.is_ready, "it is ready", seconds=120, note=daemon.text)
        ready = time.monotonic() - started
        began, cpu, before = time.monotonic(), daemon.seconds_of_cpu(), sum(map(len, server.seen.values()))
        late, peak = 0.0, 0
        while not has_passed(began, lasts):
            late, peak = max(late, overdue(world)), max(peak, daemon.memory())
            until(partial(has_passed, time.monotonic(), 1), "a second")
        passed = time.monotonic() - began
        share = (daemon.seconds_of_cpu() - cpu) / passed
        rate = (sum(map(len, server.seen.values())) - before) / passed
        descriptors = daemon.descriptors()
        assert daemon.stop() == 0, daemon.text()
        daemon.manager.close()
    assert rate >= WANTED * 0.8
    assert late <= 60
    assert share <= 0.5
    assert peak <= 300 * 1024 * 1024
    figure(
        f"{count} feeds at 15 min, ready after {ready:.0f} s; {rate:.1f} polls/s over {passed:.0f} s: none later than"
        f" {late:.1f} s, {share:.0%} of a core, at most {peak / 2**20:.0f} MiB, {descriptors} descriptors"
    )
