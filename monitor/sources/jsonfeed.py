"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not read. Pure; runs in a worker process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.sources.discovery import web_link
from monitor.sources.limits import LONGEST_TITLE, MOST_CATEGORIES, MOST_ENCLOSURES, as_plain, short
from monitor.sources.outcomes import Enclosure, Entry, FailureKind, ParsedFeed, ParseOutcome, PollFailed

_VERSION = re.compile(r"https?://(www\.)?jsonfeed\.org/version/1(\.\d+)?/?", re.IGNORECASE)
Node = Mapping[str, Any]


def parse_json_feed(text: str, url: str) -> ParseOutcome:
    """Read a JSON document that may be a feed."""
    try:
        document = json.loads(text)
    except RecursionError:
        return PollFailed(FailureKind.BROKEN_FEED, "The JSON is nested too deep to be a feed.")
    except ValueError:
        if not text.rstrip().endswith("}"):
            return PollFailed(FailureKind.CUT_SHORT, "The document stops before its end; nothing of it was used.")
        return PollFailed(FailureKind.BROKEN_FEED, "The JSON has an error in it and cannot be read.")
    if not isinstance(document, dict) or not _VERSION.fullmatch(_text(document.get("version"))):
        return PollFailed(FailureKind.NOT_A_FEED, "This is JSON, but not a JSON Feed (jsonfeed.org).")
    items = document.get("items")
    if not isinstance(items, list):
        return PollFailed(FailureKind.BROKEN_FEED, "The JSON Feed has no list of items.")
    return ParsedFeed(
        format="json",
        entries=tuple(as_plain(_entry(item, url) for item in items if isinstance(item, dict))),
        title=short(_text(document.get("title")), LONGEST_TITLE),
        link=web_link(_text(document.get("home_page_url")), url),
        language=_text(document.get("language"))[:35],
    )


def _entry(item: Node, url: str) -> Entry:
    identity = item.get("id")
    link = web_link(_text(item.get("url")), url) or web_link(_text(item.get("external_url")), url)
    return Entry(
        # §items: an id that is a number is to be read as its text.
        guid=str(identity) if isinstance(identity, (str, int, float)) else "",
        link=link or web_link(_text(identity), ""),
        title=_text(item.get("title")),
        author=", ".join(_authors(item)),
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        language=_text(item.get("language"))[:35],
        published_at=_moment(item.get("date_published")),
        updated_at=_moment(item.get("date_modified")),
        categories=tuple(_text(tag) for tag in _list(item.get("tags"))[:MOST_CATEGORIES] if _text(tag).strip()),
        enclosures=tuple(_enclosures(item, url)),
    )


def _authors(item: Node) -> Iterator[str]:
    """Names; 1.0 has one ``author``, 1.1 a list of ``authors``."""
    for author in [*_list(item.get("authors")), item.get("author")][:10]:
        if isinstance(author, dict) and _text(author.get("name")).strip():
            yield _text(author.get("name")).strip()


def _enclosures(item: Node, url: str) -> Iterator[Enclosure]:
    for attachment in _list(item.get("attachments"))[:MOST_ENCLOSURES]:
        if isinstance(attachment, dict) and (href := web_link(_text(attachment.get("url")), url)):
            size = attachment.get("size_in_bytes")
            kind = short(_text(attachment.get("mime_type")), LONGEST_TITLE)
            yield Enclosure(href, kind, size if isinstance(size, int) and 0 <= size < 2**53 else None)


def _moment(value: object) -> datetime | None:
    """A date as in RFC 3339; one without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(_text(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
