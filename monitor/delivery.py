"""Drains the outbox: claim what is due, render, send, record. Delivering never fetches, and never decides what to tell.

State is recorded after a send, so a crash can repeat a message and cannot lose one. A channel that fails as a whole is
left alone for a while and then tried with its oldest message alone; when that gets through, the rest follows. Each
recipient gets messages in order, the oldest first. One channel's troubles are its own: each is worked off by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor import outages
from monitor.channels import Channel, Outcome, Retry, Sent
from monitor.composing import messages_of
from monitor.doubts import Doubts
from monitor.errors import StoreError
from monitor.outages import Notify
from monitor.post import Post
from monitor.reach import Reach
from monitor.sending import Sending, send_notice
from monitor.settling import Settling, Unheard
from monitor.store import Store, Transaction, channels, deliveries
from monitor.store.values import ClaimedDelivery

log = structlog.get_logger()

_AT_ONCE = 20
"""Deliveries claimed together: what a crash may leave in doubt, and what one transaction saves."""


_AGAIN = 1.0
"""Seconds before a write that failed is tried again: what was sent must not be forgotten because a disk is full."""


def _nothing(_: object) -> None:
    """What happens by default when the outbox cannot be written."""


class Outbox:
    """Sends what is owed. ``on_trouble`` is called when the database takes no write."""

    def __init__(
        self,
        store: Store,
        post: Post,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        notify: Notify,
    ) -> None:
        self.post = post
        self.on_trouble: Callable[[StoreError], None] = _nothing
        self._store = store
        self._now = now
        self._jitter = jitter
        self._notify = notify
        self._draining = False
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._reach = Reach()
        self._sending = Sending()
        self._doubts = Doubts()
        self._settling = Settling(self._doubts, now=now, jitter=jitter, notify=notify)

    async def turn(self) -> int:
        """Begin to work off what is due on every channel that is free; gives how many. Returns before it is sent."""
        now = self._now()
        waiting, silenced = await self._store.read(lambda tx: (deliveries.next_due(tx), channels.silenced(tx, now)))
        due = [name for name, due_at in sorted(waiting.items()) if due_at <= now and name not in silenced]
        begun = [name for name in due if name not in self._at_work]
        for name in begun:
            task = asyncio.create_task(self._work_off(name), name=f"deliver {name}")
            self._at_work[name] = task
            task.add_done_callback(partial(self._ended, name))
        return len(begun)

    async def drain(self, within: timedelta) -> None:
        """Wait for the sendings under way; those that take longer are given up and go back to the outbox."""
        if not self._at_work:
            return
        self._draining = True
        _, late = await asyncio.wait(self._at_work.values(), timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        while self._at_work:
            await asyncio.wait(self._at_work.values())

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._at_work.pop(name, None)
        if not task.cancelled():
            task.result()

    async def _work_off(self, name: str) -> None:
        """Send what is due on one channel, the oldest first, until nothing is or the channel fails."""
        channel = self.post.channels.get(name)
        if channel is None:
            await self._write(lambda tx: self._settling.bury_orphans(tx, name))
            return
        while not self._draining:
            now = self._now()
            try:
                claimed, failing = await self._store.write(partial(_claim, name=name, now=now))
            except StoreError as error:
                self.on_trouble(error)
                return
            if failing and claimed:
                self._doubts.is_down(name, claimed[0].delivery.id)
            lines: dict[str, list[list[ClaimedDelivery]]] = {}
            for message in messages_of(claimed):
                lines.setdefault(message[0].delivery.recipient, []).append(message)
            free = asyncio.Semaphore(self.post.senders.get(name, 1))
            went_well = await asyncio.gather(*(self._send_in_turn(channel, line, free) for line in lines.values()))
            if not claimed or not all(went_well):
                return

    async def _send_in_turn(
        self, channel: Channel, messages: Sequence[Sequence[ClaimedDelivery]], free: asyncio.Semaphore
    ) -> bool:
        """One recipient's messages, one after the other; False once the whole channel fails: the rest goes back."""
        left = [one.delivery.id for message in messages for one in message]
        begun = 0
        try:
            for message in messages:
                async with free:
                    begun = len(message)
                    outcome = await self._attempt(channel, message)
                await self._write(partial(self._settling.settle, post=self.post, message=message, outcome=outcome))
                del left[:begun]
                begun = 0
                last = outcome.retry if isinstance(outcome, Unheard) else outcome
                if self._draining or (isinstance(last, Retry) and last.whole_channel):
                    return False
            return True
        finally:
            # What was cancelled while it was sent stays claimed: the next start says that a second copy may come.
            if waiting := left[begun:]:
                now = self._now()
                await asyncio.shield(self._write(lambda tx: deliveries.put_back(tx, waiting, now)))

    async def _write(self, work: Callable[[Transaction], None]) -> None:
        """Write in any case: what cannot be written now is written later, unless the daemon is ending."""
        while True:
            try:
                return await self._store.write(work)
            except StoreError as error:
                self.on_trouble(error)
                if self._draining:
                    raise
            await asyncio.sleep(_AGAIN)

    async def _attempt(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> Outcome | Unheard:
        """Send a message, or first a probe. A fault of ours is a failed try, and stops no other message."""
        clean = self.post.redactor.clean
        try:
            if unheard := await self._ask_first(channel, message):
                return replace(unheard, retry=replace(unheard.retry, reason=clean(unheard.retry.reason)))
            outcome = await self._sending.send(self.post, channel, message, self._now())
        except Exception as error:
            log.exception("sending failed through a fault of this program", channel=channel.name)
            outcome = Retry(f"a fault of newsmonitor itself ({type(error).__name__}); its log has the details")
        if not isinstance(outcome, Sent):
            outcome = replace(outcome, reason=clean(outcome.reason))
        return self._doubts.weigh(channel.name, message[0].delivery.id, outcome)

    async def _ask_first(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> Unheard | None:
        """Probe a channel that has failed often, in place of the message; None if the message is to be tried."""
        name, first, now = channel.name, message[0].delivery, self._now()
        pace, tries = self.post.pace, self._doubts.tries(channel.name, first.attempts)
        if not (self._doubts.is_suspect(name, first.id) and pace.asks_first(tries)):
            return None
        state, waiting = await self._store.read(
            lambda tx: (channels.load(tx, name), len(deliveries.waiting_for(tx, name, now)))
        )
        down = state.failing_since is not None
        if (next_at := self._doubts.next_probe(name)) and now < next_at:
            return Unheard(Retry(first.failure, whole_channel=down), next_at)
        since = state.failing_since or first.planned_at or first.created_at
        content = outages.probe(name, since, waiting + len(message), now)
        outcome = await send_notice(self.post, channel, content, first.recipient)
        if isinstance(outcome, Retry):
            own = pace.probe_wait(now - since, self._jitter())
            wait = max(own, pace.heeding(outcome, own))
            self._doubts.unheard(name, first.id, now + wait)
            return Unheard(replace(outcome, whole_channel=outcome.whole_channel or down), now + wait)
        self._doubts.heard(name)
        told = state.told and name != self.post.operations  # who hears of outages there has read the probe
        await self._write(lambda tx: outages.well(tx, replace(state, told=told), now, self._notify))
        return None

    async def look_after_reach(self) -> None:
        """Try channels at once whose servers can be connected to again; gives up no wait that a service asked for."""
        silenced = await self._store.read(lambda tx: channels.silenced(tx, self._now()))
        asked = [
            (name, self.post.ends[name])
            for name in silenced
            if name in self._settling.own_wait and name in self.post.ends
        ]
        found = await asyncio.gather(*(self._reach.is_back(name, end) for name, end in asked))
        for back in [name for (name, _), is_back in zip(asked, found, strict=True) if is_back]:
            self._doubts.ask_now(back)
            await self._write(partial(outages.end_silence, channel=back))

    def tell_of_outages(self, tx: Transaction, now: datetime) -> None:
        """Tell of every channel that has failed for a while, once per outage."""
        outages.tell(tx, now, self.post.pace.tell_down_after, self._notify)


def _claim(tx: Transaction, *, name: str, now: datetime) -> tuple[list[ClaimedDelivery], bool]:
    """Some of what is due; of a channel that fails, the oldest message alone and only when it is time to try."""
    state = channels.load(tx, name)
    if state.failing_since is None:
        return deliveries.claim(tx, name, now, _AT_ONCE), False
    if state.silenced_until is not None and state.silenced_until > now:
        return [], True
    return deliveries.claim_oldest(tx, name, now), True
