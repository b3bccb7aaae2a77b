"""When to look again at a page that people were sent to, and when it is gone. Pure.

Seldom, because it is somebody else's server: a page that is taken down is usually taken down soon. Gone is what was
answered "not there" twice in a row, an hour apart: a newsroom that moves its site shows 404 for minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72), timedelta(days=7))
"""After the message, as far as ``stories.watch_pages`` reaches."""
APART = timedelta(hours=1)
_STUBBORN = timedelta(days=1)
"""For so long after the last look a server that gives no clear answer is asked again."""


class Sight(StrEnum):
    """What a look at a page came to. ``UNCLEAR`` is a timeout, a server's fault, a refusal: it proves nothing."""

    THERE = "there"
    MISSING = "missing"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Looked:
    """What follows from a look: the next one (None: no more), since when the page is missing, whether it is gone."""

    next_at: datetime | None
    missing_since: datetime | None = None
    gone: bool = False


def next_look(told_at: datetime, now: datetime, within: timedelta) -> datetime | None:
    """When a page told at ``told_at`` is looked at next, None if that would be later than ``within`` after it."""
    return next((told_at + after for after in LOOKS if after <= within and told_at + after > now), None)


def looked(told_at: datetime, missing_since: datetime | None, sight: Sight, now: datetime, within: timedelta) -> Looked:
    """What a look at ``now`` means for a page that has been missing since then (None: it was there)."""
    match sight:
        case Sight.THERE:
            return Looked(next_look(told_at, now, within))
        case Sight.MISSING if missing_since is not None and now - missing_since >= APART:
            return Looked(None, missing_since, gone=True)
        case Sight.MISSING:
            since = missing_since or now
            return Looked(since + APART, since)
        case Sight.UNCLEAR:
            again = now + APART
            return Looked(again if again <= told_at + within + _STUBBORN else None, missing_since)
