"""The messages a channel has had and is yet to get: what budgets count, and what waiting alerts may still join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One message on a channel, a single alert or a batch, whatever the number of its recipients.

    ``at`` is when it was or is due: a channel that was down and catches up is not held to its budget for the past.
    ``rule`` is empty for a batch that may hold several rules. ``size`` counts its alerts.
    """

    channel: str
    at: datetime
    rule: str = ""
    batch: str = ""
    size: int = 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of the channels: messages due since the longest budget's period began, or later; and outages.

    Loaded from the deliveries: those without a batch count one message per alert and channel, those with one count
    one per batch and channel. ``down_since`` has the channels that fail, and since when.
    """

    messages: tuple[Message, ...] = ()
    down_since: Mapping[str, datetime] = field(default_factory=dict)

    def times(self, channel: str, rule: str | None = None) -> tuple[datetime, ...]:
        """When the channel's messages are due; with ``rule``, those about that rule alone."""
        return tuple(one.at for one in self.messages if one.channel == channel and rule in {None, one.rule})

    def pending(self, channel: str, series: str, now: datetime) -> Message | None:
        """The batch of this series that still takes alerts. One that is due may be on its way already."""
        for one in self.messages:
            if one.channel == channel and one.at > now and one.batch.rpartition(" ")[0] == series:
                return one
        return None

    def with_message(self, message: Message) -> Ledger:
        """The ledger with one more message, or with a batch as it is now."""
        return replace(self, messages=(*self.without(message).messages, message))

    def without(self, message: Message) -> Ledger:
        """The ledger without this batch; single messages have no name and stay."""
        if not message.batch:
            return self
        name = (message.channel, message.batch)
        return replace(self, messages=tuple(one for one in self.messages if (one.channel, one.batch) != name))

    def new_batch(self, channel: str, series: str, now: datetime) -> str:
        """A name no other batch has: ``digest morning 2026-03-28T22:00:00+00:00``, what it is for and since when."""
        name = f"{series} {now.isoformat()}"
        taken = sum(one.channel == channel and one.batch.startswith(name) for one in self.messages)
        return f"{name}#{taken + 1}" if taken else name
