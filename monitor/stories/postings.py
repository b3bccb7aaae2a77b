"""Which recent articles have a feature, and how rare that makes it: the inverted index of the window."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import log

from monitor.stories.pairs import Pairs
from monitor.stories.priors import COMMON_WORDS, IMAGINED, SEEN_OF_KIND
from monitor.stories.signature import HASH_BITS

_GRAMS = 1 << 16
_IMAGINED_GRAMS = 0.75
# Only the youngest articles of a feature are ever looked at; the rest are but counted.
_LISTED = 32
_MOST_LISTED = 64


class Weights(dict[int, float]):
    """The weight of any feature: the square of its rarity (inverse document frequency) in the window and before it.

    Weights are worked out when they are asked for and remembered until an article comes or goes: one that is placed
    asks for the same ones ten times.
    """

    def __init__(self, few: Pairs, many: Mapping[int, array[int]]) -> None:
        super().__init__()
        self._few, self._many = few, many
        self.renew(0)

    def renew(self, articles: int) -> None:
        """Work weights out anew, among so many articles."""
        self.clear()
        self.total = log(articles + IMAGINED + 1)

    def __missing__(self, feature: int) -> float:
        known = self._many.get(feature)
        seen = self._few.count(feature) if known is None else known[0]
        rarity = self.total - log((COMMON_WORDS.get(feature) or SEEN_OF_KIND[feature >> HASH_BITS]) + seen)
        weight = self[feature] = rarity * rarity
        return weight


class Postings:
    """Counts and lists articles by feature. Articles are the index's own ascending numbers.

    What it answers depends only on the articles in it, never on those that were taken out again.
    """

    def __init__(self) -> None:
        # Nine of ten features are in few articles. The others have how many they are in, and then the youngest.
        self._few = Pairs()
        self._many: dict[int, array[int]] = {}
        self._grams = array("I", bytes(4 * _GRAMS))
        self._gram_logs = array("d", [log(_IMAGINED_GRAMS)]) * _GRAMS
        self._articles = 0
        self.weights = Weights(self._few, self._many)

    def __len__(self) -> int:
        return self._articles

    def add(self, article: int, features: Iterable[int], grams: Iterable[int]) -> None:
        """Take an article in. It must be younger than all before it."""
        few, many = self._few, self._many
        for feature in features:
            known = many.get(feature)
            if known is None:
                if few.add(feature, article) > _LISTED:
                    listed = few.take(feature)
                    many[feature] = array("I", (len(listed), *listed))
                continue
            known[0] += 1
            known.append(article)
            if len(known) > _MOST_LISTED:
                del known[1:-_LISTED]
        self._count_article(grams, 1)

    def remove(self, article: int, features: Iterable[int], grams: Iterable[int]) -> None:
        """Take the oldest article out."""
        for feature in features:
            known = self._many.get(feature)
            if known is None:
                self._few.remove(feature, article)
                continue
            known[0] -= 1
            if known[1] == article:
                del known[1]
            if not known[0]:
                del self._many[feature]
        self._count_article(grams, -1)

    def count(self, feature: int) -> int:
        """How many articles in the window have ``feature``."""
        known = self._many.get(feature)
        return self._few.count(feature) if known is None else known[0]

    def latest(self, feature: int, most: int) -> Sequence[int]:
        """The youngest articles that have ``feature``, at most ``most`` and never more than 32."""
        known = self._many.get(feature)
        if known is None:
            return self._few.of(feature)[-most:]
        return known[max(1, len(known) - most) :]

    def gram_weight(self, grams: Iterable[int]) -> float:
        """The weight of some character 4-grams together."""
        logs, total = self._gram_logs, self.weights.total
        return sum([(total - logs[gram]) ** 2 for gram in grams])

    def gram_dot(self, one: Mapping[int, int], other: Mapping[int, int]) -> float:
        """The weight of the 4-grams that two counts share."""
        logs, total = self._gram_logs, self.weights.total
        return sum(
            [(total - logs[gram]) ** 2 * (one[gram] * other[gram]) for gram in sorted(one.keys() & other.keys())]
        )

    def _count_article(self, grams: Iterable[int], step: int) -> None:
        self._articles += step
        self.weights.renew(self._articles)
        counts, logs = self._grams, self._gram_logs
        for gram in grams:
            counts[gram] += step
            logs[gram] = log(counts[gram] + _IMAGINED_GRAMS)
