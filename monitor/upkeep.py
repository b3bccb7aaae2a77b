"""What a house that stands for years needs now and then: backups, and letting go of the old."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from monitor.config import Config
from monitor.installation import backups_of
from monitor.store import Store, Transaction, backup, channels, journal, meta, retention, told
from monitor.store.retention import Retention
from monitor.store.values import Event, EventKind

_PRUNE_EVERY = timedelta(hours=24)


async def keep_up(store: Store, config: Config, now: datetime) -> None:
    """Back up and prune when it is time; the times are in the database, so a restart changes nothing.

    After a leap in time nothing is pruned for a day (``store.wrong_clock``).
    """
    pruned_at, backed_up_at = await store.read(
        lambda tx: (meta.get_time(tx, meta.PRUNED_AT), meta.get_time(tx, meta.BACKED_UP_AT))
    )
    if config.backup.keep and (backed_up_at is None or not now - config.backup.every < backed_up_at <= now):
        await _back_up(store, config, now)
    if pruned_at is None or not now - _PRUNE_EVERY < pruned_at <= now:
        kept = config.retention
        keep = Retention(kept.articles, kept.articles, kept.identities, kept.events, max_bytes=kept.size)
        pruned = await retention.prune(store, keep, now)
        event = Event(now, EventKind.PRUNED, f"{pruned.articles} articles, {pruned.events} events")
        await store.write(lambda tx: journal.record(tx, [event]))


async def _back_up(store: Store, config: Config, now: datetime) -> None:
    made = await asyncio.to_thread(backup.make, store.path, backups_of(config), now, keep=config.backup.keep)

    def note(tx: Transaction) -> None:
        meta.put_time(tx, meta.BACKED_UP_AT, now)
        journal.record(tx, [Event(now, EventKind.BACKED_UP, made.name)])

    await store.write(note)


def something_to_release(tx: Transaction, now: datetime) -> bool:
    """Whether a story has waited long enough for corroboration."""
    until = told.next_until(tx)
    return until is not None and until <= now


def any_channel_fails(tx: Transaction) -> bool:
    """Whether some channel needs looking after."""
    return any(one.failing_since for one in channels.every(tx))
