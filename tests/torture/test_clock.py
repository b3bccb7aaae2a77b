"""The daemon under a clock that jumps while it runs (libfaketime, Debian's package ``libfaketime``)."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.world import FeedServer, until
from tests.torture.conftest import Figure, World
from tests.torture.launcher import Launcher, launcher
from tests.torture.newsroom import Newsroom, hooked, mailed

pytestmark = pytest.mark.slow

INTERVAL = 2.0
LIBRARY = "faketime/libfaketime.so.1"


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """The file that says how far off the clock is."""
    file = tmp_path / "clock"
    file.write_text("+0", encoding="ascii")
    return file


@pytest.fixture
def stable(clock: Path) -> Iterator[Launcher]:
    library = next(Path("/usr/lib").glob(f"*/{LIBRARY}"), None)
    assert library is not None, "apt-get install libfaketime"
    environment = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "Europe/Berlin",
    }
    with launcher(environment) as started:
        yield started


def set_off(clock: Path, by: timedelta) -> None:
    draft = clock.with_suffix(".new")
    draft.write_text(f"{by.total_seconds():+.0f}", encoding="ascii")
    draft.replace(clock)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "jumps",
    [
        pytest.param([timedelta(hours=-1)], id="an-hour-back"),
        pytest.param([timedelta(days=1)], id="a-day-ahead"),
        pytest.param([timedelta(days=3652), timedelta(0)], id="ten-years-ahead-and-back"),
        pytest.param([timedelta(hours=2)], id="suspended-for-two-hours"),
    ],
)
def test_a_jump_leaves_no_gap_brings_no_burst_and_loses_no_retry(
    jumps: list[timedelta], clock: Path, world: World, figure: Figure
) -> None:
    pages = [f"/{number}" for number in range(12)]
    listed = [{"id": "wire", "url": f"{world.feeds.url}/rss", "language": "de", "interval": "1s"}]
    listed += [{"id": f"feed-{page[1:]}", "url": world.feeds.url + page} for page in pages]
    polling = {"interval": f"{INTERVAL:g}s", "jitter": 0.1, "spread": f"{INTERVAL:g}s"}
    delivery = {"backoff_first": "3s", "backoff_max": "3s", "give_up_after": "1h"}
    world.install(feeds=listed, polling=polling, delivery=delivery)
    world.home.write_codeword_rules(20, ["mail", "hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    room = Newsroom(world.feeds, every=1, most=0)
    for page in pages:
        world.feeds.pages[page] = world.feeds.pages.get("/rss", b"") or b"<rss version='2.0'><channel/></rss>"
    room.publish()
    with world.stable.running(world.home) as daemon:
        until(lambda: len(hooked(world.hook, room.titles)) == 1, "the first arrives", note=daemon.text)
        world.hook.status = 503
        room.publish()
        until(lambda: len(mailed(world.box, room.titles)) == 2, "the second by mail", note=daemon.text)
        until(lambda: len(world.ask("SELECT 1 FROM attempts WHERE outcome = 'retry'")) > 0, "a failed try")
        worst = 0.0
        memory = daemon.memory()
        for jump in jumps:
            set_off(clock, jump)
            jumped = time.monotonic()
            before = len(world.feeds.requests)
            until(partial(polled_all, world.feeds, pages, before), "every feed is polled", note=daemon.text)
            worst = max(worst, time.monotonic() - jumped)
            until(partial(has_passed, jumped, 4 * INTERVAL), "some intervals pass")
            passed = time.monotonic() - jumped
            polls = sum(1 for path, _ in world.feeds.requests[before:] if path in pages)
            assert polls <= len(pages) * (passed / (INTERVAL * 0.95) + 2), "a burst"
        world.hook.status = 200
        until(lambda: len(hooked(world.hook, room.titles)) == 2, "the retry arrives", seconds=15, note=daemon.text)
        grown = daemon.memory() - memory
        assert daemon.stop() == 0, daemon.text()
    assert world.integrity() == "ok"
    assert worst <= 2 * INTERVAL + 2, f"{worst:.1f} s without a poll"
    assert set((mailed(world.box, room.titles) + hooked(world.hook, room.titles)).values()) == {2}
    assert grown < 32 * 1024 * 1024
    figure(f"all 12 feeds polled {worst:.1f} s after it (interval {INTERVAL:g} s); grown by {grown / 2**20:.0f} MiB")


def has_passed(since: float, seconds: float) -> bool:
    return time.monotonic() - since > seconds


def polled_all(feeds: FeedServer, pages: list[str], since: int) -> bool:
    return {path for path, _ in feeds.requests[since:]} >= set(pages)


@pytest.mark.timeout(120)
def test_a_process_that_stood_still_polls_on_without_a_burst(world: World, figure: Figure) -> None:
    pages = [f"/{number}" for number in range(20)]
    listed = [{"id": f"feed-{page[1:]}", "url": world.feeds.url + page} for page in pages]
    polling = {"interval": "10s", "jitter": 0.1, "spread": "10s"}
    world.install(feeds=listed, polling=polling, operations="")
    for page in pages:
        world.feeds.pages[page] = b"<rss version='2.0'><channel/></rss>"
    with world.stable.running(world.home) as daemon:
        until(lambda: polled_all(world.feeds, pages, 0), "every feed is polled", note=daemon.text)
        daemon.signal(signal.SIGSTOP)
        stopped = time.monotonic()
        until(lambda: time.monotonic() - stopped > 25, "it stands still", seconds=30)
        before = len(world.feeds.requests)
        daemon.signal(signal.SIGCONT)
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 2, "two seconds")
        burst = len(world.feeds.requests) - before
        until(lambda: polled_all(world.feeds, pages, before), "every feed is polled", note=daemon.text)
        all_after = time.monotonic() - began
        assert daemon.stop() == 0, daemon.text()
    assert burst <= 2 * 2 * len(pages) / 10 + 2, f"{burst} polls in the first two seconds"
    figure(f"{burst} of 20 polls in the first 2 s after 25 s of standing still, all of them after {all_after:.0f} s")
