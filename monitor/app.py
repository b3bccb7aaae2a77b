"""The daemon: puts the rooms together, starts them, reloads, drains and stops. The only reader of the clock."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TextIO

import structlog

from monitor import __version__, upkeep
from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.assembly import Loaded, load, post_of, secrets_of, setup_of
from monitor.delivery import Outbox
from monitor.errors import StoreError
from monitor.installation import ballast_of
from monitor.ops.log import hide
from monitor.ops.systemd import ServiceManager
from monitor.pipeline import Poller
from monitor.post import Post
from monitor.reload import Reloader
from monitor.removals import Removals
from monitor.rules.model import Severity
from monitor.rulework import write_down
from monitor.scene import Scene
from monitor.schedule import Schedule
from monitor.sources.fetch import Fetcher
from monitor.sources.pool import ParserPool
from monitor.store import Store, Transaction, deliveries, journal
from monitor.store.values import Event, EventKind
from monitor.storyline import Storyline
from monitor.telling import Teller
from monitor.vigil import Vigil

log = structlog.get_logger()

TURN = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class Daemon:
    """One installation at work. ``environment`` is where secrets and the service manager are found."""

    def __init__(
        self, loaded: Loaded, store: Store, environment: dict[str, str], *, terminal: TextIO | None = None
    ) -> None:
        self.loaded = loaded
        self.store = store
        self.manager = ServiceManager(environment)
        self.vigil = Vigil(
            store,
            self.manager,
            ballast_of(loaded.config),
            now=utc_now,
            monotonic=time.monotonic,
            status=self._status,
            on_recovery=self._replan,
        )
        self._environment: Mapping[str, str] = environment
        self._terminal = terminal
        self._stop = asyncio.Event()
        polling = loaded.config.polling
        self.teller = Teller(setup_of(loaded), Storyline(loaded.config.stories.window))
        self.outbox = Outbox(
            store,
            post_of(loaded.config, utc_now, terminal),
            now=utc_now,
            jitter=random.random,
            notify=self.teller.notify,
        )
        self.poller = Poller(
            Scene.of(loaded, time.perf_counter),
            store,
            self.teller,
            fetcher=Fetcher(utc_now, trust_env=polling.trust_env, user_agent=polling.user_agent),
            pool=ParserPool(polling.parse_workers, polling.parse_timeout.total_seconds(), polling.parse_memory),
            now=utc_now,
            monotonic=time.monotonic,
            chance=random.random,
        )
        self.reloader = Reloader(self._read, self._take_up, self._refuse)
        self._refused: tuple[str, ...] = ()
        self.poller.on_trouble = self.outbox.on_trouble = self.vigil.no_storage
        self.removals = Removals(self.poller.visits, store, self.teller, utc_now)

    async def run(self) -> None:
        """Work until told to stop. Raises :class:`StoreError` if the database cannot be used at the start."""
        schedule = self._schedule()
        async with self._open():
            self._listen()
            schedule.start()
            self.poller.on_alert = lambda: schedule.wake("deliver")
            await self._note(EventKind.STARTED, f"newsmonitor {__version__}")
            self.manager.ready(self._status())
            reloading = [asyncio.create_task(self.reloader.run()), asyncio.create_task(self._watch_rules())]
            await self._stop.wait()
            self.manager.stopping()
            for task in reloading:
                task.cancel()
            await schedule.stop()
            await self._drain(self.loaded.config.delivery.drain)
            await self._note(EventKind.STOPPED, "asked to stop")

    async def once(self, *, everything: bool) -> list[str]:
        """Poll what is due (or ``everything``), deliver, and give the feeds that failed."""
        async with self._open():
            failed = await self.poller.poll_now(everything=everything)
            await self.store.write(lambda tx: self.teller.release(tx, utc_now()))
            while await self.outbox.turn():
                await self.outbox.idle()
            await self._write_down_rules()
            return failed

    def stop(self) -> None:
        """Drain and end; harmless if said twice."""
        self._stop.set()

    def _read(self) -> tuple[Loaded, Post]:
        """Read config and rules anew; raises what is wrong with them."""
        fresh = load(self.loaded.path, self._environment)
        return fresh, post_of(fresh.config, utc_now, self._terminal)

    async def _take_up(self, fresh: tuple[Loaded, Post]) -> None:
        """Put a new set to work, all of it between two turns of the loop; polls under way end with the old one."""
        loaded, post = fresh
        hide(secrets_of(loaded.config))
        setup, scene = setup_of(loaded), Scene.of(loaded, time.perf_counter)
        await self._write_down_rules()
        await self.store.write(lambda tx: self.poller.sync(tx, loaded))
        self.loaded, self.teller.setup, self.outbox.post, self.poller.scene = loaded, setup, post, scene
        self._refused = ()
        self.manager.ready(self._status())
        await self._note(EventKind.RELOADED, f"{len(setup.rules)} rules, {len(loaded.config.feeds)} feeds")

    async def _refuse(self, error: Exception) -> None:
        """Say what is wrong with the files; the same again, saved once more, is in the journal alone."""
        now = utc_now()
        lines = tuple(str(error).splitlines()[:10]) or (type(error).__name__,)
        title = "The new config or rules were refused; the last good ones run on"
        uid = f"bad-reload-{now:%Y%m%dT%H%M%S%f}"
        if lines != self._refused:
            notice = NoticeContent(uid, NoticeKind.BAD_RELOAD, title, Severity.HIGH, now, lines)
            await self.store.write(lambda tx: self.teller.notify(tx, notice))
            self._refused = lines
        await self._note(EventKind.REFUSED, "; ".join(lines))

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        """Take charge of the outbox and the feeds; let go of processes and connections at the end."""
        await self.store.write(self._take_charge)
        try:
            yield
        finally:
            await self.poller.close()

    def _take_charge(self, tx: Transaction) -> None:
        now = utc_now()
        left = deliveries.release_claims(tx)
        reason = "was being sent when the daemon died: sent again, so a second copy may come"
        journal.record(tx, [
            Event(now, EventKind.RETRIED, reason, alert=one.alert, delivery=one.id, channel=one.channel) for one in left
        ])  # fmt: skip
        self.poller.sync(tx, self.loaded)

    def _schedule(self) -> Schedule:
        schedule = Schedule(now=utc_now, monotonic=time.monotonic, on_failure=self._failed, on_jump=self._jumped)
        schedule.every(TURN, "poll", self._poll)
        schedule.every(TURN, "deliver", self._deliver)
        schedule.every(TURN, "release", self._release)
        schedule.every(MINUTE / 4, "look after channels", self._look_after_channels)
        schedule.every(MINUTE / 6, "write down rules", self._write_down_rules)
        schedule.every(MINUTE, "look after pages", self._look_after_pages)
        schedule.every(MINUTE, "keep up", self._keep_up)
        schedule.every(min((self.manager.watchdog or MINUTE) / 4, MINUTE / 6), "sign of life", self.vigil.look)
        return schedule

    async def _watch_rules(self) -> None:
        if self.loaded.config.watch:
            await self.reloader.watch(lambda: self.loaded.config.rules, self.loaded.files)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reloader.ask)

    async def _poll(self) -> None:
        if not self.vigil.resting:
            await self.poller.turn()
        self.vigil.alive("polling")

    async def _deliver(self) -> None:
        await self.outbox.turn()
        self.vigil.alive("sender")

    async def _release(self) -> None:
        if await self.store.read(lambda tx: upkeep.something_to_release(tx, utc_now())):
            await self.store.write(lambda tx: self.teller.release(tx, utc_now()))

    async def _look_after_channels(self) -> None:
        now = utc_now()
        if await self.store.read(upkeep.any_channel_fails):
            await self.store.write(lambda tx: self.outbox.tell_of_outages(tx, now))
            await self.store.write(lambda tx: self.teller.relieve(tx, now))
            await self.outbox.look_after_reach()

    async def _write_down_rules(self) -> None:
        await write_down(self.store, self.teller, self.poller.scene.work, utc_now())

    async def _look_after_pages(self) -> None:
        if not self.vigil.resting:
            await self.removals.turn(self.poller.scene)

    async def _keep_up(self) -> None:
        if not self.vigil.resting:
            await upkeep.keep_up(self.store, self.loaded.config, utc_now())

    async def _failed(self, act: str, error: Exception) -> None:
        """An act failed: a full disk pauses it, anything else is a fault of ours that the log has whole."""
        if isinstance(error, StoreError):
            self.vigil.no_storage(error)
        else:
            log.error("fault", act=act, exc_info=error)

    async def _jumped(self, by: timedelta) -> None:
        log.warning("the clock jumped" if by else "the process stood still", seconds=round(by.total_seconds()))
        await self._replan()

    async def _replan(self) -> None:
        await self.store.write(lambda tx: self.poller.replan(tx, utc_now()))

    async def _drain(self, within: timedelta) -> None:
        await asyncio.gather(self.poller.drain(within), self.outbox.drain(within))

    async def _note(self, kind: EventKind, reason: str) -> None:
        log.info(kind.value, reason=reason)
        await self.store.write(lambda tx: journal.record(tx, [Event(utc_now(), kind, reason)]))

    def _status(self) -> str:
        return f"{len(self.loaded.config.feeds)} feeds, {len(self.teller.setup.rules)} rules"
