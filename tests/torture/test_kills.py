"""``kill -9``: at random moments (also while it reloads and backs up), and at every write, sync and send."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.world import until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.launcher import Running
from tests.torture.newsroom import Newsroom, hooked, mailed

SHARES = 10


def prepare(world: World, items: int) -> None:
    world.install(backup={"every": "1s", "keep": 2}, polling={"interval": "300ms"})
    world.home.write_codeword_rules(items, ["mail", "hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()


def verdict(world: World, titles: set[str], kills: int) -> dict[str, Any]:
    """What the oracle says."""
    arrived = [("mail", mailed(world.box, titles)), ("hook", hooked(world.hook, titles))]
    here = world.home.directory
    (here / "published").write_text("".join(f"{title}\n" for title in titles), encoding="utf-8")
    copies = [f"{channel}\t{title}\n" for channel, found in arrived for title in found.elements()]
    (here / "arrived").write_text("".join(copies), encoding="utf-8")
    (here / "kills").write_text(str(kills), encoding="ascii")
    words = [sys.executable, "-m", "tests.torture.oracle", str(here), str(world.home.database)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return dict(json.loads(done.stdout))


def hold(found: dict[str, Any]) -> None:
    """The promise."""
    assert found["lost"] == {"mail": [], "hook": []}
    assert max(found["extra"].values()) <= found["kills"]
    assert found["unexplained"] == {"mail": 0, "hook": 0}
    assert found["sound"]


def settle(world: World, room: Newsroom) -> None:
    """One more life, in which everything arrives."""
    with world.stable.running(world.home) as daemon:
        titles = room.titles
        until(
            lambda: titles <= mailed(world.box, titles).keys() and titles <= hooked(world.hook, titles).keys(),
            "every item arrived on both channels",
            seconds=60,
            note=daemon.text,
        )
        until(lambda: not world.ask("SELECT 1 FROM deliveries WHERE state NOT IN ('sent', 'dead')"), "all recorded")
        daemon.stop()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", range(SHARES if FULL else 1))
def test_no_kill_loses_an_alert(share: int, world: World, figure: Figure) -> None:
    kills = 100 if FULL else 12
    chance = random.Random(f"kills {share}")
    prepare(world, 30)
    with Newsroom(world.feeds, every=1.2 if FULL else 0.6, most=30) as room:
        for number in range(kills):
            daemon = world.stable.start(world.home)
            threading.Event().wait(chance.uniform(0.05, 1.8))
            if number % 3 == 0 and daemon.is_ready():
                daemon.signal(signal.SIGHUP)
                threading.Event().wait(chance.uniform(0, 0.3))
            daemon.kill()
            daemon.manager.close()
        room.close()
        settle(world, room)
    found = verdict(world, room.titles, kills)
    hold(found)
    assert found["owed"] >= min(kills // 2, 30), "the campaign must have had news to lose"
    figure(
        f"{kills} kills, {found['owed']} items owed on 2 channels, 0 lost, extra copies {found['extra']}, all explained"
    )


CALLS = ("pwrite64", "fdatasync", "fsync", "sendto", "write", "ftruncate", "unlink")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("call", CALLS)
def test_no_kill_at_a_system_call_loses_an_alert(call: str, world: World, figure: Figure) -> None:
    """The Nth such call of the daemon, from a publication on, is its last, for N = 1, 2, 3, … as far as they go."""
    assert subprocess.run(["which", "strace"], capture_output=True, check=False).returncode == 0, (
        "apt-get install strace"
    )
    most = int(os.environ.get("NEWSMONITOR_TORTURE_CALLS", "12"))
    prepare(world, most + 2)
    room = Newsroom(world.feeds, every=1, most=0)
    room.publish()
    kills = 0
    for number in range(1, most + 1):
        with world.stable.running(world.home) as daemon:
            kills += killed_at(call, number * step(call), daemon, room, world)
            if daemon.pid in world.stable.alive:
                daemon.kill()
    settle(world, room)
    found = verdict(world, room.titles, most)
    hold(found)
    figure(f"{kills} of {most} daemons died at a {call}; 0 lost, extra copies {found['extra']}, all explained")


def step(call: str) -> int:
    """Of frequent calls every few are tried, so that a small number reaches from the poll to the last record."""
    return {"pwrite64": 5, "sendto": 2, "fdatasync": 2}.get(call, 1)


def killed_at(call: str, number: int, daemon: Running, room: Newsroom, world: World) -> bool:
    """Publish under a tracer that kills at the Nth call; whether it came to that."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
         "-e", f"inject={call}:signal=KILL:when={number}", "-p", str(daemon.pid)]
    )  # fmt: skip
    try:
        until(lambda: is_traced(daemon.pid) or tracer.poll() is not None, "the tracer is at work")
        room.publish()
        titles = room.titles
        pause = threading.Event()
        for _ in range(200):
            if has_died(daemon.pid):
                return True
            both: Counter[str] = mailed(world.box, titles) + hooked(world.hook, titles)
            if len(both) == len(titles) and min(both.values()) >= 2:
                return False
            pause.wait(0.03)
        return False
    finally:
        if not has_died(daemon.pid):
            daemon.signal(signal.SIGKILL)
        tracer.wait(10)


def is_traced(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
    return "TracerPid:\t0\n" not in status


def has_died(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
