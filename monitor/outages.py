"""A channel that fails and works again: what is remembered, what waits for it, and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.rules.model import Severity
from monitor.store import Transaction, channels, deliveries
from monitor.store.values import ChannelState

Notify = Callable[[Transaction, NoticeContent], None]
"""Owes the operations channel a notice, inside the transaction given."""


def well(tx: Transaction, state: ChannelState, now: datetime, notify: Notify) -> None:
    """The channel works: what waited because of it is due now."""
    if state.failing_since is not None:
        deliveries.hasten(tx, state.channel, now)
        if state.told:
            lines = (f"It had failed since {state.failing_since:%Y-%m-%d %H:%M} UTC.", "What waited is being sent.")
            notify(tx, notice(NoticeKind.CHANNEL_RECOVERED, state.channel, "works again", lines, now))
    channels.save(tx, ChannelState(state.channel, sent_at=now))


def unwell(tx: Transaction, state: ChannelState, now: datetime) -> None:
    """The channel fails as a whole; ``state`` says why and how long it is left alone."""
    channels.save(tx, replace(state, failing_since=state.failing_since or now))


def end_silence(tx: Transaction, *, channel: str) -> None:
    """The channel may be tried again now."""
    channels.save(tx, replace(channels.load(tx, channel), silenced_until=None))


def tell(tx: Transaction, now: datetime, after: timedelta, notify: Notify) -> None:
    """Tell of every channel that has failed for so long, once per outage."""
    for state in channels.every(tx):
        if state.failing_since is None or state.told or now - state.failing_since < after:
            continue
        since = f"Since {state.failing_since:%Y-%m-%d %H:%M} UTC; nothing is lost, all of it waits."
        notify(tx, notice(NoticeKind.CHANNEL_DOWN, state.channel, "fails", (state.failure, since), now))
        channels.save(tx, replace(state, told=True))


def probe(channel: str, since: datetime, waiting: int, now: datetime) -> NoticeContent:
    """What a channel that has failed is asked with: true by the time that anybody reads it."""
    lines = (
        f"Nothing got through since {since:%Y-%m-%d %H:%M} UTC.",
        f"{waiting} messages waited and follow, the oldest first."
        if waiting > 1
        else "One message waited and follows.",
    )
    made = notice(NoticeKind.CHANNEL_RECOVERED, channel, "works again", lines, now)
    return replace(made, uid=f"probe-{channel}-{now:%Y%m%dT%H%M%S%f}")


def notice(kind: NoticeKind, channel: str, what: str, lines: tuple[str, ...], now: datetime) -> NoticeContent:
    """A notice about a channel."""
    return NoticeContent(
        uid=f"{kind.value}-{channel}-{what.replace(' ', '-')}-{now:%Y%m%dT%H%M%S}",
        kind=kind,
        title=f"Channel {channel}: {what}",
        severity=Severity.HIGH if kind is not NoticeKind.CHANNEL_RECOVERED else Severity.INFO,
        found_at=now,
        lines=lines,
        thread=f"channel-{channel}",
    )
