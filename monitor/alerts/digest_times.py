"""When a digest goes out: at set local times, once enough alerts wait, or whichever is first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.wallclock import EVERY_DAY, instant, parse_days, parse_time, written_days

LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sending:
    """Times of day on some days of the week."""

    times: tuple[time, ...]
    days: frozenset[int] = EVERY_DAY

    def __str__(self) -> str:
        times = ",".join(f"{at:%H:%M}" for at in self.times)
        return times if self.days == EVERY_DAY else f"{written_days(self.days)} {times}"


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """When a digest goes out: at set local times, or once ``count`` alerts wait, whichever is first.

    Without set times nothing waits for longer than :data:`LONGEST_WAIT`.
    """

    name: str
    zone: ZoneInfo
    at: tuple[Sending, ...] = ()
    count: int | None = None

    def __post_init__(self) -> None:
        if not self.at and self.count is None:
            raise ValueError(f"digest {self.name} never goes out: give it times, a count, or both")
        if self.count is not None and self.count < 1:
            raise ValueError(f"digest {self.name}: a count is at least 1")


def parse_times(text: str) -> tuple[Sending, ...]:
    """Read ``07:00`` · ``mon-fri 07:00,17:00`` · ``weekdays 07:00; sat 10:00`` · ``*:00`` (every full hour).

    Days may be left out and are then all seven. ValueError says which part cannot be read.
    """
    return tuple(_parse_sending(part.strip()) for part in text.split(";") if part.strip()) or _no_times(text)


def next_release(times: DigestTimes, now: datetime) -> datetime:
    """The next moment after ``now`` (never ``now`` itself) at which the digest goes out, in UTC.

    A time of day that the clock shows twice releases once, at the first; one that it skips, at the change.
    """
    if not times.at:
        return now + LONGEST_WAIT
    today = now.astimezone(times.zone).date()
    return min(
        moment
        for ahead in range(-1, 9)
        for sending in times.at
        if (day := today + timedelta(days=ahead)).weekday() in sending.days
        for at in sending.times
        if (moment := instant(day, at, times.zone)) > now
    )


def _parse_sending(text: str) -> Sending:
    days, _, times = text.rpartition(" ")
    chosen = parse_days(days) if days.strip() else EVERY_DAY
    return Sending(tuple(sorted({at for part in times.split(",") for at in _parse_times(part.strip())})), chosen)


def _parse_times(text: str) -> tuple[time, ...]:
    if text.startswith("*:"):
        minute = parse_time(f"00{text[1:]}").minute
        return tuple(time(hour, minute) for hour in range(24))
    return (parse_time(text),)


def _no_times(text: str) -> tuple[Sending, ...]:
    raise ValueError(f"“{text}” has no time of day: write 07:00, or mon-fri 07:00,17:00")
