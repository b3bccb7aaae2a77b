"""The precision of a rule over time, by the last word of its readers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.feedback import Feedback, Precision, precision

MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def test_precision_is_counted_by_rule_and_week() -> None:
    given_feedback = [
        Feedback(1, "arms", good=True, at=MONDAY),
        Feedback(2, "arms", good=False, at=MONDAY + timedelta(days=6)),
        Feedback(3, "arms", good=True, at=MONDAY + timedelta(days=7)),
        Feedback(4, "ships", good=False, at=MONDAY),
    ]
    assert precision(given_feedback) == (
        Precision("arms", None, 2, 1),
        Precision("arms", date(2026, 3, 2), 1, 1),
        Precision("arms", date(2026, 3, 9), 1, 0),
        Precision("ships", None, 0, 1),
        Precision("ships", date(2026, 3, 2), 0, 1),
    )


def test_a_reader_who_thinks_again_is_counted_once() -> None:
    first, then = Feedback(1, "arms", good=False, at=MONDAY), Feedback(1, "arms", good=True, at=MONDAY + timedelta(1))
    assert precision([then, first])[0] == Precision("arms", None, 1, 0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_bounds_hold_the_share_and_narrow_with_evidence(good: int, bad: int) -> None:
    if good + bad:
        one, ten = Precision("x", None, good, bad), Precision("x", None, 10 * good, 10 * bad)
        low, high = one.bounds
        assert 0 <= low <= one.share + 1e-9
        assert one.share - 1e-9 <= high <= 1
        assert ten.bounds[1] - ten.bounds[0] < high - low


def test_three_of_three_prove_little() -> None:
    low, high = Precision("x", None, 3, 0).bounds
    assert (round(low, 2), round(high, 2)) == (0.44, 1.0)
