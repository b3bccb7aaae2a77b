"""A story in sums over its articles, which is all that stories are compared by; an article is a story of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

from monitor.stories.priors import Lengths
from monitor.stories.records import Record

_Thing = TypeVar("_Thing")


class Profile(NamedTuple):
    """How many articles of a story have a feature (as a name, in the title), a 4-gram, a language; when they came.

    ``first`` and ``last`` are in seconds since 1970; ``lengths`` are the sums of those of the articles, ``gram_count``
    of their 4-grams; ``bodies`` counts those that are more than a title.
    """

    features: Mapping[int, int]
    named: Mapping[int, int]
    titled: Mapping[int, int]
    grams: Mapping[int, int]
    languages: Mapping[str, int]
    size: int
    bodies: int
    first: int
    last: int
    lengths: Lengths
    gram_count: int


def profile_of(records: Sequence[Record], beside: Profile | None = None) -> Profile:
    """The sums over some articles, at least one.

    ``beside`` another profile only the features and 4-grams are counted that are also in that one: a comparison with
    it needs no others, and they are few.
    """
    features: list[Collection[int]] = [record.features for record in records]
    named: list[Collection[int]] = [record.features[: record.lengths.named] for record in records]
    titled: list[Collection[int]] = [record.features[: record.lengths.titled] for record in records]
    grams: list[Collection[int]] = [record.grams for record in records]
    if beside is not None:
        of_other, grams_of_other = beside.features.keys(), beside.grams.keys()
        features = [of_other & each for each in features]
        named = [of_other & each for each in named]
        titled = [of_other & each for each in titled]
        grams = [grams_of_other & each for each in grams]
    times = [record.at for record in records]
    return Profile(
        _counts(features),
        _counts(named),
        _counts(titled),
        _counts(grams),
        _counts([[record.lang] for record in records]),
        len(records),
        sum([record.lengths.titled < len(record.features) for record in records]),
        min(times),
        max(times),
        Lengths._make(map(sum, zip(*[record.lengths for record in records], strict=True))),
        sum([len(record.grams) for record in records]),
    )


def _counts(of_each: Sequence[Iterable[_Thing]]) -> Mapping[_Thing, int]:
    """How many have each thing. Most stories are of one article, for which there is a faster way to say one."""
    return dict.fromkeys(of_each[0], 1) if len(of_each) == 1 else Counter(chain.from_iterable(of_each))
