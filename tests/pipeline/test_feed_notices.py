"""Feeds that break and come back: told by name, and together when many do so at once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from monitor.ops.log import configure_logging
from monitor.ops.redact import Redactor
from monitor.store import feeds
from monitor.store.values import FeedState
from tests.e2e.world import Item
from tests.pipeline.conftest import House, MakeHouse

FEEDS = [{"id": f"wire-{number}", "url": f"/rss{number}", "title": f"Wire {number}"} for number in range(9)]
NEWS = Item("1", "Regen in Bonn")


def house_of_feeds(make_house: MakeHouse) -> House:
    house = make_house(feeds=FEEDS, polling={"broken_after": 3, "interval": "1m", "backoff_max": "6h"})
    for feed in FEEDS:
        house.publish(NEWS, path=feed["url"])
    house.poll()
    return house


def break_all(house: House) -> None:
    for feed in FEEDS:
        del house.server.pages[feed["url"]]


def titles(house: House) -> list[str]:
    return [str(one.content["title"]) for one in house.notices()]


def states(house: House) -> dict[str, FeedState]:
    return {state.feed: state for state in house.store.read_now(feeds.every)}


def test_three_feeds_are_told_by_name_and_the_others_in_one_notice_each_hour(make_house: MakeHouse) -> None:
    house = house_of_feeds(make_house)
    break_all(house)
    for _ in range(6):
        house.poll()
    assert [title.startswith("Feed Wire") for title in titles(house)] == [True, True, True, False]
    assert titles(house)[3] == "More feeds are broken"
    house.clock.forward(hours=1)
    house.poll()
    told = titles(house)[4:]
    assert [title.startswith("Feed Wire") for title in told] == [True, True, True, False]
    lines = house.notices()[-1].content["lines"]
    assert str(lines).count("'wire-") == 2, "the two that are left, and what to do"
    assert all(state.told_broken for state in states(house).values())
    house.clock.forward(hours=2)
    house.poll()
    assert len(titles(house)) == 8, "every outage is told once"


@pytest.fixture
def log() -> Iterator[StringIO]:
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    written = StringIO()
    configure_logging(Redactor(), as_json=True, to=written)
    yield written
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**before)


def test_the_log_says_once_that_a_feed_fails_and_why(make_house: MakeHouse, log: StringIO) -> None:
    house = house_of_feeds(make_house)
    break_all(house)
    house.poll()
    house.poll()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    failures = {line["feed"]: line["failure"] for line in lines if line["event"] == "feed fails"}
    assert len(lines) == 1 + len(FEEDS) == 1 + len(failures), lines
    assert all("404" in failure for failure in failures.values())


def test_many_that_come_back_are_told_in_four_notices(make_house: MakeHouse) -> None:
    house = house_of_feeds(make_house)
    break_all(house)
    for _ in range(3):
        house.poll()
    house.clock.forward(hours=1)
    house.poll()
    before = len(titles(house))
    for feed in FEEDS:
        house.publish(NEWS, path=feed["url"])
    house.poll()
    told = titles(house)[before:]
    assert sorted(title.split()[0] for title in told) == ["Feed", "Feed", "Feed", "More"]
    assert not any(state.failures for state in states(house).values())


def test_a_feed_that_fails_is_tried_again_within_its_interval_after_a_reload(make_house: MakeHouse) -> None:
    house = house_of_feeds(make_house)
    break_all(house)
    for _ in range(8):
        house.poll()
    now = house.clock()
    assert all(state.due_at - now > 2 * house.loaded.config.polling.interval for state in states(house).values())
    house.store.write_now(lambda tx: house.poller.sync(tx, house.loaded))
    after = states(house).values()
    assert all(state.due_at - now <= house.loaded.config.polling.interval for state in after)


def test_a_feed_that_is_well_keeps_its_time_over_a_reload(make_house: MakeHouse) -> None:
    house = house_of_feeds(make_house)
    before = {feed: state.due_at for feed, state in states(house).items()}
    house.store.write_now(lambda tx: house.poller.sync(tx, house.loaded))
    assert {feed: state.due_at for feed, state in states(house).items()} == before
