"""How much of a feed is taken: what a document may put into memory and into the database, whatever it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from monitor.sources.outcomes import Entry
from monitor.text.html import one_line, plain_text

MOST_ENTRIES = 2_000
LONGEST_TITLE = 1_000
LONGEST_NAME = 300
LONGEST_SUMMARY = 20_000
LONGEST_CONTENT = 100_000
LONGEST_ID = 1_000
MOST_CATEGORIES = 50
MOST_ENCLOSURES = 10
MOST_TEXT = 4_000_000  # characters of all summaries and contents together


def short(text: str, longest: int) -> str:
    """Text as one line of no more than so many characters."""
    return one_line(plain_text(text[: longest * 8]))[:longest].rstrip()


def short_id(identity: str) -> str:
    """An identity that is too long to keep, as its hash: cut off, it might be another's."""
    identity = identity.strip()
    if len(identity) <= LONGEST_ID:
        return identity
    return "hash:" + blake2b(identity.encode("utf-8", "replace"), digest_size=16).hexdigest()


def as_plain(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with their texts made plain and bounded, each and all together."""
    left = MOST_TEXT
    for _, entry in zip(range(MOST_ENTRIES), entries, strict=False):
        summary = plain_text(entry.summary)[: min(LONGEST_SUMMARY, left)]
        left -= len(summary)
        content = plain_text(entry.content)[: min(LONGEST_CONTENT, left)]
        left -= len(content)
        yield replace(
            entry,
            guid=short_id(entry.guid),
            title=short(entry.title, LONGEST_TITLE),
            author=short(entry.author, LONGEST_NAME),
            summary=summary,
            content=content,
            categories=tuple(
                dict.fromkeys(filter(None, (short(name, LONGEST_NAME) for name in entry.categories[:MOST_CATEGORIES])))
            ),
            enclosures=entry.enclosures[:MOST_ENCLOSURES],
            plain=True,
        )
