"""Which entries are the same article: the ladder of keys. Pure.

A feed's guid is the best name an article has, where it is one: some feeds have none, some give every item the same
one, some a new one each time. So the kind of key is chosen per feed from a whole document and remembered: a
choice made anew with every poll would give known articles new names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from monitor.stories.canonical import canonical_url

TOLERATED_FAULTS = 0.05
"""Share of entries that may lack a usable identity or share it before a feed falls to the next rung."""


class KeyKind(StrEnum):
    """The rungs, best first."""

    GUID = "guid"
    URL = "url"
    TITLE = "title"


_LADDER = (KeyKind.GUID, KeyKind.URL, KeyKind.TITLE)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What an entry can be known by."""

    guid: str = ""
    url: str = ""
    title: str = ""
    published_at: datetime | None = None


def choose_key_kind(entries: Sequence[Identifiers], remembered: KeyKind | None = None) -> KeyKind:
    """The best rung on which this document's entries have names of their own, never better than the remembered one.

    Two entries with all the same identifiers are one entry sent twice and no fault.
    """
    start = _LADDER.index(remembered) if remembered else 0
    distinct = list(dict.fromkeys(entries))
    return next((kind for kind in _LADDER[start:] if _holds(distinct, kind)), KeyKind.TITLE)


def _holds(entries: Sequence[Identifiers], kind: KeyKind) -> bool:
    names = Counter(_name(entry, kind) for entry in entries)
    missing = names.pop("", 0)
    shared = sum(times - 1 for times in names.values())
    return missing + shared <= TOLERATED_FAULTS * len(entries)


def _name(entry: Identifiers, kind: KeyKind) -> str:
    match kind:
        case KeyKind.GUID:
            return entry.guid.strip()
        case KeyKind.URL:
            return canonical_url(entry.url)
        case KeyKind.TITLE:
            day = entry.published_at.date().isoformat() if entry.published_at else ""
            return f"{day} {entry.title.casefold().strip()}" if entry.title.strip() else ""


def article_key(entry: Identifiers, kind: KeyKind, feed: str) -> str:
    """The name of an article: 128 bits of hash in hexadecimal.

    An entry that lacks what its feed's rung asks for falls to the next for itself. Guids and titles are names within
    their ``feed`` only; a canonical URL is the same everywhere.
    """
    for rung in _LADDER[_LADDER.index(kind) :]:
        name = _name(entry, rung)
        if name:
            return _hashed(rung, "" if rung is KeyKind.URL else feed, name)
    return _hashed("nothing", feed, repr(entry))


def article_keys(entries: Sequence[Identifiers], kind: KeyKind, feed: str) -> list[str]:
    """The keys of a whole document; where entries that differ share a guid, their URLs tell them apart."""
    guids = Counter(entry.guid.strip() for entry in dict.fromkeys(entries))
    return [
        _hashed("guid and url", feed, f"{entry.guid.strip()} {canonical_url(entry.url)}")
        if kind is KeyKind.GUID and entry.guid.strip() and guids[entry.guid.strip()] > 1
        else article_key(entry, kind, feed)
        for entry in entries
    ]


def url_key(url: str) -> str:
    """An article's identity across feeds: its canonical URL's hash; empty without a URL."""
    canonical = canonical_url(url)
    return _hashed(KeyKind.URL, "", canonical) if canonical else ""


def _hashed(*parts: str) -> str:
    text = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16).hexdigest()
