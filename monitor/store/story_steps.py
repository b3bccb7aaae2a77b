"""What the clustering decided, article by article, written at once: who is where, and which stories became one.

The steps are taken in memory in the order in which they were decided, because a merge moves whoever is in a story at
that moment; the tables then get their outcome in a few statements, however many steps there were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, insert, select, update

from monitor.store import tables
from monitor.store.story_counts import recount
from monitor.store.story_moves import hand_over
from monitor.store.story_values import ChangeKind, StoryChange, StoryMember
from monitor.store.transaction import Transaction, chunks

_STORY = tables.stories.c
_MEMBER = tables.story_members.c
_MERGED = update(tables.stories).where(_STORY.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class StoryMerge:
    """Story ``gone`` becomes part of ``into``: by the clustering itself if there is no author."""

    gone: int
    into: int
    at: datetime
    author: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)


Step: TypeAlias = StoryMember | StoryMerge


def take(tx: Transaction, steps: Sequence[Step]) -> None:
    """Put articles into stories, new or known, and merge stories; give the steps in the order they were decided.

    With a story go its articles, alerts, silences, and what was told or is held of it.
    """
    members = [step for step in steps if isinstance(step, StoryMember)]
    merges = [step for step in steps if isinstance(step, StoryMerge)]
    known = _known(tx, {one.story for one in members} | {story for one in merges for story in (one.gone, one.into)})
    founded = {member.story: member.at for member in reversed(members) if member.story not in known}
    if founded:
        tx.connection.execute(insert(tables.stories), [_empty(story, at) for story, at in founded.items()])
    became, changes = _follow(steps, _inside(tx, known & {merge.gone for merge in merges}))
    rows = [_member_row(member, _resolve(became, member.story)) for member in members]
    tx.upsert(tables.story_members, rows, same=("article_id",))
    _merge(tx, merges, known)
    note(tx, changes)
    recount(tx, {one.story for one in members} | became.keys() | set(became.values()))


def note(tx: Transaction, changes: Sequence[StoryChange]) -> None:
    """Put merges and splits on record."""
    rows = [
        {
            "at": change.at,
            "kind": change.kind,
            "story_id": change.story,
            "other_id": change.other,
            "articles": change.articles,
            "author": change.author,
            "evidence": dict(change.evidence),
        }
        for change in changes
    ]
    if rows:
        tx.connection.execute(insert(tables.story_changes), rows)


def _known(tx: Transaction, numbers: Collection[int]) -> set[int]:
    found: set[int] = set()
    for piece in chunks(sorted(numbers)):
        found |= {*tx.connection.execute(select(_STORY.id).where(_STORY.id.in_(piece))).scalars()}
    return found


def _inside(tx: Transaction, numbers: Collection[int]) -> dict[int, list[int]]:
    """The articles of these stories."""
    found: dict[int, list[int]] = {}
    for piece in chunks(sorted(numbers)):
        query = select(_MEMBER.story_id, _MEMBER.article_id).where(_MEMBER.story_id.in_(piece)).order_by(_MEMBER.id)
        for story, article in tx.connection.execute(query):
            found.setdefault(story, []).append(article)
    return found


def _follow(steps: Sequence[Step], inside: dict[int, list[int]]) -> tuple[dict[int, int], list[StoryChange]]:
    """Which stories became which, and the merges with the articles that each moved."""
    became: dict[int, int] = {}
    changes: list[StoryChange] = []
    for step in steps:
        if isinstance(step, StoryMember):
            inside.setdefault(step.story, []).append(step.article)
            continue
        moved = inside.pop(step.gone, [])
        inside.setdefault(step.into, []).extend(moved)
        became[step.gone] = step.into
        kind, articles = ChangeKind.MERGE, tuple(moved)
        changes.append(StoryChange(0, step.at, kind, step.into, step.gone, articles, step.author, step.evidence))
    return became, changes


def _merge(tx: Transaction, merges: Sequence[StoryMerge], known: Collection[int]) -> None:
    """Move what the tables know of merged stories; one founded just now has nothing there but its members."""
    for one in merges:
        if one.gone in known:
            moved = update(tables.story_members).where(_MEMBER.story_id == one.gone)
            tx.connection.execute(moved.values(story_id=one.into))
            hand_over(tx, one.gone, one.into)
    if merges:
        tx.connection.execute(_MERGED, [{"of": one.gone, "merged_into": one.into} for one in merges])


def _resolve(became: Mapping[int, int], story: int) -> int:
    while story in became:  # merges lead to older stories, so a chain ends
        story = became[story]
    return story


def _empty(story: int, at: datetime) -> dict[str, Any]:
    counts = {"articles": 0, "origins": 0, "outlets": 0}
    return {"id": story, "title": "", "lang": "und", "started_at": at, "updated_at": at, "languages": [], **counts}


def _member_row(member: StoryMember, story: int) -> dict[str, Any]:
    return {
        "article_id": member.article,
        "story_id": story,
        "at": member.at,
        "joined_at": member.joined_at,
        "outlet": member.outlet,
        "origin": member.origin,
        "origin_name": member.origin_name,
        "duplicate_of": member.duplicate_of,
        "concepts": member.concepts,
        "evidence": dict(member.evidence),
    }
