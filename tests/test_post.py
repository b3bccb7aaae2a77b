"""How often and how long a message is tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.post import Pace

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_six_hours_of_outage_cost_a_message_no_more_than_twenty_tries(jitter: float) -> None:
    pace, tries, passed = Pace(), 1, timedelta(0)
    while passed < timedelta(hours=6):
        passed += pace.wait(tries, jitter)
        tries += 1
    assert tries <= 20


@pytest.mark.parametrize(
    ("age", "attempts", "over"),
    [
        pytest.param(timedelta(days=4), 150, True, id="tried-for-days"),
        pytest.param(timedelta(days=2), 100, False, id="time-is-not-up"),
        pytest.param(timedelta(days=3650), 3, False, id="the-clock-jumped-ten-years"),
        pytest.param(timedelta(days=4), 1, False, id="the-daemon-was-off-for-days"),
    ],
)
def test_a_message_is_given_up_only_when_tried_long_and_often(age: timedelta, attempts: int, *, over: bool) -> None:
    assert Pace().is_over(NOW - age, attempts, NOW) is over


def test_a_short_patience_needs_as_many_tries_as_fit_into_it() -> None:
    pace = Pace(first=timedelta(seconds=1), longest=timedelta(seconds=1), give_up_after=timedelta(seconds=3))
    assert pace.is_over(NOW - timedelta(seconds=4), 4, NOW)
    assert not pace.is_over(NOW - timedelta(seconds=4), 2, NOW)
