"""What the clustering takes and gives: an article reduced to what matters for stories, and where it belongs and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

ArticleId: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article as the clustering sees it.

    ``id`` is whatever the caller knows the article by: its key, or its number in the archive. ``at`` is when it was
    published, or first seen if it does not say; aware. ``outlet`` is who published it (a feed or a host).
    ``concepts`` are the names of the concepts that rules found in it: all articles of a rule share them, so they
    count for little on their own.
    """

    id: ArticleId
    title: str
    at: datetime
    body: str = ""
    languages: tuple[str, ...] = ()
    outlet: str = ""
    author: str = ""
    concepts: tuple[str, ...] = ()

    @property
    def lang(self) -> str:
        """The likeliest language, ``"und"`` if unknown."""
        return self.languages[0] if self.languages else "und"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a text first.

    ``key`` is equal for all texts of one origin within a story. ``name`` is the agency named in a credit line, empty
    when none is.
    """

    key: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article was put where it is: what it shares with the story, the weightiest first.

    ``score`` is the estimated probability that it is the same event; ``apart`` the time to the story's nearest
    article. ``copied`` is the share of the text that an earlier article has too, 0 unless it is a copy.
    """

    shared: tuple[str, ...] = ()
    score: float = 0.0
    apart: timedelta = timedelta(0)
    copied: float = 0.0

    def __str__(self) -> str:
        """One line for people: ``shares: North Korea, Russia, 1,000,000; 3 h apart``."""
        parts = []
        if self.copied:
            parts.append(f"same text ({self.copied:.0%})")
        if self.shared:
            parts.append("shares: " + ", ".join(self.shared))
        return "; ".join([*parts, f"{_spell(self.apart)} apart"]) if parts else "nothing like it in the window"


@dataclass(frozen=True, slots=True)
class Merge:
    """Two stories turned out to be one event: ``gone`` lives on in ``into``, and so do its ``articles``."""

    gone: int
    into: int
    evidence: Evidence
    articles: tuple[ArticleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs.

    ``story`` is its story after ``merges`` took place. ``joined`` is False when it founded its own story and stayed
    alone. ``duplicate_of`` is the first article known to carry the same text.
    """

    article: ArticleId
    story: int
    joined: bool
    evidence: Evidence
    origin: Origin
    duplicate_of: ArticleId | None = None
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as it stands in the window: "52 outlets, 3 independent origins"."""

    story: int
    articles: tuple[ArticleId, ...]
    origins: tuple[Origin, ...]
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where an article ended after a whole corpus was read, all merges resolved."""

    article: ArticleId
    story: int
    duplicate_of: ArticleId | None = None
    evidence: Evidence = field(default_factory=Evidence)


def _spell(gap: timedelta) -> str:
    minutes = round(gap.total_seconds() / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
