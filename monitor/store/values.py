"""What goes into the database and comes out of it: frozen values, so that rows never leave the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from monitor.rules.hits import Hit
from monitor.rules.model import Severity
from monitor.text.article import Article


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between polls.

    ``url`` is where a settled 301 led, empty while it is the configuration's, which is not kept: ``configured_url`` is
    its digest. A poll fills ``url`` in.
    ``failure`` is the last sentence while it fails; ``key_kind`` is the rung of the key ladder chosen for it.
    ``ttl_seconds`` and ``skip_hours`` ("0,1,2", UTC) are what its document asks of readers.
    """

    feed: str
    url: str
    due_at: datetime
    etag: bytes | None = None
    last_modified: bytes | None = None
    body_hash: str = ""
    key_kind: str = ""
    title: str = ""
    language: str = ""
    first_success_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    newest_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    failure: str = ""
    told_broken: bool = False
    moved_to: str = ""
    moved_polls: int = 0
    gone_polls: int = 0
    gone_since: datetime | None = None
    paused: bool = False
    ttl_seconds: float | None = None
    skip_hours: str = ""
    configured_url: str = ""
    configured: bool = True


@dataclass(frozen=True, slots=True)
class ConfiguredFeed:
    """A feed as the configuration names it. ``due_at`` is when to poll it first if it is new or its URL is."""

    feed: str
    url: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class SyncedFeeds:
    """What a new configuration changed: feeds never seen before or back again, with another URL, no longer named."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewArticle:
    """On its way into the archive. ``shown`` is the digest of the feed's text if ``article`` has its page's instead."""

    article: Article
    url_key: str = ""  # empty if it has no URL
    shown: bytes = b""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article seen before, perhaps purged since. ``articles.text_hash`` of a changed text gives another hash."""

    id: int
    text_hash: bytes
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Which of the asked keys (of one feed) and URL keys (of any feed) have been seen before."""

    by_key: Mapping[str, KnownArticle]
    by_url: Mapping[str, KnownArticle]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article in the archive. ``url_key`` is its canonical URL's identity across feeds, empty if it has no URL."""

    id: int
    article: Article
    url_key: str
    seen_at: datetime
    story: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """An earlier text of an article, from ``seen_at`` to ``replaced_at``; ``diff`` is unified and leads to the next."""

    article: int
    number: int
    title: str
    summary: str
    body: str
    seen_at: datetime
    replaced_at: datetime
    diff: str


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A rule that held for a stored article, under that version of the rule."""

    article: int
    rule: str
    rule_version: str
    severity: Severity
    hits: tuple[Hit, ...]
    shadow: bool = False
    matched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewAlert:
    """The decision to tell someone about one story for one rule, with its reason.

    ``content`` is everything a message is rendered from, fixed at the time of the decision. ``follows`` is the first
    alert of the same story and rule, for replies in the same thread.
    """

    uid: str
    rule: str
    rule_version: str
    article: int | None
    story: int | None
    severity: Severity
    reason: str
    content: Mapping[str, object]
    created_at: datetime
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert with its number."""

    id: int
    alert: NewAlert


class DeliveryState(StrEnum):
    """``due`` (waiting for its time), ``claimed`` (being sent), then ``sent``, ``dead`` or ``dropped``."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one recipient of one channel."""

    id: int
    alert: int
    channel: str
    recipient: str
    state: DeliveryState
    attempts: int
    due_at: datetime
    created_at: datetime
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    failure: str = ""
    receipt: str = ""
    maybe_sent: bool = False
    planned_at: datetime | None = None
    batch: str = ""
    held_as: str = ""
    reason: str = ""


class NewDelivery(NamedTuple):
    """Where an alert is to go, when and why. Deliveries of one recipient with one ``batch`` leave as one message."""

    channel: str
    recipient: str
    due_at: datetime
    batch: str = ""
    held_as: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery with what it has to say."""

    delivery: Delivery
    alert: StoredAlert


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery. ``outcome`` is ``sent``, ``retry``, ``dead``, ``dropped`` or ``requeued``."""

    delivery: int
    number: int
    at: datetime
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutboxState:
    """One channel's part of the outbox: how many wait, since when the oldest, and when the next is due."""

    channel: str
    due: int
    claimed: int
    dead: int
    oldest_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel is doing: failing since when and why, silent until when, and whether someone was told."""

    channel: str
    failing_since: datetime | None = None
    failure: str = ""
    silenced_until: datetime | None = None
    told: bool = False
    sent_at: datetime | None = None


class EventKind(StrEnum):
    """What was decided, as the journal names it."""

    STARTED = "started"
    STOPPED = "stopped"
    RELOADED = "reloaded"
    REFUSED = "refused"  # a config or rule set that does not load
    POLLED = "polled"
    NOT_MODIFIED = "not-modified"
    FAILED = "failed"
    RECOVERED = "recovered"
    STORED = "stored"
    DUPLICATE = "duplicate"
    REVISED = "revised"
    MATCHED = "matched"
    JOINED = "joined"
    MERGED = "merged"
    HELD = "held"
    SUPPRESSED = "suppressed"
    ALERTED = "alerted"
    SENT = "sent"
    RETRIED = "retried"
    DEAD = "dead"
    DROPPED = "dropped"
    PRUNED = "pruned"
    BACKED_UP = "backed-up"


@dataclass(frozen=True, slots=True)
class Event:
    """One decision: when, what, about which things, and why in words. ``id`` is 0 until it is stored."""

    at: datetime
    kind: EventKind
    reason: str = ""
    feed: str = ""
    article: int | None = None
    rule: str = ""
    story: int | None = None
    alert: int | None = None
    delivery: int | None = None
    channel: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    id: int = 0
