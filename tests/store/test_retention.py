"""What is old goes, what is owed or still shown stays, and no purge ever makes old news new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.rules.model import Severity
from monitor.store import Store, alerts, articles, deliveries, journal, matches, retention, sqlite, stories
from monitor.store.retention import Pruned, Retention
from monitor.store.story_values import StoryMember
from monitor.store.values import Event, EventKind, NewAlert, NewArticle, StoredMatch

DAY = timedelta(days=1)
KEEP = Retention(articles=30 * DAY, matched=300 * DAY, identities=300 * DAY, events=30 * DAY, polls=3 * DAY)


def _prune(store: Store, now: datetime, keep: Retention = KEEP) -> Pruned:
    return asyncio.run(retention.prune(store, keep, now))


def _add(store: Store, at: datetime, *new: NewArticle) -> list[int]:
    return [one.id for one in store.write_now(lambda tx: articles.add(tx, new, at))]


def _match(store: Store, article: int, at: datetime) -> None:
    match = StoredMatch(article, "arms", "1", Severity.HIGH, ())
    store.write_now(lambda tx: matches.add(tx, [match], at))


def test_unmatched_articles_go_before_matched_ones(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    old, matched = _add(store, now, make_article(1), make_article(2))
    fresh = _add(store, now + 40 * DAY, make_article(3))
    _match(store, matched, now)
    assert _prune(store, now + 40 * DAY).articles == 1
    assert set(store.read_now(lambda tx: articles.get_many(tx, [old, matched, *fresh]))) == {matched, *fresh}
    assert _prune(store, now + 301 * DAY).articles == 2
    assert store.integrity_check() == ""


def test_a_purged_article_that_a_feed_still_shows_is_known_years_later(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    """The feed answers "not modified" all that time: nothing notes what it shows, and its list still counts."""
    _add(store, now, make_article(1), make_article(2))
    later = now + 2000 * DAY
    pruned = _prune(store, later)
    assert (pruned.articles, pruned.identities) == (2, 0)
    assert _add(store, later, make_article(1), make_article(2)) == []


def test_identities_go_once_no_feed_shows_them_any_more(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    _add(store, now, make_article(1))
    _add(store, now + 100 * DAY, make_article(2))
    pruned = _prune(store, now + 500 * DAY)
    assert (pruned.articles, pruned.identities) == (2, 2)
    known = store.read_now(lambda tx: articles.known(tx, "wire", ["key-1", "key-2"], ["news.example/1"]))
    assert (set(known.by_key), set(known.by_url)) == ({"key-2"}, set())


def test_what_has_left_its_feed_is_known_for_as_long_as_identities_are_kept(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    """A feed may show an old item again: after a move, by mistake, or because it was edited."""
    _add(store, now, make_article(1))
    _add(store, now + 100 * DAY, make_article(2))
    pruned = _prune(store, now + 290 * DAY)
    assert (pruned.articles, pruned.identities) == (2, 0)
    assert _add(store, now + 290 * DAY, make_article(1)) == []


def test_numbers_of_purged_articles_are_never_given_again(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    [first] = _add(store, now, make_article(1))
    _prune(store, now + 40 * DAY)
    assert _add(store, now + 40 * DAY, make_article(2)) == [first + 1]


def test_what_is_still_owed_is_never_purged(store: Store, now: datetime, make_alert: Callable[[str], NewAlert]) -> None:
    for uid in ("owed", "done"):
        store.write_now(lambda tx, uid=uid: alerts.add(tx, make_alert(uid), [("mail", "a", now)]))  # type: ignore[misc]
    store.write_now(lambda tx: deliveries.record_sent(tx, 2, now))
    assert _prune(store, now + 5000 * DAY).alerts == 1
    assert [one.alert.uid for one in store.read_now(alerts.latest)] == ["owed"]
    assert len(store.write_now(lambda tx: deliveries.claim(tx, "mail", now, 9))) == 1


def test_stories_go_with_their_articles_but_the_last_number_stays_taken(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    for number in (1, 2):
        [article] = _add(store, now, make_article(number))
        member = StoryMember(article, number, now, now)
        store.write_now(lambda tx, member=member: stories.place(tx, [member]))  # type: ignore[misc]
    assert _prune(store, now + 301 * DAY).stories == 1
    assert store.read_now(stories.highest) == 2


def test_the_journal_forgets_polls_first(store: Store, now: datetime) -> None:
    events = [Event(now, EventKind.NOT_MODIFIED, feed="wire") for _ in range(5000)] + [Event(now, EventKind.SENT)]
    store.write_now(lambda tx: journal.record(tx, events))
    assert _prune(store, now + 2 * DAY).events == 0
    assert _prune(store, now + 4 * DAY).events == 5000
    assert _prune(store, now + 31 * DAY).events == 1


def test_a_database_that_is_too_large_shrinks_below_its_limit_matched_articles_last(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    for first in range(0, 1000, 100):
        _add(store, now, *(make_article(number, body="слово " * 500) for number in range(first, first + 100)))
    for number in (1, 2, 3):
        _match(store, number, now)
    limit = store.read_now(lambda tx: sqlite.used_bytes(tx.connection)) // 2
    pruned = _prune(store, now, Retention(max_bytes=limit))
    store.close()
    assert 400 < pruned.articles < 700
    assert store.path.stat().st_size <= limit
    with Store.open(store.path, now=now, exclusive=True) as again:
        assert set(again.read_now(lambda tx: articles.get_many(tx, [1, 2, 3, 4, 5]))) == {1, 2, 3}
        assert set(again.read_now(lambda tx: articles.known(tx, "wire", ["key-10"])).by_key) == {"key-10"}
        assert again.integrity_check() == ""


def test_pruning_twice_does_nothing_the_second_time(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    _add(store, now, *(make_article(number) for number in range(1500)))
    assert _prune(store, now + 40 * DAY).articles == 1500
    assert _prune(store, now + 40 * DAY) == Pruned()
