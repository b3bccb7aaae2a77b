"""Quiet hours: matching goes on, messages wait until morning. Nothing is dropped, and critical news breaks through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.wallclock import EVERY_DAY, instant, parse_days, parse_time, written_days
from monitor.rules.model import Severity

BREAKS_THROUGH = Severity.CRITICAL
LONGEST = timedelta(days=8)  # a week of closed doors and a day to spare; more is a mistake, and then news goes first


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to ``end`` on the clocks of ``zone``, on periods that begin on one of ``days`` (Monday is 0).

    An end that is not after its start is on the next day; equal times are a whole day. A night that begins on a
    Friday lasts into Saturday.
    """

    name: str
    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY

    def __str__(self) -> str:
        return f"{self.name} ({written_days(self.days)} {self.start:%H:%M}–{self.end:%H:%M} {self.zone.key})"


def parse_quiet(name: str, *, start: str, end: str, zone: ZoneInfo, days: str = "daily") -> QuietHours:
    """Quiet hours as written in a file; ValueError says what cannot be read."""
    return QuietHours(name, parse_time(start), parse_time(end), zone, parse_days(days))


def held_until(now: datetime, hours: QuietHours | Iterable[QuietHours]) -> datetime | None:
    """When the quiet that reigns at ``now`` ends, in UTC; None when none does.

    With several hours (a channel's and a rule's) the moment is outside all of them. Quiet that would never end is
    ended after :data:`LONGEST`.
    """
    several = (hours,) if isinstance(hours, QuietHours) else tuple(hours)
    at = now
    while at < now + LONGEST:
        ends = [end for one in several for start, end in _periods(at, one) if start <= at < end]
        if not ends:
            break
        at = max(ends)
    return None if at == now else at.astimezone(UTC)


def _periods(now: datetime, hours: QuietHours) -> Iterator[tuple[datetime, datetime]]:
    """The periods that may contain ``now``; a zone that skips a date is why it looks two days back."""
    today = now.astimezone(hours.zone).date()
    for back in (2, 1, 0):
        day = today - timedelta(days=back)
        if day.weekday() in hours.days:
            last_day = day if hours.end > hours.start else day + timedelta(days=1)
            yield instant(day, hours.start, hours.zone), instant(last_day, hours.end, hours.zone, last=True)
