"""What a clock ahead has written keeps nothing waiting once the clock is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts.state import Held
from monitor.rules.model import Severity
from monitor.store import (
    Store,
    Transaction,
    alerts,
    articles,
    channels,
    deliveries,
    feeds,
    meta,
    pages,
    rules,
    told,
    wrong_clock,
)
from monitor.store.told import Waiting
from monitor.store.values import ChannelState, ConfiguredFeed, Delivery, NewAlert, NewDelivery
from tests.store.conftest import MakeArticle

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AHEAD = [pytest.param(HOUR, id="an-hour"), pytest.param(DAY, id="a-day"), pytest.param(3652 * DAY, id="ten-years")]


def _alert(uid: str, at: datetime) -> NewAlert:
    return NewAlert(uid, "arms", "1", None, None, Severity.HIGH, "new", {}, at)


def _owe(store: Store, uid: str, at: datetime, due_at: datetime) -> int:
    def work(tx: Transaction) -> int:
        alerts.add(tx, _alert(uid, at), [NewDelivery("mail", "", due_at)])
        return deliveries.listing(tx, limit=1)[0].id

    return store.write_now(work)


def _delivery(store: Store, number: int) -> Delivery:
    found = store.read_now(lambda tx: deliveries.get(tx, number))
    assert found is not None
    return found.delivery


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_feed_waits_as_long_as_it_was_to(store: Store, now: datetime, ahead: timedelta) -> None:
    store.write_now(lambda tx: feeds.sync(tx, [ConfiguredFeed("wire", "https://a.example/", now)]))
    then = now + ahead
    state = store.read_now(feeds.every)[0]
    polled = replace(state, url="https://a.example/", polled_at=then, due_at=then + 15 * MINUTE)
    store.write_now(lambda tx: feeds.save(tx, polled))
    store.write_now(lambda tx: feeds.silence_host(tx, "a.example", then + HOUR / 2, "429"))
    for _ in range(2):  # as often as the daemon is started
        store.write_now(lambda tx: wrong_clock.put_right(tx, now))
    assert store.read_now(feeds.every)[0].due_at == now + 15 * MINUTE
    assert store.read_now(lambda tx: feeds.silenced_hosts(tx, now)) == {"a.example": now + HOUR / 2}


@pytest.mark.parametrize("ahead", AHEAD)
def test_what_was_owed_at_once_is_due_and_so_is_a_retry(store: Store, now: datetime, ahead: timedelta) -> None:
    then = now + ahead
    fresh = _owe(store, "fresh", then, then)
    tried = _owe(store, "tried", now - DAY, now - DAY)
    store.write_now(lambda tx: deliveries.record_retry(tx, tried, then, then + HOUR / 2, "busy"))
    failing = ChannelState("mail", failing_since=then, failure="busy", silenced_until=then + HOUR / 2, told=False)
    store.write_now(lambda tx: channels.save(tx, failing))
    store.write_now(lambda tx: wrong_clock.put_right(tx, now))
    assert _delivery(store, fresh).due_at == _delivery(store, tried).due_at == now
    state = store.read_now(lambda tx: channels.load(tx, "mail"))
    assert (state.failing_since, state.silenced_until) == (now, None)


def test_what_is_planned_for_later_stays_planned(store: Store, now: datetime) -> None:
    digest = _owe(store, "digest", now + HOUR, now + 10 * HOUR)
    retry = _owe(store, "retry", now - HOUR, now - HOUR)
    store.write_now(lambda tx: deliveries.record_retry(tx, retry, now - MINUTE, now + 20 * MINUTE, "busy"))
    lost = _owe(store, "lost", now + 3652 * DAY, now + 3653 * DAY)
    store.write_now(lambda tx: wrong_clock.put_right(tx, now))
    assert _delivery(store, digest).due_at == now + 10 * HOUR
    assert _delivery(store, retry).due_at == now + 20 * MINUTE
    assert _delivery(store, lost).due_at == now


def test_a_story_waits_for_corroboration_as_long_as_its_rule_says(store: Store, now: datetime) -> None:
    then = now + 3652 * DAY
    held = Held("1", "token", Severity.HIGH, then)
    store.write_now(lambda tx: told.hold(tx, [Waiting("arms", 1, held, then + HOUR)]))
    store.write_now(lambda tx: wrong_clock.put_right(tx, now))
    assert store.read_now(told.next_until) == now + HOUR


def test_a_page_is_looked_at_and_a_rule_compared_as_if_the_clock_had_been_right(
    store: Store, make_article: MakeArticle, now: datetime
) -> None:
    then = now + 3652 * DAY
    [article] = store.write_now(lambda tx: articles.add(tx, [make_article(1)], now))
    page = pages.WatchedPage(article.id, "https://news.example/1", then, then + HOUR, missing_since=then)
    store.write_now(lambda tx: pages.watch(tx, [page]))
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1"}, then))
    store.write_now(lambda tx: wrong_clock.put_right(tx, now))
    [found] = store.read_now(lambda tx: pages.due(tx, now + HOUR, 10))
    assert (found.told_at, found.due_at, found.missing_since) == (now, now + HOUR, None)
    assert store.read_now(rules.every)["arms"].since == now


def test_nothing_is_pruned_in_the_first_day_after_a_leap(store: Store, now: datetime) -> None:
    store.write_now(lambda tx: meta.put_time(tx, meta.HEARTBEAT_AT, now))
    store.write_now(lambda tx: wrong_clock.put_right(tx, now + HOUR))
    assert store.read_now(lambda tx: meta.get_time(tx, meta.PRUNED_AT)) is None
    store.write_now(lambda tx: wrong_clock.put_right(tx, now + 3652 * DAY))
    assert store.read_now(lambda tx: meta.get_time(tx, meta.PRUNED_AT)) == now + 3652 * DAY
