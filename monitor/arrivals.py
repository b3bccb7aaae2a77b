"""What comes before the desk: an article with what its rules found in it, new or brought back from the archive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.state import ArticleFacts, Change
from monitor.rules.hits import Match
from monitor.store import Transaction, alerts, articles, journal, matches
from monitor.store.values import EventKind, StoredArticle, StoredMatch
from monitor.text.article import Article

PAGE = "page"
"""The text, in the details of a ``matched`` event, that alone made the rule match."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stored article with what its rules found. ``revision`` names this version of its text.

    ``feed_title`` is what people call its feed, ``first_poll`` that it came with a new feed's first document.
    ``in_page`` are the rules that only the full text of its page made match.
    """

    stored: StoredArticle
    matches: tuple[Match, ...]
    change: Change = Change.NEW
    revision: str = ""
    first_poll: bool = False
    feed_title: str = ""
    in_page: frozenset[str] = frozenset()


def facts_of(arrival: Arrival, match: Match, now: datetime) -> ArticleFacts:
    """What the policy needs to know; ``seen_at`` is when this version of the article was first seen."""
    stored = arrival.stored
    return ArticleFacts(
        key=str(stored.id),
        seen_at=stored.seen_at if arrival.change is Change.NEW else now,
        severity=match.severity,
        lang=stored.article.lang,
        feed=stored.article.feed,
        published_at=stored.article.published_at,
        revision=arrival.revision,
        change=arrival.change,
        first_poll=arrival.first_poll,
        concepts=frozenset(hit.concept for hit in match.hits if hit.concept),
        title=stored.article.title,
        text=f"{stored.article.summary}\n{stored.article.body}",
    )


def in_archive(tx: Transaction, rule: str, article: str) -> tuple[Arrival, Match] | None:
    """An article of an earlier poll with what its rule found then."""
    stored = articles.get(tx, int(article))
    found = [match for match in matches.of_article(tx, int(article)) if match.rule == rule]
    if stored is None or not found:
        return None
    match = _as_it_stands(found[-1], stored.article)
    only_there = any(
        event.kind is EventKind.MATCHED and event.rule == rule and event.details.get("text") == PAGE
        for event in journal.about(tx, article=stored.id)
    )
    revision = articles.text_hash(stored.article).hex()
    return Arrival(stored, (match,), revision=revision, in_page=frozenset([rule] if only_there else ())), match


def matched_before(tx: Transaction, arrival: Arrival, rules: Collection[str]) -> list[Match]:
    """The matches of a changed article's earlier text that its new text, or its removal, no longer gives.

    A report that was corrected until it says nothing of the kind, or replaced by "this story is withdrawn", concerns
    those who were told all the more. Of a correction only those rules are told that sent people to the article.
    """
    if arrival.change is Change.NEW:
        return []
    still = {match.rule for match in arrival.matches}
    found = {one.rule: one for one in matches.of_article(tx, arrival.stored.id) if one.rule in rules}
    if arrival.change is Change.CORRECTED:
        shown = {one.alert.rule for one in alerts.of_article(tx, arrival.stored.id)}
        found = {rule: one for rule, one in found.items() if rule in shown}
    return [_as_it_stands(one, arrival.stored.article) for rule, one in found.items() if rule not in still]


def _as_it_stands(match: StoredMatch, article: Article) -> Match:
    """A match with those of its hits that are still at their place in the text."""
    hits = tuple(hit for hit in match.hits if getattr(article, hit.field)[hit.start : hit.end] == hit.text)
    return Match(match.rule, match.severity, hits)
