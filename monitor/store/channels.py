"""How the channels are doing, across restarts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from monitor.store import tables
from monitor.store.transaction import Transaction
from monitor.store.values import ChannelState

_CHANNEL = tables.channels.c


def load(tx: Transaction, channel: str) -> ChannelState:
    """A channel's state; a well one if nothing was ever recorded."""
    row = tx.connection.execute(select(tables.channels).where(_CHANNEL.channel == channel)).mappings().one_or_none()
    return ChannelState(channel) if row is None else ChannelState(**row)


def every(tx: Transaction) -> list[ChannelState]:
    """All channels that ever sent or failed, by name."""
    rows = tx.connection.execute(select(tables.channels).order_by(_CHANNEL.channel)).mappings()
    return [ChannelState(**row) for row in rows]


def save(tx: Transaction, state: ChannelState) -> None:
    """Remember a channel's new state."""
    tx.upsert(tables.channels, [asdict(state)])


def silenced(tx: Transaction, now: datetime) -> dict[str, datetime]:
    """The channels that must not be used now, and until when."""
    query = select(_CHANNEL.channel, _CHANNEL.silenced_until).where(_CHANNEL.silenced_until > now)
    return {row.channel: row.silenced_until for row in tx.connection.execute(query)}
