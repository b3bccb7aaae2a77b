"""Each message and each recipient has a fate of its own, and a channel that is refused is asked seldom."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.e2e.world import free_port, until
from tests.torture.conftest import Figure, World
from tests.torture.newsroom import Newsroom, hooked


class Choosy:
    """A mail server that refuses one recipient for good and puts another off twice."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.arrived: Counter[str] = Counter()
        self.lock = threading.Lock()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        with self.lock:
            self.asked[address] += 1
            if address.startswith("gone"):
                return "550 no such user"
            if address.startswith("later") and self.asked[address] <= 2:
                return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        with self.lock:
            self.arrived.update(str(address) for address in envelope.rcpt_tos)
        return "250 kept"


@contextmanager
def choosy() -> Iterator[tuple[int, Choosy]]:
    handler, port = Choosy(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, handler
    finally:
        controller.stop()


@pytest.mark.timeout(120)
def test_each_recipient_has_a_fate_of_its_own(world: World, figure: Figure) -> None:
    people = ["well@example.org", "gone@example.org", "later@example.org"]
    with choosy() as (port, server):
        mail = {"url": f"mailto://127.0.0.1:{port}?from=nm@example.org", "to": people}
        world.install(channels={"mail": mail, "hook": "console"}, operations="hook")
        world.home.write_codeword_rules(1, ["mail"])
        (world.home.directory / "rules" / "arms.yaml").unlink()
        Newsroom(world.feeds, every=1, most=0).publish()
        with world.stable.running(world.home) as daemon:
            until(lambda: len(server.arrived) == 2, "both who can be reached are", note=daemon.text)
            until(lambda: bool(world.ask("SELECT 1 FROM deliveries WHERE state = 'dead'")), "the third is dead")
            daemon.stop()
    states = dict(world.ask("SELECT recipient, state FROM deliveries WHERE channel = 'mail'"))
    assert states == {"well@example.org": "sent", "gone@example.org": "dead", "later@example.org": "sent"}
    assert server.arrived == {"well@example.org": 1, "later@example.org": 1}
    assert server.asked["gone@example.org"] == 1
    figure("250, 550 and 450 in one channel: one copy each for two, one dead after 1 try; nobody waited for another")


@pytest.mark.timeout(120)
def test_a_refused_token_is_tried_once_an_hour_and_told_elsewhere(world: World, figure: Figure) -> None:
    hour = 3600.0
    world.install(delivery={"backoff_first": "200ms", "backoff_max": "1s", "report_after": "1s"})
    refuse_a_token(world)
    room = Newsroom(world.feeds, every=1, most=0)
    with world.stable.running(world.home) as daemon:
        room.publish()
        room.publish()
        until(lambda: len(world.box.raw) >= 1, "a notice comes by mail", seconds=40, note=daemon.text)
        query = "SELECT (julianday(silenced_until) - julianday('now')) * 86400 FROM channels WHERE channel = 'hook'"
        waits = float(world.ask(query)[0][0])
        daemon.stop()
    assert waits > hour - 120, "the next try is an hour after the last"
    refused = world.ask("SELECT count(*) FROM attempts WHERE outcome = 'retry'")[0][0]
    assert refused == 1
    assert "hook" in str(world.box.messages[0]["Subject"])
    assert not hooked(world.hook, room.titles)
    figure(f"401: {refused} try for 2 messages, the next in {waits / 60:.0f} min; told by mail")


@pytest.mark.timeout(120)
def test_a_token_that_is_valid_again_is_noticed_without_a_restart(world: World, figure: Figure) -> None:
    """With an hour of six seconds."""
    world.install(delivery={"report_after": "1s", "refused_wait": "6s"})
    refuse_a_token(world)
    room = Newsroom(world.feeds, every=1, most=0)
    with world.stable.running(world.home) as daemon:
        room.publish()
        room.publish()
        until(lambda: len(world.box.raw) >= 1, "a notice comes by mail", seconds=40, note=daemon.text)
        tries = world.ask("SELECT at FROM attempts WHERE outcome = 'retry' ORDER BY at")
        world.hook.status = 200
        began = time.monotonic()
        until(lambda: len(hooked(world.hook, room.titles)) == 2, "both arrive", seconds=40, note=daemon.text)
        took = time.monotonic() - began
        until(lambda: len(world.box.raw) >= 2, "the end of it is told by mail, too", seconds=40, note=daemon.text)
        daemon.stop()
    times = [datetime.fromisoformat(str(row[0])) for row in tries]
    assert all((after - before).total_seconds() >= 6 for before, after in pairwise(times))
    assert set(hooked(world.hook, room.titles).values()) == {1}
    assert "works again" in str(world.box.messages[1]["Subject"])
    figure(f"401, then 200, with an hour of 6 s: 2 messages arrive within {took:.0f} s, no restart; its end is told")


def refuse_a_token(world: World) -> None:
    world.home.write_codeword_rules(2, ["hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    world.hook.status = 401
