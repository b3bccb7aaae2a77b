"""What holds of the stories of any window: however articles come, whatever was forgotten, split or merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.stories.index import StoryIndex
from monitor.stories.model import ArticleId, Placement, StoryArticle
from tests.stories.articles import NOON, Written, written

WINDOW = timedelta(hours=40)
POLLS = st.lists(st.lists(written(st.integers(-30, 0)), min_size=1, max_size=6), min_size=1, max_size=8)


def partition(index: StoryIndex, names: Iterable[ArticleId]) -> set[frozenset[ArticleId]]:
    stories: dict[int, set[ArticleId]] = {}
    for name in names:
        story = index.story_of(name)
        assert story is not None
        stories.setdefault(story, set()).add(name)
    return {frozenset(story) for story in stories.values()}


@dataclass
class Archive:
    """What a store keeps of placements: who is where, in the order of placing, and what an operator has said."""

    where: dict[ArticleId, int]
    first: dict[ArticleId, ArticleId | None]
    texts: dict[ArticleId, StoryArticle]
    apart: list[tuple[int, int]]

    def keep(self, article: StoryArticle, placement: Placement) -> None:
        self.texts[article.id] = article
        self.where[article.id] = placement.story
        self.first[article.id] = placement.duplicate_of
        for merge in placement.merges:
            self.move(merge.gone, merge.into)

    def move(self, gone: int, into: int) -> None:
        self.where = {name: into if story == gone else story for name, story in self.where.items()}
        pairs = [(into if one == gone else one, into if other == gone else other) for one, other in self.apart]
        self.apart = [pair for pair in pairs if pair[0] != pair[1]]

    def restored(self, since: datetime, highest: int) -> StoryIndex:
        index = StoryIndex(first_story=highest + 1)
        names = list(self.where)
        begin = next((place for place, name in enumerate(names) if self.texts[name].at >= since), len(names))
        for name in names[begin:]:
            index.restore(self.texts[name], self.where[name], self.first[name])
        for pair in self.apart:
            index.keep_apart(*pair)
        return index


@settings(deadline=None, max_examples=60)
@given(st.lists(written(st.integers(0, 6)), min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_the_articles_in_a_poll_changes_nothing(poll: list[Written], chance: object) -> None:
    shuffled = list(enumerate(poll))
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    names = range(len(poll))
    as_listed, otherwise = StoryIndex(), StoryIndex()
    as_listed.place_all(one.article(name) for name, one in enumerate(poll))
    otherwise.place_all(one.article(name) for name, one in shuffled)
    assert partition(as_listed, names) == partition(otherwise, names)


@settings(deadline=None, max_examples=60)
@given(st.lists(written(st.integers(0, 6)), min_size=2, max_size=10, unique=True), st.data())
def test_the_numbers_that_the_articles_of_a_poll_were_given_change_nothing(
    poll: list[Written], data: st.DataObject
) -> None:
    numbers = data.draw(st.permutations(range(len(poll))))
    one, other = StoryIndex(), StoryIndex()
    one.place_all(each.article(number) for number, each in enumerate(poll))
    other.place_all(each.article(number) for number, each in zip(numbers, poll, strict=True))
    renamed = {frozenset(numbers[int(name)] for name in story) for story in partition(one, range(len(poll)))}
    assert renamed == partition(other, range(len(poll)))


@settings(deadline=None, max_examples=60)
@given(POLLS)
def test_every_article_is_in_exactly_one_story(polls: list[list[Written]]) -> None:
    index = StoryIndex()
    names: list[int] = []
    for turn, poll in enumerate(polls):
        fresh = range(len(names), len(names) + len(poll))
        index.place_all(
            replace(one, hours=one.hours + 2 * turn).article(name) for name, one in zip(fresh, poll, strict=True)
        )
        names += fresh
        stories = {story for name in names if (story := index.story_of(name)) is not None}
        views = [view for story in sorted(stories) if (view := index.view(story)) is not None]
        assert sorted(int(name) for view in views for name in view.articles) == names
        assert all(index.story_of(name) == view.story for view in views for name in view.articles)


@settings(deadline=None, max_examples=30)
@given(POLLS, st.integers(0, 6))
def test_an_index_built_anew_from_what_is_kept_decides_as_the_one_that_ran_on(
    polls: list[list[Written]], split_at: int
) -> None:
    ran_on, archive, highest = StoryIndex(), Archive({}, {}, {}, []), 0
    for turn, poll in enumerate(polls):
        now = NOON + timedelta(hours=9 * turn)
        since = now - WINDOW
        ran_on.forget(since)
        anew = archive.restored(since, highest)
        assert len(anew) == len(ran_on)
        fresh = [
            replace(one, hours=one.hours + 9 * turn).article(1000 * turn + place) for place, one in enumerate(poll)
        ]
        placements = ran_on.place_all(fresh)
        assert anew.place_all(fresh) == placements
        texts = {article.id: article for article in fresh}
        for placement in placements:
            archive.keep(texts[placement.article], placement)
            highest = max([highest, placement.story, *(merge.gone for merge in placement.merges)])
        if turn == split_at:
            moved = [name for name, story in archive.where.items() if story == placements[-1].story][1:]
            inside = [name for name in moved if name in ran_on]
            if inside:
                archive.apart.append((placements[-1].story, ran_on.split(inside)))
                archive.where |= dict.fromkeys(inside, archive.apart[-1][1])
                highest = max(highest, archive.apart[-1][1])


@settings(deadline=None, max_examples=60)
@given(POLLS)
def test_what_was_split_by_hand_never_merges_by_itself(polls: list[list[Written]]) -> None:
    index = StoryIndex()
    index.place_all(Written(number, 0).article(f"ferry-{number}") for number in range(6))
    kept, moved = ["ferry-0"], ["ferry-1", "ferry-2"]
    assert len(partition(index, kept + moved)) == 1, "one event, if nobody says otherwise"
    index.split(moved)
    for turn, poll in enumerate(polls):
        index.place_all(one.article(1000 * turn + place) for place, one in enumerate(poll))
        apart = partition(index, kept + moved)
        assert apart == {frozenset(kept), frozenset(moved)}


@settings(deadline=None, max_examples=60)
@given(POLLS)
def test_what_was_merged_by_hand_stays_together(polls: list[list[Written]]) -> None:
    index = StoryIndex()
    ferry, election = index.place_all([Written(0, 0).article("ferry"), Written(7, 0).article("election")])
    assert ferry.story != election.story
    index.merge(max(ferry.story, election.story), min(ferry.story, election.story))
    for turn, poll in enumerate(polls):
        index.place_all(one.article(1000 * turn + place) for place, one in enumerate(poll))
        assert index.story_of("ferry") == index.story_of("election")
