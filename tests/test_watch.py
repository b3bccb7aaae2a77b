"""A feed's memory: what each ending of a poll changes, and when people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor import watch
from monitor.sources.cadence import Asked
from monitor.sources.outcomes import Entry, FailureKind, Fetched, NotModified, ParsedFeed, PollFailed, Validators
from monitor.store.values import EventKind, FeedState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = FeedState(feed="wire", url="https://wire.example/rss", due_at=NOW, etag=b'"old"')
DOWN = PollFailed(FailureKind.CONNECT, "wire.example refuses the connection.")
GONE = PollFailed(FailureKind.GONE, "wire.example says the feed is gone for good (410).", 410)
FRESH = Fetched(b"<rss/>", FEED.url, "text/xml", Validators(b'"new"', b"yesterday, or so"))
FEED_DOCUMENT = ParsedFeed("rss20", (Entry(title="A", published_at=NOW - timedelta(hours=1)),), title="The Wire")


def fail(state: FeedState, times: int, failed: PollFailed = DOWN, step: timedelta = timedelta(hours=1)) -> watch.Step:
    result = watch.Step(state)
    for number in range(times):
        result = watch.after_failure(result.state, failed, NOW + number * step, tell_after=3)
    return result


def test_an_outage_is_told_once_and_its_end_once() -> None:
    assert fail(FEED, 2).broke == ""
    third = fail(FEED, 3)
    assert third.broke == DOWN.sentence
    fourth = watch.after_failure(third.state, DOWN, NOW, tell_after=3)
    assert fourth.broke == ""
    back = watch.after_not_modified(fourth.state, NotModified(Validators(b'"old"')), NOW)
    assert "4 failed polls" in back.recovered
    assert [event.kind for event in back.events] == [EventKind.NOT_MODIFIED, EventKind.RECOVERED]
    again = watch.after_not_modified(back.state, NotModified(Validators(b'"old"')), NOW)
    assert again.recovered == ""


def test_a_hiccup_nobody_was_told_of_recovers_silently() -> None:
    back = watch.after_not_modified(fail(FEED, 2).state, NotModified(Validators()), NOW)
    assert back.recovered == ""
    assert back.state.failing_since is None


def test_a_failure_keeps_the_old_validators() -> None:
    assert fail(FEED, 1).state.etag == b'"old"'


def test_validators_are_kept_byte_for_byte_once_the_document_is_a_feed() -> None:
    after = watch.after_feed(FEED, FRESH, FEED_DOCUMENT, "hash", NOW).state
    assert (after.etag, after.last_modified) == (b'"new"', b"yesterday, or so")
    assert after.title == "The Wire"
    assert after.newest_at == NOW - timedelta(hours=1)


def test_a_date_in_the_future_is_never_the_newest() -> None:
    ahead = replace(FEED_DOCUMENT, entries=(Entry(published_at=NOW + timedelta(days=400)),))
    assert watch.after_feed(FEED, FRESH, ahead, "hash", NOW).state.newest_at is None


def test_a_permanent_redirect_is_believed_at_the_third_poll_in_a_row() -> None:
    moved = replace(FRESH, moved_to="https://new.example/rss")
    state = FEED
    for expected in (FEED.url, FEED.url, "https://new.example/rss"):
        state = watch.after_feed(state, moved, FEED_DOCUMENT, "hash", NOW).state
        assert state.url == expected


def test_a_redirect_that_pauses_starts_counting_anew() -> None:
    moved = replace(FRESH, moved_to="https://new.example/rss")
    state = watch.after_feed(FEED, moved, FEED_DOCUMENT, "hash", NOW).state
    state = watch.after_feed(state, moved, FEED_DOCUMENT, "hash", NOW).state
    state = watch.after_feed(state, FRESH, FEED_DOCUMENT, "hash", NOW).state
    state = watch.after_feed(state, moved, FEED_DOCUMENT, "hash", NOW).state
    assert state.url == FEED.url
    assert fail(state, 1).state.moved_polls == 0


def test_gone_three_times_within_a_day_is_still_polled() -> None:
    assert not fail(FEED, 5, GONE, timedelta(hours=1)).state.paused


def test_gone_three_times_over_a_day_is_paused_and_told() -> None:
    before = fail(FEED, 2, GONE, timedelta(hours=13)).state
    assert not before.paused
    third = watch.after_failure(before, GONE, NOW + timedelta(hours=26), tell_after=9)
    assert third.state.paused
    assert "once a week" in third.broke


def test_a_gone_feed_that_answers_is_a_feed_again() -> None:
    back = watch.after_feed(fail(FEED, 3, GONE, timedelta(hours=13)).state, FRESH, FEED_DOCUMENT, "hash", NOW)
    assert not back.state.paused
    assert back.recovered


def test_what_a_document_asks_for_outlasts_a_304() -> None:
    asking = replace(FEED_DOCUMENT, ttl=timedelta(hours=2), skip_hours=frozenset({3, 1}))
    state = watch.after_feed(FEED, FRESH, asking, "hash", NOW).state
    later = watch.after_not_modified(state, NotModified(Validators(b'"new"')), NOW).state
    assert watch.asked(later, None) == Asked(None, timedelta(hours=2), frozenset({1, 3}))
