"""The queries that run all day are served by an index, so that they stay fast however large the archive grows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from monitor.store import (
    Store,
    Transaction,
    alerts,
    articles,
    deliveries,
    feeds,
    journal,
    pages,
    stories,
    story_counts,
    told,
)
from monitor.store.values import NewArticle
from monitor.text.article import Article

_NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(lambda tx: feeds.due(tx, _NOW, 10), id="feeds-due"),
        pytest.param(feeds.next_due_at, id="feeds-next-due"),
        pytest.param(lambda tx: feeds.load(tx, "wire"), id="feed"),
        pytest.param(lambda tx: articles.known(tx, "wire", ["k"], ["u"]), id="known"),
        pytest.param(lambda tx: articles.get(tx, 1), id="article"),
        pytest.param(lambda tx: articles.find(tx, "x", url_key="u"), id="article-by-url"),
        pytest.param(lambda tx: articles.since(tx, _NOW), id="archive-page"),
        pytest.param(lambda tx: alerts.of_story(tx, 1, rule="arms"), id="alerts-of-story"),
        pytest.param(lambda tx: alerts.of_article(tx, 1), id="alerts-of-article"),
        pytest.param(deliveries.next_due, id="next-due"),
        pytest.param(deliveries.outbox, id="outbox"),
        pytest.param(lambda tx: deliveries.messages(tx, _NOW), id="budgets"),
        pytest.param(lambda tx: deliveries.claim(tx, "mail", _NOW, 10), id="claim"),
        pytest.param(lambda tx: journal.read(tx, after=5), id="journal-follow"),
        pytest.param(lambda tx: journal.about(tx, article=1, alert=2), id="journal-why"),
        pytest.param(lambda tx: stories.members(tx, 1), id="story-members"),
        pytest.param(lambda tx: told.of_stories(tx, [1]), id="told"),
        pytest.param(lambda tx: told.overdue(tx, _NOW), id="held-overdue"),
        pytest.param(lambda tx: story_counts.confirming(tx, [1, 2]), id="confirming"),
        pytest.param(lambda tx: story_counts.recount(tx, [1, 2]), id="recount"),
        pytest.param(lambda tx: alerts.first_of_each(tx, "arms", [1, 2]), id="first-alerts"),
        pytest.param(lambda tx: pages.due(tx, _NOW, 10), id="pages-due"),
    ],
)
def test_no_hot_query_reads_a_whole_table(store: Store, query: Callable[[Transaction], object]) -> None:
    article = NewArticle(Article(key="k", title="t", feed="wire"), "u")
    store.write_now(lambda tx: articles.add(tx, [article], _NOW))
    statements: list[tuple[str, Any]] = []

    def explain_all(tx: Transaction) -> list[str]:
        @event.listens_for(tx.connection, "before_cursor_execute")
        def note(*executed: Any) -> None:  # noqa: ANN401 - the event's signature
            _, _, statement, parameters, _, many = executed
            statements.append((statement, parameters[0] if many else parameters))

        query(tx)
        event.remove(tx.connection, "before_cursor_execute", note)
        cursor = tx.connection.connection.cursor()
        plans = []
        for statement, parameters in statements:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [row[3] for row in cursor.fetchall()]
        return plans

    plan = store.write_now(explain_all)
    assert plan
    assert [step for step in plan if step.startswith("SCAN") and "INDEX" not in step and "SUBQUERY" not in step] == []
