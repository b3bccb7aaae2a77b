"""RSS, RDF and Atom by feedparser, the judge of what a feed means. The only module that imports it.

Runs in a worker process: some inputs take it quadratic time. It is never given a path, a URL or an encoding to
choose, only characters that are known to be a document; sanitising and link resolution, 70 % of its time, are off,
because markup is stripped later and links are resolved here.
"""

from __future__ import annotations

import calendar
import io
import re
import xml.sax
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from monitor.sources.discovery import web_link
from monitor.sources.limits import LONGEST_NAME, LONGEST_TITLE, MOST_CATEGORIES, MOST_ENCLOSURES, as_plain, short
from monitor.sources.outcomes import Enclosure, Entry, FailureKind, ParsedFeed, ParseOutcome, PollFailed

_SKIP_HOURS = re.compile(r"<skipHours[^>]{0,100}>(.{0,3000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour[^>]{0,100}>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_MOST_MINUTES = 60 * 24 * 30
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")

Node = Mapping[str, Any]


def parse_xml_feed(text: str, url: str) -> ParseOutcome:
    """Read a feed document; entries come with plain, bounded texts and absolute http(s) links only."""
    # No base is given: feedparser would resolve identities against it, and they would change when the feed moves.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        document = feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # feedparser promises not to raise and, on hostile input, does.
        return PollFailed(FailureKind.BROKEN_FEED, f"The document is broken beyond reading ({type(error).__name__}).")
    bozo = _bozo(document.get("bozo_exception")) if document.get("bozo") else ""
    if not document.entries and (bozo or not document.version):
        return PollFailed(FailureKind.BROKEN_FEED, f"No item could be read. {bozo or 'The document is no known feed.'}")
    feed: Node = document.feed
    link = web_link(_text(feed.get("link")), url)
    return ParsedFeed(
        format=document.version or "rss",
        entries=tuple(as_plain(_entry(entry, url) for entry in document.entries)),
        title=short(_text(feed.get("title")), LONGEST_TITLE),
        link=link,
        language=_language(feed.get("language")),
        ttl=_ttl(feed),
        skip_hours=_skip_hours(text),
        bozo=bozo,
    )


def _entry(entry: Node, url: str) -> Entry:
    contents = [part for part in entry.get("content") or () if isinstance(part, Mapping)]
    content = max((_text(part.get("value")) for part in contents), key=len, default="")
    own = dict(entry)  # feedparser's own look-up gives one date for another
    return Entry(
        guid=_text(entry.get("id")),
        link=_link(entry, url),
        title=_text(entry.get("title")),
        author=_text(entry.get("author")),
        summary=_text(entry.get("summary")),
        content=content,
        language=_language(entry.get("language")) or _inherited_language(entry, contents),
        published_at=_moment(own.get("published_parsed")) or _moment(own.get("created_parsed")),
        updated_at=_moment(own.get("updated_parsed")),
        categories=tuple(_categories(entry)),
        enclosures=tuple(_enclosures(entry, url)),
    )


def _link(entry: Node, url: str) -> str:
    """Where the entry's article is; feed proxies keep the address they replaced in an element of their own."""
    links = [link for link in entry.get("links") or () if isinstance(link, Mapping)]
    alternates = [_text(link.get("href")) for link in links if link.get("rel", "alternate") == "alternate"]
    candidates = [_text(entry.get("feedburner_origlink")), _text(entry.get("link")), *alternates]
    found = next((link for candidate in candidates if candidate and (link := web_link(candidate, url))), "")
    return found or web_link(_text(entry.get("id")), "")  # an identity that is an address, without any link


def _categories(entry: Node) -> Iterator[str]:
    for tag in (entry.get("tags") or ())[:MOST_CATEGORIES]:
        name = _text(tag.get("label")) or _text(tag.get("term"))
        if name.strip():
            yield name


def _enclosures(entry: Node, url: str) -> Iterator[Enclosure]:
    for enclosure in (entry.get("enclosures") or ())[:MOST_ENCLOSURES]:
        href = web_link(_text(enclosure.get("href")), url)
        if href:
            length = _text(enclosure.get("length")).strip()
            size = int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None
            yield Enclosure(href, short(_text(enclosure.get("type")), LONGEST_NAME), size)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _language(value: object) -> str:
    """A language tag as written, if it looks like one (RFC 5646)."""
    tag = _text(value).strip()
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else ""


def _inherited_language(entry: Node, contents: Sequence[Node]) -> str:
    """``xml:lang`` of the entry or of what it inherits from, as feedparser notes it on each text."""
    details = [*contents, entry.get("title_detail"), entry.get("summary_detail")]
    found = (_language(detail.get("language")) for detail in details if isinstance(detail, Mapping))
    return next((language for language in found if language), "")


def _moment(parsed: object) -> datetime | None:
    """A time that feedparser has turned into UTC; None if no calendar has it."""
    if not isinstance(parsed, tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _ttl(feed: Node) -> timedelta | None:
    """How long the feed asks to be left alone: RSS ``ttl`` in minutes, or the syndication module's rhythm."""
    minutes = _text(feed.get("ttl")).strip()
    if re.fullmatch(r"[0-9]{1,9}", minutes) and int(minutes):
        return timedelta(minutes=min(int(minutes), _MOST_MINUTES))
    hours = _PERIODS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    frequency = _text(feed.get("sy_updatefrequency")).strip() or "1"
    if hours and re.fullmatch(r"[0-9]{1,4}", frequency) and int(frequency):
        return timedelta(hours=hours) / int(frequency)
    return None


def _skip_hours(text: str) -> frozenset[int]:
    """The hours (0 to 23, UTC) in which the feed asks not to be polled; some write 24 for 0. feedparser drops them."""
    block = _SKIP_HOURS.search(text)
    hours = [int(hour) for hour in _HOUR.findall(block[1])] if block else []
    return frozenset(hour % 24 for hour in hours if hour <= 24)


def _bozo(error: object) -> str:
    """What is wrong with a document that is read all the same."""
    if isinstance(error, xml.sax.SAXParseException):
        return f"The XML is not well-formed at line {error.getLineNumber()}: {error.getMessage()}."
    return f"The XML is not well-formed ({type(error).__name__})."
