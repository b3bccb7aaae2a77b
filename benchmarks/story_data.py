"""Reads labelled stories and pairs of articles, and scores a clustering by BCubed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.stories.model import StoryArticle

_WHEN = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    article: StoryArticle
    event: str


@dataclass(frozen=True, slots=True)
class Pair:
    name: str
    articles: tuple[StoryArticle, StoryArticle]
    same: bool


class Score(NamedTuple):
    precision: float
    recall: float
    f1: float

    def __str__(self) -> str:
        return f"{self.f1:.3f} (P {self.precision:.3f} R {self.recall:.3f})"


def read_labelled(path: Path) -> list[Labelled]:
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(
            StoryArticle(
                item["id"], item["title"], datetime.fromisoformat(item["published"]), languages=(item["lang"],)
            ),
            item["cluster"],
        )
        for item in items
    ]


def read_events(path: Path) -> list[Labelled]:
    """Lines of event, language, hours, title and body, separated by tabs; ``#`` begins a remark."""
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [
        Labelled(
            StoryArticle(
                f"{path.stem}-{number}", title, _WHEN + timedelta(hours=float(hours)), body, (lang,), f"feed-{number}"
            ),
            f"{path.stem}-{event}",
        )
        for number, (event, lang, hours, title, body) in enumerate(lines)
    ]


def read_pairs(path: Path) -> list[Pair]:
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Pair(
            item["id"],
            (
                StoryArticle(f"{item['id']}-1", item["title"], _WHEN, item["text"], (item["lang"],)),
                StoryArticle(f"{item['id']}-2", item["title2"], _WHEN, item["text2"], (item["lang"],)),
            ),
            item["label"] == "OK",
        )
        for item in items
    ]


def item_scores(found: Sequence[Hashable], gold: Sequence[Hashable]) -> list[tuple[float, float]]:
    """Per article, how pure and how complete its story is."""
    stories, events = Counter(found), Counter(gold)
    both = Counter(zip(found, gold, strict=True))
    return [
        (both[story, event] / stories[story], both[story, event] / events[event])
        for story, event in zip(found, gold, strict=True)
    ]


def mean_score(items: Sequence[tuple[float, float]]) -> Score:
    """What articles score together."""
    precision = sum(one for one, _ in items) / len(items)
    recall = sum(other for _, other in items) / len(items)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def bcubed(found: Sequence[Hashable], gold: Sequence[Hashable]) -> Score:
    """BCubed (Bagga and Baldwin 1998): per article, how pure and how complete its story is; averaged."""
    return mean_score(item_scores(found, gold))
