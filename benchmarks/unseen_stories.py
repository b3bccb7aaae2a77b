"""How well stories are put together of news that nothing was learned from: cross-validation.

    python -m benchmarks.unseen_stories STORIES.jsonl PAIRS.jsonl [PARTS]

Learns (``benchmarks.train_stories``) from all but one part of the events and pairs, puts the whole corpus into stories,
and scores only the articles of the events that it has not learned from; in turn for each part. The others stay in the
window, so that nothing becomes easier. Events fall into parts by chance, then a second time by when they began. Takes a
minute or two for each part. Needs numpy.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from benchmarks.story_data import Labelled, Pair, item_scores, mean_score, read_events, read_labelled, read_pairs
from benchmarks.train_stories import EVENTS, cluster, decided_rightly, train
from monitor.stories import index
from monitor.stories.decision import judges_from

PARTS = 4


def main() -> None:
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    labelled, pairs, events = read_labelled(Path(sys.argv[1])), read_pairs(Path(sys.argv[2])), read_events(EVENTS)
    folds = int(sys.argv[3]) if len(sys.argv) > 3 else PARTS
    for name, parts in (("chance", by_chance), ("time", by_beginning)):
        print(f"unseen events and pairs, parted by {name}", flush=True)
        cross_validate(labelled, pairs, events, parts(labelled, folds))


def by_chance(labelled: Sequence[Labelled], folds: int) -> dict[str, int]:
    """The part of each event."""
    return {each.event: part(each.event, folds) for each in labelled}


def by_beginning(labelled: Sequence[Labelled], folds: int) -> dict[str, int]:
    """The part of each event: parts of as many articles each, one after the other in time."""
    sizes = Counter(each.event for each in labelled)
    found, seen = {}, 0
    for each in sorted(labelled, key=lambda each: index.by_time(each.article)):
        if each.event not in found:
            found[each.event] = min(folds - 1, seen * folds // len(labelled))
            seen += sizes[each.event]
    return found


def cross_validate(
    labelled: Sequence[Labelled], pairs: Sequence[Pair], events: Sequence[Labelled], parts: dict[str, int]
) -> None:
    folds = max(parts.values()) + 1
    right, found = 0, []
    for fold in range(folds):
        judges = judges_from(
            train(
                [each for each in labelled if parts[each.event] != fold],
                [pair for pair in pairs if part(pair.name, folds) != fold],
                events,
            )
        )
        found.append(cluster(labelled, judges))
        right += decided_rightly([pair for pair in pairs if part(pair.name, folds) == fold], judges)
    for lang in ("", "en", "pt", "es", "fr", "ru", "de"):
        chosen = [n for n, each in enumerate(labelled) if lang in {"", each.article.lang}]
        gold = [labelled[n].event for n in chosen]
        scores = [item_scores([stories[n] for n in chosen], gold) for stories in found]
        unseen = [scores[parts[event]][place] for place, event in enumerate(gold)]
        print(f"  {lang or 'all':4} {mean_score(unseen)}", flush=True)
    print(f"  pairs {right / len(pairs):.3f}", flush=True)


def part(text: str, folds: int) -> int:
    return crc32(text.encode()) % folds


if __name__ == "__main__":
    main()
