"""How common a feature is before any article was read, so that the first articles of a window are not all rare.

The common ones are in ``common_words.txt``; all others have one share for their kind.
"""

from __future__ import annotations

from importlib.resources import files
from math import log
from typing import NamedTuple

from monitor.stories.signature import HASH_BITS, Kind, Signature, feature

# A concept that a rule found is in nearly all of that rule's articles: alone it joins nothing.
SHARE_OF_KIND: dict[Kind, float] = {
    Kind.WORD: 0.0003,
    Kind.NAME: 0.0005,
    Kind.NUMBER: 0.001,
    Kind.PLACE: 0.003,
    Kind.IDEA: 0.003,
    Kind.CONCEPT: 0.3,
}


# Articles imagined before the first one came, so that the first hundred do not think every word is rare.
IMAGINED = 1000
SEEN_OF_KIND: tuple[float, ...] = tuple(IMAGINED * SHARE_OF_KIND[kind] + 0.5 for kind in Kind)
_PRECISION = 16


class Lengths(NamedTuple):
    """How long an article is before the window changes it.

    ``named`` and ``titled`` count features; the others are sums of squared rarities in sixteenths, whole so that
    sums of them are exact: of its words, of its other features, of its ideas and numbers, of the title, of the
    title's names.
    """

    named: int
    titled: int
    words: int
    senses: int
    details: int
    title: int
    names: int
    places: bool
    ideas: bool
    title_numbers: bool


def read_common_words(text: str) -> dict[int, float]:
    """The words written in ``text`` and in how many imagined articles each is.

    A line is a share and the word stems that have it, or ``place:``, ``idea:`` and ``number:`` with a name.
    """
    seen: dict[int, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            share, *things = line.split()
            for thing in things:
                kind, _, name = thing.rpartition(":")
                seen[feature(Kind[kind.upper() or "WORD"], name)] = IMAGINED * float(share) + 0.5
    return seen


COMMON_WORDS = read_common_words((files("monitor.stories") / "common_words.txt").read_text(encoding="utf-8"))


def _weight(seen: float) -> int:
    return round(_PRECISION * log((IMAGINED + 1) / seen) ** 2)


_WEIGHTS = {word: _weight(seen) for word, seen in COMMON_WORDS.items()}
_WEIGHT_OF_KIND = tuple(_weight(seen) for seen in SEEN_OF_KIND)


def lengths_of(signature: Signature) -> Lengths:
    """The lengths of an article."""
    weights = [_WEIGHTS.get(each, _WEIGHT_OF_KIND[each >> HASH_BITS]) for each in signature.features]
    kinds = [each >> HASH_BITS for each in signature.features]
    of_kind = [0] * len(Kind)
    for weight, kind in zip(weights, kinds, strict=True):
        of_kind[kind] += weight
    named, titled = signature.named, signature.titled
    return Lengths(
        named,
        titled,
        of_kind[Kind.WORD],
        sum(weights) - of_kind[Kind.WORD],
        of_kind[Kind.IDEA] + of_kind[Kind.NUMBER],
        sum(weights[:titled]),
        sum(weights[:named]),
        Kind.PLACE in kinds,
        Kind.IDEA in kinds,
        Kind.NUMBER in kinds[:titled],
    )
