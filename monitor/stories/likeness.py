"""How alike two stories are, as a handful of measures that the decision is made from.

An article is a story of one. All cosines are averages over the pairs of articles (average linkage): the sums of a
story's articles give them without looking at a single pair.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import NamedTuple

from monitor.stories.postings import Postings
from monitor.stories.signature import Kind, kind_of

_FADE_HOURS = 72.0


@dataclass(slots=True)
class Profile:
    """The sums over a story's articles: how many have a feature, a 4-gram, a language; when they appeared (seconds)."""

    features: dict[int, int] = field(default_factory=dict)
    grams: dict[int, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    size: int = 0
    first: int = 0
    last: int = 0

    def add(self, features: Iterable[int], grams: Iterable[int], lang: str, at: int) -> None:
        """Count an article in."""
        for feature in features:
            self.features[feature] = self.features.get(feature, 0) + 1
        for gram in grams:
            self.grams[gram] = self.grams.get(gram, 0) + 1
        self.languages[lang] = self.languages.get(lang, 0) + 1
        self.first = min(self.first, at) if self.size else at
        self.last = max(self.last, at) if self.size else at
        self.size += 1


class Likeness(NamedTuple):
    """The measures: ``*_cosine`` and ``same_language`` in 0..1, ``*_mass`` in logarithms of rarity, times in hours."""

    word_cosine: float
    gram_cosine: float
    name_mass: float
    number_mass: float
    number_clash: float
    place_mass: float
    place_clash: float
    idea_mass: float
    concept_mass: float
    covered: float
    freshness: float
    gap: float
    same_language: float
    smaller: float
    larger: float


def likeness(one: Profile, other: Profile, postings: Postings) -> Likeness:
    """Compare two stories."""
    if len(one.features) > len(other.features):
        one, other = other, one
    mass = [0.0] * len(Kind)
    has_one, has_other = [False] * len(Kind), [False] * len(Kind)
    dot = covered = norm_one = norm_other = 0.0
    pairs = one.size * other.size
    weight = postings.weight
    for feature, count in one.features.items():
        rare = weight(feature)
        kind = kind_of(feature)
        has_one[kind] = True
        norm_one += rare * count
        shared = other.features.get(feature)
        if shared:
            dot += rare * count * shared
            covered += rare * count
            mass[kind] += sqrt(rare) * count * shared / pairs
    for feature, count in other.features.items():
        norm_other += weight(feature) * count
        has_other[kind_of(feature)] = True
    cosine = dot / (sqrt(norm_one / one.size) * sqrt(norm_other / other.size) * pairs) if dot else 0.0
    gap = max(0, one.first - other.last, other.first - one.last) / 3600
    middle = abs(one.first + one.last - other.first - other.last) / 7200
    return Likeness(
        cosine,
        _gram_cosine(one, other, postings),
        mass[Kind.NAME],
        mass[Kind.NUMBER],
        float(has_one[Kind.NUMBER] and has_other[Kind.NUMBER] and not mass[Kind.NUMBER]),
        mass[Kind.PLACE],
        float(has_one[Kind.PLACE] and has_other[Kind.PLACE] and not mass[Kind.PLACE]),
        mass[Kind.IDEA],
        mass[Kind.CONCEPT],
        covered / norm_one if norm_one else 0.0,
        exp(-middle / _FADE_HOURS),
        gap,
        _same_language(one, other),
        log(min(one.size, other.size)),
        log(max(one.size, other.size)),
    )


def _gram_cosine(one: Profile, other: Profile, postings: Postings) -> float:
    if len(one.grams) > len(other.grams):
        one, other = other, one
    weight = postings.gram_weight
    dot = norm_one = 0.0
    for gram, count in one.grams.items():
        rare = weight(gram)
        norm_one += rare * count
        dot += rare * count * other.grams.get(gram, 0)
    if not dot:
        return 0.0
    norm_other = sum(weight(gram) * count for gram, count in other.grams.items())
    return dot / sqrt(norm_one * norm_other * one.size * other.size)


def _same_language(one: Profile, other: Profile) -> float:
    if not one.size or not other.size:
        return 0.0
    shared = sum(count * other.languages.get(lang, 0) for lang, count in one.languages.items())
    return shared / (one.size * other.size)
