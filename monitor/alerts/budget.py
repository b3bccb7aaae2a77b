"""Budgets: at most so many messages in any stretch of a period. What does not fit becomes one "and N more"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from monitor.rules.model import Budget

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_WRITTEN = re.compile(r"\s*([0-9]{1,9})\s*/\s*([0-9]{0,4})\s*(min|[smhdw])\s*")


@dataclass(frozen=True, slots=True)
class Send:
    """There is room for this message now."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """There is none: the message goes into the "and N more" of ``until``, the first moment that has room."""

    until: datetime


Spending: TypeAlias = Send | Overflow


def parse_budget(text: str) -> Budget:
    """``10/h``, ``3/15m``, ``100/d``; ValueError otherwise."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(f"“{text}” is not a budget: write messages per period, as 10/h, 3/15m or 100/d")
    count, number, unit = int(found[1]), int(found[2] or 1), found[3][0]
    if count < 1 or number < 1:
        raise ValueError(f"“{text}” lets no message through; use a silence for that")
    return Budget(count, number * _UNITS[unit])


def spend(history: Sequence[datetime], budget: Budget, now: datetime) -> Spending:
    """Whether one more message fits at ``now``. ``history`` holds when others went out, or are yet to, in any order."""
    free = first_free([(budget, history)], now)
    return Send() if free <= now else Overflow(free)


def first_free(spent: Iterable[tuple[Budget, Sequence[datetime]]], at: datetime) -> datetime:
    """The earliest moment from ``at`` on at which one more message breaks none of these budgets.

    A message stands for the whole period before and after it, so that what is planned for later is counted too.
    Then no stretch of a period, wherever it starts, ever holds more than the budget.
    """
    budgets = tuple(spent)
    moment = at
    while True:
        later = max((_first_free(history, budget, moment) for budget, history in budgets), default=moment)
        if later <= moment:
            return moment
        moment = later


def _first_free(history: Sequence[datetime], budget: Budget, at: datetime) -> datetime:
    near = sorted(one for one in history if one > at - budget.period)
    chances = (at, *(one + budget.period for one in near))
    return next(chance for chance in chances if _fits(near, budget, chance))


def _fits(history: Sequence[datetime], budget: Budget, at: datetime) -> bool:
    """True if no half-open stretch of the period has more than ``count`` messages with this one added.

    It is enough to see that of any ``count + 1`` messages in a row the first and the last are a period apart.
    """
    near = sorted([at, *(one for one in history if abs(one - at) < budget.period)])
    rows = zip(near, near[budget.count :], strict=False)
    return all(last - first >= budget.period for first, last in rows)


def written_budget(budget: Budget) -> str:
    """The budget as :func:`parse_budget` reads it, in the largest unit that fits."""
    whole = [(name, unit) for name, unit in _UNITS.items() if budget.period % unit == timedelta(0)]
    name, unit = whole[-1] if whole else ("s", _UNITS["s"])
    number = budget.period // unit
    return f"{budget.count}/{'' if number == 1 else number}{name}"
