"""What passes between the daemon and its parsing processes: plain JSON, bounded, checked on arrival.

Not pickles: a process that reads what strangers write must not be able to make the daemon build objects of its choice.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.sources.outcomes import Enclosure, Entry, FailureKind, ParsedFeed, ParseOutcome, PollFailed

MOST_REPLY = 20 * 1024 * 1024  # bytes: 4 million characters of text at 3 bytes and all the small fields


class WireError(ValueError):
    """A reply that no parsing process of ours would send."""


def encode_outcome(outcome: ParseOutcome) -> bytes:
    """An outcome as JSON; lone surrogates, which UTF-8 cannot carry, become question marks."""
    if isinstance(outcome, PollFailed):
        document: dict[str, Any] = {"failed": outcome.kind.value, "sentence": outcome.sentence}
    else:
        document = {
            "format": outcome.format,
            "title": outcome.title,
            "link": outcome.link,
            "language": outcome.language,
            "ttl": outcome.ttl.total_seconds() if outcome.ttl else None,
            "skip_hours": sorted(outcome.skip_hours),
            "bozo": outcome.bozo,
            "entries": [_entry_fields(entry) for entry in outcome.entries],
        }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decode_outcome(reply: bytes) -> ParseOutcome:
    """The outcome again. Raises :class:`WireError`."""
    try:
        document = json.loads(reply)
        if "failed" in document:
            return PollFailed(FailureKind(document["failed"]), _string(document["sentence"]))
        return ParsedFeed(
            format=_string(document["format"]),
            entries=tuple(_entry(fields) for fields in document["entries"]),
            title=_string(document["title"]),
            link=_string(document["link"]),
            language=_string(document["language"]),
            ttl=None if document["ttl"] is None else timedelta(seconds=float(document["ttl"])),
            skip_hours=frozenset(int(hour) for hour in document["skip_hours"]),
            bozo=_string(document["bozo"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise WireError(f"a parsing process sent a malformed reply ({type(error).__name__})") from error


def encode_text(text: str) -> bytes:
    """A page's text as JSON."""
    return json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")


def decode_text(reply: bytes) -> str | PollFailed:
    """The text of a page again, or why there is none. Raises :class:`WireError`."""
    try:
        document = json.loads(reply)
        if "failed" in document:
            return PollFailed(FailureKind(document["failed"]), _string(document["sentence"]))
        return _string(document["text"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WireError(f"a parsing process sent a malformed reply ({type(error).__name__})") from error


def _entry_fields(entry: Entry) -> list[Any]:
    return [
        entry.guid,
        entry.link,
        entry.title,
        entry.author,
        entry.summary,
        entry.content,
        entry.language,
        entry.published_at.timestamp() if entry.published_at else None,
        entry.updated_at.timestamp() if entry.updated_at else None,
        entry.categories,
        [(enclosure.url, enclosure.media_type, enclosure.length) for enclosure in entry.enclosures],
        entry.plain,
    ]


def _entry(fields: list[Any]) -> Entry:
    guid, link, title, author, summary, content, language, published, updated, categories, enclosures, plain = fields
    return Entry(
        guid=_string(guid),
        link=_string(link),
        title=_string(title),
        author=_string(author),
        summary=_string(summary),
        content=_string(content),
        language=_string(language),
        published_at=_moment(published),
        updated_at=_moment(updated),
        categories=tuple(map(_string, categories)),
        enclosures=tuple(_enclosure(*enclosure) for enclosure in enclosures),
        plain=plain is True,
    )


def _enclosure(url: object, media_type: object, length: object) -> Enclosure:
    return Enclosure(_string(url), _string(media_type), length if isinstance(length, int) else None)


def _moment(seconds: object) -> datetime | None:
    if seconds is None:
        return None
    if not isinstance(seconds, (int, float)):
        raise WireError("a moment is a number of seconds")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise WireError("a moment outside every calendar") from error


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise WireError("a text is a string")
    return value
