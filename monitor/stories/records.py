"""What is kept of an article, and how a hundred thousand of them are kept small.

Everything that was text is hashes by now. An article at rest is one string of bytes, a place in a few columns and no
object of its own; only while it is compared it is a ``Record``.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime
from struct import Struct
from sys import intern
from typing import NamedTuple

from monitor.stories.duplicates import sketch
from monitor.stories.model import ArticleId, StoryArticle
from monitor.stories.origins import credited_agency
from monitor.stories.pairs import Pairs
from monitor.stories.priors import Lengths, lengths_of
from monitor.stories.signature import Signature

_AT = Struct("<q")
# When it was published, how many words the text has, its ``Lengths``; how many features and 4-grams follow, before
# the sketch.
_HEAD = Struct("<qHHHIIIII???HH")


class Record(NamedTuple):
    """An article as it is compared. ``at`` is in seconds since 1970; ``words`` are those of the whole text.

    For ``features`` (those in the title first) and ``grams`` see ``signature.Signature``, for ``sketch``
    ``duplicates.Sketch``.
    """

    id: ArticleId
    lang: str
    outlet: str
    agency: str
    at: int
    words: int
    lengths: Lengths
    features: array[int]
    grams: array[int]
    sketch: array[int]


def record_of(article: StoryArticle, signature: Signature) -> Record:
    """The record of an article."""
    text = sketch(article.title, article.body)
    return Record(
        article.id,
        _kept_once(article.lang),
        _kept_once(article.outlet),
        _kept_once(credited_agency(article.author, article.body)),
        seconds(article.at),
        text.words,
        lengths_of(signature),
        signature.features,
        signature.grams,
        text.hashes,
    )


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def _packed(record: Record) -> bytes:
    head = _HEAD.pack(record.at, record.words, *record.lengths, len(record.features), len(record.grams))
    return b"".join((head, record.features.tobytes(), record.grams.tobytes(), record.sketch.tobytes()))


def _unpacked(article: ArticleId, source: tuple[str, str, str], packed: bytes) -> Record:
    at, words, *lengths, features, grams = _HEAD.unpack_from(packed)
    grams_begin = _HEAD.size + 4 * features
    sketch_begins = grams_begin + 2 * grams
    return Record(
        article,
        *source,
        at,
        words,
        Lengths._make(lengths),
        array("I", packed[_HEAD.size : grams_begin]),
        array("H", packed[grams_begin:sketch_begins]),
        array("I", packed[sketch_begins:]),
    )


class Records:
    """Articles and their stories by ascending numbers from 1. They leave in the order they came."""

    def __init__(self) -> None:
        self._ids: list[ArticleId] = []
        self._langs: list[str] = []
        self._outlets: list[str] = []
        self._agencies: list[str] = []
        self._packed: list[bytes] = []
        self._stories = array("I")
        self._by_id = Pairs()
        self._first = 1

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, number: int) -> Record:
        place = number - self._first
        source = self._langs[place], self._outlets[place], self._agencies[place]
        return _unpacked(self._ids[place], source, self._packed[place])

    def numbers(self) -> range:
        """The numbers of all articles, the oldest first."""
        return range(self._first, self._first + len(self))

    def add(self, record: Record, story: int) -> int:
        """Keep an article as the youngest, in a story; gives its number."""
        number = self._first + len(self)
        self._ids.append(record.id)
        self._langs.append(record.lang)
        self._outlets.append(record.outlet)
        self._agencies.append(record.agency)
        self._packed.append(_packed(record))
        self._stories.append(story)
        self._by_id.add(_key(record.id), number)
        return number

    def forget(self, count: int) -> None:
        """Let go of the oldest articles."""
        for number, article in zip(self.numbers(), self._ids[:count], strict=False):
            self._by_id.remove(_key(article), number)
        for column in (self._ids, self._langs, self._outlets, self._agencies, self._packed, self._stories):
            del column[:count]
        self._first += count

    def number(self, article: ArticleId) -> int | None:
        """The number of an article, None if it is not here."""
        for number in self._by_id.of(_key(article)):
            if self._ids[number - self._first] == article:
                return number
        return None

    def id(self, number: int) -> ArticleId:
        """What the caller knows an article by."""
        return self._ids[number - self._first]

    def agency(self, number: int) -> str:
        """The agency credited for an article's text, empty if none."""
        return self._agencies[number - self._first]

    def at(self, number: int) -> int:
        """When an article was published, in seconds since 1970."""
        at: int = _AT.unpack_from(self._packed[number - self._first])[0]
        return at

    def story(self, number: int) -> int:
        """The story of an article."""
        return self._stories[number - self._first]

    def stories(self, numbers: Sequence[int]) -> set[int]:
        """The stories of some articles."""
        stories, first = self._stories, self._first
        return {stories[number - first] for number in numbers}

    def move(self, number: int, story: int) -> None:
        """Put an article into another story."""
        self._stories[number - self._first] = story


def _kept_once(text: str) -> str:
    """The one object for all equal texts: thousands of articles are of one outlet, in one language."""
    return intern(str(text))


def _key(article: ArticleId) -> int:
    return hash(article) & 0xFFFFFFFF
