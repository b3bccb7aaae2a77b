"""Times on somebody's wall, turned into instants: right on the days the clock changes.

A time that the clock skips (02:30 when it goes from 02:00 to 03:00) stands for the moment of the change. A time that
it shows twice stands for the first of the two, or for the last where the caller asks: a night ends when its end has
passed for good. Python's own reading of skipped times (PEP 495) depends on ``fold`` and lands up to an hour off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = frozenset(range(7))
_GROUPS = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekends": frozenset({5, 6})}


def instant(day: date, at: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The UTC instant at which the clocks in ``zone`` show ``at`` on ``day``."""
    local = datetime.combine(day, at, zone)
    early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return late if last else early
    return _change_between(late, early, zone)


def parse_time(text: str) -> time:
    """``7:00``, ``07:00`` or ``24:00`` (midnight at the end of the day, the same as ``00:00``)."""
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and len(hours) <= 2):
        raise ValueError(f"“{text}” is not a time of day: write it as 07:00")
    if (hours, minutes) == ("24", "00"):
        return time(0)
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"“{text}” is not a time of day: hours go to 23, minutes to 59")
    return time(int(hours), int(minutes))


def parse_days(text: str) -> frozenset[int]:
    """``mon-fri``, ``sat,sun``, ``fri-mon``, ``weekdays``, ``weekends``, ``daily``; Monday is 0."""
    days: set[int] = set()
    for part in text.lower().split(","):
        name = part.strip()
        if name in _GROUPS:
            days |= _GROUPS[name]
            continue
        first, dash, final = (word.strip() for word in name.partition("-"))
        start, end = _weekday(first), _weekday(final) if dash else _weekday(first)
        days |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(days)


def written_days(days: frozenset[int]) -> str:
    """The days as :func:`parse_days` reads them, runs of three and more shortened."""
    for name, group in _GROUPS.items():
        if days == group:
            return name
    return ",".join(_runs(sorted(days)))


def _runs(days: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    short = [[WEEKDAYS[day][:3] for day in run] for run in runs]
    return [f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in short]


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return number
    raise ValueError(f"“{word}” is not a day: write mon, tue, wed, thu, fri, sat or sun, or a run such as mon-fri")


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset changes, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
