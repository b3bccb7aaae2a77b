"""How alike two stories are, as a handful of measures that the decision is made from.

An article is a story of one. All cosines are averages over the pairs of articles (average linkage): the sums of a
story's articles give them without a look at any single pair. What is shared is weighed by its rarity in the window;
the lengths that it is measured by are sums over what each article has, weighed by rarity before the window and scaled:
summing up a long story again for every comparison would be most of the work.
"""

from __future__ import annotations

from math import exp, log, log1p, sqrt
from typing import NamedTuple

from monitor.stories.postings import Postings
from monitor.stories.profiles import Profile
from monitor.stories.records import Record
from monitor.stories.signature import HASH_BITS, Kind

_FADE_HOURS = 72.0
# Titles without names neither agree nor clash in them.
_NO_NAMES = 0.6
_NAMES_CLASH = 0.34
_NOT_WORDS = 1 << HASH_BITS


class Scale(NamedTuple):
    """By how much the window changes the lengths of texts like one article.

    Of its words, of its other features, of its title; ``gram`` is the weight of one 4-gram.
    """

    words: float
    senses: float
    title: float
    gram: float


class Likeness(NamedTuple):
    """The measures; those of weight are averages over pairs of articles.

    Cosines (of all features, of words, of what is no word, of ideas and numbers, of the titles' 4-grams), ``cover``
    (how much of one's title
    the other says, mean and least of both ways), ``name_cover`` (the same of the title's names, the better way),
    ``freshness``, ``same_language`` and ``bodied`` (both have a body) are in 0..1, clashes 0 or 1; masses are rarities
    shared, ``shared_mass`` of all words as a logarithm; ``gap`` is in hours between the stories; sizes are logarithms.
    """

    cosine: float
    word_cosine: float
    sense_cosine: float
    detail_cosine: float
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
    idea_clash: float
    freshness: float
    gap: float
    same_language: float
    smaller: float
    larger: float
    bodied: float


def scale_of(article: Record, postings: Postings) -> Scale:
    """The scale for comparisons that an article gives rise to."""
    lengths = article.lengths
    weights = [postings.weights[feature] for feature in article.features]
    words = sum([weight for weight, feature in zip(weights, article.features, strict=True) if feature < _NOT_WORDS])
    title = sum(weights[: lengths.titled])
    return Scale(
        words / lengths.words if lengths.words else 1.0,
        (sum(weights) - words) / lengths.senses if lengths.senses else 1.0,
        title / lengths.title if lengths.title else 1.0,
        postings.gram_weight(article.grams) / len(article.grams) if article.grams else 1.0,
    )


def likeness(one: Profile, other: Profile, postings: Postings, scale: Scale) -> Likeness:
    """Compare two stories."""
    pairs = one.size * other.size
    shared = _share(one, other, postings)
    mass, dots = shared.mass, shared.dots
    words = scale.words**2 * (one.lengths.words * other.lengths.words) / pairs
    senses = scale.senses**2 * (one.lengths.senses * other.lengths.senses) / pairs
    all_one = scale.words * one.lengths.words + scale.senses * one.lengths.senses
    all_other = scale.words * other.lengths.words + scale.senses * other.lengths.senses
    cover_one = _part(shared.cover_one, scale.title * one.lengths.title * other.size)
    cover_other = _part(shared.cover_other, scale.title * other.lengths.title * one.size)
    names_one = _part(shared.names_one, scale.words * one.lengths.names * other.size)
    names_other = _part(shared.names_other, scale.words * other.lengths.names * one.size)
    names = max(names_one, names_other) if one.lengths.names and other.lengths.names else _NO_NAMES
    gram_dot = postings.gram_dot(one.grams, other.grams) / pairs
    middle = abs(one.first + one.last - other.first - other.last) / 7200
    return Likeness(
        _cosine(sum(dots), all_one * all_other / pairs),
        _cosine(dots[0], words),
        _cosine(sum(dots[1:]), senses),
        _cosine(
            dots[Kind.IDEA] + dots[Kind.NUMBER], scale.senses**2 * (one.lengths.details * other.lengths.details) / pairs
        ),
        _cosine(gram_dot, scale.gram**2 * (one.gram_count * other.gram_count) / pairs),
        (cover_one + cover_other) / 2,
        min(cover_one, cover_other),
        log1p(mass[Kind.WORD]),
        names,
        float(names < _NAMES_CLASH),
        mass[Kind.NAME],
        mass[Kind.NUMBER],
        float(one.lengths.title_numbers and other.lengths.title_numbers and not shared.title_numbers),
        mass[Kind.PLACE],
        float(one.lengths.places and other.lengths.places and not mass[Kind.PLACE]),
        mass[Kind.IDEA],
        float(one.lengths.ideas and other.lengths.ideas and not mass[Kind.IDEA]),
        exp(-middle / _FADE_HOURS),
        max(0, one.first - other.last, other.first - one.last) / 3600,
        sum([count * other.languages.get(lang, 0) for lang, count in one.languages.items()]) / pairs,
        log(min(one.size, other.size)),
        log(max(one.size, other.size)),
        one.bodies * other.bodies / pairs,
    )


class _Shared(NamedTuple):
    dots: list[float]
    mass: list[float]
    cover_one: float
    cover_other: float
    names_one: float
    names_other: float
    title_numbers: bool


def _share(one: Profile, other: Profile, postings: Postings) -> _Shared:
    features, named, titled = one.features, one.named, one.titled
    features_other, named_other, titled_other = other.features, other.named, other.titled
    weights, pairs = postings.weights, one.size * other.size
    mass, dots = [0.0] * len(Kind), [0.0] * len(Kind)
    cover_one = cover_other = names_one = names_other = 0.0
    title_numbers = False
    # Sorted, so that the sums do not depend on how a set happens to lie in memory.
    for feature in sorted(features.keys() & features_other.keys()):
        weight, ours, theirs = weights[feature], features[feature], features_other[feature]
        kind = feature >> HASH_BITS
        share = ours * theirs / pairs
        dots[kind] += weight * share
        mass[kind] += sqrt(weight) * share
        in_one, in_other = titled.get(feature), titled_other.get(feature)
        if in_one:
            cover_one += in_one * weight * theirs
            names_one += named.get(feature, 0) * weight * theirs
        if in_other:
            cover_other += in_other * weight * ours
            names_other += named_other.get(feature, 0) * weight * ours
            if in_one and kind == Kind.NUMBER:
                title_numbers = True
    return _Shared(dots, mass, cover_one, cover_other, names_one, names_other, title_numbers)


def _cosine(dot: float, square: float) -> float:
    return min(1.0, dot / sqrt(square)) if dot and square else 0.0


def _part(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole else 0.0
