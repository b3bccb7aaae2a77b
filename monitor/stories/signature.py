"""What an article is about, as small integers that no language owns: words, names, numbers, places, ideas, concepts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from monitor.stories.lexicon import LEXICON, Idea, Phrase
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


def feature(kind: Kind, text: str) -> int:
    """The number of a feature: equal for equal ``kind`` and ``text`` in every process."""
    return kind << HASH_BITS | crc32(text.encode()) & _HASH_MASK


def read_signature(article: StoryArticle) -> Signature:
    """The signature of an article: its title and the beginning of its body."""
    title = _words(without_outlet(article.title))
    labels = {word.features[0]: word.raw for word in title[1:] if word.features and word.raw[0].isupper()}
    named = len(labels)
    labels.update((feature(Kind.CONCEPT, concept), concept) for concept in article.concepts)
    most = max(MOST_FEATURES, len(labels))
    _label(labels, title)
    titled = min(most, len(labels))
    if article.body and titled < most:
        _label(labels, _words(article.body[:LEAD_CHARS]))
    features = array("I", list(labels)[:most])
    return Signature(features, named, titled, _grams(title), labels)


class _Word(NamedTuple):
    """What a word says by itself, as ideas and as features that it labels, and what it may say beside others.

    ``number`` is set where it says a number, alone or with its neighbours.
    """

    raw: str
    plain: str
    ideas: Sequence[Idea]
    phrases: Sequence[Phrase]
    features: tuple[int, ...]
    number: bool


def _words(text: str) -> list[_Word]:
    return [_word(word) for word in TOKEN.findall(_ABBREVIATED.sub("", text))]


# Text repeats itself: of nine words in ten all this is known already.
@lru_cache(maxsize=16_384)
def _word(raw: str) -> _Word:
    plain = fold(raw)
    ideas, phrases = LEXICON.says(raw, plain)
    if raw[0].isdigit() or _is_chinese_or_japanese(raw) or len(plain) < 2:
        return _Word(raw, plain, ideas, phrases, (), raw[0].isdigit())
    features = [feature(Kind.WORD, stem(plain))]
    bones = "" if raw[0].islower() else skeleton(plain)
    if len(bones) > 2:
        features.append(feature(Kind.NAME, bones[:6]))
    number = any(written_out(plain, times) is not None for times in (None, 1))
    return _Word(raw, plain, ideas, phrases, tuple(features), number)


def _is_chinese_or_japanese(word: str) -> bool:
    return is_east_asian(word[0]) and not "가" <= word[0] <= "힣"


def _label(labels: dict[int, str], words: Sequence[_Word]) -> None:
    """Label the features of a text that have no label yet, its ideas first."""
    for idea in _ideas(words):
        labels.setdefault(feature(_KIND_OF_IDEA[idea.kind], idea.id), idea.label)
    for index, word in enumerate(words):
        if word.number:
            for number, label in _number(words, index):
                labels.setdefault(number, label)
        elif word.features:
            for number in word.features:
                labels.setdefault(number, word.raw)
        elif _is_chinese_or_japanese(word.raw):
            for start in range(max(1, len(word.raw) - 1)):
                pair = word.raw[start : start + 2]
                labels.setdefault(feature(Kind.WORD, pair), pair)


def _ideas(words: Sequence[_Word]) -> list[Idea]:
    """The ideas in a text, in order of appearance."""
    found: list[Idea] = []
    for index, word in enumerate(words):
        found += word.ideas
        for phrase in word.phrases:
            following = [each.plain for each in words[index + 1 : index + 1 + len(phrase.rest)]]
            if len(following) == len(phrase.rest) and all(map(str.startswith, following, phrase.rest)):
                found.append(phrase.idea)
                break
    return found


def _number(words: Sequence[_Word], index: int) -> list[tuple[int, str]]:
    """What a number says, in digits or in words, with the scale behind it or the numeral before it."""
    word, before = words[index], words[index - 1] if index else None
    if word.raw[0].isdigit():
        behind = words[index + 1] if index + 1 < len(words) else None
        scale = scale_of(behind.plain, behind.raw) if behind else 1
        value = canonical_number(word.raw, scale)
        return [(feature(Kind.NUMBER, value), f"{int(value):,}" if value.isdecimal() and scale > 1 else value)]
    found = [(each, word.raw) for each in word.features]
    in_words = written_out(word.plain, LEXICON.numeral(before.raw, before.plain) if before else None)
    if in_words is not None and not (before and before.raw[0].isdigit()):
        found.insert(1, (feature(Kind.NUMBER, in_words), f"{int(in_words):,}"))
    return found


def _grams(words: Sequence[_Word]) -> array[int]:
    text = f" {' '.join([word.plain for word in words])} ".encode()
    return array("H", sorted({crc32(text[i : i + 4]) & 0xFFFF for i in range(len(text) - 3)}))
