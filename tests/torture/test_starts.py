"""``newsmonitor run`` on a database that cannot be used: a clear refusal, and never a silent fresh start."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Installation
from tests.e2e.world import Item, feed_server, rss, until
from tests.torture.conftest import Figure, World
from tests.torture.launcher import Launcher, Running
from tests.torture.newsroom import Newsroom, arms_rule, hooked, install
from tests.torture.tracer import deadly, has_died, is_held

QUIET: dict[str, Any] = {
    "feeds": [{"id": "wire", "url": "http://127.0.0.1:9/rss", "language": "de"}],
    "channels": {"hook": "console"},
}


@pytest.fixture(scope="module")
def used(stable: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which a daemon has worked and made a backup; to be copied."""
    home = Installation(tmp_path_factory.mktemp("used"))
    home.write_rule(arms_rule(["hook"]))
    with feed_server() as feeds:
        feeds.pages["/rss"] = rss([Item("1", "Regen in Bonn")], "de")
        home.write_config(**QUIET | {"feeds": [{"id": "wire", "url": f"{feeds.url}/rss", "language": "de"}]})
        with stable.running(home) as daemon:
            until(lambda: bool(list((home.directory / "data" / "backups").glob("*.db"))), "a backup is made")
            until(partial(has_article, home.database), "an article is stored", note=daemon.text)
            daemon.stop()
    for notify in home.directory.glob("notify-*"):
        notify.unlink()  # a socket cannot be copied
    return home.directory


def has_article(database: Path) -> bool:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as opened:
        return bool(opened.execute("SELECT 1 FROM articles").fetchone())


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999_of_the_future'")
        opened.commit()


def scribbled(database: Path) -> None:
    with database.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        for place in range(8192, size - 4096, 8192):
            file.seek(place)
            file.write(b"\xa5" * 600)


def cut(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def emptied(database: Path) -> None:
    os.truncate(database, 0)


def overwritten(database: Path) -> None:
    database.write_bytes(b"this is no database at all\n" * 500)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        pytest.param(newer, "or later", id="newer"),
        pytest.param(scribbled, "damaged", id="corrupt"),
        pytest.param(cut, "damaged", id="truncated"),
        pytest.param(emptied, "", id="empty"),
        pytest.param(overwritten, "damaged", id="no-database"),
        pytest.param(Path.unlink, "missing", id="missing-with-backups"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_words(
    spoil: Callable[[Path], None], word: str, used: Path, stable: Launcher, tmp_path: Path
) -> None:
    home = Installation(tmp_path / "spoilt")
    shutil.copytree(used, home.directory)
    home.write_config(**QUIET)
    database = home.database
    spoil(database)
    before = database.read_bytes() if database.exists() else None
    refused = stable.start(home)
    assert stable.wait(refused.pid) == 1, refused.text()
    refused.manager.close()
    said = refused.text().splitlines()[-1]
    assert said.startswith("newsmonitor: ")
    assert str(database) in said
    assert word in said
    assert "Traceback" not in refused.text()
    assert (database.read_bytes() if database.exists() else None) == before, "nothing was changed"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("call", ["link", "fsync", "fdatasync", "pwrite64", "ftruncate", "unlink"])
def test_a_first_start_that_is_killed_is_followed_by_one_that_is_well(call: str, world: World, figure: Figure) -> None:
    """The Nth such call is the first daemon's last; the next makes a database or takes up the one that is there."""
    world.home.write_codeword_rules(1, ["hook"])
    room = Newsroom(world.feeds, every=1, most=0)
    room.publish()
    died = tried = 0
    while died == tried < 10:
        shutil.rmtree(world.home.directory / "data", ignore_errors=True)
        world.hook.calls.clear()
        daemon = world.stable.start(world.home, held=True)
        until(partial(is_held, daemon.pid), "it stands still")
        tried += 1
        with deadly(call, 1 + (tried - 1) * {"pwrite64": 11}.get(call, 1), daemon):
            daemon.signal(signal.SIGCONT)
            until(partial(has_ended_or_is_ready, daemon), "it ends or is ready", note=daemon.text)
            died += has_died(daemon)
        daemon.manager.close()
        with world.stable.running(world.home) as daemon:
            until(lambda: bool(world.hook.calls), "news is told", note=daemon.text)
            assert daemon.stop() == 0, daemon.text()
        assert world.integrity() == "ok"
        assert not list((world.home.directory / "data").glob("*draft*")), "nothing half-made is left"
    figure(f"{died} of {tried} first starts died at a {call}: the next was well every time")


def has_ended_or_is_ready(daemon: Running) -> bool:
    return has_died(daemon) or daemon.is_ready()


def held_for_writing(opened: sqlite3.Connection) -> None:
    """As an open transaction in ``sqlite3`` does; others may read."""
    opened.execute("BEGIN IMMEDIATE")


def held_whole(opened: sqlite3.Connection) -> None:
    """As a tool does that wants the file for itself; nobody else may even read."""
    opened.execute("PRAGMA locking_mode = EXCLUSIVE")
    opened.execute("BEGIN EXCLUSIVE")


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_database_that_another_program_holds_is_waited_for_and_then_refused(
    world: World, tmp_path: Path, figure: Figure
) -> None:
    with world.stable.running(world.home) as daemon:
        daemon.stop()
    homes = []
    for number, hold in enumerate((held_for_writing, held_whole)):
        home = Installation(tmp_path / f"held-{number}")
        home.database.parent.mkdir(parents=True)
        install(home, world.feeds.url, world.box.port, world.hook.url)
        home.write_rule(arms_rule(["mail", "hook"]))
        shutil.copy(world.home.database, home.database)
        homes.append((home, hold))
    with ExitStack() as holding:
        for home, hold in homes:
            hold(holding.enter_context(closing(sqlite3.connect(home.database, isolation_level=None))))
        began = time.monotonic()
        refused = [world.stable.start(home) for home, _ in homes]
        ended = [world.stable.wait(one.pid) for one in refused]
        took = time.monotonic() - began
    for one, (home, _) in zip(refused, homes, strict=True):
        one.manager.close()
        said = one.text().splitlines()[-1]
        assert said.startswith(f"newsmonitor: {home.database}: another program has held")
        assert "Close it" in said
        assert "Traceback" not in one.text()
    assert ended == [1, 1]
    assert 10 <= took <= 60
    figure(f"a database held by another program, for writing or whole: waited for and refused in words in {took:.0f} s")
    with world.stable.running(homes[0][0]) as daemon:
        assert daemon.stop() == 0, "what was held is let go, and the same start is well"


@pytest.mark.slow
def test_a_restored_backup_tells_nothing_again(world: World) -> None:
    world.home.write_codeword_rules(6, ["hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    room = Newsroom(world.feeds, every=1, most=0)
    world.install(operations="")
    with world.stable.running(world.home) as daemon:
        for _ in range(2):
            room.publish()
        until(lambda: hooked(world.hook, room.titles).keys() == room.titles, "both arrive", note=daemon.text)
        until(lambda: world.home.command("backup").returncode == 0, "a backup is made")
        room.publish()
        until(lambda: hooked(world.hook, room.titles).keys() == room.titles, "the third arrives", note=daemon.text)
        daemon.stop()
    done = world.home.command("backup", "--restore")
    assert done.returncode == 0, done.stderr
    with world.stable.running(world.home) as daemon:
        polled = world.feeds.count("/rss")
        until(lambda: world.feeds.count("/rss") > polled + 3, "it polls", note=daemon.text)
        daemon.stop()
    assert set(hooked(world.hook, room.titles).values()) == {1}, "what was told since the backup is not told again"
    assert world.integrity() == "ok"
