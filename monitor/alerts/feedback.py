"""What readers thought of the alerts they got: the precision of each rule, week by week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's verdict on one alert."""

    alert: int
    rule: str
    good: bool
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Precision:
    """A rule in the week that begins on ``week`` (a Monday, UTC); ``None`` stands for all time."""

    rule: str
    week: date | None
    good: int
    bad: int

    @property
    def judged(self) -> int:
        """How many alerts have a verdict."""
        return self.good + self.bad

    @property
    def share(self) -> float:
        """The share of good ones among those judged."""
        return self.good / self.judged

    @property
    def bounds(self) -> tuple[float, float]:
        """Where the true share lies with 95 % confidence (Wilson 1927): three good ones of three prove little."""
        n, p, z = self.judged, self.share, 1.96
        centre = p + z * z / (2 * n)
        spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        whole = 1 + z * z / n
        return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def precision(feedback: Iterable[Feedback]) -> tuple[Precision, ...]:
    """Every rule over all time, then its weeks in order; rules by id. The last verdict on an alert is the one."""
    last: dict[int, Feedback] = {}
    for one in sorted(feedback, key=lambda one: (one.at, one.alert, one.good)):
        last[one.alert] = one
    counts: dict[tuple[str, date | None], list[int]] = {}
    for one in last.values():
        for week in (None, _monday(one.at)):
            counts.setdefault((one.rule, week), [0, 0])[not one.good] += 1
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or date.min))
    return tuple(Precision(rule, week, good, bad) for (rule, week), (good, bad) in ordered)


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())
