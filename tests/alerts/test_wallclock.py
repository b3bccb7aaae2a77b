"""Local times that exist once, never or twice, in zones that change by an hour, by half an hour, and by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.wallclock import instant, parse_days, parse_time, written_days

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
ZONES = [BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("Asia/Seoul"), ZoneInfo("Asia/Tehran"), APIA]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "first", "last"),
    [
        pytest.param(BERLIN, "2026-01-15", "07:00", "2026-01-15 06:00", None, id="Berlin, winter"),
        pytest.param(BERLIN, "2026-07-15", "07:00", "2026-07-15 05:00", None, id="Berlin, summer"),
        pytest.param(BERLIN, "2026-03-29", "02:30", "2026-03-29 01:00", None, id="Berlin skips 02:30"),
        pytest.param(BERLIN, "2026-03-29", "02:00", "2026-03-29 01:00", None, id="Berlin skips 02:00 itself"),
        pytest.param(BERLIN, "2026-03-29", "03:00", "2026-03-29 01:00", None, id="Berlin has 03:00"),
        pytest.param(
            BERLIN, "2026-10-25", "02:30", "2026-10-25 00:30", "2026-10-25 01:30", id="Berlin has 02:30 twice"
        ),
        pytest.param(NEW_YORK, "2026-03-08", "02:15", "2026-03-08 07:00", None, id="New York skips 02:15"),
        pytest.param(
            NEW_YORK, "2026-11-01", "01:45", "2026-11-01 05:45", "2026-11-01 06:45", id="New York has 01:45 twice"
        ),
        pytest.param(LORD_HOWE, "2026-10-04", "02:10", "2026-10-03 15:30", None, id="Lord Howe skips 02:10"),
        pytest.param(LORD_HOWE, "2026-10-04", "02:30", "2026-10-03 15:30", None, id="Lord Howe has 02:30"),
        pytest.param(
            LORD_HOWE, "2026-04-05", "01:45", "2026-04-04 14:45", "2026-04-04 15:15", id="Lord Howe has 01:45 twice"
        ),
        pytest.param(LORD_HOWE, "2026-04-05", "01:15", "2026-04-04 14:15", None, id="Lord Howe has 01:15 once"),
        pytest.param(APIA, "2011-12-30", "12:00", "2011-12-30 10:00", None, id="Samoa skips a whole day"),
    ],
)
def test_a_local_time_is_the_instant_at_which_clocks_show_it(
    zone: ZoneInfo, day: str, at: str, first: str, last: str | None
) -> None:
    when = (date.fromisoformat(day), time.fromisoformat(at), zone)
    assert instant(*when) == utc(first)
    assert instant(*when, last=True) == utc(last or first)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2010, 1, 1), date(2036, 12, 31)),
    st.integers(0, 24 * 60 - 1),
)
def test_an_instant_shows_its_time_unless_the_clock_skips_it(zone: ZoneInfo, day: date, minute: int) -> None:
    at = time(minute // 60, minute % 60)
    first, last = instant(day, at, zone), instant(day, at, zone, last=True)
    assert first <= last
    shown = first.astimezone(zone)
    if shown.replace(tzinfo=None) != datetime.combine(day, at):
        just_before = (first - timedelta(seconds=1)).astimezone(zone)
        assert just_before.replace(tzinfo=None) < datetime.combine(day, at) < shown.replace(tzinfo=None)


@given(st.sampled_from(ZONES), st.dates(date(2010, 1, 1), date(2036, 12, 31)), st.integers(0, 24 * 60 - 2))
def test_later_on_the_wall_is_not_earlier_in_the_world(zone: ZoneInfo, day: date, minute: int) -> None:
    one, two = (instant(day, time(at // 60, at % 60), zone, last=True) for at in (minute, minute + 1))
    assert one <= two


@pytest.mark.parametrize(
    ("written", "days", "shortest"),
    [
        pytest.param("daily", "0123456", "daily", id="daily"),
        pytest.param("weekdays", "01234", "weekdays", id="weekdays"),
        pytest.param("sat,sun", "56", "weekends", id="a list"),
        pytest.param("mon-fri", "01234", "weekdays", id="a run"),
        pytest.param("fri-mon", "0456", "mon,fri-sun", id="a run over the weekend"),
        pytest.param("Tuesday, thu", "13", "tue,thu", id="names in full"),
    ],
)
def test_days_are_read_and_written(written: str, days: str, shortest: str) -> None:
    assert parse_days(written) == {int(day) for day in days}
    assert written_days(parse_days(written)) == shortest


@pytest.mark.parametrize("written", ["", "mo", "someday", "mon-", "mon..fri", "0-4"])
def test_what_is_no_day_is_refused_with_a_hint(written: str) -> None:
    with pytest.raises(ValueError, match="mon"):
        parse_days(written)


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_written_days_are_read_back(days: frozenset[int]) -> None:
    assert parse_days(written_days(days)) == days


@pytest.mark.parametrize("written", ["7", "7:5", "25:00", "12:60", "24:01", "noon", "-1:00", "1350", "７:00x"])
def test_what_is_no_time_is_refused_with_a_hint(written: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        parse_time(written)


def test_times_are_read_with_or_without_a_leading_zero() -> None:
    assert [parse_time(one) for one in ("7:05", "07:05", "24:00", "00:00")] == [
        time(7, 5),
        time(7, 5),
        time(0),
        time(0),
    ]
