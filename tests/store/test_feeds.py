"""What is remembered of feeds between polls, and what a changed configuration does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.store import Store, feeds
from monitor.store.values import ConfiguredFeed, FeedState, SyncedFeeds

MINUTE = timedelta(minutes=1)


def _configure(store: Store, *configured: ConfiguredFeed) -> SyncedFeeds:
    return store.write_now(lambda tx: feeds.sync(tx, configured))


def _load(store: Store, feed: str) -> FeedState:
    state = store.read_now(lambda tx: feeds.load(tx, feed))
    assert state is not None
    return state


def _due(store: Store, now: datetime, limit: int = 10) -> list[str]:
    return [state.feed for state in store.read_now(lambda tx: feeds.due(tx, now, limit))]


def test_a_state_comes_back_as_it_was_saved_byte_for_byte(store: Store, now: datetime) -> None:
    _configure(store, ConfiguredFeed("wire", "https://news.example/rss", now))
    state = replace(
        _load(store, "wire"),
        url="https://new.example/rss",
        due_at=now + MINUTE,
        etag=b'W/"\xff\x00odd"',
        last_modified=b"sometime",
        body_hash="ab12",
        key_kind="guid",
        title="Новости \ud800",
        language="ru",
        first_success_at=now,
        polled_at=now,
        succeeded_at=now,
        newest_at=now,
        failing_since=now,
        failures=3,
        failure="no answer",
        told_broken=True,
        moved_to="https://newer.example/",
        moved_polls=2,
        gone_polls=1,
        gone_since=now,
        paused=True,
    )
    assert store.write_now(lambda tx: feeds.save(tx, state))
    assert _load(store, "wire") == replace(state, title="Новости \ufffd")


def test_feeds_are_due_the_longest_overdue_first(store: Store, now: datetime) -> None:
    _configure(
        store,
        ConfiguredFeed("late", "https://a.example/", now - MINUTE),
        ConfiguredFeed("later", "https://b.example/", now - 2 * MINUTE),
        ConfiguredFeed("not yet", "https://c.example/", now + MINUTE),
    )
    assert _due(store, now) == ["later", "late"]
    assert _due(store, now, limit=1) == ["later"]
    assert store.read_now(feeds.next_due_at) == now - 2 * MINUTE


def test_a_host_that_asked_for_silence_is_left_alone_with_all_its_feeds(store: Store, now: datetime) -> None:
    _configure(
        store,
        ConfiguredFeed("one", "https://News.Example/1", now),
        ConfiguredFeed("two", "https://news.example:8443/2", now),
        ConfiguredFeed("other", "https://other.example/", now),
    )
    store.write_now(lambda tx: feeds.silence_host(tx, "NEWS.example", now + MINUTE, "429"))
    assert _due(store, now) == ["other"]
    assert sorted(_due(store, now + MINUTE)) == ["one", "other", "two"]
    assert store.read_now(lambda tx: feeds.silenced_hosts(tx, now)) == {"news.example": now + MINUTE}


def test_a_shorter_silence_does_not_end_a_longer_one(store: Store, now: datetime) -> None:
    store.write_now(lambda tx: feeds.silence_host(tx, "news.example", now + 10 * MINUTE))
    store.write_now(lambda tx: feeds.silence_host(tx, "news.example", now + MINUTE))
    assert store.read_now(lambda tx: feeds.host_silenced_until(tx, "news.example")) == now + 10 * MINUTE


def test_a_restart_with_the_same_configuration_changes_nothing(store: Store, now: datetime) -> None:
    first = ConfiguredFeed("wire", "https://news.example/rss", now)
    assert _configure(store, first) == SyncedFeeds(added=("wire",))
    state = replace(_load(store, "wire"), due_at=now + 15 * MINUTE, etag=b"x", url="https://moved.example/rss")
    store.write_now(lambda tx: feeds.save(tx, state))
    assert _configure(store, replace(first, due_at=now + MINUTE)) == SyncedFeeds()
    assert _load(store, "wire") == state


def test_another_url_begins_the_feed_anew(store: Store, now: datetime) -> None:
    _configure(store, ConfiguredFeed("wire", "https://old.example/rss", now))
    state = replace(_load(store, "wire"), url="https://old.example/rss", etag=b"x", paused=True)
    store.write_now(lambda tx: feeds.save(tx, state))
    moved = ConfiguredFeed("wire", "https://new.example/rss", now + MINUTE)
    assert _configure(store, moved) == SyncedFeeds(changed=("wire",))
    fresh = _load(store, "wire")
    assert fresh == FeedState("wire", "", moved.due_at, configured_url=fresh.configured_url)
    assert feeds.is_configured(fresh, moved.url)


def test_the_configured_url_is_not_in_the_database(store: Store, now: datetime) -> None:
    url = "https://reader:canary-password@news.example/rss?token=canary-token"
    _configure(store, ConfiguredFeed("wire", url, now))
    polled = replace(_load(store, "wire"), url=url, etag=b"x")
    assert store.write_now(lambda tx: feeds.save(tx, polled))
    assert _load(store, "wire").url == ""
    assert _due(store, now) == ["wire"]
    store.close()
    assert not [file for file in store.path.parent.iterdir() if file.is_file() and b"canary" in file.read_bytes()]


def test_a_state_is_not_saved_without_its_url_or_its_host_would_be_forgotten(store: Store, now: datetime) -> None:
    _configure(store, ConfiguredFeed("wire", "https://news.example/rss", now))
    loaded = _load(store, "wire")
    with pytest.raises(ValueError, match="without its URL"):
        store.write_now(lambda tx: feeds.save(tx, loaded))
    store.write_now(lambda tx: feeds.silence_host(tx, "news.example", now + MINUTE))
    assert _due(store, now) == [], "it is still known to be there"


def test_a_feed_that_leaves_is_not_polled_and_goes_on_where_it_stopped_when_it_returns(
    store: Store, now: datetime
) -> None:
    wire = ConfiguredFeed("wire", "https://news.example/rss", now)
    _configure(store, wire)
    state = replace(_load(store, "wire"), url=wire.url, etag=b"x")
    store.write_now(lambda tx: feeds.save(tx, state))
    assert _configure(store) == SyncedFeeds(removed=("wire",))
    assert _due(store, now) == []
    assert store.read_now(feeds.every) == []
    assert _configure(store, wire) == SyncedFeeds(added=("wire",))
    assert _load(store, "wire") == replace(state, url="")


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param(["https://new.example/"], id="url-changed"),
        pytest.param([], id="feed-removed"),
    ],
)
def test_a_poll_under_way_does_not_undo_a_reload(store: Store, now: datetime, meanwhile: list[str]) -> None:
    _configure(store, ConfiguredFeed("wire", "https://old.example/", now))
    polled = replace(_load(store, "wire"), url="https://old.example/", etag=b"of the old one")
    _configure(store, *(ConfiguredFeed("wire", url, now) for url in meanwhile))
    after = _load(store, "wire")
    assert not store.write_now(lambda tx: feeds.save(tx, polled))
    assert _load(store, "wire") == after


def test_polls_are_put_off_without_touching_anything_else(store: Store, now: datetime) -> None:
    _configure(store, *(ConfiguredFeed(name, f"https://{name}.example/", now) for name in ("one", "two", "three")))
    before = _load(store, "one")
    store.write_now(lambda tx: feeds.postpone(tx, [("one", now + MINUTE), ("two", now + 2 * MINUTE)]))
    store.write_now(lambda tx: feeds.postpone(tx, []))
    assert _load(store, "one") == replace(before, due_at=now + MINUTE)
    assert _due(store, now) == ["three"]


def test_a_url_that_cannot_be_read_is_a_feed_without_host(store: Store, now: datetime) -> None:
    _configure(store, ConfiguredFeed("odd", "https://[half/feed", now))
    assert _due(store, now) == ["odd"]


def test_failing_feeds_can_be_listed(store: Store, now: datetime) -> None:
    _configure(
        store, ConfiguredFeed("well", "https://a.example/", now), ConfiguredFeed("ill", "https://b.example/", now)
    )
    state = replace(_load(store, "ill"), url="https://b.example/", failing_since=now, failure="no such host")
    store.write_now(lambda tx: feeds.save(tx, state))
    assert store.read_now(lambda tx: feeds.every(tx, failing=True)) == [replace(state, url="")]


def test_a_time_without_zone_is_refused(store: Store, now: datetime) -> None:
    with pytest.raises(Exception, match="without zone"):
        _configure(store, ConfiguredFeed("wire", "https://a.example/", now.replace(tzinfo=None)))
