"""Steps of the clustering written at once come to what they would have come to one by one."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.state import Silence
from monitor.store import Store, articles, silences, story_steps
from monitor.store.story_steps import Step, StoryMerge
from monitor.store.story_values import StoryMember
from monitor.store.values import NewArticle

HOUR = timedelta(hours=1)
ARTICLES = 40
MANY = 13


def decided(seed: int, now: datetime) -> list[Step]:
    """Articles that found stories, join them, and bring them together, as the clustering decides it."""
    chance, steps, there, most = random.Random(seed), list[Step](), list[int](), 0
    for article in range(1, ARTICLES + 1):
        if not there or chance.random() < 0.5:
            most += 1
            there.append(most)
            story = most
        else:
            story = chance.choice(there)
        at = now - chance.randrange(40) * HOUR
        steps.append(StoryMember(article, story, at, now, f"feed-{article % 5}", f"text:{article % 7}"))
        while len(there) > 1 and chance.random() < 0.4:
            into, gone = sorted(chance.sample(there, 2))
            there.remove(gone)
            steps.append(StoryMerge(gone, into, now, evidence={"score": round(chance.random(), 3)}))
    return steps


def tables_of(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """What became of it. The title of a story that was never seen alone is left out."""
    queries = {
        "stories": "SELECT id, articles, origins * (articles > 0), merged_into FROM stories ORDER BY id",
        "titles": "SELECT id, title, lang, languages, started_at, updated_at FROM stories"
        " WHERE merged_into IS NULL ORDER BY id",
        "members": "SELECT id, article_id, story_id, at, outlet, origin, evidence FROM story_members ORDER BY id",
        "changes": "SELECT story_id, other_id, kind, evidence FROM story_changes ORDER BY id",
        "silences": "SELECT story_id FROM silences ORDER BY id",
    }
    with closing(sqlite3.connect(store.path)) as opened:
        found = {name: opened.execute(query).fetchall() for name, query in queries.items()}
        moved = opened.execute("SELECT other_id, articles FROM story_changes ORDER BY id").fetchall()
    return found | {"moved": [(gone, sorted(numbers.strip("[]").split(","))) for gone, numbers in moved]}


@pytest.fixture
def twins(
    store: Store, tmp_path: Path, now: datetime, make_article: Callable[[int], NewArticle]
) -> Iterator[tuple[Store, Store]]:
    """Two equal archives."""
    new = [make_article(number) for number in range(1, ARTICLES + 1)]
    with Store.open(tmp_path / "twin" / "news.db", now=now, exclusive=True) as twin:
        for one in (store, twin):
            one.write_now(lambda tx: articles.add(tx, new, now))
        yield store, twin


def take(store: Store, steps: list[Step], now: datetime, *, many: int) -> None:
    """Take the first steps, silence the stories that there are then, and go on, ``many`` steps at once."""
    chosen = [steps[:MANY], *(steps[first : first + many] for first in range(MANY, len(steps), many))]
    for number, some in enumerate(chosen):
        store.write_now(lambda tx, some=some: story_steps.take(tx, some))  # type: ignore[misc]
        if number == 0:
            for story in {step.story for step in some if isinstance(step, StoryMember)}:
                silence = Silence(0, now + HOUR, "kim", "enough", now, story=story)
                store.write_now(lambda tx, silence=silence: silences.add(tx, silence, now))  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(4))
def test_many_steps_at_once_come_to_what_they_come_to_one_by_one(
    seed: int, twins: tuple[Store, Store], now: datetime
) -> None:
    at_once, one_by_one = twins
    steps = decided(seed, now)
    assert sum(isinstance(step, StoryMerge) for step in steps) > 5
    take(at_once, steps, now, many=MANY)
    take(one_by_one, steps, now, many=1)
    assert tables_of(at_once) == tables_of(one_by_one)
    assert at_once.integrity_check() == ""
