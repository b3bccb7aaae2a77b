"""When a feed is asked next, and why then. Pure: ``now`` and ``chance`` (uniform in [0, 1)) are arguments.

A server's wish to be left alone is a floor, kept up to a day; a feed that fails is asked less and less, and is never
given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

MOVES_BEFORE_SETTLED = 3
"""Polls in a row that must be redirected for good to one place before that place is asked instead."""
GONE_BEFORE_PAUSED = 3
GONE_FOR = timedelta(days=1)
"""A feed is paused after so many answers of 410 over so long a time."""

_LONGEST_EXPONENT = 20
_PER_LATE_FEED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The operator's settings. ``jitter`` is the share of a wait that is left to chance."""

    interval: timedelta = timedelta(minutes=15)
    jitter: float = 0.1
    backoff_max: timedelta = timedelta(hours=6)
    asked_max: timedelta = timedelta(hours=24)
    gone_probe: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a server or a feed says about when to come again."""

    fresh_for: timedelta | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """When, and the reason in words for the journal."""

    at: datetime
    reason: str


def after_success(now: datetime, pace: Pace, asked: Asked, chance: float) -> Due:
    """The next poll after one that went well: the interval, or later if the server asks for it.

    ``skipHours`` (UTC, RSS 2.0) move a poll to the end of the hours named; all 24 of them mean nothing.
    """
    at, reason = now + _around(pace.interval, pace.jitter, chance), "interval"
    for wish, name in ((asked.fresh_for, "the server's answer stays fresh"), (asked.ttl, "the feed's ttl")):
        floor = now + _from(min(wish or timedelta(0), pace.asked_max), pace.jitter, chance)
        if wish and floor > at:
            at, reason = floor, name
    allowed = _outside(at, asked.skip_hours, chance)
    if allowed > at and allowed - now <= max(pace.asked_max, pace.interval):
        return Due(allowed, "the feed's skipHours")
    return Due(at, reason)


def after_failure(now: datetime, pace: Pace, failures: int, retry_after: timedelta | None, chance: float) -> Due:
    """The next try of a failing feed: each twice as late as the one before, or later if the server asks for it.

    ``failures`` counts those in a row, this one included. A wait that the server names is kept up to a day.
    """
    wait = _back_off(pace, failures, chance)
    asked = min(retry_after or timedelta(0), pace.asked_max)
    if retry_after and asked >= wait:
        return Due(now + _from(asked, pace.jitter, chance), "the server's Retry-After")
    return Due(now + wait, f"back-off after {failures} failure{'s' if failures > 1 else ''}")


def host_silence(now: datetime, pace: Pace, failures: int, retry_after: timedelta | None, chance: float) -> datetime:
    """Until when a whole host is left alone that answered 429 or 503, with a time named or without."""
    return now + (min(retry_after, pace.asked_max) if retry_after else _back_off(pace, failures, chance))


def after_gone(now: datetime, pace: Pace, chance: float) -> Due:
    """The next probe of a feed that is paused because its server says that it is gone."""
    return Due(now + _around(pace.gone_probe, pace.jitter, chance), "weekly probe of a feed that is gone")


def is_gone(polls: int, since: datetime | None, now: datetime) -> bool:
    """Whether a feed that answers 410 has done so often and long enough to be paused."""
    return polls >= GONE_BEFORE_PAUSED and since is not None and now - since >= GONE_FOR


def spread(due: Mapping[str, datetime], now: datetime, window: timedelta, pace: Pace) -> dict[str, datetime]:
    """New times for the feeds that are overdue: evenly, oldest first, one a second or all within ``window``.

    For starts and the end of an outage. Feeds whose time is still to come keep it, so restarts add no polls. A time
    further ahead than any wait can be was written under a wrong clock and counts as overdue.
    """
    longest = 2 * max(pace.gone_probe, pace.asked_max, pace.interval)
    late = sorted((min(at, now), feed) for feed, at in due.items() if at <= now or at > now + longest)
    span = min(_PER_LATE_FEED * len(late), window)
    return {feed: now + span * place / len(late) for place, (_, feed) in enumerate(late)}


def _around(wait: timedelta, jitter: float, chance: float) -> timedelta:
    """A wait of that length on average."""
    return wait * (1 + jitter * (chance - 0.5))


def _from(wait: timedelta, jitter: float, chance: float) -> timedelta:
    """A wait of at least that length, for what was asked by the one we would come back to too early."""
    return wait * (1 + jitter * chance)


def _back_off(pace: Pace, failures: int, chance: float) -> timedelta:
    ceiling = max(pace.backoff_max, pace.interval)
    doubled = pace.interval * float(2 ** min(max(failures - 1, 0), _LONGEST_EXPONENT))
    return min(doubled, ceiling) * (1 - pace.jitter * chance)


def _outside(at: datetime, skip_hours: frozenset[int], chance: float) -> datetime:
    """The first moment from ``at`` on in an hour that is not to be skipped, spread over that hour's first half."""
    if at.hour not in skip_hours or len(skip_hours) >= 24:
        return at
    hour = at.replace(minute=0, second=0, microsecond=0)
    while hour.hour in skip_hours:
        hour += timedelta(hours=1)
    return hour + timedelta(minutes=30) * chance
