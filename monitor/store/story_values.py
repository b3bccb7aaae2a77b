"""Stories as they are stored: frozen values, like all in ``values``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.store.values import StoredArticle


@dataclass(frozen=True, slots=True)
class Story:
    """One event. ``title`` is its first article's. ``merged_into`` is the story it became part of, if it did."""

    id: int
    title: str
    lang: str
    started_at: datetime
    updated_at: datetime
    articles: int = 0
    origins: int = 0
    outlets: int = 0
    languages: tuple[str, ...] = ()
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article in its story. ``at`` is the time the clustering used; ``evidence`` says why it is there."""

    article: int
    story: int
    at: datetime
    joined_at: datetime
    outlet: str = ""
    origin: str = ""
    origin_name: str = ""
    duplicate_of: int | None = None
    concepts: tuple[str, ...] = ()
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WindowArticle:
    """What the clustering needs to take an article in again. ``position`` is where the next page starts."""

    position: int
    member: StoryMember
    article: StoredArticle


class ChangeKind(StrEnum):
    """``merge``: ``other`` became part of ``story``. ``split``: ``other`` was made of some articles of ``story``."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A merge or split, by the clustering itself if there is no author."""

    id: int
    at: datetime
    kind: ChangeKind
    story: int
    other: int
    articles: tuple[int, ...]
    author: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
