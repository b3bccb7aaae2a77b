"""A whole corpus at once: every article with the story it ended in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from monitor.stories.decision import JUDGES, Judges
from monitor.stories.index import WINDOW, StoryIndex, by_time
from monitor.stories.model import ArticleId, Assignment, Placement, StoryArticle

_HOUSEKEEPING = timedelta(hours=6)


def assign_stories(
    articles: Iterable[StoryArticle], window: timedelta = WINDOW, judges: Judges = JUDGES
) -> list[Assignment]:
    """Read the articles in order of time and say where each ended, after all merges, in the order they were given."""
    given = list(articles)
    index = StoryIndex(judges=judges)
    placements: dict[ArticleId, Placement] = {}
    became: dict[int, int] = {}
    forgotten_at = None
    for article in sorted(given, key=by_time):
        if forgotten_at is None or article.at - forgotten_at > _HOUSEKEEPING:
            forgotten_at = article.at
            index.forget(forgotten_at - window)
        placement = index.place(article)
        placements[article.id] = placement
        became.update((merge.gone, merge.into) for merge in placement.merges)
    return [
        Assignment(article.id, _resolve(became, placement.story), placement.duplicate_of, placement.evidence)
        for article in given
        for placement in (placements[article.id],)
    ]


def _resolve(became: dict[int, int], story: int) -> int:
    while story in became:
        story = became[story]
    return story
