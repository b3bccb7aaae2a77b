"""Stories and their members: what the clustering decided, kept so that it can be explained and taken up again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import ge, lt
from typing import Any

from sqlalchemy import Row, func, or_, select

from monitor.store import articles, story_steps, tables
from monitor.store.story_counts import recount
from monitor.store.story_steps import StoryMerge
from monitor.store.story_values import ChangeKind, Story, StoryChange, StoryMember, WindowArticle
from monitor.store.transaction import Transaction, chunks, narrow

_STORY = tables.stories.c
_MEMBER = tables.story_members.c
_CHANGE = tables.story_changes.c
_APART = tables.stories_apart.c


def highest(tx: Transaction) -> int:
    """The highest number a story ever had; new ones go on from there."""
    return tx.connection.execute(select(func.max(_STORY.id))).scalar_one() or 0


def get(tx: Transaction, story: int) -> Story | None:
    """A story by number; of a merged one, the story it is part of now."""
    for _ in range(100):  # merges only ever lead to older stories, so a chain ends
        row = tx.connection.execute(select(tables.stories).where(_STORY.id == story)).one_or_none()
        if row is None or row.merged_into is None:
            break
        story = row.merged_into
    return None if row is None else _stored(row)


def latest(
    tx: Transaction, *, since: datetime | None = None, at_least: int = 1, before: int = 0, limit: int = 50
) -> list[Story]:
    """Stories by number, the newest first, with at least so many articles; go on with ``before`` the last number."""
    query = select(tables.stories).where(_STORY.merged_into.is_(None), _STORY.articles >= at_least)
    query = narrow(query, (_STORY.updated_at, ge, since), (_STORY.id, lt, before))
    return [_stored(row) for row in tx.connection.execute(query.order_by(_STORY.id.desc()).limit(limit))]


def place(tx: Transaction, members: Sequence[StoryMember]) -> None:
    """Put articles into stories, new or known, and bring the stories up to date.

    Call it with the members in the order in which they were placed.
    """
    story_steps.take(tx, members)


def members(tx: Transaction, story: int) -> list[StoryMember]:
    """The articles of a story in the order of their times."""
    query = select(tables.story_members).where(_MEMBER.story_id == story).order_by(_MEMBER.at, _MEMBER.id)
    return [_member(row) for row in tx.connection.execute(query)]


def of_articles(tx: Transaction, numbers: Collection[int]) -> dict[int, StoryMember]:
    """Where these articles are; those in no story are absent."""
    found: dict[int, StoryMember] = {}
    for piece in chunks(list(numbers)):
        rows = tx.connection.execute(select(tables.story_members).where(_MEMBER.article_id.in_(piece)))
        found |= {row.article_id: _member(row) for row in rows}
    return found


def window(tx: Transaction, since: datetime, *, after: int = 0, limit: int = 1000) -> list[WindowArticle]:
    """A page of the placed articles in the order they were placed, from the first whose time is ``since`` or later."""
    first = select(func.min(_MEMBER.id)).where(_MEMBER.at >= since).scalar_subquery()
    query = select(tables.story_members).where(_MEMBER.id > after if after else _MEMBER.id >= first)
    rows = tx.connection.execute(query.order_by(_MEMBER.id).limit(limit)).all()
    found = articles.get_many(tx, [row.article_id for row in rows])
    return [WindowArticle(row.id, _member(row), found[row.article_id]) for row in rows]


def merge(
    tx: Transaction,
    gone: int,
    into: int,
    now: datetime,
    *,
    author: str = "",
    evidence: Mapping[str, object] | None = None,
) -> None:
    """Make ``gone`` part of ``into``: its articles, alerts, silences, and what was told or is held of it."""
    story_steps.take(tx, [StoryMerge(gone, into, now, author, evidence or {})])


def split(tx: Transaction, story: int, numbers: Collection[int], new: int, now: datetime, *, author: str) -> Story:
    """Make a story of its own, numbered ``new``, of some articles of ``story``; the two never merge by themselves.

    It is kept apart from what ``story`` is kept apart from, too. What was told stays with ``story``. Articles that are
    not in it are left where they are; ValueError if none is.
    """
    inside = [member for member in members(tx, story) if member.article in set(numbers)]
    if not inside:
        raise ValueError(f"none of these articles is in story {story}")
    place(tx, [replace(member, story=new) for member in inside])
    apart = [story, *(one + other - story for one, other in kept_apart(tx) if story in (one, other))]
    tx.upsert(
        tables.stories_apart,
        [{"one": min(each, new), "other": max(each, new)} for each in apart],
        same=("one", "other"),
    )
    moved = tuple(member.article for member in inside)
    story_steps.note(tx, [StoryChange(0, now, ChangeKind.SPLIT, story, new, moved, author)])
    recount(tx, [story])
    return _stored(tx.connection.execute(select(tables.stories).where(_STORY.id == new)).one())


def kept_apart(tx: Transaction) -> list[tuple[int, int]]:
    """The pairs of stories that must not merge."""
    return [(row.one, row.other) for row in tx.connection.execute(select(tables.stories_apart))]


def changes(tx: Transaction, story: int) -> list[StoryChange]:
    """The merges and splits a story took part in, in order."""
    query = select(tables.story_changes).where(or_(_CHANGE.story_id == story, _CHANGE.other_id == story))
    return [_change(row) for row in tx.connection.execute(query.order_by(_CHANGE.id))]


def last_change(tx: Transaction) -> int:
    """The number of the latest merge or split, 0 if there was none: whoever keeps stories in memory watches it."""
    return tx.connection.execute(select(func.max(_CHANGE.id))).scalar_one() or 0


def _member(row: Row[Any]) -> StoryMember:
    return StoryMember(
        article=row.article_id,
        story=row.story_id,
        at=row.at,
        joined_at=row.joined_at,
        outlet=row.outlet,
        origin=row.origin,
        origin_name=row.origin_name,
        duplicate_of=row.duplicate_of,
        concepts=tuple(row.concepts),
        evidence=row.evidence,
    )


def _stored(row: Row[Any]) -> Story:
    return Story(
        id=row.id,
        title=row.title,
        lang=row.lang,
        started_at=row.started_at,
        updated_at=row.updated_at,
        articles=row.articles,
        origins=row.origins,
        outlets=row.outlets,
        languages=tuple(row.languages),
        merged_into=row.merged_into,
    )


def _change(row: Row[Any]) -> StoryChange:
    return StoryChange(
        id=row.id,
        at=row.at,
        kind=ChangeKind(row.kind),
        story=row.story_id,
        other=row.other_id,
        articles=tuple(row.articles),
        author=row.author,
        evidence=row.evidence,
    )
