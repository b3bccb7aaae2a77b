"""Runs rules over articles that are there already: matches, stories, and the alerts there would have been.

Nothing is sent and nothing is stored. Three steps, each a function of the one before: match every article, put
articles into stories, replay the alert policy in order of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from monitor.alerts.decision import Hold, Suppress, Tell
from monitor.alerts.policy import decide_poll
from monitor.alerts.routes import AlertFacts, Routing, route
from monitor.alerts.state import ArticleFacts, Case, Held, PastAlert, StoryCounts
from monitor.cli.articles import Line
from monitor.cli.rows import match_row
from monitor.rules.compile import CompiledRules, Failure
from monitor.rules.hits import Match
from monitor.stories.assign import assign_stories
from monitor.stories.model import StoryArticle
from monitor.text.article import Article

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """What would have become of one match: told to ``to``, or not, and why."""

    rule: str
    to: tuple[str, ...]
    reason: str
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """One article and what the rules make of it. The text is kept only where something needs it later."""

    id: object
    lang: str
    matches: tuple[Match, ...] = ()
    article: Article | None = None
    duplicate_of: object = None
    story: int | None = None
    alerts: tuple[AlertRow, ...] = ()


Placing: TypeAlias = Callable[[Sequence[Tested]], list[Tested]]
"""Puts articles into stories: the same articles with ``duplicate_of`` and ``story``."""


def match_lines(
    lines: Iterable[Line], compiled: CompiledRules, failures: dict[str, Failure], *, keep_all: bool = False
) -> Iterator[Tested]:
    """Every article with its matches. The first failure of each rule is put into ``failures``; the others go on."""
    for line in lines:
        result = compiled.evaluate(line.article)
        for failure in result.failures:
            failures.setdefault(failure.rule, failure)
        kept = line.article if keep_all or result.matches else None
        yield Tested(line.id, line.article.lang, result.matches, kept)


def place_in_stories(tested: Sequence[Tested]) -> list[Tested]:
    """The same with duplicates and stories, for every article whose text was kept."""
    kept = [
        _story_article(number, one.article, one.matches) for number, one in enumerate(tested) if one.article is not None
    ]
    placed = {assignment.article: assignment for assignment in assign_stories(kept)}
    return [
        replace(
            one,
            story=placed[number].story,
            duplicate_of=tested[int(first)].id if (first := placed[number].duplicate_of) is not None else None,
        )
        if number in placed
        else one
        for number, one in enumerate(tested)
    ]


def replay_alerts(tested: Sequence[Tested], compiled: CompiledRules, routing: Routing | None) -> list[Tested]:
    """The same with the alerts there would have been, had the articles come one by one when they were published.

    Without ``routing`` an alert goes to the channels its rule names.
    """
    replay = _Replay(compiled, routing)
    rows: dict[int, tuple[AlertRow, ...]] = {}
    order = sorted(
        (number for number, one in enumerate(tested) if one.matches and one.article is not None),
        key=lambda number: (_moment(tested[number]), number),
    )
    for number in order:
        rows[number] = replay.tell(number, tested[number])
    return [replace(one, alerts=rows[number]) if number in rows else one for number, one in enumerate(tested)]


@dataclass(slots=True)
class _Known:
    """What is remembered of a story for one rule."""

    told: tuple[PastAlert, ...] = ()
    held: Held | None = None
    origins: set[object] = field(default_factory=set)
    outlets: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Replay:
    compiled: CompiledRules
    routing: Routing | None
    known: dict[tuple[str, object], _Known] = field(default_factory=dict)

    def tell(self, number: int, one: Tested) -> tuple[AlertRow, ...]:
        """Decide on one article."""
        now = _moment(one)
        story = one.story if one.story is not None else -1 - number  # a story of its own
        cases = [self._case(match, one, story, now) for match in one.matches]
        rows = []
        for decision in decide_poll(cases, now):
            known = self.known[decision.rule, story]
            known.held = decision.held
            if decision.remembered is not None:
                known.told = (*known.told, decision.remembered)
            rows.append(self._row(decision.rule, decision.verdict, known, now))
        return tuple(sorted(rows, key=lambda row: row.rule))

    def _case(self, match: Match, one: Tested, story: int, now: datetime) -> Case:
        known = self.known.setdefault((match.rule, story), _Known())
        known.origins.add(one.duplicate_of if one.duplicate_of is not None else one.id)
        known.languages.add(one.lang)
        article = one.article
        if article is not None and article.feed:
            known.outlets.add(article.feed)
        facts = ArticleFacts(
            key=str(one.id),
            seen_at=now,
            severity=match.severity,
            lang=one.lang,
            feed=article.feed if article is not None else "",
            published_at=article.published_at if article is not None else None,
            concepts=frozenset(hit.concept for hit in match.hits if hit.concept),
            title=article.title if article is not None else "",
        )
        counts = StoryCounts(len(known.origins), max(1, len(known.outlets)), frozenset(known.languages))
        return Case(self.compiled.rules[match.rule], story, (facts,), counts, known.told, known.held)

    def _row(self, rule_id: str, verdict: Tell | Hold | Suppress, known: _Known, now: datetime) -> AlertRow:
        if not isinstance(verdict, Tell):
            return AlertRow(rule_id, (), verdict.reason.value, suppressed=True)
        rule = self.compiled.rules[rule_id]
        if self.routing is None:
            return AlertRow(rule_id, rule.alert.to, verdict.reason.value, suppressed=False)
        facts = AlertFacts(rule_id, verdict.severity, rule.alert, rule.tags, frozenset(known.languages))
        routed = route(facts, self.routing, {}, now)
        return AlertRow(rule_id, tuple(one.channel for one in routed.targets), verdict.reason.value, suppressed=False)


def tested_row(one: Tested) -> Mapping[str, object]:
    """One line of ``backtest --json``."""
    return {
        "id": one.id,
        "lang": one.lang,
        "duplicate_of": one.duplicate_of,
        "story": one.story,
        "matches": [match_row(match) for match in one.matches],
        "alerts": [
            {"rule": row.rule, "to": list(row.to), "reason": row.reason, "suppressed": row.suppressed}
            for row in one.alerts
        ],
    }


def _moment(one: Tested) -> datetime:
    article = one.article
    return article.published_at if article is not None and article.published_at is not None else UNDATED


def _story_article(number: int, article: Article, matches: Sequence[Match]) -> StoryArticle:
    text = "\n\n".join(part for part in (article.summary, article.body) if part)
    concepts = sorted({hit.concept for match in matches for hit in match.hits if hit.concept})
    at = article.published_at or UNDATED + timedelta(seconds=number)  # undated ones in the order of the file
    return StoryArticle(
        number, article.title, at, text, article.languages, article.feed, article.author, tuple(concepts)
    )
