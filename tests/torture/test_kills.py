"""``kill -9``: at random moments (also while it reloads and backs up), and at every write, sync and send."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.world import until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.launcher import Running
from tests.torture.newsroom import Newsroom, hooked, mailed
from tests.torture.tracer import deadly, has_died

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
    kills = 100 if FULL else 9
    chance = random.Random(f"kills {share}")
    prepare(world, kills)
    room = Newsroom(world.feeds, every=1, most=0)
    worked = 0
    for number in range(kills):
        if number % 3 < 2:
            room.publish()  # for this life to find, or for a later one
        daemon = world.stable.start(world.home)
        if number % 5:  # it comes to work first; the fifth life ends before or while it starts
            until(daemon.is_ready, "it is ready", note=daemon.text)
            worked += 1
        threading.Event().wait(chance.uniform(0.02, 1.5))
        if number % 3 == 0 and daemon.is_ready():
            daemon.signal(signal.SIGHUP)
            threading.Event().wait(chance.uniform(0, 0.3))
        daemon.kill()
        daemon.manager.close()
    settle(world, room)
    found = verdict(world, room.titles, kills)
    hold(found)
    assert found["owed"] > kills / 2, "the campaign must have had news to lose"
    figure(
        f"{kills} kills, {worked} of them at work, {found['owed']} items owed on 2 channels, 0 lost, extra copies"
        f" {found['extra']}, all explained"
    )


CALLS = (
    "pwrite64", "fdatasync", "fsync", "sendto", "sendmsg", "write", "writev", "ftruncate", "rename", "unlink", "link",
)  # fmt: skip
BY_THE_BACKUP = {"fsync", "ftruncate", "rename", "unlink", "link"}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("call", CALLS)
def test_no_kill_at_a_system_call_loses_an_alert(call: str, world: World, figure: Figure) -> None:
    """The Nth such call of a thread of the daemon, from a publication on, is its last; N grows until it is not met."""
    most = int(os.environ.get("NEWSMONITOR_TORTURE_CALLS", "12"))
    prepare(world, most + 2)
    room = Newsroom(world.feeds, every=1, most=0)
    room.publish()
    tried = kills = missed = 0
    while tried < most and missed < 2:
        tried += 1
        with world.stable.running(world.home) as daemon:
            died = killed_at(call, 1 + (tried - 1) * step(call), daemon, room, world)
        kills += died
        missed = 0 if died else missed + 1
    settle(world, room)
    found = verdict(world, room.titles, tried)
    hold(found)
    figure(f"{kills} of {tried} daemons died at a {call}; 0 lost, extra copies {found['extra']}, all explained")


def step(call: str) -> int:
    """Of frequent calls every few are tried, so that a small number reaches from the poll to the last record."""
    return {"pwrite64": 5, "sendto": 2, "fdatasync": 2}.get(call, 1)


def killed_at(call: str, number: int, daemon: Running, room: Newsroom, world: World) -> bool:
    """Publish under a tracer that kills at the Nth call; whether it came to that before all was sent and backed up."""
    with deadly(call, number, daemon):
        room.publish()
        titles = room.titles
        began = time.monotonic()
        pause = threading.Event()
        while time.monotonic() - began < 10:
            if has_died(daemon):
                return True
            both: Counter[str] = mailed(world.box, titles) + hooked(world.hook, titles)
            arrived = len(both) == len(titles) and min(both.values()) >= 2
            if arrived and time.monotonic() - began > (3 if call in BY_THE_BACKUP else 0):
                return False
            pause.wait(0.03)
        return False
