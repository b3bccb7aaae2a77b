"""Learns the weights that decide which stories are one event, and writes ``monitor/stories/weights.json``.

    python -m benchmarks.train_stories --stories STORIES.jsonl --pairs PAIRS.jsonl [--write]

STORIES has titles with their events (``id lang title published cluster``), PAIRS has pairs of articles, ``OK`` or
``BAD`` (``lang title text title2 text2 label``). The index is run over the stories with the weights so far, and what it
compares is learned from, again and again: so it learns from the stories that it makes itself, not from perfect ones.
Nothing is kept of the weights before.

What to expect of unseen news is measured by ``benchmarks.unseen_stories``. Needs numpy.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf, log
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.story_data import (
    Labelled,
    Pair,
    bcubed,
    read_events,
    read_labelled,
    read_pairs,
)
from monitor.stories import decision, index
from monitor.stories.assign import assign_stories
from monitor.stories.decision import CHANGE_TERMS, MEASURES, TEXT_TERMS, TITLE_TERMS, Judges, judges_from, values
from monitor.stories.index import StoryIndex
from monitor.stories.likeness import Likeness, likeness, scale_of
from monitor.stories.postings import Postings
from monitor.stories.profiles import profile_of
from monitor.stories.records import record_of
from monitor.stories.signature import read_signature

WEIGHTS = Path(decision.__file__).parent / "weights.json"
ROUNDS = 3
BARE_PAIR_WEIGHT = 4.0
RIDGE = 4.0
PAIR_RIDGE = 2.0
EVENTS = Path(__file__).parent / "data" / "events.tsv"
# The written events are few, and the only ones in several languages with one subject, the product's own. Of how texts
# in one language compare, real pairs tell more.
EVENT_WEIGHT = 10.0
EVENT_PAIR_WEIGHT = 1.0
EVENT_TEXT_WEIGHT = 0.1
EVENT_PAIR_TEXT_WEIGHT = 0.06
EVENT_CONCEPTS = ("dprk", "russia")
# How likely it has to be before two things are taken for one: two alerts are better than a lost event.
CAUTION = {"join": 0.65, "merge": 0.7, "text": 0.5}
# Where learning begins: what a first run of the index compares. It does not matter much.
SEED: dict[str, dict[str, float]] = {
    "join": {"bias": -5.0, "cosine": 5.0, "gram_cosine": 5.0, "freshness": 1.0},
    "merge": {"bias": -6.0, "cosine": 5.0, "gram_cosine": 5.0, "freshness": 1.0},
    "text": {"bias": -6.0, "word_cosine": 8.0, "cover": 4.0},
}
Weights: TypeAlias = dict[str, float]


@dataclass(slots=True)
class Examples:
    """Rows of values, the share of pairs that are one event, and how much each row counts."""

    rows: list[list[float]]
    labels: list[float]
    counts: list[float]

    def add(self, measures: Likeness, label: float, count: float) -> None:
        self.rows.append(values(measures))
        self.labels.append(label)
        self.counts.append(count)

    def extend(self, other: Examples) -> None:
        self.rows += other.rows
        self.labels += other.labels
        self.counts += other.counts

    def times(self, factor: float) -> Examples:
        """The same examples, each counting so many times as much."""
        return Examples(self.rows, self.labels, [count * factor for count in self.counts])

    def where(self, measure: str, above: float = -inf, below: float = inf) -> Examples:
        """The examples for which a measure lies between two bounds."""
        column = MEASURES.index(measure)
        chosen = [n for n, row in enumerate(self.rows) if above < row[column] < below]
        rows, labels, counts = self.rows, self.labels, self.counts
        return Examples([rows[n] for n in chosen], [labels[n] for n in chosen], [counts[n] for n in chosen])


def watch(labelled: Sequence[Labelled], judges: Judges) -> tuple[Examples, Examples]:
    """Run the index over the stories; what it compares for joining, and for merging."""
    joins, merges = Examples([], [], []), Examples([], [], [])
    stories = StoryIndex(judges=judges)
    event = {each.article.id: each.event for each in labelled}

    def events(story: int) -> Counter[str]:
        view = stories.view(story)
        return Counter(event[article] for article in view.articles) if view else Counter()

    for each in sorted(labelled, key=lambda each: index.by_time(each.article)):
        near = stories.nearest(each.article)
        for judged in near:
            held = events(judged.story)
            joins.add(judged.likeness, held[each.event] / held.total(), 1.0)
        story = stories.place(each.article).story
        own = events(story)
        for judged in near[:7]:
            other = events(judged.story)
            if judged.story != story and other:
                same = sum(count * other[name] for name, count in own.items()) / (own.total() * other.total())
                merges.add(stories.compare(story, judged.story), same, min(own.total(), other.total()) ** 0.5)
    return joins, merges


def pair_examples(pairs: Iterable[Pair], bodies: bool) -> Examples:
    found = Examples([], [], [])
    for pair in pairs:
        articles = [each if bodies else replace(each, body="") for each in pair.articles]
        one, other = (record_of(each, read_signature(each)) for each in articles)
        postings = Postings()  # as when the second article comes: what it shares has been seen once
        postings.add(1, one.features, one.grams)
        measures = likeness(profile_of([other]), profile_of([one]), postings, scale_of(other, postings))
        found.add(measures, float(pair.same), 1.0 if bodies else BARE_PAIR_WEIGHT)
    return found


def event_examples(events: Sequence[Labelled]) -> Examples:
    """Every two articles of the events, as they compare when all of them are in the window."""
    found = Examples([], [], [])
    postings = Postings()
    records = [record_of(each.article, read_signature(each.article)) for each in events]
    for number, record in enumerate(records, 1):
        postings.add(number, record.features, record.grams)
    profiles = [profile_of([record]) for record in records]
    for one, other in combinations(range(len(events)), 2):
        measures = likeness(profiles[one], profiles[other], postings, scale_of(records[other], postings))
        found.add(measures, float(events[one].event == events[other].event), 1.0)
    return found


def event_variants(events: Sequence[Labelled]) -> list[list[Labelled]]:
    """The events with and without bodies, with and without the concepts of a rule that found them."""
    return [
        [
            Labelled(replace(each.article, body=each.article.body * bodies, concepts=concepts), each.event)
            for each in events
        ]
        for bodies in (0, 1)
        for concepts in ((), EVENT_CONCEPTS)
    ]


def fit(found: Examples, terms: Sequence[str], penalty: float = RIDGE) -> Weights:
    """Logistic regression with a ridge, by Newton's method."""
    plain: NDArray[np.float64] = np.array(found.rows)
    columns = [[MEASURES.index(name) for name in term.split()] for term in terms]
    rows = np.stack([plain[:, names].prod(axis=1) for names in columns], axis=1)
    labels, counts = np.array(found.labels), np.array(found.counts)
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.hstack([np.ones((len(rows), 1)), (rows - mean) / spread])
    ridge = np.diag([0.0, *([penalty] * rows.shape[1])])
    weights = np.zeros(design.shape[1])
    for _ in range(12):
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counts * (labels - likely)) - ridge @ weights
        curve = (design * (counts * likely * (1 - likely))[:, None]).T @ design + ridge
        weights = weights + np.linalg.solve(curve, slope)
    bare = weights[1:] / spread
    bias = float(weights[0] - (bare * mean).sum())
    return {"bias": round(bias, 4), **{term: round(float(w), 4) for term, w in zip(terms, bare, strict=True)}}


def train(
    labelled: Sequence[Labelled], pairs: Sequence[Pair], events: Sequence[Labelled], known: dict[str, Weights] = SEED
) -> dict[str, Weights]:
    variants = event_variants(events)
    found = known
    for _ in range(ROUNDS):
        joins, merges = pair_examples(pairs, bodies=False), pair_examples(pairs, bodies=False)
        texts = pair_examples(pairs, bodies=True)
        for compared in map(event_examples, variants):
            by_title, by_text = _parted(compared)
            joins.extend(by_title.times(EVENT_PAIR_WEIGHT))
            merges.extend(by_title.times(EVENT_PAIR_WEIGHT))
            texts.extend(by_text.times(EVENT_PAIR_TEXT_WEIGHT))
        for number, corpus in enumerate([labelled, *variants]):
            for more, examples in zip(watch(corpus, judges_from(found)), (joins, merges), strict=True):
                by_title, by_text = _parted(more)
                examples.extend(by_title.times(EVENT_WEIGHT if number else 1.0))
                texts.extend(by_text.times(EVENT_TEXT_WEIGHT))
        found = {"join": fit(joins, TITLE_TERMS), "merge": fit(merges, TITLE_TERMS)}
        found["text"] = text_weights(joins.where("same_language", above=0.9), texts)
        for name, weights in found.items():
            weights["bias"] = round(weights["bias"] - log(CAUTION[name] / (1 - CAUTION[name])), 4)
    return found


def _parted(found: Examples) -> tuple[Examples, Examples]:
    """What is judged by headlines, and what by texts in one language."""
    with_bodies = found.where("bodied", above=0.5)
    by_title = found.where("bodied", below=0.5)
    by_title.extend(with_bodies.where("same_language", below=0.5))
    return by_title, with_bodies.where("same_language", above=0.5)


def text_weights(titles: Examples, texts: Examples) -> Weights:
    """What pairs of fresh texts teach, changed by time and size as headlines are: no texts with events were at hand."""
    changes = fit(titles, (*TEXT_TERMS, *CHANGE_TERMS))
    weights = fit(texts, TEXT_TERMS, PAIR_RIDGE)
    weights |= {term: changes[term] for term in CHANGE_TERMS}
    weights["bias"] -= changes["freshness"]
    return weights


def cluster(labelled: Sequence[Labelled], judges: Judges) -> list[int]:
    return [each.story for each in assign_stories([each.article for each in labelled], judges=judges)]


def decided_rightly(pairs: Sequence[Pair], judges: Judges) -> int:
    right = 0
    for pair in pairs:
        one, other = assign_stories(pair.articles, judges=judges)
        right += (one.story == other.story) == pair.same
    return right


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--stories", type=Path, required=True)
    options.add_argument("--pairs", type=Path, required=True)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    labelled, pairs, events = read_labelled(given.stories), read_pairs(given.pairs), read_events(EVENTS)
    weights = train(labelled, pairs, events)
    judges = judges_from(weights)
    print(f"seen: all {bcubed(cluster(labelled, judges), [each.event for each in labelled])}")
    print(f"  pairs {decided_rightly(pairs, judges) / len(pairs):.3f}")
    if given.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
