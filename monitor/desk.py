"""One transaction's decisions about matched articles, carried out: alerts, deliveries, holds, and why for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.alerts.content import AlertContent
from monitor.alerts.decision import Decision, Hold, Suppress, Tell
from monitor.alerts.excerpt import Telling, make_content
from monitor.alerts.inhibit import muter
from monitor.alerts.ledger import Ledger
from monitor.alerts.plan import Plan, plan
from monitor.alerts.policy import decide_poll
from monitor.alerts.reasons import Reason
from monitor.alerts.routes import Routing, facts_for
from monitor.alerts.silence import Muted
from monitor.alerts.snapshot import to_json
from monitor.alerts.state import ArticleFacts, Case, Change, PastAlert
from monitor.rules.hits import Match
from monitor.rules.model import Rule
from monitor.store import Transaction, alerts, articles, channels, deliveries, journal, matches, silences, told
from monitor.store.values import Event, EventKind, NewAlert, NewDelivery, StoredArticle
from monitor.storyline import Storyline


@dataclass(frozen=True, slots=True)
class Setup:
    """What the operator has set up, replaced as a whole at a reload."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    routing: Routing = field(default_factory=lambda: Routing({}))
    feed_titles: Mapping[str, str] = field(default_factory=dict)
    official_feeds: frozenset[str] = frozenset()
    operations: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stored article with what its rules found. ``revision`` names this version of its text.

    ``feed_title`` is what people call its feed, ``first_poll`` that it came with a new feed's first document.
    """

    stored: StoredArticle
    matches: tuple[Match, ...]
    change: Change = Change.NEW
    revision: str = ""
    first_poll: bool = False
    feed_title: str = ""


@dataclass(slots=True)
class Desk:
    """One transaction's work on decisions."""

    tx: Transaction
    setup: Setup
    storyline: Storyline
    now: datetime
    ledger: Ledger | None = None

    def decide(self, pairs: Sequence[tuple[Arrival, Match]], story_of: Mapping[int, int]) -> int:
        """Decide on every rule and story that these matches concern, and carry it out; gives the number of alerts."""
        groups: dict[tuple[str, int], list[tuple[Arrival, Match]]] = {}
        for arrival, match in pairs:
            groups.setdefault((match.rule, story_of[arrival.stored.id]), []).append((arrival, match))
        cases = self._cases(groups)
        made = 0
        for decision in decide_poll(cases, self.now):
            members = {str(one.stored.id): (one, match) for one, match in groups[decision.rule, decision.story]}
            made += self._carry_out(decision, members)
        return made

    def _cases(self, groups: Mapping[tuple[str, int], Sequence[tuple[Arrival, Match]]]) -> list[Case]:
        about = {story for _, story in groups}
        past = told.of_stories(self.tx, about)
        held = told.held_of(self.tx, about)
        mutes = tuple(silences.active(self.tx, self.now))
        counts = {story: self.storyline.counts(self.tx, story, self.setup.official_feeds) for story in about}
        return [
            Case(
                rule=self.setup.rules[rule],
                story=story,
                articles=tuple(_facts(arrival, match, self.now) for arrival, match in members),
                counts=counts[story],
                told=past.get((rule, story), ()),
                held=held.get((rule, story)),
                silences=mutes,
                muted_by=muter(rule, _speaking(story, past, held) - {rule}, self.setup.rules),
            )
            for (rule, story), members in groups.items()
        ]

    def _carry_out(self, decision: Decision, members: Mapping[str, tuple[Arrival, Match]]) -> int:
        self._keep_held(decision)
        verdict = decision.verdict
        silent = [*decision.others, *([verdict] if isinstance(verdict, Suppress) else [])]
        journal.record(self.tx, [self._suppressed(decision, one) for one in silent])
        self._list_muted(decision, silent, members)
        match verdict:
            case Tell() as tell:
                self._alert(decision, tell, members)
                return 1
            case Hold() as hold:
                journal.record(self.tx, [self._event(decision, EventKind.HELD, hold)])
            case Suppress() if decision.remembered:
                told.add(self.tx, decision.rule, decision.story, decision.remembered)
            case Suppress():
                pass
        return 0

    def _keep_held(self, decision: Decision) -> None:
        if decision.held is None:
            told.release(self.tx, decision.rule, decision.story)
            return
        need = self.setup.rules[decision.rule].alert.corroborate
        until = decision.held.since + need.within if need else decision.held.since
        told.hold(self.tx, decision.rule, decision.story, decision.held, until)

    def _list_muted(
        self, decision: Decision, silent: Sequence[Suppress], members: Mapping[str, tuple[Arrival, Match]]
    ) -> None:
        muted = [
            (
                Muted(
                    int(one.by), self.now, decision.rule, decision.story, members[one.article][0].stored.article.title
                ),
                int(one.article),
            )
            for one in silent
            if one.reason is Reason.SILENCED and one.article in members
        ]
        silences.record_muted(self.tx, muted)

    def _alert(self, decision: Decision, tell: Tell, members: Mapping[str, tuple[Arrival, Match]]) -> None:
        rule = self.setup.rules[decision.rule]
        shown = members.get(tell.article) or in_archive(self.tx, rule.id, tell.article)
        if shown is None:
            raise LookupError(f"article {tell.article}, held for rule {rule.id}, is not in the archive")
        first = alerts.first_of(self.tx, rule.id, decision.story)
        content = self._content(tell, rule, shown, first.alert if first else None)
        made = NewAlert(
            uid=content.uid,
            rule=rule.id,
            rule_version=rule.version,
            article=shown[0].stored.id,
            story=decision.story,
            severity=tell.severity,
            reason=tell.reason.value,
            content=to_json(content),
            created_at=self.now,
            follows=first.id if first else None,
        )
        stored = alerts.add(self.tx, made)
        told.add(self.tx, rule.id, decision.story, tell.alert, number=stored.id)
        planned = self._plan(tell, rule)
        owed = owe(self.tx, stored.id, planned, self.now)
        skipped = [f"{one.channel or 'nobody'}: {one.why}" for one in planned.skipped]
        event = self._event(decision, EventKind.ALERTED, tell, to=[one.channel for one in owed], skipped=skipped)
        journal.record(self.tx, [replace(event, alert=stored.id)])

    def _plan(self, tell: Tell, rule: Rule) -> Plan:
        if self.ledger is None:
            self.ledger = read_ledger(self.tx, self.setup, self.now)
        planned = plan(facts_for(rule, tell), self.setup.routing, self.ledger, self.now)
        self.ledger = planned.ledger
        return planned

    def _content(self, tell: Tell, rule: Rule, shown: tuple[Arrival, Match], first: NewAlert | None) -> AlertContent:
        arrival, match = shown
        uid = alert_uid(rule.id, tell.alert)
        telling = Telling(
            uid=uid,
            thread=first.uid if first else uid,
            found_at=self.now,
            feed_title=arrival.feed_title or self.setup.feed_titles.get(arrival.stored.article.feed, ""),
            reason=tell.sentence,
            news=tell.news,
            outlets=tell.alert.counts.outlets,
            origins=tell.alert.counts.origins,
            replies_to=first.uid if first else "",
            thread_title=str(first.content.get("title", "")) if first else "",
        )
        return make_content(arrival.stored.article, rule, Match(match.rule, tell.severity, match.hits), telling)

    def _event(self, decision: Decision, kind: EventKind, verdict: Tell | Hold | Suppress, **details: object) -> Event:
        return Event(
            self.now,
            kind,
            verdict.sentence,
            article=int(verdict.article),
            rule=decision.rule,
            story=decision.story,
            details={"reason": verdict.reason.value, **{name: value for name, value in details.items() if value}},
        )

    def _suppressed(self, decision: Decision, one: Suppress) -> Event:
        return self._event(decision, EventKind.SUPPRESSED, one, by=one.by)


def alert_uid(rule: str, alert: PastAlert) -> str:
    """The same for the same decision, so that a repeat of it is known: 128 bits of rule, reason and what it covers."""
    parts = "\0".join([rule, alert.reason.value, *sorted(alert.covers)])
    return blake2b(parts.encode(), digest_size=16).hexdigest()


def owe(tx: Transaction, alert: int, planned: Plan, now: datetime) -> list[NewDelivery]:
    """Put a planned alert's deliveries into the outbox, and move the batches that the plan moves."""
    for (channel, batch), due_at in planned.moved.items():
        deliveries.move_batch(tx, channel, batch, due_at)
    owed = [
        NewDelivery(one.channel, one.recipient, one.due_at, one.batch, one.held_as.value, one.reason)
        for one in planned.deliveries
    ]
    alerts.owe(tx, alert, owed, now)
    return owed


def read_ledger(tx: Transaction, setup: Setup, now: datetime) -> Ledger:
    """What budgets count, as far back as the longest of them reaches."""
    budgets = [one.budget for one in setup.routing.channels.values()]
    budgets += [rule.alert.budget for rule in setup.rules.values()]
    longest = max((budget.period for budget in budgets if budget), default=timedelta(0))
    down = {one.channel: one.failing_since for one in channels.every(tx) if one.failing_since}
    return Ledger(tuple(deliveries.messages(tx, now - longest)), down)


def _speaking(
    story: int, past: Mapping[tuple[str, int], Sequence[PastAlert]], held: Mapping[tuple[str, int], object]
) -> set[str]:
    """The rules that have told a story, not as a shadow, or hold it."""
    said = {rule for (rule, of), alerts_ in past.items() if of == story and any(not one.shadow for one in alerts_)}
    return said | {rule for rule, of in held if of == story}


def _facts(arrival: Arrival, match: Match, now: datetime) -> ArticleFacts:
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
    match = Match(rule, found[-1].severity, found[-1].hits)
    return Arrival(stored, (match,), revision=articles.text_hash(stored.article).hex()), match
