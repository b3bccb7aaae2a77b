"""Digests go out at the local time that was written, once a day, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.digest_times import LONGEST_WAIT, DigestTimes, next_release, parse_times

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "zone", "now", "release"),
    [
        pytest.param("07:00", BERLIN, "2026-01-10 05:59", "2026-01-10 06:00", id="later today"),
        pytest.param("07:00", BERLIN, "2026-01-10 06:00", "2026-01-11 06:00", id="not now again"),
        pytest.param("mon-fri 07:00,17:00", BERLIN, "2026-01-09 06:00", "2026-01-09 16:00", id="the second time"),
        pytest.param("mon-fri 07:00,17:00", BERLIN, "2026-01-09 16:00", "2026-01-12 06:00", id="over the weekend"),
        pytest.param("weekdays 07:00; sat 10:00", BERLIN, "2026-01-09 16:00", "2026-01-10 09:00", id="other days"),
        pytest.param("*:00", BERLIN, "2026-01-09 16:10", "2026-01-09 17:00", id="every full hour"),
        pytest.param("mon 07:00", BERLIN, "2026-01-05 06:00", "2026-01-12 06:00", id="once a week"),
        pytest.param("07:00", BERLIN, "2026-03-28 07:00", "2026-03-29 05:00", id="Berlin: the day the clock goes on"),
        pytest.param("02:30", BERLIN, "2026-03-28 12:00", "2026-03-29 01:00", id="Berlin: a time that is skipped"),
        pytest.param("02:30", BERLIN, "2026-03-29 01:00", "2026-03-30 00:30", id="Berlin: and not again that day"),
        pytest.param("02:30", BERLIN, "2026-10-24 12:00", "2026-10-25 00:30", id="Berlin: the first of two"),
        pytest.param("02:30", BERLIN, "2026-10-25 00:30", "2026-10-26 01:30", id="Berlin: not the second of two"),
        pytest.param("02:15", NEW_YORK, "2026-03-08 05:00", "2026-03-08 07:00", id="New York: a time that is skipped"),
        pytest.param("01:30", NEW_YORK, "2026-11-01 05:30", "2026-11-02 06:30", id="New York: not the second of two"),
        pytest.param("02:15", LORD_HOWE, "2026-10-03 12:00", "2026-10-03 15:30", id="Lord Howe: a skipped time"),
        pytest.param("01:45", LORD_HOWE, "2026-04-04 14:45", "2026-04-05 15:15", id="Lord Howe: not the second of two"),
    ],
)
def test_the_next_release_is_the_next_such_time_on_the_wall(
    written: str, zone: ZoneInfo, now: str, release: str
) -> None:
    assert next_release(DigestTimes("morning", zone, parse_times(written)), utc(now)) == utc(release)


@given(
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE]),
    st.integers(0, 23 * 60 + 59),
    st.integers(0, 3 * 365 * 24 * 60),
)
@settings(deadline=None)
def test_a_daily_digest_is_never_more_than_a_long_day_away(zone: ZoneInfo, at: int, minute: int) -> None:
    times = DigestTimes("daily", zone, parse_times(f"{at // 60}:{at % 60:02}"))
    now = utc("2025-01-01") + timedelta(minutes=minute)
    release = next_release(times, now)
    assert now < release <= now + timedelta(hours=25)
    # Released at once and asked again, it is the next day's turn: never twice for one time on the wall.
    assert next_release(times, release).astimezone(zone).date() > release.astimezone(zone).date()


def test_a_digest_by_number_alone_waits_a_day_at_most() -> None:
    now = utc("2026-01-10 12:00")
    assert next_release(DigestTimes("ten", BERLIN, count=10), now) == now + LONGEST_WAIT


@pytest.mark.parametrize(
    "written", ["", ";", "noon", "mon-fri", "7 Uhr", "mon-fri 25:00", "someday 07:00", "0 7 * * 1-5", "*:75", "07:00,"]
)
def test_what_is_no_schedule_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"write|not a time of day"):
        parse_times(written)


def test_a_digest_that_never_goes_out_is_refused() -> None:
    with pytest.raises(ValueError, match="never goes out"):
        DigestTimes("never", BERLIN)
    with pytest.raises(ValueError, match="at least 1"):
        DigestTimes("none", BERLIN, count=0)


@pytest.mark.parametrize("written", ["07:00", "07:00,17:00", "weekdays 07:00; sat 10:00", "mon,thu 06:30"])
def test_a_schedule_is_written_as_it_is_read(written: str) -> None:
    assert "; ".join(map(str, parse_times(written))) == written
