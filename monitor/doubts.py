"""Whose fault it is that a message does not get through: its own, or its channel's. Asked of a probe when in doubt.

A channel that is down must be noticed to be well within minutes, and no message be tried more than twenty times in
six hours; so after a few tries of the message, its place is taken by a probe: a notice of our own that says that the
channel works again, and is read only if it does. A message that fails though a probe got through is to blame itself,
and is tried again at its own pace; others are never held up by it.

What is known here is lost with the process: a restart costs a message one more try.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from monitor.channels import Outcome, Rejected, Retry, Sent

_IN_A_ROW = 3
"""So many different messages that fail one after the other, with nothing sent in between, are the channel's fault."""

_CHANCES = 10
"""So often may a channel fail as a whole right after a probe got through, before the message is blamed."""


class Doubts:
    """What is known of messages and channels that fail; for use from one event loop."""

    def __init__(self) -> None:
        self._failed: dict[str, set[int]] = {}  # by channel, since anything got through
        self._down: set[str] = set()
        self._suspects: dict[str, set[int]] = {}  # messages that a probe is sent for
        self._guilty: set[int] = set()
        self._heard: Counter[int] = Counter()  # probes that got through for a message
        self._unheard: Counter[int] = Counter()
        self._tries: Counter[str] = Counter()
        self._probed: dict[str, datetime] = {}  # when the next probe may be sent

    def tries(self, channel: str, attempts: int) -> int:
        """How often a channel was tried in this outage: at least as often as the message was."""
        return max(attempts, self._tries[channel])

    def probes_for(self, message: int) -> int:
        """How many probes failed in this message's place."""
        return self._unheard[message]

    def is_suspect(self, channel: str, message: int) -> bool:
        """Whether a probe can tell if it is this message or the channel that fails."""
        return message in self._suspects.get(channel, ()) and message not in self._guilty

    def is_down(self, channel: str, message: int) -> None:
        """The channel is known to fail as a whole, and this message is tried on it."""
        self._down.add(channel)
        self._suspects.setdefault(channel, set()).add(message)

    def weigh(self, channel: str, message: int, outcome: Outcome) -> Outcome:
        """What a try says of the channel: the outcome, which is the whole channel's if enough messages have failed."""
        match outcome:
            case Sent():
                self._forget_outage(channel)
                self._forget(channel, message)
            case Rejected():
                self._forget(channel, message)
            case Retry(whole_channel=True):
                self._tries[channel] += 1
                self.is_down(channel, message)
                if self._heard[message] >= _CHANCES:
                    self._guilty.add(message)
            case Retry() as retry:
                return self._weigh_one(channel, message, retry) if retry.unclear else retry
        return outcome

    def _weigh_one(self, channel: str, message: int, retry: Retry) -> Retry:
        """It is unclear whether the message or the service failed: a probe heard, or other messages, tell."""
        self._suspects.setdefault(channel, set()).add(message)
        if self._heard[message] >= _CHANCES:
            self._guilty.add(message)
        if message in self._guilty:
            return retry
        failed = self._failed.setdefault(channel, set())
        failed.add(message)
        if len(failed) >= _IN_A_ROW or channel in self._down:
            self._guilty -= failed  # it was not theirs alone
            self._down.add(channel)
            self._tries[channel] += 1
            return replace(retry, whole_channel=True)
        if self._heard[message]:
            self._guilty.add(message)
        return retry

    def ask_now(self, channel: str) -> None:
        """There is a sign that the channel works again: the next probe need not wait."""
        self._probed.pop(channel, None)

    def next_probe(self, channel: str) -> datetime | None:
        """When the channel may be probed again, if it was probed in vain."""
        return self._probed.get(channel)

    def unheard(self, channel: str, message: int, next_at: datetime) -> None:
        """A probe did not get through; the next may be sent at ``next_at``."""
        self._tries[channel] += 1
        self._unheard[message] += 1
        self._probed[channel] = next_at

    def heard(self, channel: str) -> None:
        """A probe got through: whatever waits for one is tried now, and is to blame if it fails."""
        for message in self._suspects.pop(channel, set()):
            self._heard[message] += 1
        self._forget_outage(channel)

    def _forget_outage(self, channel: str) -> None:
        self._down.discard(channel)
        self._failed.pop(channel, None)
        self._tries.pop(channel, None)
        self._probed.pop(channel, None)

    def _forget(self, channel: str, message: int) -> None:
        self._suspects.get(channel, set()).discard(message)
        self._guilty.discard(message)
        self._heard.pop(message, None)
        self._unheard.pop(message, None)
