"""A daemon's insides without its loop: real feeds on loopback, a real database, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from monitor.assembly import Loaded, load, setup_of
from monitor.pipeline import Poller
from monitor.removals import Removals
from monitor.scene import Scene
from monitor.sources.fetch import Fetcher
from monitor.sources.pool import ParserPool
from monitor.store import Store, alerts, articles, journal
from monitor.store.values import Event, EventKind, NewAlert, StoredArticle
from monitor.storyline import Storyline
from monitor.telling import OPERATIONS, Teller
from tests.e2e.daemon import Installation
from tests.e2e.world import FeedServer, Item, feed_server, rss

RULE: dict[str, Any] = {
    "id": "arms",
    "title": "Arms",
    "severity": "high",
    "match": {"all": ["Nordkorea", "Russland", ["Rakete", "Munition"]]},
    "alert": {"to": ["desk"]},
    "tests": {"match": [{"de": "Nordkorea liefert Russland Raketen"}], "no_match": [{"de": "Regen in Bonn"}]},
}


@dataclass
class Clock:
    """Time stands still until the test moves it."""

    now: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class House:
    """The parts of a daemon, put together as it does it."""

    server: FeedServer
    clock: Clock
    loaded: Loaded
    store: Store
    teller: Teller
    poller: Poller
    removals: Removals
    runner: asyncio.Runner

    def publish(self, *items: Item, path: str = "/rss") -> None:
        """Show these items in a feed, the newest first."""
        self.server.pages[path] = rss(list(items), "de")

    def poll(self, *items: Item, path: str = "/rss") -> list[str]:
        """Publish these items if there are any, poll all feeds a minute later, give those that failed."""
        if items:
            self.publish(*items, path=path)
        self.clock.forward(minutes=1)
        return self.runner.run(self.poller.poll_now(everything=True))

    def look_after_pages(self) -> int:
        return self.runner.run(self.removals.turn(self.poller.scene))

    def article(self, title: str) -> StoredArticle:
        """The one whose title begins so."""
        [found] = [
            one
            for one in self.store.read_now(lambda tx: articles.since(tx, datetime(2020, 1, 1, tzinfo=UTC)))
            if one.article.title.startswith(title)
        ]
        return found

    def alerts(self, rule: str = "arms") -> list[NewAlert]:
        """What was told for a rule, the first one first."""
        return [one.alert for one in reversed(self.store.read_now(lambda tx: alerts.latest(tx, rule=rule)))]

    def notices(self) -> list[NewAlert]:
        return self.alerts(OPERATIONS)

    def events(self, *kinds: EventKind) -> list[Event]:
        return self.store.read_now(lambda tx: journal.read(tx, kinds=kinds))

    def reasons(self, *kinds: EventKind) -> list[str]:
        """Why, for every decision of these kinds; suppressions by their word."""
        return [str(event.details.get("reason", event.reason)) for event in self.events(*kinds)]


class MakeHouse(Protocol):
    """Builds a house with these rules; settings are those of ``config.yaml``."""

    def __call__(
        self,
        *rules: Mapping[str, Any],
        feeds: list[dict[str, Any]] | None = None,
        **settings: Any,  # noqa: ANN401 - whatever a config may say
    ) -> House: ...


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_house(tmp_path: Path, server: FeedServer, clock: Clock) -> Iterator[MakeHouse]:
    with ExitStack() as stack:

        def make(*rules: Mapping[str, Any], feeds: list[dict[str, Any]] | None = None, **settings: Any) -> House:  # noqa: ANN401
            home = Installation(tmp_path)
            for rule in rules or (RULE,):
                home.write_rule(rule)
            watched = feeds or [{"id": "wire", "url": "/rss"}]
            whole: dict[str, Any] = {
                "feeds": [{**feed, "url": server.url + feed["url"]} for feed in watched],
                "channels": {"desk": "console", "ops": "console"},
                "operations": "ops",
                "backfill": False,
                **settings,
            }
            home.write_config(**whole)
            loaded = load(home.config, {})
            store = stack.enter_context(Store.open(home.database, now=clock.now, exclusive=True))
            runner = stack.enter_context(asyncio.Runner())
            teller = Teller(setup_of(loaded), Storyline(loaded.config.stories.window))
            poller = Poller(
                Scene.of(loaded),
                store,
                teller,
                fetcher=Fetcher(clock),
                pool=ParserPool(1),
                now=clock,
                monotonic=time.monotonic,
                chance=lambda: 0.5,
            )
            stack.callback(lambda: runner.run(poller.close()))
            store.write_now(lambda tx: poller.sync(tx, loaded))
            removals = Removals(poller.visits, store, teller, clock)
            return House(server, clock, loaded, store, teller, poller, removals, runner)

        yield make
