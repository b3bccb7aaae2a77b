"""How alike two stories are, as a handful of measures that the decision is made from.

An article is a story of one. All cosines are averages over the pairs of articles (average linkage): the sums of a
story's articles give them without a look at any single pair.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt
from typing import NamedTuple, Protocol

from monitor.stories.postings import Postings
from monitor.stories.signature import HASH_BITS, Kind

_FADE_HOURS = 72.0
# Titles without names neither agree nor clash in them.
_NO_NAMES = 0.6
_NAMES_CLASH = 0.34


class Signed(Protocol):
    """What is kept of a signature; see ``signature.Signature``."""

    features: array[int]
    named: int
    titled: int
    grams: array[int]


@dataclass(slots=True)
class Profile:
    """The sums over a story's articles: how many have a feature (as a name, in the title), a 4-gram, a body; when."""

    features: dict[int, int] = field(default_factory=dict)
    named: dict[int, int] = field(default_factory=dict)
    titled: dict[int, int] = field(default_factory=dict)
    grams: dict[int, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    size: int = 0
    bodies: int = 0
    first: int = 0
    last: int = 0

    def add(self, signature: Signed, lang: str, at: int) -> None:
        """Count an article in, published at ``at`` (seconds)."""
        features = signature.features
        _count(self.features, features)
        _count(self.named, features[: signature.named])
        _count(self.titled, features[: signature.titled])
        _count(self.grams, signature.grams)
        self.languages[lang] = self.languages.get(lang, 0) + 1
        self.first = min(self.first, at) if self.size else at
        self.last = max(self.last, at) if self.size else at
        self.bodies += signature.titled < len(features)
        self.size += 1


class Weighed(NamedTuple):
    """A profile with the rarity of its parts at this moment."""

    profile: Profile
    features: dict[int, float]
    grams: dict[int, float]
    norms: list[float]
    gram_norm: float
    title_norm: float
    name_norm: float
    title_numbers: bool


class Likeness(NamedTuple):
    """The measures; those of weight are averages over pairs of articles.

    Cosines (of all features, of words, of what is no word, of the titles' 4-grams), ``cover`` (how much of one's title
    the other says, mean and least of both ways), ``name_cover`` (the same of the title's names, the better way),
    ``freshness``, ``same_language`` and ``bodied`` (both have a body) are in 0..1, clashes 0 or 1; masses are rarities
    shared, ``shared_mass`` of all words as a logarithm; ``gap`` is in hours between the stories; sizes are logarithms.
    """

    cosine: float
    word_cosine: float
    sense_cosine: float
    gram_cosine: float
    cover: float
    cover_least: float
    shared_mass: float
    name_cover: float
    name_clash: float
    name_mass: float
    number_mass: float
    number_clash: float
    place_mass: float
    place_clash: float
    idea_mass: float
    freshness: float
    gap: float
    same_language: float
    smaller: float
    larger: float
    bodied: float


def weigh(profile: Profile, postings: Postings) -> Weighed:
    """Look up how rare everything in a profile is."""
    features = postings.weights(profile.features)
    grams = postings.gram_weights(profile.grams)
    norms = [0.0] * len(Kind)
    for feature, count in profile.features.items():
        norms[feature >> HASH_BITS] += features[feature] * count
    return Weighed(
        profile,
        features,
        grams,
        norms,
        sum([grams[gram] * count for gram, count in profile.grams.items()]),
        sum([features[feature] * count for feature, count in profile.titled.items()]),
        sum([features[feature] * count for feature, count in profile.named.items()]),
        any(feature >> HASH_BITS == Kind.NUMBER for feature in profile.titled),
    )


def likeness(one: Weighed, other: Weighed) -> Likeness:
    """Compare two stories."""
    if len(one.features) > len(other.features):
        one, other = other, one
    a, b = one.profile, other.profile
    pairs = a.size * b.size
    shared = _share(one, other)
    mass, dots = shared.mass, shared.dots
    norms_one, norms_other = one.norms, other.norms
    names = max(shared.name_covers) if one.name_norm and other.name_norm else _NO_NAMES
    numbers = one.title_numbers and other.title_numbers and not shared.title_numbers
    return Likeness(
        _cosine(sum(dots), sum(norms_one) / a.size, sum(norms_other) / b.size),
        _cosine(dots[0], norms_one[0] / a.size, norms_other[0] / b.size),
        _cosine(sum(dots[1:]), sum(norms_one[1:]) / a.size, sum(norms_other[1:]) / b.size),
        _gram_cosine(one, other),
        sum(shared.covers) / 2,
        min(shared.covers),
        log1p(mass[Kind.WORD]),
        names,
        float(names < _NAMES_CLASH),
        mass[Kind.NAME],
        mass[Kind.NUMBER],
        float(numbers),
        mass[Kind.PLACE],
        float(bool(norms_one[Kind.PLACE] and norms_other[Kind.PLACE] and not mass[Kind.PLACE])),
        mass[Kind.IDEA],
        exp(-abs(a.first + a.last - b.first - b.last) / (7200 * _FADE_HOURS)),
        max(0, a.first - b.last, b.first - a.last) / 3600,
        sum(count * b.languages.get(lang, 0) for lang, count in a.languages.items()) / pairs,
        log(min(a.size, b.size)),
        log(max(a.size, b.size)),
        a.bodies * b.bodies / pairs,
    )


class _Shared(NamedTuple):
    dots: list[float]
    mass: list[float]
    covers: tuple[float, float]
    name_covers: tuple[float, float]
    title_numbers: bool


def _share(one: Weighed, other: Weighed) -> _Shared:
    """What two stories share, summed over the features of ``one``, the one that has fewer."""
    a, b = one.profile, other.profile
    pairs = a.size * b.size
    mass, dots = [0.0] * len(Kind), [0.0] * len(Kind)
    cover_one = cover_other = names_one = names_other = 0.0
    title_numbers = False
    for feature, count in a.features.items():
        theirs = b.features.get(feature)
        if not theirs:
            continue
        weight = one.features[feature]
        kind = feature >> HASH_BITS
        share = count * theirs / pairs
        dots[kind] += weight * share
        mass[kind] += sqrt(weight) * share
        in_title, in_their_title = a.titled.get(feature), b.titled.get(feature)
        if in_title:
            cover_one += in_title * weight * theirs
            names_one += a.named.get(feature, 0) * weight * theirs
        if in_their_title:
            cover_other += in_their_title * weight * count
            names_other += b.named.get(feature, 0) * weight * count
        title_numbers |= kind == Kind.NUMBER and bool(in_title and in_their_title)
    return _Shared(
        dots,
        mass,
        (_ratio(cover_one, one.title_norm * b.size), _ratio(cover_other, other.title_norm * a.size)),
        (_ratio(names_one, one.name_norm * b.size), _ratio(names_other, other.name_norm * a.size)),
        title_numbers,
    )


def _gram_cosine(one: Weighed, other: Weighed) -> float:
    if len(one.grams) > len(other.grams):
        one, other = other, one
    ours, theirs, weights = one.profile.grams, other.profile.grams, one.grams
    shared = ours.keys() & theirs.keys()
    if not shared:
        return 0.0
    dot = sum([weights[gram] * ours[gram] * theirs[gram] for gram in shared])
    size_one, size_other = one.profile.size, other.profile.size
    return _cosine(dot / (size_one * size_other), one.gram_norm / size_one, other.gram_norm / size_other)


def _cosine(dot: float, square: float, other: float) -> float:
    return dot / sqrt(square * other) if dot else 0.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _count(counts: dict[int, int], things: Iterable[int]) -> None:
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
