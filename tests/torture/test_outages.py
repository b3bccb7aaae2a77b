"""Channels that are down, hang, refuse or ask for silence; and a storm of news."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.channels.ends.http import Answer, HttpEnd, Request
from tests.e2e.daemon import codeword
from tests.e2e.world import Item, free_port, mailbox, rss, until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.many import words
from tests.torture.newsroom import Newsroom, hooked, mailed

WORD = re.compile(r"Kennwort(\d+)")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_what_waited_through_an_outage_is_drained_soon_after_it(world: World, figure: Figure) -> None:
    """With the pace of production: 15 s, 30 s, 60 s …; what ends the wait is that the server can be reached again."""
    port, items = free_port(), 30 if FULL else 12
    channels = {
        "mail": {"url": f"mailto://127.0.0.1:{port}?from=nm@example.org", "to": ["desk@example.org"]},
        "hook": "console",
    }
    world.install(channels=channels, operations="hook", delivery={"backoff_first": "5m", "backoff_max": "30m"})
    world.home.write_codeword_rules(items, ["mail"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    room = Newsroom(world.feeds, every=1, most=0)
    with world.stable.running(world.home) as daemon:
        for number in range(items):
            room.publish()
            until(partial(has_deliveries, world, number + 1), "it is owed", note=daemon.text)
        until(lambda: bool(world.ask("SELECT 1 FROM channels WHERE failing_since IS NOT NULL")), "the outage is known")
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 17, "the server is known to be out of reach", seconds=30)
        with mailbox(port) as box:
            began = time.monotonic()
            until(lambda: len(mailed(box, room.titles)) == items, "all arrive", seconds=60, note=daemon.text)
            drained = time.monotonic() - began
            daemon.stop()
    found = [int(one.group(1)) for mail in box.messages if (one := WORD.search(str(mail["Subject"])))]
    assert found == list(range(items)), "oldest first, each once"
    most = world.ask("SELECT max(attempts) FROM deliveries")[0][0]
    assert most <= 3
    figure(
        f"{items} messages drained {drained:.0f} s after the server came back, oldest first, at most {most} attempts"
    )


@pytest.mark.parametrize("status", [pytest.param(500, marks=pytest.mark.slow), 503])
@pytest.mark.timeout(180)
def test_what_waited_while_a_service_answered_with_errors_is_drained_soon_after(
    world: World, figure: Figure, status: int
) -> None:
    """A server that can be connected to all along: only a probe can tell that it is well again."""
    items, lasts = (30, 60) if FULL else (8, 8)
    hook = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}
    world.install(
        channels={"hook": hook},
        operations="",
        delivery={"backoff_first": "200ms", "backoff_max": "30m", "probe_every": "2s"},
    )
    world.home.write_codeword_rules(items, ["hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    room = Newsroom(world.feeds, every=0.2, most=items)
    world.hook.status = status
    with world.stable.running(world.home) as daemon:
        began = time.monotonic()
        with room:
            until(lambda: world.owed("hook") >= items, "all is owed", seconds=60, note=daemon.text)
        until(lambda: time.monotonic() - began > lasts, "it has been down for a while", seconds=lasts + 10)
        world.hook.status = 200
        began = time.monotonic()
        until(lambda: len(hooked(world.hook, room.titles)) == items, "all arrive", seconds=60, note=daemon.text)
        drained = time.monotonic() - began
        daemon.stop()
    documents = [one for one in world.hook.documents if one["content"] == "alert"]
    found = [int(one.group(1)) for document in documents if (one := WORD.search(document["title"]))]
    assert sorted(found) == list(range(items)), "each once"
    assert found == sorted(found), "oldest first"
    most = world.ask("SELECT max(attempts) FROM deliveries")[0][0]
    assert most <= 10
    figure(
        f"{status} for {lasts} s, a probe every 2 s: {items} messages drained {drained:.1f} s after it was well,"
        f" oldest first, at most {most} attempts"
    )


class Limited:
    """An end that asks for silence, and remembers when it was called."""

    def __init__(self) -> None:
        self.calls: list[float] = []
        self.taken: list[str] = []
        self.asks = True

    def __call__(self, request: Request) -> Answer:
        self.calls.append(time.monotonic())
        if self.asks:
            return Answer(429, b"", {"Retry-After": "4"})
        self.taken.append(request.json["title"])
        return Answer(204)


@pytest.mark.timeout(120)
def test_a_channel_that_asks_for_silence_has_it_and_no_other_waits(world: World, figure: Figure) -> None:
    limited = Limited()
    with HttpEnd(limited) as end:
        quiet = {"type": "webhook", "url": f"http://127.0.0.1:{end.port}/in", "secret": "a key"}
        hook = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}
        world.install(channels={"quiet": quiet, "hook": hook}, operations="")
        world.home.write_codeword_rules(4, ["quiet", "hook"])
        (world.home.directory / "rules" / "arms.yaml").unlink()
        room = Newsroom(world.feeds, every=0.5, most=4)
        with world.stable.running(world.home) as daemon:
            with room:
                until(lambda: len(hooked(world.hook, room.titles)) == 4, "the other has all", note=daemon.text)
            until(lambda: len(limited.calls) >= 2, "it is asked again", note=daemon.text)
            limited.asks = False
            until(lambda: len(limited.taken) == 4, "all arrive", note=daemon.text)
            daemon.stop()
    assert sorted(limited.taken) == limited.taken, "oldest first"
    silent = limited.calls[1] - limited.calls[0]
    assert silent >= 4
    assert limited.calls[2] - limited.calls[1] >= 4
    most = world.ask("SELECT max(attempts) FROM deliveries WHERE channel = 'quiet'")[0][0]
    assert most == 3
    figure(f"429 with Retry-After 4: one call in {silent:.1f} s for 4 messages, the other channel went on")


def has_deliveries(world: World, count: int) -> bool:
    return int(world.ask("SELECT count(*) FROM deliveries WHERE channel = 'mail'")[0][0]) >= count


@contextmanager
def black_hole() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    stop = threading.Event()
    guests: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)

        def take() -> None:
            while not stop.is_set():
                try:
                    guests.append(listener.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            stop.set()
            thread.join()
            for guest in guests:
                guest.close()


@pytest.mark.timeout(120)
def test_ten_hanging_channels_delay_a_good_one_by_little(world: World, figure: Figure) -> None:
    with black_hole() as port:
        hanging = {
            f"hang-{number}": {"type": "webhook", "url": f"http://127.0.0.1:{port}/{number}", "timeout": "30s"}
            for number in range(10)
        }
        good = {"hook": {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}}
        delivery = {"drain": "1s"}
        world.install(channels={**hanging, **good}, operations="", delivery=delivery)
        world.home.write_codeword_rules(6, ["hook", *hanging])
        (world.home.directory / "rules" / "arms.yaml").unlink()
        room = Newsroom(world.feeds, every=1, most=0)
        worst = 0.0
        with world.stable.running(world.home) as daemon:
            for number in range(5):
                room.publish()
                titles = room.titles
                until(partial(is_owed, world, number + 1), "it is owed", note=daemon.text)
                began = time.monotonic()
                until(partial(all_hooked, world, titles), "the good one has it", note=daemon.text)
                worst = max(worst, time.monotonic() - began)
            began = time.monotonic()
            assert daemon.stop() == 0, daemon.text()
            stopping = time.monotonic() - began
    assert worst <= 2
    assert stopping < 8, "a stop waits for them no longer than delivery.drain"
    figure(f"10 hang: a good channel had each message {worst:.2f} s after it was owed; a stop took {stopping:.0f} s")


def is_owed(world: World, count: int) -> bool:
    return int(world.ask("SELECT count(*) FROM deliveries WHERE channel = 'hook'")[0][0]) >= count


def all_hooked(world: World, titles: set[str]) -> bool:
    return hooked(world.hook, titles).keys() >= titles


@pytest.mark.timeout(300)
def test_a_storm_sends_no_more_than_the_budget_and_keeps_everything(world: World, figure: Figure) -> None:
    matches, per_feed = (5000, 100) if FULL else (300, 100)
    feeds = matches // per_feed
    end = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know", "budget": "10/h"}
    listed = [{"id": f"feed-{n}", "url": f"{world.feeds.url}/{n}", "language": "de"} for n in range(feeds)]
    world.install(feeds=listed, channels={"hook": end}, operations="", polling={"spread": "1s", "parse_workers": 2})
    rule = {
        "id": "storm", "title": "Storm", "match": ["=Munition"], "alert": {"to": ["hook"]},
        "tests": {"match": [{"de": "Munition"}], "no_match": [{"de": "Regen in Bonn"}]},
    }  # fmt: skip
    world.home.write_rule(rule)
    (world.home.directory / "rules" / "arms.yaml").unlink()
    for feed in range(feeds):
        items = [Item(f"{feed}-{n}", f"Munition {codeword(n)} {words(feed * per_feed + n)}") for n in range(per_feed)]
        world.feeds.pages[f"/{feed}"] = rss(items, "de")
    with world.stable.running(world.home) as daemon:
        began = time.monotonic()
        until(partial(archived, world, matches), "all is in the archive", seconds=200, note=daemon.text)
        took = time.monotonic() - began
        until(lambda: len(world.hook.calls) >= 10, "the budget is sent", note=daemon.text)
        settled = time.monotonic()
        until(lambda: time.monotonic() - settled > 3, "nothing more is sent")
        daemon.stop()
    sent = len(world.hook.calls)
    assert sent <= 10
    assert took <= 60, f"{took:.0f} s for {matches} matches"
    alerts, waiting = (
        world.ask("SELECT count(*) FROM alerts")[0][0],
        world.ask("SELECT count(*) FROM deliveries WHERE state = 'due'")[0][0],
    )
    assert alerts == sent + waiting, "what is not sent waits for “and N more”"
    figure(f"{matches} matches taken in within {took:.0f} s: {sent} messages sent, {waiting} wait in “and N more”")


def archived(world: World, count: int) -> bool:
    return int(world.ask("SELECT count(*) FROM matches")[0][0]) >= count
