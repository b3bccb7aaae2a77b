"""Quiet hours over midnight, over weekends and over clock changes; nobody waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.quiet import LONGEST, QuietHours, held_until, parse_quiet

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")


def quiet(start: str, end: str, zone: ZoneInfo = BERLIN, days: str = "daily") -> QuietHours:
    return parse_quiet("nights", start=start, end=end, zone=zone, days=days)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = quiet("22:00", "07:00")
FRIDAYS = quiet("22:00", "07:00", days="mon-fri")


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        pytest.param(NIGHT, "2026-01-10 20:59", None, id="a minute before the night"),
        pytest.param(NIGHT, "2026-01-10 21:00", "2026-01-11 06:00", id="the night begins with its first minute"),
        pytest.param(NIGHT, "2026-01-11 02:00", "2026-01-11 06:00", id="after midnight"),
        pytest.param(NIGHT, "2026-01-11 06:00", None, id="the night is over at its end"),
        pytest.param(FRIDAYS, "2026-01-10 02:00", "2026-01-10 06:00", id="Friday's night lasts into Saturday"),
        pytest.param(FRIDAYS, "2026-01-10 22:00", None, id="Saturday night is no quiet night"),
        pytest.param(FRIDAYS, "2026-01-12 02:00", None, id="nor is Sunday's, though it ends on a Monday"),
        pytest.param(quiet("12:00", "13:00"), "2026-07-01 10:30", "2026-07-01 11:00", id="a lunch break"),
        pytest.param(
            quiet("00:00", "24:00", days="weekends"), "2026-01-10 12:00", "2026-01-11 23:00", id="a whole weekend"
        ),
        # 29 March 2026, Berlin: 01:00 UTC is the change from 02:00 to 03:00.
        pytest.param(NIGHT, "2026-03-29 00:30", "2026-03-29 05:00", id="Berlin: the short night ends at 07:00 CEST"),
        pytest.param(
            quiet("22:00", "02:30"), "2026-03-29 00:59", "2026-03-29 01:00", id="Berlin: an end that is skipped"
        ),
        pytest.param(quiet("02:30", "06:00"), "2026-03-29 00:59", None, id="Berlin: before a start that is skipped"),
        pytest.param(
            quiet("02:30", "06:00"), "2026-03-29 01:00", "2026-03-29 04:00", id="Berlin: a start that is skipped"
        ),
        pytest.param(quiet("02:10", "02:50"), "2026-03-29 01:00", None, id="Berlin: hours that are skipped altogether"),
        # 25 October 2026, Berlin: 01:00 UTC is the change from 03:00 back to 02:00.
        pytest.param(NIGHT, "2026-10-24 22:00", "2026-10-25 06:00", id="Berlin: the long night ends at 07:00 CET"),
        pytest.param(
            quiet("22:00", "02:30"), "2026-10-25 00:40", "2026-10-25 01:30", id="Berlin: an end that comes twice"
        ),
        pytest.param(quiet("22:00", "02:30"), "2026-10-25 01:30", None, id="Berlin: after the second 02:30"),
        pytest.param(
            quiet("02:30", "06:00"), "2026-10-25 01:10", "2026-10-25 05:00", id="Berlin: a start that comes twice"
        ),
        # New York changes at 02:00 local time: 8 March and 1 November 2026.
        pytest.param(
            quiet("22:00", "02:30", NEW_YORK), "2026-03-08 06:59", "2026-03-08 07:00", id="New York: skipped end"
        ),
        pytest.param(
            quiet("22:00", "07:00", NEW_YORK), "2026-03-08 06:59", "2026-03-08 11:00", id="New York: short night"
        ),
        pytest.param(
            quiet("22:00", "01:30", NEW_YORK), "2026-11-01 06:10", "2026-11-01 06:30", id="New York: doubled end"
        ),
        # Lord Howe changes by half an hour: 02:00 to 02:30 on 4 October, 02:00 to 01:30 on 5 April 2026.
        pytest.param(
            quiet("22:00", "02:10", LORD_HOWE), "2026-10-03 15:29", "2026-10-03 15:30", id="Lord Howe: skipped end"
        ),
        pytest.param(
            quiet("22:00", "07:00", LORD_HOWE), "2026-10-03 15:29", "2026-10-03 20:00", id="Lord Howe: short night"
        ),
        pytest.param(
            quiet("22:00", "01:45", LORD_HOWE), "2026-04-04 15:00", "2026-04-04 15:15", id="Lord Howe: doubled end"
        ),
        pytest.param(
            quiet("22:00", "07:00", LORD_HOWE), "2026-04-04 15:00", "2026-04-04 20:30", id="Lord Howe: long night"
        ),
    ],
)
def test_messages_wait_for_the_end_of_the_quiet(hours: QuietHours, now: str, until: str | None) -> None:
    assert held_until(utc(now), hours) == (utc(until) if until else None)


def test_of_two_quiets_the_message_waits_for_both() -> None:
    shift = quiet("06:00", "09:00", days="sun")
    assert held_until(utc("2026-01-11 02:00"), [NIGHT, shift]) == utc("2026-01-11 08:00")


def test_quiet_that_never_ends_is_ended_after_a_week() -> None:
    now = utc("2026-01-11 02:00")
    until = held_until(now, quiet("00:00", "24:00"))
    assert until is not None
    assert now + LONGEST <= until < now + LONGEST + timedelta(days=1)


@given(
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE]),
    st.times(),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1, max_size=6),
    st.integers(0, 3 * 365 * 24 * 60),
)
@settings(deadline=None)
def test_when_the_wait_is_over_it_is_over(
    zone: ZoneInfo, start: time, end: time, days: frozenset[int], minute: int
) -> None:
    now = utc("2025-01-01") + timedelta(minutes=minute)
    hours = QuietHours("any", start, end, zone, days)
    until = held_until(now, hours)
    if until is not None:
        assert until > now
        assert held_until(until, hours) is None
        assert until.utcoffset() == timedelta(0)
