"""No stretch of a period ever holds more messages than the budget, however a storm blows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.budget import Overflow, Send, first_free, parse_budget, spend, written_budget
from monitor.rules.model import Budget

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TWO_PER_HOUR = Budget(2, timedelta(hours=1))


def minutes(*offsets: int) -> list[datetime]:
    return [NOW + offset * MINUTE for offset in offsets]


@pytest.mark.parametrize(
    ("history", "outcome"),
    [
        pytest.param(minutes(), Send(), id="nothing was sent"),
        pytest.param(minutes(-1), Send(), id="one of two is spent"),
        pytest.param(
            minutes(-59, -1), Overflow(NOW + MINUTE), id="both are spent: wait for the older to be an hour old"
        ),
        pytest.param(minutes(-60, -1), Send(), id="an hour ago is no longer in the hour"),
        pytest.param(minutes(-90, -70), Send(), id="what is long past is free again"),
        pytest.param(minutes(-10, 30), Overflow(NOW + 50 * MINUTE), id="what is planned for later counts"),
        pytest.param(minutes(10, 20), Overflow(NOW + 70 * MINUTE), id="a message now would crowd what is planned"),
        pytest.param(minutes(59, 70), Send(), id="of two that are planned one is more than an hour off"),
    ],
)
def test_a_message_goes_when_the_budget_has_room(history: Sequence[datetime], outcome: Send | Overflow) -> None:
    assert spend(history, TWO_PER_HOUR, NOW) == outcome


def most_in_any_window(times: Sequence[datetime], period: timedelta) -> int:
    return max((sum(start <= one < start + period for one in times) for start in times), default=0)


@given(
    st.lists(st.integers(0, 20_000), max_size=60),
    st.integers(1, 5),
    st.sampled_from([timedelta(minutes=1), timedelta(hours=1)]),
)
def test_no_window_ever_holds_more_than_the_budget(seconds: list[int], count: int, period: timedelta) -> None:
    budget = Budget(count, period)
    sent: list[datetime] = []
    for second in seconds:  # in any order: some are planned ahead of others
        sent.append(first_free([(budget, sent)], NOW + timedelta(seconds=second)))
        assert most_in_any_window(sent, period) <= count


@given(st.lists(st.integers(0, 7_200), max_size=40))
def test_two_budgets_hold_together(seconds: list[int]) -> None:
    wide, narrow = Budget(5, timedelta(hours=1)), Budget(2, timedelta(minutes=10))
    sent: list[datetime] = []
    for second in seconds:
        sent.append(first_free([(wide, sent), (narrow, sent)], NOW + timedelta(seconds=second)))
    assert most_in_any_window(sent, wide.period) <= 5
    assert most_in_any_window(sent, narrow.period) <= 2


@given(st.lists(st.integers(-7_200, 7_200), max_size=30), st.integers(1, 4))
def test_the_moment_offered_is_the_first_that_has_room(seconds: list[int], count: int) -> None:
    budget = Budget(count, timedelta(hours=1))
    history: list[datetime] = []
    for second in seconds:
        history.append(first_free([(budget, history)], NOW + timedelta(seconds=second)))
    free = first_free([(budget, history)], NOW)
    for earlier in (NOW + timedelta(seconds=step * 97) for step in range(80)):
        if earlier < free:
            assert most_in_any_window([*history, earlier], budget.period) > count


@pytest.mark.parametrize(
    ("written", "budget"),
    [
        pytest.param("10/h", Budget(10, timedelta(hours=1)), id="per hour"),
        pytest.param("3/15m", Budget(3, timedelta(minutes=15)), id="per quarter of an hour"),
        pytest.param("3 / 15 min", Budget(3, timedelta(minutes=15)), id="with spaces"),
        pytest.param("100/d", Budget(100, timedelta(days=1)), id="per day"),
        pytest.param("5/30s", Budget(5, timedelta(seconds=30)), id="per half minute"),
    ],
)
def test_budgets_are_read(written: str, budget: Budget) -> None:
    assert parse_budget(written) == budget
    assert parse_budget(written_budget(budget)) == budget


@pytest.mark.parametrize("written", ["", "10", "ten/h", "10/hour", "-1/h", "1.5/h", "0/h", "5/0m", "10/h/h"])
def test_what_is_no_budget_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=f"“{written}”"):
        parse_budget(written)
