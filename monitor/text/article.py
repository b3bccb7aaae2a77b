"""The article: what every room between parsing and telling works on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Article:
    """A normalised entry. Text fields are plain text (no markup, entities decoded), in the writer's own characters.

    ``languages`` holds every language whose terms are to be tried, the likeliest first; ``lang`` is that first one,
    or ``"und"`` when nothing is plausible. Codes are ISO 639-1 where one exists.
    """

    key: str
    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    author: str = ""
    feed: str = ""
    feed_tags: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    published_at: datetime | None = None

    @property
    def lang(self) -> str:
        """The likeliest language, ``"und"`` if unknown."""
        return self.languages[0] if self.languages else "und"
