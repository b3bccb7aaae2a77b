"""How well articles are put into stories, and at what cost.

    python -m benchmarks.stories STORIES.jsonl PAIRS.jsonl

STORIES: titles with their event (``cluster``), scored by BCubed (Bagga and Baldwin 1998) per language and over all, by
titles and times alone. PAIRS: two articles each, labelled as the same news or not; right is what ends in one story, or
in two. The weights were learned from such corpora: what to expect of unseen news is ``benchmarks.unseen_stories``. The
peers are the least a clustering can do (every article alone, stories of equal titles) and ``benchmarks.story_peers``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Hashable, Sequence
from pathlib import Path

from benchmarks import story_peers
from benchmarks.story_data import Labelled, bcubed, read_labelled, read_pairs
from monitor.stories.assign import assign_stories


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    labelled = sorted(read_labelled(Path(sys.argv[1])), key=lambda one: one.article.at)
    began = time.process_time()
    found: list[Hashable] = [one.story for one in assign_stories(one.article for one in labelled)]
    spent = time.process_time() - began
    print(f"{len(labelled)} titles, {len(labelled) / spent:.0f} articles/s of CPU time")
    scores(labelled, "newsmonitor", found)
    scores(labelled, "equal titles", [one.article.title.casefold() for one in labelled])
    scores(labelled, "all alone", list(range(len(labelled))))
    titles = [one.article.title for one in labelled]
    least, by_grams = story_peers.best_stories(labelled, story_peers.tfidf(titles))
    scores(labelled, f"4-gram TF-IDF, best threshold {least}", by_grams)
    encode = story_peers.encoder()
    if encode is None:
        print(f"sentence encoder: {story_peers.ENCODER} is not installed")
    else:
        least, by_meaning = story_peers.best_stories(labelled, encode(titles))
        scores(labelled, f"sentence encoder, best threshold {least}", by_meaning)
    pairs = read_pairs(Path(sys.argv[2]))
    right = 0
    for pair in pairs:
        one, other = assign_stories(pair.articles)
        right += (one.story == other.story) == pair.same
    print(f"{len(pairs)} pairs: {right / len(pairs):.3f} decided rightly")


def scores(labelled: Sequence[Labelled], name: str, found: Sequence[Hashable]) -> None:
    """BCubed over all languages together, then within each."""
    print(f"{name}\n{'':14} all {bcubed(found, [one.event for one in labelled])}")
    for lang in sorted({one.article.lang for one in labelled}):
        places = [place for place, one in enumerate(labelled) if one.article.lang == lang]
        if len(places) >= 100:
            score = bcubed([found[place] for place in places], [labelled[place].event for place in places])
            print(f"{'':14} {lang:3} {score}")


if __name__ == "__main__":
    main()
