"""What a message says, before it is put into any service's form: the snapshot an alert keeps of its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.rules.model import Severity


@dataclass(frozen=True, slots=True)
class Marked:
    """A piece of text; ``hit`` pieces are the words that made the rule match."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class AlertContent:
    """Everything a template may say about one alert. Feed text in it is data and is escaped by the renderer.

    ``excerpt`` is about two lines around the hits. ``why`` are short lines such as ``weapon: Raketen, Munition``.
    ``news`` says what is new in a follow-up, empty for a first alert. ``thread`` identifies the conversation that a
    follow-up replies to: equal for all alerts of one story and rule.
    """

    uid: str
    thread: str
    rule: str
    rule_title: str
    severity: Severity
    title: str
    url: str
    feed: str
    feed_title: str
    lang: str
    published_at: datetime | None
    found_at: datetime
    excerpt: tuple[Marked, ...] = ()
    why: tuple[str, ...] = ()
    reason: str = ""
    news: str = ""
    outlets: int = 1
    origins: int = 1
    tags: tuple[str, ...] = ()
    title_marked: tuple[Marked, ...] = ()
