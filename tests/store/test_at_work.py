"""What is looked after between polls: pages of told articles, what confirms nothing, rules and their cost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.rules.model import Severity
from monitor.store import Store, articles, matches, pages, rules, stories, story_counts, versions
from monitor.store.pages import WatchedPage
from monitor.store.story_values import StoryMember
from monitor.store.values import NewArticle, StoredArticle, StoredMatch
from monitor.text.article import Article
from tests.store.conftest import MakeArticle

HOUR = timedelta(hours=1)


def _stored(store: Store, new: NewArticle, now: datetime) -> StoredArticle:
    return store.write_now(lambda tx: articles.add(tx, [new], now))[0]


def test_a_page_is_due_at_its_time_and_let_go_for_good(store: Store, make_article: MakeArticle, now: datetime) -> None:
    article = _stored(store, make_article(1), now)
    page = WatchedPage(article.id, "https://news.example/1", now, now + HOUR, b'"e"', None, now)
    store.write_now(lambda tx: pages.watch(tx, [page]))
    assert store.read_now(lambda tx: pages.due(tx, now, 10)) == []
    assert store.read_now(lambda tx: pages.due(tx, now + HOUR, 10)) == [page]
    assert store.read_now(lambda tx: pages.watched(tx, [article.id, article.id + 1])) == {article.id}
    store.write_now(lambda tx: pages.let_go(tx, article.id))
    assert store.read_now(pages.count) == 0


def test_an_article_counts_for_a_rule_that_matched_it_until_it_is_noted_otherwise(
    store: Store, make_article: MakeArticle, now: datetime
) -> None:
    one, other = (_stored(store, make_article(number), now) for number in (1, 2))
    for version in ("1", "2"):
        found = [StoredMatch(article.id, "arms", version, Severity.HIGH, ()) for article in (one, other)]
        store.write_now(lambda tx, found=found: matches.add(tx, found, now))  # type: ignore[misc]
    members = [StoryMember(article.id, 7, now, now, origin=str(article.id)) for article in (one, other)]
    store.write_now(lambda tx: stories.place(tx, members))

    def confirming() -> dict[tuple[str, int], set[str]]:
        found = store.read_now(lambda tx: story_counts.confirming(tx, [7, 8]))
        return {of: {report.origin for report in reports} for of, reports in found.items()}

    both = {str(one.id), str(other.id)}
    assert confirming() == {("arms", 7): both}
    for _ in range(2):
        store.write_now(lambda tx: matches.weigh(tx, [("arms", one.id), ("ships", other.id)], counts=False))
    assert confirming() == {("arms", 7): {str(other.id)}}
    store.write_now(lambda tx: matches.weigh(tx, [("arms", one.id)], counts=True))
    assert confirming() == {("arms", 7): both}


def test_the_cost_of_a_rule_adds_up_until_the_rule_changes(store: Store, now: datetime) -> None:
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1", "ships": "1"}, now))
    for _ in range(2):
        store.write_now(lambda tx: rules.add(tx, {"arms": (3, 0.006), "never-heard-of": (1, 1.0)}))
    arms = store.read_now(rules.every)["arms"]
    assert arms.runs == 6
    assert arms.milliseconds == pytest.approx(2.0)
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1", "ships": "2"}, now + HOUR))
    found = store.read_now(rules.every)
    assert (found["arms"].runs, found["arms"].since) == (6, now)
    assert (found["ships"].runs, found["ships"].since) == (0, now + HOUR)
    store.write_now(lambda tx: rules.take_up(tx, {"ships": "2"}, now + HOUR))
    assert list(store.read_now(rules.every)) == ["ships"]


def test_a_rule_that_was_left_out_is_given_another_chance_when_rules_are_taken_up(store: Store, now: datetime) -> None:
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1"}, now))
    store.write_now(lambda tx: rules.fail(tx, "arms", "KeyError: 'x'", now))
    assert store.read_now(rules.every)["arms"].failure == "KeyError: 'x'"
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1"}, now + HOUR))
    again = store.read_now(rules.every)["arms"]
    assert (again.failure, again.failed_at) == ("", None)


def test_a_changed_teaser_keeps_the_text_of_the_page(store: Store, now: datetime) -> None:
    teaser = Article(key="k", title="Erste Fassung", summary="Kurz.", feed="wire")
    page = Article(key="k", title="Erste Fassung", summary="Kurz.", body="Der ganze Text.", feed="wire")
    stored = _stored(store, NewArticle(page, shown=articles.text_hash(teaser)), now)
    known = store.read_now(lambda tx: articles.known(tx, "wire", ["k"])).by_key["k"]
    assert known.text_hash == articles.text_hash(teaser), "the feed shows no more than it did"
    assert store.read_now(lambda tx: articles.page_texts(tx, "wire", [known])) == {stored.id: "Der ganze Text."}
    retitled = Article(key="k", title="Zweite Fassung", summary="Kurz.", feed="wire")
    whole = Article(key="k", title="Zweite Fassung", summary="Kurz.", body="Der ganze Text.", feed="wire")
    revised = store.write_now(lambda tx: versions.revise(tx, whole, now, shown=articles.text_hash(retitled)))
    assert revised is not None
    assert (revised[0].article.title, revised[0].article.body) == ("Zweite Fassung", "Der ganze Text.")
    again = store.write_now(lambda tx: versions.revise(tx, whole, now, shown=articles.text_hash(retitled)))
    assert again is None, "the same text is no news"
