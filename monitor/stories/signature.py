"""What an article is about, as small integers that no language owns: words, names, numbers, places, ideas, concepts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from zlib import crc32

from monitor.stories.lexicon import LEXICON
from monitor.stories.model import StoryArticle
from monitor.stories.numbers import canonical_number, scale_of, written_out
from monitor.stories.words import TOKEN, fold, is_east_asian, skeleton, stem, without_outlet

LEAD_CHARS = 500
MOST_FEATURES = 96
HASH_BITS = 29
_HASH_MASK = (1 << HASH_BITS) - 1
_ABBREVIATED = re.compile(r"['’]s\b")


class Kind(IntEnum):
    """What a feature is; the top three bits of its number."""

    WORD = 0
    NAME = 1
    NUMBER = 2
    PLACE = 3
    IDEA = 4
    CONCEPT = 5


_KIND_OF_IDEA = {"p": Kind.PLACE, "w": Kind.IDEA, "n": Kind.NUMBER}


@dataclass(frozen=True, slots=True)
class Signature:
    """An article's features, its title's character 4-grams (16-bit hashes), and how to name a feature to people.

    The first ``titled`` features are in the title; the first ``named`` of those are its names: words with a capital
    that do not begin it (nouns too, where nouns have one).
    """

    features: array[int]
    named: int
    titled: int
    grams: array[int]
    labels: dict[int, str]


@lru_cache(maxsize=32_768)
def feature(kind: Kind, text: str) -> int:
    """The number of a feature: equal for equal ``kind`` and ``text`` in every process."""
    return kind << HASH_BITS | crc32(text.encode()) & _HASH_MASK


def read_signature(article: StoryArticle) -> Signature:
    """The signature of an article: its title and the beginning of its body."""
    raw, folded = _words(without_outlet(article.title))
    labels = {
        feature(Kind.WORD, stem(plain)): word
        for word, plain in zip(raw[1:], folded[1:], strict=True)
        if word[0].isupper() and len(plain) > 1
    }
    named = len(labels)
    for concept in article.concepts:
        labels[feature(Kind.CONCEPT, concept)] = concept
    _collect(labels, raw, folded)
    titled = len(labels)
    if article.body:
        _collect(labels, *_words(article.body[:LEAD_CHARS]))
    return Signature(array("I", list(labels)), named, titled, _grams(folded), labels)


def _words(text: str) -> tuple[list[str], list[str]]:
    raw = TOKEN.findall(_ABBREVIATED.sub("", text))
    return raw, [fold(word) for word in raw]


def _collect(labels: dict[int, str], raw: list[str], folded: list[str]) -> None:
    for number, label in _read(raw, folded):
        if len(labels) >= MOST_FEATURES:
            return
        labels.setdefault(number, label)


def _read(raw: list[str], folded: list[str]) -> Iterator[tuple[int, str]]:
    for idea in LEXICON.find(raw, folded):
        yield feature(_KIND_OF_IDEA[idea.kind], idea.id), idea.label
    for index, (word, plain) in enumerate(zip(raw, folded, strict=True)):
        if word[0].isdigit():
            following = index + 1 < len(raw)
            scale = scale_of(folded[index + 1], raw[index + 1]) if following else 1
            value = canonical_number(word, scale)
            yield feature(Kind.NUMBER, value), f"{int(value):,}" if value.isdecimal() and scale > 1 else value
        elif is_east_asian(word[0]) and not "가" <= word[0] <= "힣":
            for start in range(max(1, len(word) - 1)):
                yield feature(Kind.WORD, word[start : start + 2]), word[start : start + 2]
        elif len(plain) > 1:
            yield feature(Kind.WORD, stem(plain)), word
            value_in_words = written_out(plain, _numeral(raw, folded, index - 1))
            if value_in_words is not None and not (index and raw[index - 1][0].isdigit()):
                yield feature(Kind.NUMBER, value_in_words), f"{int(value_in_words):,}"
            if not word[0].islower():
                bones = skeleton(plain)
                if len(bones) > 2:
                    yield feature(Kind.NAME, bones[:6]), word


def _numeral(raw: list[str], folded: list[str], index: int) -> int | None:
    """The number that a word says, if it is one of the few that the lexicon has."""
    if index < 0:
        return None
    idea = LEXICON.exact.get(raw[index]) or LEXICON.exact.get(folded[index])
    return int(idea.id) if idea is not None and idea.kind == "n" else None


def _grams(folded: list[str]) -> array[int]:
    text = f" {' '.join(folded)} "
    return array("H", sorted({_gram(text[i : i + 4]) for i in range(len(text) - 3)}))


@lru_cache(maxsize=65_536)
def _gram(text: str) -> int:
    return crc32(text.encode()) & 0xFFFF
