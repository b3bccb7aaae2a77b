"""Times written under a clock that was ahead, put right: nothing may wait for an hour, or a year, that was never near.

What was written by a clock ahead is known by what it says of the past: a poll, an attempt, a creation in the future.
So this needs no memory of a jump, and works at a start as it does while the clock is set back under a running daemon.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select, update

from monitor.store import meta, tables
from monitor.store.transaction import Transaction
from monitor.store.values import DeliveryState

_SLACK = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=27)
"""No retry is put off for longer: what servers may ask for is kept up to a day."""
_LONGEST_PLAN = timedelta(days=8)
"""No message is planned for later: digests come once a week at the least."""
_LEAP = timedelta(hours=12)

_FEED = tables.feeds.c
_HOST = tables.hosts.c
_DELIVERY = tables.deliveries.c
_ATTEMPT = tables.attempts.c
_CHANNEL = tables.channels.c
_HELD = tables.held.c
_PAGE = tables.pages.c
_RULE = tables.rules.c


def put_right(tx: Transaction, now: datetime) -> None:
    """Give every wait that a clock ahead has begun its own length again, counted from ``now``."""
    ahead = now + _SLACK
    _hosts(tx, now, ahead)
    _feeds(tx, now, ahead)
    _channels(tx, now, ahead)
    _deliveries(tx, now, ahead)
    _held(tx, now, ahead)
    _pages(tx, now, ahead)
    tx.connection.execute(update(tables.rules).where(_RULE.since > ahead).values(since=now))
    _spare_the_archive(tx, now)


def _hosts(tx: Transaction, now: datetime, ahead: datetime) -> None:
    """A silence was asked for at the host's last poll."""
    query = (
        select(_HOST.host, _HOST.silenced_until, func.max(_FEED.polled_at))
        .join(tables.feeds, _FEED.host == _HOST.host)
        .where(_HOST.silenced_until > now, _FEED.polled_at > ahead)
        .group_by(_HOST.host, _HOST.silenced_until)
    )
    for host, until, polled_at in tx.connection.execute(query).all():
        right = update(tables.hosts).where(_HOST.host == host).values(silenced_until=until - (polled_at - now))
        tx.connection.execute(right)
    longest = now + _LONGEST_WAIT
    tx.connection.execute(update(tables.hosts).where(_HOST.silenced_until > longest).values(silenced_until=longest))


def _feeds(tx: Transaction, now: datetime, ahead: datetime) -> None:
    query = select(_FEED.feed, _FEED.due_at, _FEED.polled_at).where(_FEED.polled_at > ahead)
    for feed, due_at, polled_at in tx.connection.execute(query).all():
        values = {"due_at": due_at - (polled_at - now), "polled_at": now}
        tx.connection.execute(update(tables.feeds).where(_FEED.feed == feed).values(values))


def _channels(tx: Transaction, now: datetime, ahead: datetime) -> None:
    """A silence began with an attempt on the channel, or lasts longer than any can."""
    joined = tables.attempts.join(tables.deliveries, _DELIVERY.id == _ATTEMPT.delivery_id)
    tried_ahead = exists().where(_DELIVERY.channel == _CHANNEL.channel, _ATTEMPT.at > ahead).select_from(joined)
    wrong = or_(tried_ahead, _CHANNEL.silenced_until > now + _LONGEST_WAIT)
    silent = update(tables.channels).where(_CHANNEL.silenced_until > now, wrong)
    tx.connection.execute(silent.values(silenced_until=None))
    tx.connection.execute(update(tables.channels).where(_CHANNEL.failing_since > ahead).values(failing_since=now))


def _deliveries(tx: Transaction, now: datetime, ahead: datetime) -> None:
    """Retries, and what was to leave at once, are due; what was planned for later stays so if it can be meant."""
    waiting = (_DELIVERY.state.in_((DeliveryState.DUE, DeliveryState.CLAIMED)), _DELIVERY.due_at > now)
    tried_ahead = exists().where(_ATTEMPT.delivery_id == _DELIVERY.id, _ATTEMPT.at > ahead)
    at_once = (_DELIVERY.created_at > ahead) & (_DELIVERY.due_at <= _DELIVERY.created_at)
    too_late = (_DELIVERY.attempts > 0) & (_DELIVERY.due_at > now + _LONGEST_WAIT)
    wrong = or_(tried_ahead, at_once, too_late, _DELIVERY.due_at > now + _LONGEST_PLAN)
    statement = update(tables.deliveries).where(*waiting, wrong)
    tx.connection.execute(statement.values(due_at=now, planned_at=now))


def _held(tx: Transaction, now: datetime, ahead: datetime) -> None:
    query = select(_HELD.rule, _HELD.story_id, _HELD.since, _HELD.until).where(_HELD.since > ahead)
    for rule, story, since, until in tx.connection.execute(query).all():
        of = (_HELD.rule == rule, _HELD.story_id == story)
        tx.connection.execute(update(tables.held).where(*of).values(since=now, until=now + (until - since)))


def _pages(tx: Transaction, now: datetime, ahead: datetime) -> None:
    """A page told under a clock ahead is looked at as long after now as it was to be after its message."""
    query = select(_PAGE.article_id, _PAGE.told_at, _PAGE.due_at).where(_PAGE.told_at > ahead)
    for article, told_at, due_at in tx.connection.execute(query).all():
        values = {"told_at": now, "due_at": now + (due_at - told_at), "missing_since": None}
        tx.connection.execute(update(tables.pages).where(_PAGE.article_id == article).values(values))


def _spare_the_archive(tx: Transaction, now: datetime) -> None:
    """Put off pruning for a day if the last sign of life is long ago: a clock years ahead would empty the archive."""
    alive_at = meta.get_time(tx, meta.HEARTBEAT_AT)
    if alive_at is not None and now - alive_at > _LEAP:
        meta.put_time(tx, meta.PRUNED_AT, now)
