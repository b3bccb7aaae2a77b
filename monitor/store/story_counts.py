"""What stories come to, from their members: the summary kept of each, and who confirms it for which rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, select, update

from monitor.store import tables
from monitor.store.transaction import Transaction, chunks

_STORY = tables.stories.c
_MEMBER = tables.story_members.c
_ARTICLE = tables.articles.c
_MATCH = tables.matches.c
_UNCOUNTED = tables.uncounted.c

_UPDATE = update(tables.stories).where(_STORY.id == bindparam("of"))


class Report(NamedTuple):
    """One that confirms a story: whose text it is, who printed it, in which language."""

    origin: str
    outlet: str
    lang: str


def recount(tx: Transaction, stories: Iterable[int]) -> None:
    """Bring counts, times, title and languages of these stories up to date with their members."""
    wanted = sorted(set(stories))
    for piece in chunks(wanted):
        rows = tx.connection.execute(
            select(_MEMBER.story_id, _MEMBER.at, _MEMBER.origin, _MEMBER.outlet, _ARTICLE.lang, _ARTICLE.title)
            .join(tables.articles, _ARTICLE.id == _MEMBER.article_id)
            .where(_MEMBER.story_id.in_(piece))
            .order_by(_MEMBER.story_id, _MEMBER.at, _MEMBER.id)
        )
        summaries = [_summary(story, list(members)) for story, members in groupby(rows, lambda row: int(row.story_id))]
        if summaries:
            tx.connection.execute(_UPDATE, summaries)
        empty = [{"of": story, "articles": 0} for story in {*piece} - {one["of"] for one in summaries}]
        if empty:
            tx.connection.execute(_UPDATE, empty)


def confirming(tx: Transaction, stories: Collection[int]) -> dict[tuple[str, int], set[Report]]:
    """Who confirms each of these stories, by rule and story: articles that the rule matched and that count for it."""
    found: dict[tuple[str, int], set[Report]] = {}
    apart = exists().where(_UNCOUNTED.article_id == _MEMBER.article_id, _UNCOUNTED.rule == _MATCH.rule)
    for piece in chunks(list(stories)):
        rows = tx.connection.execute(
            select(_MATCH.rule, _MEMBER.story_id, _MEMBER.origin, _MEMBER.outlet, _ARTICLE.lang)
            .select_from(tables.story_members)
            .join(tables.matches, _MATCH.article_id == _MEMBER.article_id)
            .join(tables.articles, _ARTICLE.id == _MEMBER.article_id)
            .where(_MEMBER.story_id.in_(piece), ~apart)
            .distinct()
        )
        for rule, story, origin, outlet, lang in rows:
            found.setdefault((rule, story), set()).add(Report(origin, outlet, lang))
    return found


def _summary(story: int, rows: list[Any]) -> dict[str, Any]:
    return {
        "of": story,
        "articles": len(rows),
        "title": rows[0].title,
        "lang": rows[0].lang,
        "started_at": rows[0].at,
        "updated_at": rows[-1].at,
        "origins": len({row.origin for row in rows}),
        "outlets": len({row.outlet for row in rows if row.outlet}),
        "languages": list(dict.fromkeys(row.lang for row in rows)),
    }
