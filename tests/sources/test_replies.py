"""Headers read as the RFCs mean them, by the server's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.replies import fresh_for, http_date, retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERVER = b"Mon, 01 Jan 1990 00:00:00 GMT"  # a clock 36 years behind


@pytest.mark.parametrize(
    ("value", "date"),
    [
        pytest.param(b"Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC), id="IMF-fixdate"),
        pytest.param(b"Sunday, 06-Nov-94 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC), id="RFC 850"),
        pytest.param(b"Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC), id="asctime"),
        pytest.param(b"Sunday, 06-Nov-75 08:49:37 GMT", datetime(2075, 11, 6, 8, 49, 37, tzinfo=UTC), id="50 years on"),
        pytest.param(b"Sunday, 06-Nov-77 08:49:37 GMT", datetime(1977, 11, 6, 8, 49, 37, tzinfo=UTC), id="over 50"),
        pytest.param(b"sun, 6 nov 1994 08:49:60 gmt", datetime(1994, 11, 6, 8, 49, 59, tzinfo=UTC), id="a leap second"),
        pytest.param(b"Sun, 31 Feb 1994 08:49:37 GMT", None, id="no such day"),
        pytest.param(b"Sun, 06 Xyz 1994 08:49:37 GMT", None, id="no such month"),
        pytest.param(b"tomorrow", None, id="a word"),
        pytest.param(b"\xff\x00", None, id="bytes"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_date_is_read_in_its_three_forms(value: bytes | None, date: datetime | None) -> None:
    assert http_date(value, NOW) == date


@pytest.mark.parametrize(
    ("value", "date", "wait"),
    [
        pytest.param(b"120", None, timedelta(seconds=120), id="seconds"),
        pytest.param(b" 1.5 ", None, timedelta(seconds=1.5), id="seconds and a half"),
        pytest.param(b"0", None, None, id="zero asks for nothing"),
        pytest.param(b"9" * 400, None, timedelta(days=30), id="more seconds than time has"),
        pytest.param(b"Mon, 01 Jan 1990 01:00:00 GMT", SERVER, timedelta(hours=1), id="a date by a clock years off"),
        pytest.param(b"Mon Jan  1 01:00:00 1990", SERVER, timedelta(hours=1), id="asctime by a clock years off"),
        pytest.param(b"Sun, 01 Mar 2026 12:10:00 GMT", None, timedelta(minutes=10), id="a date by our clock"),
        pytest.param(b"Sun, 01 Mar 2026 12:10:00 GMT", b"never", timedelta(minutes=10), id="a Date that is none"),
        pytest.param(b"Sun, 01 Mar 2026 11:00:00 GMT", None, None, id="a date gone by"),
        pytest.param(b"Fri, 31 Dec 9999 23:59:59 GMT", None, timedelta(days=30), id="the end of time"),
        pytest.param(b"-5", None, None, id="below zero"),
        pytest.param(b"soon", None, None, id="nonsense"),
        pytest.param(b"", None, None, id="empty"),
        pytest.param(None, None, None, id="absent"),
    ],
)
def test_a_wait_is_what_the_server_means(value: bytes | None, date: bytes | None, wait: timedelta | None) -> None:
    assert retry_after(value, date, NOW) == wait


HOUR_LATER = b"Mon, 01 Jan 1990 01:00:00 GMT"


@pytest.mark.parametrize(
    ("cache_control", "expires", "date", "age", "fresh"),
    [
        pytest.param(b"max-age=600", None, None, None, 600, id="max-age"),
        pytest.param(b'public, MAX-AGE="600" , x', None, None, None, 600, id="quoted, among others"),
        pytest.param(b"s-maxage=9, max-age=600", None, None, None, 600, id="not the shared caches'"),
        pytest.param(b"max-age=600", HOUR_LATER, SERVER, None, 600, id="max-age before Expires"),
        pytest.param(b"", HOUR_LATER, SERVER, None, 3600, id="Expires by a clock years off"),
        pytest.param(b"", HOUR_LATER, None, None, None, id="Expires without Date"),
        pytest.param(b"", b"0", SERVER, None, None, id="Expires: 0"),
        pytest.param(b"", b"-1", SERVER, None, None, id="Expires: -1"),
        pytest.param(b"max-age=600", None, None, b"100", 500, id="time spent in caches"),
        pytest.param(b"max-age=600", None, None, b"601", None, id="stale on arrival"),
        pytest.param(b"no-cache, max-age=600", None, None, None, None, id="no-cache"),
        pytest.param(b"no-store", HOUR_LATER, SERVER, None, None, id="no-store"),
        pytest.param(b"max-age=-1", HOUR_LATER, SERVER, None, None, id="a bad max-age is none"),
        pytest.param(b"max-age=" + b"9" * 300, None, None, None, 30 * 86400, id="for ever"),
        pytest.param(b"", None, None, None, None, id="nothing"),
    ],
)
def test_freshness_is_what_the_headers_mean(
    cache_control: bytes, expires: bytes | None, date: bytes | None, age: bytes | None, fresh: int | None
) -> None:
    assert fresh_for(cache_control, expires, date, age) == (timedelta(seconds=fresh) if fresh else None)


@given(st.binary(), st.binary(), st.binary())
def test_no_bytes_in_a_header_break_anything(one: bytes, two: bytes, three: bytes) -> None:
    wait = retry_after(one, two, NOW)
    fresh = fresh_for(one, two, three, one)
    assert wait is None or timedelta(0) <= wait <= timedelta(days=30)
    assert fresh is None or timedelta(0) < fresh <= timedelta(days=30)
