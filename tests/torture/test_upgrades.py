"""``kill -9`` while the daemon upgrades an older database: at random moments, and at each write."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.store.migrations import HEAD
from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.newsroom import Newsroom, hooked
from tests.torture.older import make_older, revision_of
from tests.torture.tracer import deadly, has_died, is_held

OWED = 3
OLDER = ("0001", "0002")


@dataclass
class Old:
    """A database of an older version with an archive, and with messages that are owed."""

    world: World
    file: Path
    titles: set[str]
    archive: list[tuple[object, ...]]

    @property
    def revision(self) -> str:
        return revision_of(self.file)

    def put(self) -> None:
        """Put it in the database's place, as if the new version had just been installed."""
        place = self.world.home.database
        for ending in ("-wal", "-shm"):
            place.with_name(place.name + ending).unlink(missing_ok=True)
        shutil.rmtree(place.parent / "backups", ignore_errors=True)
        shutil.copy(self.file, place)
        self.world.hook.calls.clear()

    def holds_now(self) -> bool:
        """Whether what is in the place is whole: of the old version or of the new one, nothing between."""
        return revision_of(self.world.home.database) in (self.revision, HEAD) and self.world.integrity() == "ok"

    def settle(self, kills: int) -> int:
        """One more life, in which it is upgraded and all that is owed arrives; gives the number of second copies."""
        world = self.world
        with world.stable.running(world.home) as daemon:
            until(lambda: hooked(world.hook, self.titles).keys() == self.titles, "it arrives", note=daemon.text)
            until(lambda: not world.ask("SELECT 1 FROM deliveries WHERE state != 'sent'"), "all is recorded")
            assert daemon.stop() == 0, daemon.text()
        assert revision_of(world.home.database) == HEAD
        assert world.integrity() == "ok"
        assert archive_of(world.home.database) == self.archive, "nothing is lost and nothing changed"
        kept = list((world.home.database.parent / "backups").glob(f"*-before-{HEAD}.db"))
        assert {revision_of(copy) for copy in kept} == {self.revision}, "the database as it was is kept"
        extra = sum(hooked(world.hook, self.titles).values()) - OWED
        explained = world.ask("SELECT count(*) FROM events WHERE kind = 'retried' AND reason LIKE '%second copy%'")
        assert extra <= min(kills, explained[0][0])
        return extra


def archive_of(database: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return opened.execute(
            "SELECT id, feed, key, title, summary, body, seen_at FROM articles ORDER BY id"
        ).fetchall()


@pytest.fixture
def make_old(world: World, tmp_path: Path) -> Callable[[str], Old]:
    """Has a daemon fill an archive while its only channel is down, and makes an older database of that."""

    def make(revision: str) -> Old:
        end = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}
        world.install(
            channels={"hook": end}, operations="", feeds=[
                {"id": "wire", "url": f"{world.feeds.url}/rss", "language": "de"},
                {"id": "weather", "url": f"{world.feeds.url}/weather", "language": "de"},
            ],
        )  # fmt: skip
        world.home.write_codeword_rules(OWED, ["hook"])
        (world.home.directory / "rules" / "arms.yaml").unlink()
        weather = [Item(f"weather-{number}", f"Regen in Bonn {number}", "Schauer. " * 60) for number in range(250)]
        world.feeds.pages["/weather"] = rss(weather, "de")
        room = Newsroom(world.feeds, every=1, most=0)
        for _ in range(OWED):
            room.publish()
        world.hook.status = 503
        with world.stable.running(world.home) as daemon:
            owed = "SELECT count(*) FROM attempts"
            until(lambda: int(world.ask(owed)[0][0]) >= OWED, "sending is tried in vain", note=daemon.text)
            until(lambda: int(world.ask("SELECT count(*) FROM articles")[0][0]) == 250 + OWED, "all is stored")
            daemon.stop()
        world.hook.status = 200
        make_older(world.home.database, tmp_path / "old.db", revision, datetime.now(UTC))
        return Old(world, tmp_path / "old.db", room.titles, archive_of(world.home.database))

    return make


@pytest.mark.timeout(900)
@pytest.mark.parametrize("revision", OLDER if FULL else OLDER[:1])
def test_no_kill_during_an_upgrade_loses_anything(
    revision: str, make_old: Callable[[str], Old], world: World, figure: Figure
) -> None:
    old = make_old(revision)
    chance = random.Random(f"upgrades {revision}")
    wanted, lasts = (100, how_long(old)) if FULL else (2, 0.3)
    lives = kills = unfinished = extra = 0
    while kills < wanted:
        old.put()
        lives, before = lives + 1, kills
        while kills - before < 3 and revision_of(world.home.database) == revision:
            daemon = world.stable.start(world.home)
            threading.Event().wait(lasts * chance.uniform(0.5, 1.1))
            daemon.kill()
            daemon.manager.close()
            kills += 1
            assert old.holds_now()
            unfinished += revision_of(world.home.database) == revision
        extra += old.settle(kills - before)
    figure(
        f"{kills} kills while upgrading {revision}, {unfinished} before it was done: the next start always finished it,"
        f" 0 of {lives * OWED} messages lost, extra copies {extra}, all explained"
    )


def how_long(old: Old) -> float:
    """Seconds from a daemon's start to the end of its upgrade."""
    old.put()
    began = time.monotonic()
    daemon = old.world.stable.start(old.world.home)
    until(lambda: revision_of(old.world.home.database) == HEAD, "it is upgraded", note=daemon.text)
    took = time.monotonic() - began
    daemon.kill()
    daemon.manager.close()
    return took


CALLS = ("pwrite64", "fdatasync", "fsync", "write", "ftruncate", "rename", "unlink", "link")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("call", CALLS)
def test_no_kill_at_a_system_call_of_an_upgrade_loses_anything(
    call: str, make_old: Callable[[str], Old], world: World, figure: Figure
) -> None:
    """The Nth such call from the very start of the daemon on is its last, for growing N until it lives to be ready."""
    old = make_old(OLDER[0])
    most = int(os.environ.get("NEWSMONITOR_TORTURE_CALLS", "12"))
    tried, died, extra = 0, 0, 0
    for number in range(1, most + 1):
        old.put()
        tried += 1
        daemon = world.stable.start(world.home, held=True)
        until(lambda pid=daemon.pid: is_held(pid), "it stands still")  # type: ignore[misc]
        with deadly(call, 1 + (number - 1) * {"pwrite64": 11}.get(call, 1), daemon):
            daemon.signal(signal.SIGCONT)
            until(lambda now=daemon: has_died(now) or now.is_ready(), "it ends or is ready", note=daemon.text)  # type: ignore[misc]
            lived = not has_died(daemon)
        daemon.manager.close()
        assert old.holds_now()
        extra += old.settle(1)
        died += not lived
        if lived:
            break
    figure(f"{died} of {tried} upgrades died at a {call}: the next start finished every time, extra copies {extra}")
