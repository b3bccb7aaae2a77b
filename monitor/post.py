"""The ways out of the house and the pace at which they are tried: values, replaced as a whole at a reload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from monitor.alerts.stationery import Templates
from monitor.channels import Channel, Retry
from monitor.channels.outcomes import BROKEN_CHANNEL
from monitor.ops.redact import Redactor
from monitor.reach import End

_LEAST_TRIES = 12
"""A message is not given up before, however old: its age may come from a wrong clock, or from a daemon long off."""

_TRIES_BEFORE_PROBES = 10
"""However short the waits: a message is not tried more often before its channel is asked with a probe."""

_SHARE = 72
"""A channel down for long is noticed to be well after a 72nd of that time: 5 minutes after 6 hours."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How failing deliveries are tried again. Settings ``delivery.*``.

    ``refused`` is the pause after a refused token or log-in, ``probe_every`` the one between two probes of a channel.
    """

    first: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(days=3)
    tell_down_after: timedelta = timedelta(minutes=4)
    refused: timedelta = BROKEN_CHANNEL
    probe_every: timedelta = timedelta(minutes=5)

    def wait(self, attempts: int, jitter: float) -> timedelta:
        """Before the next try after so many: doubled each time, up to a quarter longer by chance.

        With the defaults a message is tried 18 times in the first six hours.
        """
        return min(self.longest, self._plain_wait(attempts) * (1 + jitter / 4))

    def asks_first(self, tries: int) -> bool:
        """Whether, after so many tries of a failing channel, a probe has to get through before the message is tried.

        With the defaults after six tries, eight minutes into an outage.
        """
        return tries >= _TRIES_BEFORE_PROBES or self._plain_wait(tries) > self.probe_every

    def probe_wait(self, outage: timedelta, jitter: float) -> timedelta:
        """Before the next probe of a channel that has been down for so long, up to a quarter shorter by chance."""
        return min(self.longest, max(min(self.probe_every, self.longest), outage / _SHARE)) * (1 - jitter / 4)

    def heeding(self, retry: Retry, otherwise: timedelta) -> timedelta:
        """How long to wait: as the service asks, as is set for refusals, or our own back-off."""
        if retry.after is BROKEN_CHANNEL:
            return self.refused
        return otherwise if retry.after is None else retry.after

    def is_over(self, planned_at: datetime, attempts: int, now: datetime) -> bool:
        """Whether a message that was to leave at ``planned_at`` has been tried long and often enough."""
        tries = min(_LEAST_TRIES, self._tries_within(self.give_up_after))
        return now - planned_at > self.give_up_after and attempts >= tries

    def _plain_wait(self, attempts: int) -> timedelta:
        doublings: int = min(max(attempts - 1, 0), 32)
        return min(self.longest, self.first * (1 << doublings))

    def _tries_within(self, period: timedelta) -> int:
        """How many tries fit into a period; at least one."""
        tries, passed = 1, self.first
        while passed <= period and tries < _LEAST_TRIES:
            passed += min(self.longest, self.first * (1 << tries))
            tries += 1
        return tries


@dataclass(frozen=True, slots=True)
class Post:
    """The ways out, by channel name; ``redactor`` knows the secrets that a service may say back to us.

    ``most_tries`` bounds the tries of a message on some channels; ``operations`` is where people hear of outages.
    """

    channels: Mapping[str, Channel] = field(default_factory=dict)
    templates: Mapping[str, Templates] = field(default_factory=dict)
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    senders: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, End] = field(default_factory=dict)
    most_tries: Mapping[str, int] = field(default_factory=dict)
    operations: str = ""
    pace: Pace = Pace()
    redactor: Redactor = field(default_factory=Redactor)
