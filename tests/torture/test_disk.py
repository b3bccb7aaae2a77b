"""A disk that is full: polling pauses, what is owed still goes out, and all heals when there is space again."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.world import until
from tests.torture.conftest import Figure, World
from tests.torture.newsroom import Newsroom, hooked, mailed


@dataclass
class Disk:
    """A small file system of its own."""

    path: Path

    def fill(self) -> None:
        """Leave not one block."""
        with (self.path / "filling").open("ab", buffering=0) as file:
            chunk = b"x" * 4096
            try:
                while True:
                    file.write(chunk)
            except OSError:
                pass

    def free(self) -> None:
        (self.path / "filling").unlink()

    @property
    def left(self) -> int:
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Disk]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "newsmonitor-test", str(path)], check=True)
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", 24) as made:
        yield made


@pytest.mark.root
@pytest.mark.timeout(240)
def test_a_full_disk_pauses_polling_sends_what_is_owed_and_heals(disk: Disk, world: World, figure: Figure) -> None:
    home, feeds, box, hook = world.home, world.feeds, world.box, world.hook
    world.install(data=str(disk.path / "data"))
    home.write_codeword_rules(12, ["mail", "hook"])
    (home.directory / "rules" / "arms.yaml").unlink()
    room = Newsroom(feeds, every=1, most=0)
    with world.stable.running(home) as daemon:
        for _ in range(4):
            room.publish()
        until(lambda: len(mailed(box, room.titles)) == 4, "four by mail", note=daemon.text)
        hook.status = 503
        for _ in range(4):
            room.publish()
        until(lambda: len(mailed(box, room.titles)) == 8, "eight by mail", note=daemon.text)

        disk.fill()
        room.publish()
        began = time.monotonic()
        until(lambda: "disk" in daemon.status, "the status turns red", seconds=20, note=daemon.text)
        red = time.monotonic() - began
        doctor = home.command("doctor")
        polls = feeds.count("/rss")
        hook.status = 200
        until(lambda: len(hooked(hook, room.titles)) >= 8, "what was owed goes out", note=daemon.text)
        paused = feeds.count("/rss") - polls

        disk.free()
        room.publish()
        began = time.monotonic()
        until(lambda: len(mailed(box, room.titles)) == 10, "all by mail", seconds=70, note=daemon.text)
        until(lambda: len(hooked(hook, room.titles)) == 10, "all by webhook", seconds=70, note=daemon.text)
        until(lambda: "disk" not in daemon.status, "the status is well again", seconds=20, note=daemon.text)
        healed = time.monotonic() - began
        assert daemon.stop() == 0, daemon.text()
    assert doctor.returncode == 1
    assert "full" in doctor.stdout, doctor.stdout
    copies = mailed(box, room.titles) + hooked(hook, room.titles)
    assert set(copies.values()) == {2}, copies
    assert red <= 10
    assert paused <= 1, "polling must pause"
    assert healed <= 60
    with closing(sqlite3.connect(disk.path / "data" / "newsmonitor.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    figure(f"red after {red:.1f} s; 4 owed messages sent on a full disk; all well {healed:.1f} s after space returned")
