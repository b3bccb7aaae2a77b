"""One transaction's decisions about matched articles, carried out: alerts, deliveries, holds, and why for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.alerts.content import AlertContent, NoticeContent, NoticeKind
from monitor.alerts.decision import Decision, Hold, Suppress, Tell
from monitor.alerts.excerpt import Telling, make_content
from monitor.alerts.inhibit import muter
from monitor.alerts.ledger import Ledger
from monitor.alerts.page_watch import next_look
from monitor.alerts.plan import Plan, plan
from monitor.alerts.policy import counts, decide_poll
from monitor.alerts.reasons import Reason
from monitor.alerts.routes import Routing, facts_for
from monitor.alerts.silence import Muted
from monitor.alerts.snapshot import to_json
from monitor.alerts.state import Case, Change, PastAlert
from monitor.arrivals import Arrival, facts_of, in_archive
from monitor.rules.hits import Match
from monitor.rules.model import Rule, Severity
from monitor.store import Transaction, alerts, channels, deliveries, journal, matches, pages, silences, told
from monitor.store.pages import WatchedPage
from monitor.store.values import Event, EventKind, NewAlert, NewDelivery
from monitor.storyline import Storyline

IN_PAGE = "found in the full text of the page"


@dataclass(frozen=True, slots=True)
class Setup:
    """What the operator has set up, replaced as a whole at a reload.

    ``watch_pages`` is for how long the page of a told article is looked after, for rules that ask for it.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    routing: Routing = field(default_factory=lambda: Routing({}))
    feed_titles: Mapping[str, str] = field(default_factory=dict)
    official_feeds: frozenset[str] = frozenset()
    operations: str = ""
    watch_pages: timedelta = timedelta(0)


@dataclass(slots=True)
class Desk:
    """One transaction's work on decisions. ``notices`` are for the operations channel."""

    tx: Transaction
    setup: Setup
    storyline: Storyline
    now: datetime
    ledger: Ledger | None = None
    notices: list[NoticeContent] = field(default_factory=list)

    def decide(self, pairs: Sequence[tuple[Arrival, Match]], story_of: Mapping[int, int]) -> int:
        """Decide on every rule and story that these matches concern, and carry it out; gives the number of alerts."""
        groups: dict[tuple[str, int], list[tuple[Arrival, Match]]] = {}
        for arrival, match in pairs:
            self._weigh(arrival, match)
            groups.setdefault((match.rule, story_of[arrival.stored.id]), []).append((arrival, match))
        cases = self._cases(groups)
        made = 0
        for decision in decide_poll(cases, self.now):
            members = {str(one.stored.id): (one, match) for one, match in groups[decision.rule, decision.story]}
            made += self._carry_out(decision, members)
        return made

    def _weigh(self, arrival: Arrival, match: Match) -> None:
        """Note what does not confirm its story; what has just come and counts needs no note."""
        stands = counts(self.setup.rules[match.rule], facts_of(arrival, match, self.now))
        if not stands or arrival.change is not Change.NEW:
            matches.weigh(self.tx, match.rule, arrival.stored.id, counts=stands)

    def _cases(self, groups: Mapping[tuple[str, int], Sequence[tuple[Arrival, Match]]]) -> list[Case]:
        about = {story for _, story in groups}
        past = told.of_stories(self.tx, about)
        held = told.held_of(self.tx, about)
        mutes = tuple(silences.active(self.tx, self.now))
        return [
            Case(
                rule=self.setup.rules[rule],
                story=story,
                articles=tuple(facts_of(arrival, match, self.now) for arrival, match in members),
                counts=self.storyline.counts(self.tx, story, rule, self.setup.official_feeds),
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
        if not owed:
            self.notices.append(_reaches_nobody(rule, content.title, skipped, self.now))
        if rule.alert.tell_again.removed and tell.reason not in {Reason.REMOVED, Reason.RETRACTED}:
            self._watch_page(shown[0])
        event = self._event(decision, EventKind.ALERTED, tell, to=[one.channel for one in owed], skipped=skipped)
        journal.record(self.tx, [replace(event, alert=stored.id)])

    def _watch_page(self, arrival: Arrival) -> None:
        """Look after the page that people are being sent to."""
        url = arrival.stored.article.url
        due_at = next_look(self.now, self.now, self.setup.watch_pages)
        if url and due_at and pages.get(self.tx, arrival.stored.id) is None:
            pages.watch(self.tx, WatchedPage(arrival.stored.id, url, self.now, due_at))

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
        content = make_content(arrival.stored.article, rule, Match(match.rule, tell.severity, match.hits), telling)
        return replace(content, why=(IN_PAGE, *content.why)) if rule.id in arrival.in_page else content

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


def _reaches_nobody(rule: Rule, title: str, skipped: Sequence[str], now: datetime) -> NoticeContent:
    """Once per version of a rule and cause: an alert that reaches nobody is a fault of the set-up."""
    cause = blake2b("\0".join([rule.version, *skipped]).encode(), digest_size=6).hexdigest()
    return NoticeContent(
        uid=f"nobody-{rule.id}-{cause}",
        kind=NoticeKind.OTHER,
        title=f"Alerts of rule {rule.id} reach nobody",
        severity=Severity.HIGH,
        found_at=now,
        lines=(*skipped, f"The first such alert: {title}"),
        thread=f"rule-{rule.id}",
    )
