"""The stories in memory are those of the archive: after restarts, replays, and a transaction that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.store import Store, Transaction, articles, stories
from monitor.store.story_values import StoryMember
from monitor.store.values import NewArticle
from monitor.storyline import Newcomer, Storyline
from monitor.text.article import Article
from tests.stories.articles import NOON, Written, written

WINDOW = timedelta(hours=40)
POLLS = st.lists(st.lists(written(st.integers(-30, 0)), min_size=1, max_size=5), min_size=2, max_size=5)


@contextmanager
def open_store() -> Iterator[Store]:
    with TemporaryDirectory() as place, Store.open(Path(place) / "nm.db", now=NOON, exclusive=True) as store:
        yield store


def stored_articles(poll: Sequence[Written], turn: int) -> list[NewArticle]:
    found = []
    for place, one in enumerate(poll):
        each = one.article(f"{turn}-{place}")
        published = each.at + timedelta(hours=9 * turn)
        found.append(
            NewArticle(
                Article(str(each.id), each.title, body=each.body, languages=each.languages, feed=each.outlet,
                        published_at=published),
            )
        )  # fmt: skip
    return found


def poll_at(turn: int) -> datetime:
    return NOON + timedelta(hours=9 * turn)


def bring(store: Store, storyline: Storyline, poll: Sequence[Written], turn: int) -> list[Newcomer]:
    def work(tx: Transaction) -> list[Newcomer]:
        newcomers = [Newcomer(one) for one in articles.add(tx, stored_articles(poll, turn), poll_at(turn))]
        storyline.join(tx, newcomers, poll_at(turn))
        return newcomers

    return store.write_now(work)


def join_again(store: Store, storyline: Storyline, newcomers: Sequence[Newcomer], now: datetime) -> None:
    store.write_now(lambda tx: storyline.join(tx, newcomers, now))


def where(store: Store, count: int) -> dict[int, StoryMember]:
    return store.read_now(lambda tx: stories.of_articles(tx, range(1, count + 1)))


@settings(deadline=None, max_examples=10)
@given(POLLS)
def test_a_daemon_that_restarts_before_every_poll_makes_the_same_stories(polls: list[list[Written]]) -> None:
    with open_store() as ran_on, open_store() as restarted:
        storyline = Storyline(WINDOW)
        for turn, poll in enumerate(polls):
            bring(ran_on, storyline, poll, turn)
            bring(restarted, Storyline(WINDOW), poll, turn)
        count = ran_on.read_now(articles.count)
        assert where(ran_on, count) == where(restarted, count)
        assert len(where(ran_on, count)) == count, "every article is in exactly one story"


@settings(deadline=None, max_examples=10)
@given(POLLS, st.integers(0, 4))
def test_replaying_any_prefix_changes_nothing(polls: list[list[Written]], length: int) -> None:
    with open_store() as store:
        storyline = Storyline(WINDOW)
        brought = [bring(store, storyline, poll, turn) for turn, poll in enumerate(polls)]
        count = store.read_now(articles.count)
        before, last = where(store, count), store.read_now(stories.last_change)
        for turn, newcomers in enumerate(brought[:length]):
            join_again(store, storyline, newcomers, poll_at(len(polls)))
            assert bring(store, storyline, polls[turn], turn) == [], "known articles are not brought again"
        assert where(store, count) == before
        assert store.read_now(stories.last_change) == last


def test_what_was_rolled_back_leaves_no_trace_in_the_stories() -> None:
    ferry, again, election = Written(0, 0), Written(1, 0), Written(7, 0)
    with open_store() as store:
        storyline = Storyline(WINDOW)
        bring(store, storyline, [ferry], 0)

        def failing(tx: Transaction) -> None:
            newcomers = [Newcomer(one) for one in articles.add(tx, stored_articles([again, election], 1), poll_at(1))]
            storyline.join(tx, newcomers, poll_at(1))
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            store.write_now(failing)
        bring(store, storyline, [election], 2)
        bring(store, storyline, [again], 3)
        found = {number: member.story for number, member in where(store, 3).items()}
        assert found == {1: 1, 2: 2, 3: 1}
