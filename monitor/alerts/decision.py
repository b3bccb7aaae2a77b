"""What a decision can come to: told, held or suppressed, each with its reason as a word and as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.alerts.reasons import Reason
from monitor.alerts.state import Held, PastAlert
from monitor.rules.model import Severity


@dataclass(frozen=True, slots=True)
class Tell:
    """Raise an alert about ``article``.

    ``reasons`` are all that apply, ``reason`` the strongest. ``news`` says what is new: "now 5 origins; also in
    Korean"; empty when the story itself is the news. ``alert`` is what to remember of it.
    """

    kind: Literal["first", "again"]
    reason: Reason
    sentence: str
    article: str
    severity: Severity
    alert: PastAlert
    news: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Say nothing yet, and decide again at ``until`` at the latest, with the article of ``held``."""

    reason: Reason
    sentence: str
    article: str
    held: Held
    until: datetime


@dataclass(frozen=True, slots=True)
class Suppress:
    """Say nothing about ``article``. ``by`` names the silence or the rule that asked for it.

    ``would`` is what would have happened without a silence, a muting rule or the rule's status.
    """

    reason: Reason
    sentence: str
    article: str
    by: str = ""
    would: Tell | Hold | None = None


Verdict: TypeAlias = Tell | Hold | Suppress


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one case: a verdict for the story, and a reason for every other article of the case.

    ``held`` is what waits for corroboration afterwards: store it in place of what was held before, or delete that.
    """

    rule: str
    story: int
    verdict: Verdict
    others: tuple[Suppress, ...] = ()
    held: Held | None = None

    @property
    def remembered(self) -> PastAlert | None:
        """The alert to store: the one told, or the one that a draft or shadow rule would have told."""
        match self.verdict:
            case Tell(alert=alert):
                return alert
            case Suppress(reason=Reason.DRAFT | Reason.SHADOW | Reason.RETIRED, would=Tell(alert=alert)):
                return alert
            case _:
                return None
