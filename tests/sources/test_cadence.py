"""When a feed is asked next, with every reason there is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.cadence import Asked, Pace, after_failure, after_gone, after_success, host_silence, is_gone, spread

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PACE = Pace()
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
chances = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("asked", "wait", "reason"),
    [
        pytest.param(Asked(), 15 * MINUTES, "interval", id="nothing asked"),
        pytest.param(Asked(fresh_for=5 * MINUTES), 15 * MINUTES, "interval", id="fresh for less"),
        pytest.param(Asked(fresh_for=HOURS), 63 * MINUTES, "the server's answer stays fresh", id="fresh for more"),
        pytest.param(Asked(ttl=2 * HOURS), 126 * MINUTES, "the feed's ttl", id="ttl"),
        pytest.param(Asked(HOURS, 2 * HOURS), 126 * MINUTES, "the feed's ttl", id="the longer of two"),
        pytest.param(Asked(fresh_for=365 * DAYS), 1.05 * DAYS, "the server's answer stays fresh", id="at most a day"),
        pytest.param(Asked(skip_hours=frozenset({12, 13})), 135 * MINUTES, "the feed's skipHours", id="skipHours"),
        pytest.param(Asked(skip_hours=frozenset({13})), 15 * MINUTES, "interval", id="skipHours later on"),
        pytest.param(Asked(skip_hours=frozenset(range(24))), 15 * MINUTES, "interval", id="all hours skipped"),
    ],
)
def test_a_good_poll_is_followed_by_the_next(asked: Asked, wait: timedelta, reason: str) -> None:
    due = after_success(NOW, PACE, asked, 0.5)
    assert (due.at - NOW, due.reason) == (wait, reason)


@given(chances, st.timedeltas(timedelta(0), timedelta(days=40)), st.frozensets(st.integers(0, 23)))
def test_what_a_server_asks_is_kept_up_to_a_day_and_never_beyond(
    chance: float, wish: timedelta, hours: frozenset[int]
) -> None:
    due = after_success(NOW, PACE, Asked(fresh_for=wish, skip_hours=hours), chance)
    assert due.at - NOW >= min(wish, DAYS)
    assert due.at - NOW <= DAYS * 1.1


@pytest.mark.parametrize(
    ("failures", "retry_after", "wait", "reason"),
    [
        pytest.param(1, None, 15 * MINUTES, "back-off after 1 failure", id="the first"),
        pytest.param(2, None, 30 * MINUTES, "back-off after 2 failures", id="the second"),
        pytest.param(5, None, 4 * HOURS, "back-off after 5 failures", id="the fifth"),
        pytest.param(6, None, 6 * HOURS, "back-off after 6 failures", id="the ceiling"),
        pytest.param(10_000, None, 6 * HOURS, "back-off after 10000 failures", id="never given up"),
        pytest.param(1, HOURS, HOURS, "the server's Retry-After", id="longer asked for"),
        pytest.param(6, HOURS, 6 * HOURS, "back-off after 6 failures", id="shorter asked for"),
        pytest.param(1, 30 * DAYS, DAYS, "the server's Retry-After", id="at most a day"),
    ],
)
def test_a_failing_feed_is_asked_less_and_less(
    failures: int, retry_after: timedelta | None, wait: timedelta, reason: str
) -> None:
    due = after_failure(NOW, PACE, failures, retry_after, 0.0)
    assert (due.at - NOW, due.reason) == (wait, reason)


@given(chances, st.integers(1, 100_000))
def test_back_off_is_jittered_within_its_ceiling(chance: float, failures: int) -> None:
    wait = after_failure(NOW, PACE, failures, None, chance).at - NOW
    assert 13 * MINUTES < wait <= 6 * HOURS
    assert after_failure(NOW, PACE, failures, None, 0.0).at - NOW >= wait


def test_a_feed_slower_than_the_ceiling_keeps_its_own_interval() -> None:
    weekly = Pace(interval=7 * DAYS)
    assert after_failure(NOW, weekly, 9, None, 0.0).at - NOW == 7 * DAYS


def test_a_host_that_names_no_time_is_left_alone_all_the_same() -> None:
    assert host_silence(NOW, PACE, 1, 40 * MINUTES, 0.9) == NOW + 40 * MINUTES
    assert host_silence(NOW, PACE, 3, None, 0.0) == NOW + HOURS
    assert host_silence(NOW, PACE, 1, 365 * DAYS, 0.0) == NOW + DAYS


@pytest.mark.parametrize(
    ("polls", "since", "gone"),
    [
        pytest.param(3, NOW - DAYS, True, id="three times over a day"),
        pytest.param(2, NOW - 9 * DAYS, False, id="twice only"),
        pytest.param(9, NOW - 23 * HOURS, False, id="less than a day"),
        pytest.param(3, None, False, id="never"),
    ],
)
def test_a_feed_is_gone_after_three_answers_over_a_day(polls: int, since: datetime | None, gone: bool) -> None:
    assert is_gone(polls, since, NOW) is gone


def test_a_paused_feed_is_probed_weekly() -> None:
    assert after_gone(NOW, PACE, 0.5).at - NOW == 7 * DAYS


@given(st.integers(1, 5_000), st.timedeltas(timedelta(seconds=1), timedelta(hours=1)))
def test_the_busiest_second_of_a_start_is_at_most_twice_the_mean(feeds: int, window: timedelta) -> None:
    due = {f"feed{place}": NOW - timedelta(days=1) for place in range(feeds)}
    times = spread(due, NOW, window, PACE)
    assert set(times) == set(due)
    taken = max(1.0, min(window.total_seconds(), float(feeds)))
    seconds = Counter((at - NOW) // timedelta(seconds=1) for at in times.values())
    assert max(seconds.values()) <= max(2 * feeds / taken, 1.0) + 1e-9
    assert max(times.values()) <= NOW + window


def test_feeds_whose_time_is_to_come_keep_it_so_restarts_add_no_poll() -> None:
    due = {"late": NOW - HOURS, "later": NOW - 2 * HOURS, "soon": NOW + MINUTES, "tomorrow": NOW + DAYS}
    first = spread(due, NOW, 15 * MINUTES, PACE)
    assert list(first) == ["later", "late"]
    due |= first
    polled = {feed for feed, at in due.items() if at <= NOW}
    assert polled == {"later"}
    due["later"] = NOW + 15 * MINUTES
    for restart in range(1, 21):
        again = spread(due, NOW + restart * timedelta(milliseconds=20), 15 * MINUTES, PACE)
        assert again == {}


def test_a_time_written_under_a_clock_years_ahead_is_overdue() -> None:
    due = {"lost": NOW + 3650 * DAYS, "paused": NOW + 7 * DAYS}
    assert spread(due, NOW, 15 * MINUTES, PACE) == {"lost": NOW}
