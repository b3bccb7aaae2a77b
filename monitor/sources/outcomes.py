"""What a poll can come to. Every ending is a value with a sentence a user understands; nothing here is raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from monitor.secret import Secret


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified as the server wrote them, byte for byte (RFC 9110 §8.8)."""

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """All that one conditional fetch needs to know; limits are the operator's settings.

    ``allow_networks`` names what may be reached although it is not public: ``10.0.0.5``, ``10.0.0.0/8``,
    ``127.0.0.1:8080``, ``[::1]:8080``.
    """

    url: str
    validators: Validators = Validators()
    headers: tuple[tuple[str, Secret], ...] = ()
    allow_networks: tuple[str, ...] = ()
    deadline: timedelta = timedelta(seconds=30)
    max_bytes: int = 10 * 1024 * 1024
    max_hops: int = 5


class FailureKind(StrEnum):
    """Why a poll failed, as a stable word for the journal and for counting."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    HTTP_STATUS = "http-status"
    GONE = "gone"
    RATE_LIMITED = "rate-limited"
    REDIRECT = "redirect"
    FORBIDDEN_ADDRESS = "forbidden-address"
    BAD_URL = "bad-url"
    BAD_ENCODING = "bad-encoding"
    CUT_SHORT = "cut-short"
    PROTOCOL = "protocol"
    EMPTY = "empty"
    NOT_A_FEED = "not-a-feed"
    PARSE_LIMIT = "parse-limit"
    BROKEN_FEED = "broken-feed"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole body came. ``moved_to`` is where a chain of 301/308 alone leads, empty otherwise."""

    body: bytes
    url: str
    content_type: str
    validators: Validators
    fresh_for: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new. A server may renew its validators even so."""

    validators: Validators
    fresh_for: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class PollFailed:
    """The poll came to nothing. ``retry_after`` is what the server asked for; it holds for the whole host."""

    kind: FailureKind
    sentence: str
    status: int | None = None
    retry_after: timedelta | None = None


FetchOutcome: TypeAlias = Fetched | NotModified | PollFailed


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an entry."""

    url: str
    media_type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as parsed: untrusted, every text possibly HTML unless ``plain`` says that it has been made text."""

    guid: str = ""
    link: str = ""
    title: str = ""
    author: str = ""
    summary: str = ""
    content: str = ""
    language: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. ``format`` is feedparser's word (``rss20``, ``atom10``…) or ``json``.

    ``bozo`` says what was wrong with a document that could be read all the same; empty if nothing was.
    """

    format: str
    entries: tuple[Entry, ...]
    title: str = ""
    link: str = ""
    language: str = ""
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = field(default_factory=frozenset)
    bozo: str = ""


ParseOutcome: TypeAlias = ParsedFeed | PollFailed
