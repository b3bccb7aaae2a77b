"""What a message says, before it is put into any service's form: the snapshot an alert keeps of its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

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
    follow-up replies to: equal for all alerts of one story and rule; ``replies_to`` is the uid of its first alert and
    ``thread_title`` that alert's title, both empty for the first alert itself.
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
    replies_to: str = ""
    thread_title: str = ""


@dataclass(frozen=True, slots=True)
class DigestContent:
    """Alerts that were held and are told together. ``name`` is the digest's (or the quiet hours') own."""

    uid: str
    name: str
    contents: tuple[AlertContent, ...]
    found_at: datetime


@dataclass(frozen=True, slots=True)
class MoreContent:
    """What a budget kept back, told as "and N more".

    ``contents`` are the weightiest few; ``period`` says over which time, such as "in the last hour".
    """

    uid: str
    rule: str
    rule_title: str
    severity: Severity
    count: int
    found_at: datetime
    period: str = ""
    contents: tuple[AlertContent, ...] = ()


class NoticeKind(StrEnum):
    """What the daemon says about itself, on the operations channel."""

    FEED_BROKEN = "feed-broken"
    FEED_RECOVERED = "feed-recovered"
    FEEDS_BROKEN = "feeds-broken"
    FEEDS_RECOVERED = "feeds-recovered"
    DELIVERY_DEAD = "delivery-dead"
    CHANNEL_DOWN = "channel-down"
    CHANNEL_RECOVERED = "channel-recovered"
    BAD_RELOAD = "bad-reload"
    STORAGE = "storage"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """A message about the daemon's own work. ``lines`` are short facts, such as the failure in a user's words."""

    uid: str
    kind: NoticeKind
    title: str
    severity: Severity
    found_at: datetime
    lines: tuple[str, ...] = ()
    url: str = ""
    thread: str = ""


Content: TypeAlias = AlertContent | DigestContent | MoreContent | NoticeContent
