"""Watches over the daemon itself: signs of life, room on the disk, and what the service manager is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from monitor.errors import DiskFullError, StoreError
from monitor.ops.ballast import Ballast
from monitor.ops.health import Health
from monitor.ops.systemd import ServiceManager
from monitor.store import Store, Transaction, meta

log = structlog.get_logger()


class Vigil:
    """``resting`` says that nothing new should be begun; ``status`` gives the line for when all is well.

    ``on_recovery`` is awaited when a rest is over: what has become due meanwhile should not begin all at once.
    """

    def __init__(
        self,
        store: Store,
        manager: ServiceManager,
        ballast: Ballast,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        status: Callable[[], str],
        on_recovery: Callable[[], Awaitable[None]],
    ) -> None:
        self.resting = False
        self._store = store
        self._manager = manager
        self._ballast = ballast
        self._health = Health()
        self._now = now
        self._monotonic = monotonic
        self._status = status
        self._on_recovery = on_recovery

    def alive(self, part: str) -> None:
        """``part`` has just done its work."""
        self._health.alive(part, self._monotonic())

    def no_storage(self, error: StoreError) -> None:
        """The database takes no write: let polling rest, say so, and use what was held back for this."""
        part = "database"
        if isinstance(error, DiskFullError):
            part = "disk"
            self._ballast.release()
            self.alive("database")
        if not self.resting:
            log.warning("storage", error=str(error))
        self.resting = True
        self._health.trouble(part, str(error))
        self._manager.status("; ".join(self._health.troubles(self._monotonic())))

    async def look(self) -> None:
        """A sign of life: there is room, the database takes a write, and no part has fallen silent.

        Only a part that is stuck keeps the watchdog from being fed: a restart does not cure a full disk.
        """
        has_room = await asyncio.to_thread(self._ballast.take)
        if has_room:
            self.alive("disk")
        else:
            self.no_storage(DiskFullError(f"{self._store.path.parent}: the disk is full; polling pauses."))
        await self._store.write(self._sign)
        self.alive("database")
        if self.resting and has_room:
            await self._on_recovery()
            log.info("storage works again")
        self.resting = not has_room
        status = "; ".join(self._health.troubles(self._monotonic())) or self._status()
        if self._health.is_stuck(self._monotonic()):
            self._manager.status(status)
        else:
            self._manager.alive(status)

    def _sign(self, tx: Transaction) -> None:
        meta.put_time(tx, meta.HEARTBEAT_AT, self._now())
        meta.put(tx, meta.TROUBLES, "\n".join(self._health.troubles(self._monotonic())))
