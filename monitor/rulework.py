"""What rules cost and which of them fail: gathered while matching, written down every few seconds.

A rule that raises is left out until rules are taken up anew; the operations channel hears of it once per version.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.errors import StoreError
from monitor.rules.model import Severity
from monitor.store import Store, Transaction, journal, rules
from monitor.store.values import Event, EventKind
from monitor.telling import Teller


@dataclass(frozen=True, slots=True)
class Gathered:
    """Runs and seconds of rules, and why others failed, by the rule's id."""

    spent: Mapping[str, tuple[int, float]]
    failed: Mapping[str, str]


class RuleWork:
    """For use from many threads; one entry per rule at most. ``left_out`` are the rules that failed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, tuple[int, float]] = {}
        self._untold: dict[str, str] = {}
        self.left_out: frozenset[str] = frozenset()

    def note(self, spent: Mapping[str, float]) -> None:
        """Count one run each, of so many seconds."""
        self._add({rule: (1, seconds) for rule, seconds in spent.items()})

    def leave_out(self, rule: str, failure: str) -> bool:
        """Evaluate a rule no more; False if that was known."""
        with self._lock:
            if rule in self.left_out:
                return False
            self.left_out |= {rule}
            self._untold[rule] = failure
            return True

    def take(self) -> Gathered:
        """All that was gathered since it was last taken."""
        with self._lock:
            gathered = Gathered(self._spent, self._untold)
            self._spent, self._untold = {}, {}
            return gathered

    def give_back(self, gathered: Gathered) -> None:
        """What could not be written down is taken again the next time."""
        self._add(gathered.spent)
        with self._lock:
            self._untold = {**gathered.failed, **self._untold}

    def _add(self, spent: Mapping[str, tuple[int, float]]) -> None:
        with self._lock:
            for rule, (runs, seconds) in spent.items():
                runs_before, seconds_before = self._spent.get(rule, (0, 0.0))
                self._spent[rule] = (runs_before + runs, seconds_before + seconds)


async def write_down(store: Store, teller: Teller, work: RuleWork, now: datetime) -> None:
    """Put what was gathered into the archive, and tell of rules that failed. Raises :class:`StoreError`."""
    gathered = work.take()
    if not gathered.spent and not gathered.failed:
        return
    try:
        await store.write(lambda tx: _record(tx, teller, gathered, now))
    except StoreError:
        work.give_back(gathered)
        raise


def _record(tx: Transaction, teller: Teller, gathered: Gathered, now: datetime) -> None:
    rules.add(tx, gathered.spent)
    for rule, failure in gathered.failed.items():
        rules.fail(tx, rule, failure, now)
        reason = f"it failed and is left out until rules are taken up anew: {failure}"
        journal.record(tx, [Event(now, EventKind.REFUSED, reason, rule=rule)])
        teller.notify(tx, _notice(rule, rules.version_of(tx, rule), failure, now))


def _notice(rule: str, version: str, failure: str, now: datetime) -> NoticeContent:
    return NoticeContent(
        uid=f"rule-failed-{rule}-{version}",
        kind=NoticeKind.OTHER,
        title=f"Rule {rule} failed and is left out",
        severity=Severity.HIGH,
        found_at=now,
        lines=(failure, "All other rules go on. It is tried again when it is changed, or at the next start."),
        thread=f"rule-{rule}",
    )
