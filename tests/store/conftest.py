"""A store in a directory of its own, and short ways to make what goes into it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from monitor.rules.model import Severity
from monitor.store import Store
from monitor.store.values import NewAlert, NewArticle
from monitor.text.article import Article

_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class MakeArticle(Protocol):
    def __call__(
        self, number: int, *, feed: str = "wire", body: str = "Der Bericht.", url_key: str | None = None
    ) -> NewArticle: ...


class MakeAlert(Protocol):
    def __call__(self, uid: str, *, rule: str = "arms", story: int | None = None, at: datetime = _NOW) -> NewAlert: ...


@pytest.fixture
def now() -> datetime:
    return _NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "news.db"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once: migrations take longer than most tests."""
    made = tmp_path_factory.mktemp("empty") / "news.db"
    Store.open(made, now=_NOW, exclusive=True).close()
    return made


@pytest.fixture
def store(empty_database: Path, path: Path, backups: Path, now: datetime) -> Iterator[Store]:
    path.parent.mkdir(mode=0o700)
    shutil.copy(empty_database, path)
    with Store.open(path, now=now, exclusive=True, backups=backups) as opened:
        yield opened


@pytest.fixture
def make_article() -> MakeArticle:
    def make(number: int, *, feed: str = "wire", body: str = "Der Bericht.", url_key: str | None = None) -> NewArticle:
        article = Article(
            key=f"key-{number}",
            title=f"Meldung {number}",
            summary="Kurz gesagt.",
            body=body,
            url=f"https://news.example/{number}",
            author="Redaktion",
            feed=feed,
            feed_tags=frozenset({"agency", "de"}),
            languages=("de", "en"),
            published_at=_NOW,
        )
        return NewArticle(article, f"news.example/{number}" if url_key is None else url_key)

    return make


@pytest.fixture
def make_alert() -> MakeAlert:
    def make(uid: str, *, rule: str = "arms", story: int | None = None, at: datetime = _NOW) -> NewAlert:
        return NewAlert(
            uid=uid,
            rule=rule,
            rule_version="1",
            article=None,
            story=story,
            severity=Severity.HIGH,
            reason="first",
            content={"title": "Raketen", "uid": uid},
            created_at=at,
        )

    return make
