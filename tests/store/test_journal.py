"""The journal is read forwards, backwards and by subject, and forgets polls before decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.rules.hits import Hit
from monitor.rules.model import Severity
from monitor.store import Store, alerts, articles, journal, matches
from monitor.store.matches import RuleCount
from monitor.store.values import Event, EventKind, NewAlert, NewArticle, StoredMatch

HOUR = timedelta(hours=1)


def _record(store: Store, *events: Event) -> None:
    store.write_now(lambda tx: journal.record(tx, events))


def test_an_event_comes_back_as_it_was_recorded(store: Store, now: datetime) -> None:
    event = Event(
        at=now,
        kind=EventKind.SUPPRESSED,
        reason="silenced until noon – 침묵",
        feed="wire",
        article=1,
        rule="arms",
        story=2,
        alert=3,
        delivery=4,
        channel="mail",
        details={"silence": 5, "words": ["ракета"]},
    )
    _record(store, event)
    assert store.read_now(journal.read) == [
        Event(**{name: getattr(event, name) for name in event.__slots__} | {"id": 1})
    ]


def test_following_shows_every_event_once(store: Store, now: datetime) -> None:
    seen: list[int] = []
    for number in range(3):
        _record(store, *(Event(now, EventKind.STORED, reason=str(number)) for _ in range(number + 1)))
        after = seen[-1] if seen else 0
        seen += [event.id for event in store.read_now(lambda tx, after=after: journal.read(tx, after=after))]  # type: ignore[misc]
    assert seen == [1, 2, 3, 4, 5, 6]
    assert store.read_now(journal.last_id) == 6


def test_the_latest_events_are_shown_in_order(store: Store, now: datetime) -> None:
    _record(store, *(Event(now + number * HOUR, EventKind.POLLED, feed=f"f{number % 2}") for number in range(10)))
    assert [event.id for event in store.read_now(lambda tx: journal.last(tx, 3))] == [8, 9, 10]
    assert [event.id for event in store.read_now(lambda tx: journal.last(tx, 2, feed="f0"))] == [7, 9]


def test_polls_that_brought_nothing_can_be_left_out(store: Store, now: datetime) -> None:
    _record(
        store,
        Event(now, EventKind.NOT_MODIFIED, "304", feed="wire"),
        Event(now, EventKind.POLLED, "3 entries, none new", feed="wire", details={"entries": 3}),
        Event(now, EventKind.POLLED, "2 entries", feed="mirror", details={"entries": 2}),
        Event(now, EventKind.STORED, "an article", feed="mirror"),
        Event(now, EventKind.POLLED, "another feed's article is next", feed="wire"),
        Event(now, EventKind.STORED, "an article", feed="mirror"),
        Event(now, EventKind.POLLED, "polled at its new address", feed="wire", details={"moved": True}),
        Event(now, EventKind.FAILED, "404", feed="broken"),
    )
    left = [3, 4, 6, 7, 8]
    assert [one.id for one in store.read_now(lambda tx: journal.read(tx, idle_polls=False))] == left
    assert [one.id for one in store.read_now(lambda tx: journal.last(tx, 3, idle_polls=False))] == left[-3:]
    assert len(store.read_now(journal.read)) == 8


def test_events_are_filtered_by_kind_feed_rule_channel_and_time(store: Store, now: datetime) -> None:
    _record(
        store,
        Event(now, EventKind.POLLED, feed="wire"),
        Event(now, EventKind.MATCHED, feed="wire", rule="arms"),
        Event(now + HOUR, EventKind.SENT, rule="arms", channel="mail"),
    )

    def ids(**filters: object) -> list[int]:
        return [event.id for event in store.read_now(lambda tx: journal.read(tx, **filters))]  # type: ignore[arg-type]

    assert ids(kinds=[EventKind.POLLED, EventKind.SENT]) == [1, 3]
    assert ids(feed="wire") == [1, 2]
    assert ids(rule="arms") == [2, 3]
    assert ids(channel="mail") == [3]
    assert ids(since=now + HOUR) == [3]
    assert store.read_now(lambda tx: journal.counts(tx, now)) == {
        EventKind.POLLED: 1,
        EventKind.MATCHED: 1,
        EventKind.SENT: 1,
    }


def test_the_way_of_an_article_is_told_from_all_that_concerns_it(store: Store, now: datetime) -> None:
    _record(
        store,
        Event(now, EventKind.STORED, article=1),
        Event(now, EventKind.STORED, article=2),
        Event(now, EventKind.MERGED, story=7),
        Event(now, EventKind.ALERTED, article=1, alert=3),
        Event(now, EventKind.SENT, alert=3),
    )
    events = store.read_now(lambda tx: journal.about(tx, article=1, story=7, alert=3))
    assert [event.id for event in events] == [1, 3, 4, 5]
    assert store.read_now(journal.about) == []


def test_only_the_kinds_named_are_pruned_and_the_oldest_first(store: Store, now: datetime) -> None:
    _record(store, *(Event(now + number * HOUR, EventKind.POLLED) for number in range(4)), Event(now, EventKind.SENT))
    assert store.write_now(lambda tx: journal.prune(tx, [EventKind.POLLED], now + 3 * HOUR, 2)) == 2
    assert [event.id for event in store.read_now(journal.read)] == [3, 4, 5]


def test_matches_come_back_with_their_hits_and_are_counted_per_rule(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle], make_alert: Callable[..., NewAlert]
) -> None:
    [article] = store.write_now(lambda tx: articles.add(tx, [make_article(1)], now))
    hit = Hit("title", 0, 7, "Raketen", "Rakete", "weapon", "de")
    live = StoredMatch(article.id, "arms", "1", Severity.HIGH, (hit,), matched_at=now)
    shadow = StoredMatch(article.id, "arms", "2", Severity.LOW, (), shadow=True, matched_at=now + HOUR)
    store.write_now(lambda tx: matches.add(tx, [live, shadow], now))
    store.write_now(lambda tx: alerts.add(tx, make_alert("u1")))

    assert store.read_now(lambda tx: matches.of_article(tx, article.id)) == [live, shadow]
    assert store.read_now(lambda tx: matches.of_rule(tx, "arms", shadow=False)) == [live]
    assert store.read_now(lambda tx: matches.counts(tx, now)) == [RuleCount("arms", 2, 1, 1, now + HOUR)]

    again = StoredMatch(article.id, "arms", "1", Severity.CRITICAL, (), matched_at=now)
    store.write_now(lambda tx: matches.add(tx, [again], now))
    assert store.read_now(lambda tx: matches.of_article(tx, article.id)) == [again, shadow]
    store.write_now(lambda tx: matches.withdraw(tx, article.id, "arms"))
    assert store.read_now(lambda tx: matches.of_article(tx, article.id)) == []
