"""What the decisions need to know, as plain values that can be loaded from tables: no decision is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.alerts.reasons import Reason
from monitor.rules.model import Rule, Severity


class Change(StrEnum):
    """What brings an article before the decision."""

    NEW = "new"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """One matched article as far as telling is concerned.

    ``severity`` is its match's, escalations applied. ``revision`` identifies this version of its text; ``seen_at``
    is when this version was first seen. ``first_poll`` says that it came with the first poll of a new feed and that
    the operator did not ask for a backfill. ``concepts``, ``title`` and ``text`` are there for silences.
    """

    key: str
    seen_at: datetime
    severity: Severity = Severity.MEDIUM
    lang: str = "und"
    feed: str = ""
    published_at: datetime | None = None
    revision: str = ""
    change: Change = Change.NEW
    first_poll: bool = False
    concepts: frozenset[str] = frozenset()
    title: str = ""
    text: str = ""

    @property
    def token(self) -> str:
        """What one alert can be about once: a version of an article, or its removal, or its retraction."""
        if self.change in {Change.REMOVED, Change.RETRACTED}:
            return f"{self.key} {self.change}"
        return f"{self.key} @{self.revision}"


@dataclass(frozen=True, slots=True)
class StoryCounts:
    """What is known of a story now, the articles of the case included.

    Best counted over the articles that the rule matched and that count (:func:`policy.counts`): what came with a
    first poll, was too old, or was withdrawn confirms nothing, and a decision is then due exactly when the rule
    matches something that may speak. ``official`` is true once a feed that the operator marked as official is there.
    """

    origins: int = 1
    outlets: int = 1
    languages: frozenset[str] = frozenset()
    official: bool = False


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert made for a story and a rule: what was known then, so that later news can be told from old.

    ``article`` is the one it showed; ``covers`` are the tokens it told. ``shadow`` alerts were recorded, not sent.
    """

    at: datetime
    reason: Reason
    article: str
    severity: Severity
    counts: StoryCounts = StoryCounts()
    covers: frozenset[str] = frozenset()
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A story that waits for corroboration under a rule: the first article, and since when."""

    article: str
    token: str
    severity: Severity
    since: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """An operator's mute with an end. Every matcher that is given must hold; at least one is.

    ``rule`` and ``feed`` may be globs (``dprk-*``). ``text`` with ``*`` or ``?`` is a glob for the whole title,
    otherwise words to be found in title or text; case and accents do not matter.
    """

    id: int
    ends_at: datetime
    author: str
    comment: str
    starts_at: datetime
    rule: str = ""
    story: int | None = None
    concept: str = ""
    feed: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if not (self.rule or self.concept or self.feed or self.text) and self.story is None:
            raise ValueError("a silence needs at least one of rule, story, concept, feed, text")
        if self.ends_at <= self.starts_at:
            raise ValueError("a silence ends after it starts")
        if not self.author.strip() or not self.comment.strip():
            raise ValueError("a silence needs an author and a comment: somebody will ask")


@dataclass(frozen=True, slots=True)
class Case:
    """All that one poll brought for one rule and one story, with what is remembered of both.

    ``counts`` include these articles. ``told`` are all alerts ever made for the story and the rule, shadow ones too.
    ``muted_by`` is a live rule that mutes this one and has told or holds this story (:func:`inhibit.muter`).
    For a hold whose time is up, ``articles`` is the held article alone.
    """

    rule: Rule
    story: int
    articles: tuple[ArticleFacts, ...]
    counts: StoryCounts = StoryCounts()
    told: tuple[PastAlert, ...] = ()
    held: Held | None = None
    silences: tuple[Silence, ...] = ()
    muted_by: str = ""


def dump_alert(alert: PastAlert) -> dict[str, object]:
    """The alert as JSON-ready values, equal for equal alerts; :func:`load_alert` reads it back."""
    return {
        "at": alert.at.isoformat(),
        "reason": alert.reason.value,
        "article": alert.article,
        "severity": alert.severity.word,
        "origins": alert.counts.origins,
        "outlets": alert.counts.outlets,
        "languages": sorted(alert.counts.languages),
        "official": alert.counts.official,
        "covers": sorted(alert.covers),
        "shadow": alert.shadow,
    }


def load_alert(stored: Mapping[str, object]) -> PastAlert:
    """The alert that :func:`dump_alert` wrote."""
    origins, outlets = stored["origins"], stored["outlets"]
    languages, covers = stored["languages"], stored["covers"]
    if not isinstance(origins, int) or not isinstance(outlets, int):
        raise TypeError("origins and outlets are whole numbers")
    if not isinstance(languages, list) or not isinstance(covers, list):
        raise TypeError("languages and covers are lists")
    return PastAlert(
        at=datetime.fromisoformat(str(stored["at"])),
        reason=Reason(str(stored["reason"])),
        article=str(stored["article"]),
        severity=Severity[str(stored["severity"]).upper()],
        counts=StoryCounts(origins, outlets, frozenset(map(str, languages)), bool(stored["official"])),
        covers=frozenset(map(str, covers)),
        shadow=bool(stored["shadow"]),
    )
