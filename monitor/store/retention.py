"""Retention: how long things are kept, and letting go of them in small steps that keep nobody waiting.

Identities outlive their articles, and stay for as long as any feed still shows the article, so that a purge never
makes old news new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, delete, exists, func, or_, select

from monitor.store import journal, meta, sqlite, tables
from monitor.store.engine import Store
from monitor.store.transaction import Transaction, chunks
from monitor.store.values import DeliveryState, EventKind

_EVENTS_STEP = 2_000
_SIZE_STEP = 5_000
_PAGES_STEP = 2_000
_MOST_IDENTITIES = 200_000
_LISTED_SLACK = timedelta(days=2)

POLL_KINDS = frozenset({EventKind.POLLED, EventKind.NOT_MODIFIED, EventKind.DUPLICATE})
"""What the journal has most of and people look back at least."""

_ARTICLE = tables.articles.c
_ALERT = tables.alerts.c
_IDENTITY = tables.identities.c
_STORY = tables.stories.c
_OPEN = (DeliveryState.DUE, DeliveryState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept. ``matched`` holds for matched articles and everything told of them.

    ``max_bytes`` is for the whole database: beyond it the oldest articles go, those without a match first.
    """

    articles: timedelta = timedelta(days=90)
    matched: timedelta = timedelta(days=730)
    identities: timedelta = timedelta(days=730)
    events: timedelta = timedelta(days=90)
    polls: timedelta = timedelta(days=3)
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was let go."""

    articles: int = 0
    alerts: int = 0
    stories: int = 0
    identities: int = 0
    events: int = 0


async def prune(store: Store, keep: Retention, now: datetime) -> Pruned:
    """Let go of what is older than ``keep`` says, then give the space back to the file system.

    Every step is a short transaction of its own; interrupted, it goes on the next time.
    """
    matched, listed = now - keep.matched, now - keep.identities
    articles = await store.read(lambda tx: _old_articles(tx, now - keep.articles, matched))
    await _remove(store, _ARTICLE.id, articles)
    beyond = await _prune_by_size(store, keep.max_bytes) if keep.max_bytes is not None else 0
    alerts = await store.read(lambda tx: _old_alerts(tx, matched))
    await _remove(store, _ALERT.id, alerts)
    stories = await store.read(lambda tx: _old_stories(tx, matched))
    await _remove(store, _STORY.id, stories)
    identities = await store.read(lambda tx: _old_identities(tx, listed))
    await _remove(store, _IDENTITY.hash, identities, _IDENTITY.listed_at < listed)
    events = await _prune_journal(store, now - keep.events, now - keep.polls)
    await store.write(lambda tx: _sweep(tx, now, matched))
    while await store.write(lambda tx: sqlite.give_back(tx.connection, _PAGES_STEP)):
        pass
    return Pruned(len(articles) + beyond, len(alerts), len(stories), len(identities), events)


async def _remove(store: Store, key: Column[Any], values: Sequence[object], *still: ColumnElement[bool]) -> None:
    for piece in chunks(values):
        statement = delete(key.table).where(key.in_(piece), *still)
        await store.write(partial(_execute, statement))


def _execute(statement: Executable, tx: Transaction) -> int:
    return tx.connection.execute(statement).rowcount


def _old_articles(tx: Transaction, before: datetime, matched_before: datetime) -> Sequence[int]:
    matched = exists().where(tables.matches.c.article_id == _ARTICLE.id)
    old = or_(~matched, _ARTICLE.seen_at < matched_before)
    query = select(_ARTICLE.id).where(_ARTICLE.seen_at < before, old).order_by(_ARTICLE.id)
    return tx.connection.execute(query).scalars().all()


async def _prune_by_size(store: Store, most: int) -> int:
    """Take the oldest articles, those without a match first, until the data fits. Their texts are what is large."""
    removed = 0
    while True:
        doomed = await store.read(lambda tx: _oldest_beyond(tx, most))
        if not doomed:
            return removed
        await _remove(store, _ARTICLE.id, doomed)
        removed += len(doomed)


def _oldest_beyond(tx: Transaction, most: int) -> list[int]:
    excess = sqlite.used_bytes(tx.connection) - most
    if excess <= 0:
        return []
    matched = exists().where(tables.matches.c.article_id == _ARTICLE.id)
    size = func.length(_ARTICLE.title) + func.length(_ARTICLE.summary) + func.length(_ARTICLE.body)
    for condition in (~matched, matched):
        query = select(_ARTICLE.id, size).where(condition).order_by(_ARTICLE.id).limit(_SIZE_STEP)
        found = tx.connection.execute(query).all()
        if found:
            # At most four bytes per character: rather several rounds than one article too many.
            before = accumulate((4 * chars for _, chars in found), initial=0)
            return [number for (number, _), freed in zip(found, before, strict=False) if freed < excess]
    return []


def _old_alerts(tx: Transaction, before: datetime) -> Sequence[int]:
    delivery = tables.deliveries.c
    still_open = exists().where(delivery.alert_id == _ALERT.id, delivery.state.in_(_OPEN))
    query = select(_ALERT.id).where(_ALERT.created_at < before, ~still_open)
    return tx.connection.execute(query).scalars().all()


def _old_stories(tx: Transaction, before: datetime) -> Sequence[int]:
    """Stories without articles or alerts; never the last one, whose number must not be given again."""
    member = exists().where(tables.story_members.c.story_id == _STORY.id)
    told = exists().where(_ALERT.story_id == _STORY.id)
    last = select(func.max(_STORY.id)).scalar_subquery()
    query = select(_STORY.id).where(_STORY.updated_at < before, ~member, ~told, _STORY.id < last)
    return tx.connection.execute(query).scalars().all()


def _old_identities(tx: Transaction, before: datetime) -> list[bytes]:
    """Identities that no feed shows any more: not in the feed's latest document, and their article gone.

    ``listed_at`` is exact to a day, so whatever the latest document showed was listed within a day of the feed's
    newest one, however long ago that was: a feed that answers "not modified" for years keeps all of its identities.
    """
    per_feed = select(_IDENTITY.feed, func.max(_IDENTITY.listed_at)).group_by(_IDENTITY.feed)
    newest = {row[0]: row[1] for row in tx.connection.execute(per_feed)}
    archived = exists().where(_ARTICLE.id == _IDENTITY.article_id)
    query = select(_IDENTITY.hash, _IDENTITY.feed, _IDENTITY.listed_at).where(_IDENTITY.listed_at < before, ~archived)
    rows = tx.connection.execute(query.limit(_MOST_IDENTITIES))
    return [row.hash for row in rows if row.listed_at < newest[row.feed] - _LISTED_SLACK]


async def _prune_journal(store: Store, before: datetime, polls_before: datetime) -> int:
    removed = 0
    for kinds, age in ((POLL_KINDS, polls_before), (frozenset(EventKind) - POLL_KINDS, before)):
        while count := await store.write(partial(journal.prune, kinds=kinds, before=age, limit=_EVENTS_STEP)):
            removed += count
    return removed


def _sweep(tx: Transaction, now: datetime, before: datetime) -> None:
    """Small tables, in one go."""
    for column, limit in (
        (tables.hosts.c.silenced_until, now),
        (tables.told.c.at, before),
        (tables.story_changes.c.at, before),
        (tables.silences.c.ends_at, before),
    ):
        tx.connection.execute(delete(column.table).where(column < limit))
    meta.put_time(tx, meta.PRUNED_AT, now)
