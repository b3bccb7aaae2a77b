"""Editions: what an article said before its publisher changed it, and the change as a diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from difflib import unified_diff

from sqlalchemy import delete, func, insert, select, update

from monitor.store import articles, tables
from monitor.store.transaction import Transaction
from monitor.store.values import ArticleVersion, StoredArticle
from monitor.text.article import Article

MOST_VERSIONS = 25
"""A page with a clock in its text would fill the disk; the first version and the latest ones are kept."""

_MOST_LINES = 2_000
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+")
_VERSION = tables.versions.c
_ARTICLE = tables.articles.c


def revise(
    tx: Transaction, article: Article, now: datetime, *, shown: bytes = b""
) -> tuple[StoredArticle, ArticleVersion] | None:
    """Take in another text of a stored article, known by feed and key.

    ``shown`` is the digest of the text as the feed shows it, if ``article`` has its page's instead. Gives the article
    as it is now and the version it was, or None if there is nothing to change: the text is the same, the article is
    purged, or the archive has it from another feed (whose edition is the one on record).
    """
    found = articles.known(tx, article.feed, [article.key]).by_key.get(article.key)
    hashed = shown or articles.text_hash(article)
    if found is None or found.text_hash == hashed:
        return None
    articles.note_text(tx, article, hashed, now)
    stored = articles.get(tx, found.id)
    if stored is None or stored.article.feed != article.feed:
        return None
    old = stored.article
    version = _keep(tx, stored, article, now)
    new = replace(old, title=article.title, summary=article.summary, body=article.body)
    changed = {"title": new.title, "summary": new.summary, "body": new.body}
    tx.connection.execute(update(tables.articles).where(_ARTICLE.id == stored.id).values(changed))
    return replace(stored, article=new), version


def of_article(tx: Transaction, article: int) -> list[ArticleVersion]:
    """Its earlier versions, the first one first."""
    query = select(tables.versions).where(_VERSION.article_id == article).order_by(_VERSION.number)
    return [
        ArticleVersion(
            row.article_id, row.number, row.title, row.summary, row.body, row.seen_at, row.replaced_at, row.diff
        )
        for row in tx.connection.execute(query)
    ]


def diff(old: Article, new: Article) -> str:
    """The change as a unified diff, sentence by sentence."""
    before, after = list(_lines(old)), list(_lines(new))
    if max(len(before), len(after)) > _MOST_LINES:
        return f"@@ too long to compare: {len(before)} sentences before, {len(after)} after @@"
    return "\n".join(unified_diff(before, after, "before", "after", n=1, lineterm=""))


def _lines(article: Article) -> Iterator[str]:
    yield article.title
    for text in (article.summary, article.body):
        for paragraph in text.splitlines():
            yield from _SENTENCE_END.split(paragraph)


def _keep(tx: Transaction, stored: StoredArticle, new: Article, now: datetime) -> ArticleVersion:
    last = select(func.max(_VERSION.number), func.max(_VERSION.replaced_at), func.count())
    number, replaced_at, count = tx.connection.execute(last.where(_VERSION.article_id == stored.id)).one()
    if count >= MOST_VERSIONS:
        second = select(func.min(_VERSION.number)).where(_VERSION.article_id == stored.id, _VERSION.number > 1)
        spare = tx.connection.execute(second).scalar_one()
        tx.connection.execute(delete(tables.versions).where(_VERSION.article_id == stored.id, _VERSION.number == spare))
    old = stored.article
    version = ArticleVersion(
        stored.id,
        (number or 0) + 1,
        old.title,
        old.summary,
        old.body,
        replaced_at or stored.seen_at,
        now,
        diff(old, new),
    )
    values = {
        "article_id": version.article,
        "number": version.number,
        "title": version.title,
        "summary": version.summary,
    }
    values |= {"body": version.body, "seen_at": version.seen_at, "replaced_at": now, "diff": version.diff}
    tx.connection.execute(insert(tables.versions), values)
    return version
