"""The archive: what makes an article known, storing new ones, finding them again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from operator import eq
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.sql import Select

from monitor.store import tables
from monitor.store.columns import clean
from monitor.store.transaction import Transaction, chunks, narrow
from monitor.store.values import Known, KnownArticle, NewArticle, StoredArticle
from monitor.text.article import Article

_ARTICLE = tables.articles.c
_IDENTITY = tables.identities.c
_MEMBER = tables.story_members.c
_LISTED_STEP = timedelta(days=1)
"""How exactly ``listed_at`` is kept: writing it at every poll would cost more than the poll."""

_INSERT_ARTICLES = insert(tables.articles).returning(_ARTICLE.id, _ARTICLE.feed, _ARTICLE.key)


def text_hash(article: Article) -> bytes:
    """16 bytes that change when an editor changes title, summary or body."""
    return _hash(article.title, article.summary, article.body)


def page_texts(tx: Transaction, feed: str, known: Iterable[KnownArticle]) -> dict[int, str]:
    """The bodies, by number, of those of a feed's articles of which the archive holds more than the feed shows."""
    shown = {one.id: one.text_hash for one in known}
    found = get_many(tx, shown)
    return {
        number: stored.article.body
        for number, stored in found.items()
        if stored.article.feed == feed and text_hash(stored.article) != shown[number]
    }


def known(tx: Transaction, feed: str, keys: Collection[str], url_keys: Collection[str] = ()) -> Known:
    """Which of these keys of ``feed``, and of these URL keys of any feed, were ever stored."""
    by_hash = {_key_hash(feed, key): (0, key) for key in keys}
    by_hash |= {_url_hash(url_key): (1, url_key) for url_key in url_keys if url_key}
    found: tuple[dict[str, KnownArticle], dict[str, KnownArticle]] = ({}, {})
    for digest, article in _look_up(tx, by_hash).items():
        kind, name = by_hash[digest]
        found[kind][name] = article
    return Known(*found)


def add(tx: Transaction, articles: Sequence[NewArticle], now: datetime) -> list[StoredArticle]:
    """Store those that are new and give them back, in the order given.

    One whose key or URL key is known, from an earlier poll or earlier in ``articles``, is not stored again; its own
    key is noted, so that its feed's next poll finds it known. Calling this twice changes nothing the second time.
    """
    hashes = [(_key_hash(new.article.feed, new.article.key), _url_hash(new.url_key)) for new in articles]
    owner: dict[bytes, int | NewArticle] = {
        digest: article.id
        for digest, article in _look_up(tx, [item for pair in hashes for item in pair if item]).items()
    }
    fresh: list[NewArticle] = []
    notes: list[tuple[bytes, NewArticle, int | NewArticle]] = []
    for new, pair in zip(articles, hashes, strict=True):
        of = owner.get(pair[0]) or owner.get(pair[1]) or new
        if of is new:
            fresh.append(new)
        unseen = [digest for digest in pair if digest and digest not in owner]
        owner |= dict.fromkeys(unseen, of)
        notes += [(digest, new, of) for digest in unseen]
    ids = _insert(tx, fresh, now)
    _note(tx, [(digest, new, of if isinstance(of, int) else ids[_name(of.article)]) for digest, new, of in notes], now)
    return [StoredArticle(ids[_name(new.article)], new.article, new.url_key, now) for new in fresh]


def still_listed(tx: Transaction, articles: Iterable[KnownArticle], now: datetime) -> None:
    """Note that a feed still shows these, so that their identities are kept; writes once a day at most."""
    stale = sorted({article.id for article in articles if article.listed_at <= now - _LISTED_STEP})
    for ids in chunks(stale):
        tx.connection.execute(update(tables.identities).where(_IDENTITY.article_id.in_(ids)).values(listed_at=now))


def note_text(tx: Transaction, article: Article, hashed: bytes, now: datetime) -> None:
    """Remember that a feed now shows this text, so that the same text is no news at its next poll."""
    where = _IDENTITY.hash == _key_hash(article.feed, article.key)
    tx.connection.execute(update(tables.identities).where(where).values(text_hash=hashed, listed_at=now))


def get(tx: Transaction, article: int) -> StoredArticle | None:
    """The article of that number, None if there is none or it was purged."""
    row = tx.connection.execute(_select().where(_ARTICLE.id == article)).one_or_none()
    return None if row is None else _stored(row)


def get_many(tx: Transaction, articles: Iterable[int]) -> dict[int, StoredArticle]:
    """Articles by number, without those that are not there."""
    found: dict[int, StoredArticle] = {}
    for ids in chunks(list(articles)):
        found |= {row.id: _stored(row) for row in tx.connection.execute(_select().where(_ARTICLE.id.in_(ids)))}
    return found


def find(tx: Transaction, wanted: str, *, url_key: str = "") -> list[StoredArticle]:
    """What a person means by a number, a URL or a key; the newest first.

    With ``url_key`` (the canonical form of a URL) the answer is immediate; else the archive may have to be read.
    """
    if wanted.isdecimal() and (by_number := get(tx, int(wanted))):
        return [by_number]
    if url_key and (by_url := _look_up(tx, [_url_hash(url_key)])):
        return list(get_many(tx, [article.id for article in by_url.values()]).values())
    query = _select().where(or_(_ARTICLE.url == wanted, _ARTICLE.url_key == wanted, _ARTICLE.key == wanted))
    return [_stored(row) for row in tx.connection.execute(query.order_by(_ARTICLE.id.desc()).limit(20))]


def since(
    tx: Transaction, when: datetime, *, after: int = 0, limit: int = 1000, feed: str = "", lang: str = ""
) -> list[StoredArticle]:
    """A page of the articles first seen at or after ``when``, oldest first; go on with ``after`` the last number.

    Pages, because one long read of the archive would hold back the writer's checkpoints.
    """
    query = _select().where(_ARTICLE.seen_at >= when, _ARTICLE.id > after).order_by(_ARTICLE.id).limit(limit)
    query = narrow(query, (_ARTICLE.feed, eq, feed), (_ARTICLE.lang, eq, lang))
    return [_stored(row) for row in tx.connection.execute(query)]


def count(tx: Transaction, *, since: datetime | None = None) -> int:
    """How many articles the archive holds."""
    query = select(func.count()).select_from(tables.articles)
    return int(tx.connection.execute(query if since is None else query.where(_ARTICLE.seen_at >= since)).scalar_one())


def _insert(tx: Transaction, fresh: Sequence[NewArticle], now: datetime) -> dict[tuple[str, str], int]:
    if not fresh:
        return {}
    rows = tx.connection.execute(_INSERT_ARTICLES, [_row(new, now) for new in fresh])
    return {(feed, key): number for number, feed, key in rows}


def _note(tx: Transaction, notes: Sequence[tuple[bytes, NewArticle, int]], now: datetime) -> None:
    """Write down identities; the two of one article follow each other and share its text hash."""
    rows: list[dict[str, Any]] = []
    previous, text = None, b""
    for digest, new, number in notes:
        if new is not previous:
            previous, text = new, new.shown or text_hash(new.article)
        rows.append(
            {"hash": digest, "article_id": number, "text_hash": text, "listed_at": now, "feed": new.article.feed}
        )
    if rows:
        tx.connection.execute(insert(tables.identities), rows)


def _name(article: Article) -> tuple[str, str]:
    return clean(article.feed), clean(article.key)


def _row(new: NewArticle, now: datetime) -> dict[str, Any]:
    article = new.article
    return {
        "feed": article.feed,
        "key": article.key,
        "seen_at": now,
        "published_at": article.published_at,
        "lang": article.lang,
        "languages": article.languages,
        "feed_tags": sorted(article.feed_tags),
        "url_key": new.url_key,
        "url": article.url,
        "author": article.author,
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
    }


def _select() -> Select[Any]:
    return select(tables.articles, _MEMBER.story_id).outerjoin(tables.story_members, _MEMBER.article_id == _ARTICLE.id)


def _stored(row: Row[Any]) -> StoredArticle:
    article = Article(
        key=row.key,
        title=row.title,
        summary=row.summary,
        body=row.body,
        url=row.url,
        author=row.author,
        feed=row.feed,
        feed_tags=frozenset(row.feed_tags),
        languages=tuple(row.languages),
        published_at=row.published_at,
    )
    return StoredArticle(row.id, article, row.url_key, row.seen_at, row.story_id)


def _look_up(tx: Transaction, hashes: Collection[bytes]) -> dict[bytes, KnownArticle]:
    found: dict[bytes, KnownArticle] = {}
    for piece in chunks(list(hashes)):
        rows = tx.connection.execute(
            select(_IDENTITY.hash, _IDENTITY.article_id, _IDENTITY.text_hash, _IDENTITY.listed_at).where(
                _IDENTITY.hash.in_(piece)
            )
        )
        found |= {digest: KnownArticle(*rest) for digest, *rest in rows}
    return found


def _key_hash(feed: str, key: str) -> bytes:
    return _hash("key", feed, key)


def _url_hash(url_key: str) -> bytes:
    """128 bits, for which chance collisions can be forgotten; empty for no URL."""
    return _hash("url", url_key) if url_key else b""


def _hash(*parts: str) -> bytes:
    return blake2b(clean("\x1f".join(parts)).encode(), digest_size=16).digest()
