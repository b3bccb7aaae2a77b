"""Which recent articles have a feature, and how rare that makes it: the inverted index of the window."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import log

from monitor.stories.priors import COMMON_WORDS, IMAGINED, SEEN_OF_KIND
from monitor.stories.signature import HASH_BITS

_GRAMS = 1 << 16
_IMAGINED_GRAMS = 0.75
# Only the youngest articles of a feature are ever looked at; the rest are but counted.
_LISTED = 32
_MOST_LISTED = 64


class Postings:
    """Counts and lists articles by feature. Articles are the index's own ascending numbers.

    What it answers depends only on the articles in it, never on those that were taken out again. ``weights`` are
    squares of the rarity (inverse document frequency), in the window and before it.
    """

    def __init__(self) -> None:
        self._lists: dict[int, int | array[int]] = {}
        self._grams = array("I", bytes(4 * _GRAMS))
        self._gram_logs = [log(_IMAGINED_GRAMS)] * _GRAMS
        self._articles = 0

    def __len__(self) -> int:
        return self._articles

    def add(self, article: int, features: Iterable[int], grams: Iterable[int]) -> None:
        """Take an article in. It must be younger than all before it."""
        self._articles += 1
        lists = self._lists
        for feature in features:
            known = lists.get(feature)
            if known is None:
                lists[feature] = article
            elif isinstance(known, int):
                lists[feature] = array("I", (2, known, article))
            else:
                known[0] += 1
                known.append(article)
                if len(known) > _MOST_LISTED:
                    del known[1:-_LISTED]
        self._count_grams(grams, 1)

    def remove(self, article: int, features: Iterable[int], grams: Iterable[int]) -> None:
        """Take an article out."""
        self._articles -= 1
        lists = self._lists
        for feature in features:
            known = lists[feature]
            if isinstance(known, int) or known[0] == 1:
                del lists[feature]
                continue
            known[0] -= 1
            if article in known[1:]:
                del known[known.index(article, 1)]
        self._count_grams(grams, -1)

    def count(self, feature: int) -> int:
        """How many articles in the window have ``feature``."""
        known = self._lists.get(feature)
        if known is None:
            return 0
        return 1 if isinstance(known, int) else known[0]

    def latest(self, feature: int, most: int) -> Sequence[int]:
        """The youngest articles that have ``feature``, at most ``most``."""
        known = self._lists.get(feature)
        if known is None:
            return ()
        return (known,) if isinstance(known, int) else known[max(1, len(known) - most) :]

    def weights(self, features: Iterable[int]) -> dict[int, float]:
        """The weight of each feature."""
        lists, total = self._lists, log(self._articles + IMAGINED + 1)
        found = {}
        for feature in features:
            known = lists.get(feature)
            seen = COMMON_WORDS.get(feature) or SEEN_OF_KIND[feature >> HASH_BITS]
            if known is not None:
                seen += 1 if isinstance(known, int) else known[0]
            rarity = total - log(seen)
            found[feature] = rarity * rarity
        return found

    def gram_weight(self, grams: Iterable[int]) -> float:
        """The weight of some character 4-grams together."""
        logs, total = self._gram_logs, log(self._articles + IMAGINED + 1)
        return sum([(total - logs[gram]) ** 2 for gram in grams])

    def gram_dot(self, one: Mapping[int, int], other: Mapping[int, int]) -> float:
        """The weight of the 4-grams that two counts share."""
        logs, total = self._gram_logs, log(self._articles + IMAGINED + 1)
        return sum([(total - logs[gram]) ** 2 * one[gram] * other[gram] for gram in sorted(one.keys() & other.keys())])

    def _count_grams(self, grams: Iterable[int], step: int) -> None:
        counts, logs = self._grams, self._gram_logs
        for gram in grams:
            counts[gram] += step
            logs[gram] = log(counts[gram] + _IMAGINED_GRAMS)
