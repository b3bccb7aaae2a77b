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
from monitor.alerts.state import Case, Change, PastAlert, StoryCounts
from monitor.arrivals import Arrival, facts_of, in_archive
from monitor.minutes import Minutes, Raised
from monitor.rules.hits import Match
from monitor.rules.model import Rule, Severity
from monitor.store import Transaction, alerts, channels, deliveries, matches, silences, told
from monitor.store.pages import WatchedPage
from monitor.store.told import Told, Waiting
from monitor.store.values import Event, EventKind, NewAlert, StoredAlert
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
    minutes: Minutes = field(default_factory=Minutes)

    def decide(self, pairs: Sequence[tuple[Arrival, Match]], story_of: Mapping[int, int]) -> int:
        """Decide on every rule and story that these matches concern, and write it down; gives the number of alerts."""
        self._weigh(pairs)
        groups: dict[tuple[str, int], list[tuple[Arrival, Match]]] = {}
        for arrival, match in pairs:
            groups.setdefault((match.rule, story_of[arrival.stored.id]), []).append((arrival, match))
        cases = self._cases(groups)
        waited = {(case.rule.id, case.story) for case in cases if case.held}
        decisions = decide_poll(cases, self.now)
        first = self._first_alerts(decisions)
        for decision in decisions:
            of = (decision.rule, decision.story)
            members = {str(one.stored.id): (one, match) for one, match in groups[of]}
            self._carry_out(decision, members, first.get(of))
            self._keep_held(decision, waited=of in waited)
        self.minutes.write(self.tx, self.now)
        return sum(isinstance(decision.verdict, Tell) for decision in decisions)

    def _weigh(self, pairs: Sequence[tuple[Arrival, Match]]) -> None:
        """Note what does not confirm its story; what has just come and counts needs no note."""
        stands: dict[bool, list[tuple[str, int]]] = {True: [], False: []}
        for arrival, match in pairs:
            confirms = counts(self.setup.rules[match.rule], facts_of(arrival, match, self.now))
            if not confirms or arrival.change is not Change.NEW:
                stands[confirms].append((match.rule, arrival.stored.id))
        for confirms, found in stands.items():
            matches.weigh(self.tx, found, counts=confirms)

    def _cases(self, groups: Mapping[tuple[str, int], Sequence[tuple[Arrival, Match]]]) -> list[Case]:
        about = {story for _, story in groups}
        past = told.of_stories(self.tx, about)
        held = told.held_of(self.tx, about)
        known = self.storyline.counts(self.tx, about, self.setup.official_feeds)
        mutes = tuple(silences.active(self.tx, self.now))
        speaking = _speaking(past, held)
        return [
            Case(
                rule=self.setup.rules[rule],
                story=story,
                articles=tuple(facts_of(arrival, match, self.now) for arrival, match in members),
                counts=known.get((rule, story), StoryCounts()),
                told=past.get((rule, story), ()),
                held=held.get((rule, story)),
                silences=mutes,
                muted_by=muter(rule, speaking.get(story, set()) - {rule}, self.setup.rules),
            )
            for (rule, story), members in groups.items()
        ]

    def _first_alerts(self, decisions: Sequence[Decision]) -> dict[tuple[str, int], StoredAlert]:
        """The alerts that began the conversations which these decisions go on with."""
        telling: dict[str, list[int]] = {}
        for decision in decisions:
            if isinstance(decision.verdict, Tell):
                telling.setdefault(decision.rule, []).append(decision.story)
        return {
            (rule, story): first
            for rule, about in telling.items()
            for story, first in alerts.first_of_each(self.tx, rule, about).items()
        }

    def _carry_out(
        self, decision: Decision, members: Mapping[str, tuple[Arrival, Match]], first: StoredAlert | None
    ) -> None:
        verdict = decision.verdict
        silent = [*decision.others, *([verdict] if isinstance(verdict, Suppress) else [])]
        self.minutes.entries += [self._suppressed(decision, one) for one in silent]
        self._list_muted(decision, silent, members)
        match verdict:
            case Tell() as tell:
                self._alert(decision, tell, members, first)
            case Hold() as hold:
                self.minutes.entries.append(self._event(decision, EventKind.HELD, hold))
            case Suppress() if decision.remembered:
                self.minutes.told.append(Told(decision.rule, decision.story, decision.remembered))
            case Suppress():
                pass

    def _keep_held(self, decision: Decision, *, waited: bool) -> None:
        if decision.held is None:
            if waited:
                self.minutes.released.append((decision.rule, decision.story))
            return
        need = self.setup.rules[decision.rule].alert.corroborate
        until = decision.held.since + need.within if need else decision.held.since
        self.minutes.waiting.append(Waiting(decision.rule, decision.story, decision.held, until))

    def _list_muted(
        self, decision: Decision, silent: Sequence[Suppress], members: Mapping[str, tuple[Arrival, Match]]
    ) -> None:
        for one in silent:
            if one.reason is Reason.SILENCED and one.article in members:
                title = members[one.article][0].stored.article.title
                muted = Muted(int(one.by), self.now, decision.rule, decision.story, title)
                self.minutes.muted.append((muted, int(one.article)))

    def _alert(
        self,
        decision: Decision,
        tell: Tell,
        members: Mapping[str, tuple[Arrival, Match]],
        first: StoredAlert | None,
    ) -> None:
        rule = self.setup.rules[decision.rule]
        shown = members.get(tell.article) or in_archive(self.tx, rule.id, tell.article)
        if shown is None:
            raise LookupError(f"article {tell.article}, held for rule {rule.id}, is not in the archive")
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
        planned = self._plan(tell, rule)
        skipped = [f"{one.channel or 'nobody'}: {one.why}" for one in planned.skipped]
        if not planned.deliveries:
            self.notices.append(_reaches_nobody(rule, content.title, skipped, self.now))
        if rule.alert.tell_again.removed and tell.reason not in {Reason.REMOVED, Reason.RETRACTED}:
            self._watch_page(shown[0])
        to = [one.channel for one in planned.deliveries]
        event = self._event(decision, EventKind.ALERTED, tell, to=to, skipped=skipped)
        self.minutes.entries.append(Raised(made, tell.alert, planned, event))

    def _watch_page(self, arrival: Arrival) -> None:
        """Look after the page that people are being sent to."""
        url = arrival.stored.article.url
        due_at = next_look(self.now, self.now, self.setup.watch_pages)
        if url and due_at:
            self.minutes.pages.append(WatchedPage(arrival.stored.id, url, self.now, due_at))

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


def read_ledger(tx: Transaction, setup: Setup, now: datetime) -> Ledger:
    """What budgets count, as far back as the longest of them reaches."""
    budgets = [one.budget for one in setup.routing.channels.values()]
    budgets += [rule.alert.budget for rule in setup.rules.values()]
    longest = max((budget.period for budget in budgets if budget), default=timedelta(0))
    down = {one.channel: one.failing_since for one in channels.every(tx) if one.failing_since}
    return Ledger(tuple(deliveries.messages(tx, now - longest)), down)


def _speaking(
    past: Mapping[tuple[str, int], Sequence[PastAlert]], held: Mapping[tuple[str, int], object]
) -> dict[int, set[str]]:
    """The rules that have told a story, not as a shadow, or hold it, by story."""
    found: dict[int, set[str]] = {}
    for (rule, story), alerts_ in past.items():
        if any(not one.shadow for one in alerts_):
            found.setdefault(story, set()).add(rule)
    for rule, story in held:
        found.setdefault(story, set()).add(rule)
    return found


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
