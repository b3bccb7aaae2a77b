"""When a page is looked at again, and what makes it gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.page_watch import Looked, Sight, looked, next_look

TOLD = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
THREE_DAYS = timedelta(days=3)


@pytest.mark.parametrize(
    ("after", "within", "expected"),
    [
        pytest.param(0 * H, THREE_DAYS, 1 * H, id="first-after-an-hour"),
        pytest.param(1 * H, THREE_DAYS, 6 * H, id="then-six"),
        pytest.param(6 * H, THREE_DAYS, 24 * H, id="then-a-day"),
        pytest.param(30 * H, THREE_DAYS, 72 * H, id="late-looks-are-not-made-up-for"),
        pytest.param(72 * H, THREE_DAYS, None, id="then-no-more"),
        pytest.param(1 * H, 5 * H, None, id="as-far-as-the-setting-reaches"),
        pytest.param(0 * H, 0 * H, None, id="never"),
    ],
)
def test_a_page_is_looked_at_ever_more_seldom(after: timedelta, within: timedelta, expected: timedelta | None) -> None:
    assert next_look(TOLD, TOLD + after, within) == (None if expected is None else TOLD + expected)


@pytest.mark.parametrize(
    ("missing_for", "sight", "expected"),
    [
        pytest.param(None, Sight.THERE, Looked(TOLD + 24 * H), id="there"),
        pytest.param(None, Sight.MISSING, Looked(TOLD + 7 * H, TOLD + 6 * H), id="missing-once-is-asked-again"),
        pytest.param(1 * H, Sight.MISSING, Looked(None, TOLD + 5 * H, gone=True), id="missing-twice-is-gone"),
        pytest.param(H / 2, Sight.MISSING, Looked(TOLD + 6.5 * H, TOLD + 5.5 * H), id="twice-within-an-hour-is-once"),
        pytest.param(1 * H, Sight.THERE, Looked(TOLD + 24 * H), id="back-again-forgets"),
        pytest.param(1 * H, Sight.UNCLEAR, Looked(TOLD + 7 * H, TOLD + 5 * H), id="a-timeout-proves-nothing"),
    ],
)
def test_what_a_look_six_hours_after_means(missing_for: timedelta | None, sight: Sight, expected: Looked) -> None:
    now = TOLD + 6 * H
    since = None if missing_for is None else now - missing_for
    assert looked(TOLD, since, sight, now, THREE_DAYS) == expected


def test_a_server_that_never_answers_is_given_up() -> None:
    assert looked(TOLD, None, Sight.UNCLEAR, TOLD + 100 * H, THREE_DAYS).next_at is None
