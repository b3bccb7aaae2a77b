"""What people are told of feeds that break and come back: each by its name, and together when many do so at once.

When the connection of the machine itself fails, all feeds do: forty notices would bury the one that matters. In an
hour three are told by name, a fourth notice lists all others that are broken by then, and what follows waits for the
next hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.rules.model import Severity
from monitor.store import Transaction, alerts, feeds
from monitor.store.values import FeedState
from monitor.telling import OPERATIONS, Teller
from monitor.watch import Step

_BY_NAME = 3
_AT_ONCE = timedelta(hours=1)
_LISTED = 12
_SEE = "`newsmonitor feeds list --failing` shows all that fail."


def tell_of_feed(tx: Transaction, teller: Teller, step: Step, title: str, broken_after: int, now: datetime) -> None:  # noqa: PLR0917  (what one poll ended with)
    """Tell that a feed broke or works again, if its step says so. The step's state is saved already."""
    if step.broke and _told(tx, NoticeKind.FEED_BROKEN, now) < _BY_NAME:
        teller.notify(tx, _of_one(NoticeKind.FEED_BROKEN, step.state, title, step.broke, now))
    elif step.broke and not _told(tx, NoticeKind.FEEDS_BROKEN, now):
        failing = [one for one in feeds.every(tx, failing=True) if one.failures >= broken_after and not one.told_broken]
        feeds.remember_told(tx, [one.feed for one in failing], told=True)
        teller.notify(tx, _of_many(NoticeKind.FEEDS_BROKEN, [step.state, *failing], now))
    elif step.broke:
        feeds.remember_told(tx, [step.state.feed], told=False)  # its next failures ask again, until it is told
    elif step.recovered and _told(tx, NoticeKind.FEED_RECOVERED, now) < _BY_NAME:
        teller.notify(tx, _of_one(NoticeKind.FEED_RECOVERED, step.state, title, step.recovered, now))
    elif step.recovered and not _told(tx, NoticeKind.FEEDS_RECOVERED, now):
        teller.notify(tx, _of_many(NoticeKind.FEEDS_RECOVERED, [step.state], now))


def _told(tx: Transaction, kind: NoticeKind, now: datetime) -> int:
    recent = alerts.latest(tx, rule=OPERATIONS, since=now - _AT_ONCE, limit=1000)
    return sum(one.alert.reason == kind.value for one in recent)


def _of_one(kind: NoticeKind, state: FeedState, title: str, sentence: str, now: datetime) -> NoticeContent:
    what = "works again" if kind is NoticeKind.FEED_RECOVERED else "is broken"
    return _notice(kind, f"Feed {title} {what}", (sentence,), f"feed-{state.feed}", now)


def _of_many(kind: NoticeKind, states: Sequence[FeedState], now: datetime) -> NoticeContent:
    broken = kind is NoticeKind.FEEDS_BROKEN
    named = [f"{one.feed}: {one.failure}" if broken else one.feed for one in states[:_LISTED]]
    more = [f"and {len(states) - _LISTED} more"] if len(states) > _LISTED else []
    if broken:
        closing = f"So many at once: is this machine online? Those that follow are told together in an hour. {_SEE}"
    else:
        closing = f"Others that come back within an hour are not told. {_SEE}"
    title = f"More feeds {'are broken' if broken else 'work again'}"
    return _notice(kind, title, (*named, *more, closing), "feeds", now)


def _notice(kind: NoticeKind, title: str, lines: tuple[str, ...], thread: str, now: datetime) -> NoticeContent:
    good = kind in {NoticeKind.FEED_RECOVERED, NoticeKind.FEEDS_RECOVERED}
    return NoticeContent(
        uid=f"{kind.value}-{thread}-{now:%Y%m%dT%H%M%S}",
        kind=kind,
        title=title,
        severity=Severity.INFO if good else Severity.MEDIUM,
        found_at=now,
        lines=lines,
        thread=thread,
    )
