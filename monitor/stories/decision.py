"""From measures of likeness to the probability that two stories are one event."""

from __future__ import annotations

from math import exp

from monitor.stories.likeness import Likeness

JOIN_AT = 0.5
MERGE_AT = 0.5


def probability_of_joining(measures: Likeness) -> float:
    """That an article (one side is a story of one) belongs to a story."""
    return _probability(measures)


def probability_of_merging(measures: Likeness) -> float:
    """That two stories of any size are one event."""
    return _probability(measures)


def _probability(measures: Likeness) -> float:
    cosine = (measures.word_cosine + measures.gram_cosine) / 2 * measures.freshness
    return 1 / (1 + exp(-40 * (cosine - 0.12)))
