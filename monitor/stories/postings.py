"""Which recent articles have a feature, and how rare that makes it: the inverted index of the window."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import log

# Articles imagined before the first one came, so that the first hundred do not think every word is rare.
_IMAGINED = 1000
_SHARE_OF_UNKNOWN = 1 / 4000


class Postings:
    """Counts and lists articles by feature. Articles are the index's own ascending numbers.

    What it answers depends only on the articles in it, never on those that were taken out again.
    """

    def __init__(self) -> None:
        self._lists: dict[int, int | array[int]] = {}
        self._grams = array("I", bytes(4 * 65_536))
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
                lists[feature] = array("I", (known, article))
            else:
                known.append(article)
        for gram in grams:
            self._grams[gram] += 1

    def remove(self, article: int, features: Iterable[int], grams: Iterable[int]) -> None:
        """Take an article out."""
        self._articles -= 1
        lists = self._lists
        for feature in features:
            known = lists[feature]
            if isinstance(known, int):
                del lists[feature]
            elif len(known) == 2:
                lists[feature] = known[1] if known[0] == article else known[0]
            else:
                known.remove(article)
        for gram in grams:
            self._grams[gram] -= 1

    def count(self, feature: int) -> int:
        """How many articles in the window have ``feature``."""
        known = self._lists.get(feature)
        if known is None:
            return 0
        return 1 if isinstance(known, int) else len(known)

    def latest(self, feature: int, most: int) -> Sequence[int]:
        """The youngest articles that have ``feature``, at most ``most``."""
        known = self._lists.get(feature)
        if known is None:
            return ()
        return (known,) if isinstance(known, int) else known[-most:]

    def weight(self, feature: int) -> float:
        """The squared rarity (inverse document frequency) of a feature, in the window and before it."""
        seen = self.count(feature) + _IMAGINED * _SHARE_OF_UNKNOWN
        rarity = log((self._articles + _IMAGINED + 1) / (seen + 0.5))
        return rarity * rarity

    def gram_weight(self, gram: int) -> float:
        """The squared rarity of a character 4-gram."""
        seen = self._grams[gram] + _IMAGINED * _SHARE_OF_UNKNOWN
        rarity = log((self._articles + _IMAGINED + 1) / (seen + 0.5))
        return rarity * rarity
