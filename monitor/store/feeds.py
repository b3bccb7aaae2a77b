"""What is remembered of feeds between polls, and of the hosts that asked for silence.

A feed's configured URL may hold a password or a token, so it is not kept: only its digest, to notice when it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, exists, func, select, true, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql import Select

from monitor.store import tables
from monitor.store.transaction import Transaction
from monitor.store.values import ConfiguredFeed, FeedState, SyncedFeeds

_FEED = tables.feeds.c
_HOST = tables.hosts.c
_NAMES = tuple(field.name for field in fields(FeedState))
_COLUMNS = [_FEED[name] for name in _NAMES]

# Built once: this runs at every poll, and building it would take longer than running it. What is set is what the
# values name, which leaves ``configured`` and ``configured_url`` to the configuration.
_SAVE = update(tables.feeds).where(
    _FEED.feed == bindparam("of"),
    _FEED.configured_url == bindparam("as_configured"),
    _FEED.configured == true(),
)
_POSTPONE = update(tables.feeds).where(_FEED.feed == bindparam("of"))


def load(tx: Transaction, feed: str) -> FeedState | None:
    """What is remembered of a feed, None if it was never configured."""
    row = tx.connection.execute(select(*_COLUMNS).where(_FEED.feed == feed)).mappings().one_or_none()
    return None if row is None else _state(row)


def every(tx: Transaction, *, failing: bool = False, removed: bool = False) -> list[FeedState]:
    """All configured feeds by name; only those that fail, or also those that have left the configuration."""
    query = select(*_COLUMNS).order_by(_FEED.feed)
    if failing:
        query = query.where(_FEED.failing_since.is_not(None))
    if not removed:
        query = query.where(_FEED.configured)
    return _states(tx, query)


def due(tx: Transaction, now: datetime, limit: int) -> list[FeedState]:
    """The feeds to poll now, the longest overdue first, without those whose host asked for silence."""
    query = (
        select(*_COLUMNS)
        .where(_FEED.configured == true(), _FEED.due_at <= now)
        .where(~exists().where(_HOST.host == _FEED.host, _HOST.silenced_until > now))
        .order_by(_FEED.due_at)
        .limit(limit)
    )
    return _states(tx, query)


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next poll of any feed is due, None without feeds. A silenced host's feeds may wait longer."""
    query = select(func.min(_FEED.due_at)).where(_FEED.configured == true())
    earliest: datetime | None = tx.connection.execute(query).scalar_one()
    return earliest


def save(tx: Transaction, state: FeedState) -> bool:
    """Remember a feed's new state.

    False, and nothing is changed, if the configuration gave the feed another URL or dropped it since ``state`` was
    loaded: the poll belongs to a feed that no longer is. Raises ``ValueError`` for a state as it was loaded, without
    the URL that the configuration has: a feed saved so would no longer be known to be at its host.
    """
    if not state.url:
        raise ValueError(f"the state of feed {state.feed} is saved without its URL (scene.located)")
    values = _row(state)
    values |= {"of": values.pop("feed"), "as_configured": values.pop("configured_url")}
    del values["configured"]
    return tx.connection.execute(_SAVE, values).rowcount == 1


def is_configured(state: FeedState, url: str) -> bool:
    """Whether a state is of the feed that the configuration has at this URL."""
    return state.configured_url == _digest(url)


def postpone(tx: Transaction, due: Iterable[tuple[str, datetime]]) -> None:
    """Set only when feeds are due next."""
    rows = [{"of": feed, "due_at": due_at} for feed, due_at in due]
    if rows:
        tx.connection.execute(_POSTPONE, rows)


def remember_told(tx: Transaction, names: Collection[str], *, told: bool) -> None:
    """Whether people know that these feeds are broken."""
    tx.connection.execute(update(tables.feeds).where(_FEED.feed.in_(names)).values(told_broken=told))


def sync(tx: Transaction, configured: Sequence[ConfiguredFeed]) -> SyncedFeeds:
    """Make the feeds those of the configuration.

    A feed whose URL changed starts anew (its first poll stores without alerting). One that left keeps its state and is
    not polled; if it comes back with the same URL it goes on where it stopped.
    """
    before = {
        row.feed: row for row in tx.connection.execute(select(_FEED.feed, _FEED.configured, _FEED.configured_url))
    }
    wanted = {item.feed: item for item in configured}
    added = [item for name, item in wanted.items() if name not in before]
    digests = {name: row.configured_url for name, row in before.items()}
    changed = [item for name, item in wanted.items() if name in before and digests[name] != _digest(item.url)]
    back = [
        name for name, item in wanted.items() if name in before and not before[name].configured and item not in changed
    ]
    gone = [name for name, row in before.items() if row.configured and name not in wanted]
    tx.upsert(tables.feeds, [_row(_fresh(item)) for item in (*added, *changed)])
    for names, there in ((back, True), (gone, False)):
        if names:
            tx.connection.execute(update(tables.feeds).where(_FEED.feed.in_(names)).values(configured=there))
    return SyncedFeeds(
        added=tuple(sorted([item.feed for item in added] + back)),
        changed=tuple(sorted(item.feed for item in changed)),
        removed=tuple(sorted(gone)),
    )


def silence_host(tx: Transaction, host: str, until: datetime, reason: str = "") -> None:
    """Leave a host alone until then; an earlier request for a longer silence stands."""
    current = host_silenced_until(tx, host)
    if current is None or until > current:
        tx.upsert(tables.hosts, [{"host": host.lower(), "silenced_until": until, "reason": reason}])


def host_silenced_until(tx: Transaction, host: str) -> datetime | None:
    """Until when a host wants to be left alone, None if it never asked; may be in the past."""
    return tx.connection.execute(select(_HOST.silenced_until).where(_HOST.host == host.lower())).scalar_one_or_none()


def silenced_hosts(tx: Transaction, now: datetime) -> dict[str, datetime]:
    """Every host that is to be left alone now, and until when."""
    rows = tx.connection.execute(select(_HOST.host, _HOST.silenced_until).where(_HOST.silenced_until > now))
    return {row.host: row.silenced_until for row in rows}


def _fresh(item: ConfiguredFeed) -> FeedState:
    return FeedState(feed=item.feed, url=item.url, due_at=item.due_at, configured_url=_digest(item.url))


def _row(state: FeedState) -> dict[str, Any]:
    settled = "" if _digest(state.url) == state.configured_url else state.url
    return {name: getattr(state, name) for name in _NAMES} | {"url": settled, "host": _host(state.url)}


def _digest(url: str) -> str:
    return blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _host(url: str) -> str:
    """As :func:`silence_host` names it; empty if the URL has none that can be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _states(tx: Transaction, query: Select[Any]) -> list[FeedState]:
    return [_state(row) for row in tx.connection.execute(query).mappings()]


def _state(row: RowMapping) -> FeedState:
    return FeedState(**row)
