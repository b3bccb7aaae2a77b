"""The manual and the program say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.alerts.budget import parse_budget, written_budget
from monitor.alerts.digest_times import parse_times
from monitor.alerts.reasons import AGAIN_REASONS, Reason

MANUAL = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
REASONS = MANUAL.partition("## The reasons")[2]


def test_the_manual_explains_every_reason_and_no_other() -> None:
    rows = [line for line in REASONS.splitlines() if line.startswith("| `")]
    explained = [word for row in rows for word in re.findall(r"`([a-z-]+)`", row.split("|")[1])]
    assert sorted(explained) == sorted(Reason)


def test_the_manual_lists_follow_ups_in_the_order_of_their_weight() -> None:
    places = [REASONS.index(f"`{reason}`") for reason in AGAIN_REASONS]
    assert places == sorted(places)


@pytest.mark.parametrize("written", ["07:00", "mon-fri 07:00,17:00", "weekdays 07:00; sat 10:00", "*:00"])
def test_the_digest_times_of_the_manual_can_be_read(written: str) -> None:
    assert f"`{written}`" in MANUAL
    assert parse_times(written)


@pytest.mark.parametrize("written", ["10/h", "3/15m", "100/d"])
def test_the_budgets_of_the_manual_can_be_read(written: str) -> None:
    assert f"`{written}`" in MANUAL
    assert written_budget(parse_budget(written)) == written
