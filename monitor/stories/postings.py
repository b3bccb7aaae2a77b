"""Which recent articles have a feature, and how rare that makes it: the inverted index of the window."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import log

from monitor.stories.priors import COMMON_WORDS, SHARE_OF_KIND
from monitor.stories.signature import HASH_BITS, Kind

# Articles imagined before the first one came, so that the first hundred do not think every word is rare.
_IMAGINED = 1000
_GRAMS = 1 << 16
_IMAGINED_GRAMS = 0.75
_PRIOR = {word: _IMAGINED * share + 0.5 for word, share in COMMON_WORDS.items()}
_PRIOR_OF_KIND = tuple(_IMAGINED * SHARE_OF_KIND[kind] + 0.5 for kind in Kind)


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
                lists[feature] = array("I", (known, article))
            else:
                known.append(article)
        self._count_grams(grams, 1)

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
        self._count_grams(grams, -1)

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

    def weights(self, features: Iterable[int]) -> dict[int, float]:
        """The weight of each feature."""
        lists, total = self._lists, log(self._articles + _IMAGINED + 1)
        found = {}
        for feature in features:
            known = lists.get(feature)
            seen = _PRIOR.get(feature) or _PRIOR_OF_KIND[feature >> HASH_BITS]
            if known is not None:
                seen += 1 if isinstance(known, int) else len(known)
            rarity = total - log(seen)
            found[feature] = rarity * rarity
        return found

    def gram_weights(self, grams: Iterable[int]) -> dict[int, float]:
        """The weight of each character 4-gram."""
        logs, total = self._gram_logs, log(self._articles + _IMAGINED + 1)
        return {gram: (total - logs[gram]) ** 2 for gram in grams}

    def _count_grams(self, grams: Iterable[int], step: int) -> None:
        counts, logs = self._grams, self._gram_logs
        for gram in grams:
            counts[gram] += step
            logs[gram] = log(counts[gram] + _IMAGINED_GRAMS)
