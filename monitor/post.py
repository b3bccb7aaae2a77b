"""The ways out of the house and the pace at which they are tried: values, replaced as a whole at a reload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from monitor.alerts.stationery import Templates
from monitor.channels import Channel
from monitor.ops.redact import Redactor
from monitor.reach import End

_LEAST_TRIES = 12
"""A message is not given up before, however old: its age may come from a wrong clock, or from a daemon long off."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How failing deliveries are tried again. Settings ``delivery.*``."""

    first: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(days=3)
    tell_down_after: timedelta = timedelta(minutes=4)

    def wait(self, attempts: int, jitter: float) -> timedelta:
        """Before the next try after so many: doubled each time, up to a quarter longer by chance.

        With the defaults a message is tried 18 times in the first six hours.
        """
        doublings: int = min(max(attempts - 1, 0), 32)
        return min(self.longest, min(self.longest, self.first * (1 << doublings)) * (1 + jitter / 4))

    def is_over(self, planned_at: datetime, attempts: int, now: datetime) -> bool:
        """Whether a message that was to leave at ``planned_at`` has been tried long and often enough."""
        tries = min(_LEAST_TRIES, self._tries_within(self.give_up_after))
        return now - planned_at > self.give_up_after and attempts >= tries

    def _tries_within(self, period: timedelta) -> int:
        """How many tries fit into a period; at least one."""
        tries, passed = 1, self.first
        while passed <= period and tries < _LEAST_TRIES:
            passed += min(self.longest, self.first * (1 << tries))
            tries += 1
        return tries


@dataclass(frozen=True, slots=True)
class Post:
    """The ways out, by channel name; ``redactor`` knows the secrets that a service may say back to us."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    templates: Mapping[str, Templates] = field(default_factory=dict)
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    senders: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, End] = field(default_factory=dict)
    pace: Pace = Pace()
    redactor: Redactor = field(default_factory=Redactor)
