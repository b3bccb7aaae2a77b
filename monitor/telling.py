"""From matched articles to what is owed to people: stories, decisions, alerts and deliveries, in one transaction.

Everything here runs inside the transaction of a poll, on the store's writer thread, because each step reads what the
step before has written: which story an article joins, what was told of it, how much of a budget is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.alerts.content import NoticeContent
from monitor.alerts.plan import plan_stand_ins
from monitor.alerts.routes import AlertFacts
from monitor.alerts.snapshot import to_json
from monitor.arrivals import PAGE, Arrival, in_archive, matched_before
from monitor.desk import IN_PAGE, Desk, Setup, read_ledger
from monitor.minutes import owe
from monitor.rules.hits import Match
from monitor.rules.model import Rule, Status
from monitor.store import Transaction, alerts, channels, deliveries, journal, matches, told
from monitor.store.values import Event, EventKind, NewAlert, NewDelivery, StoredMatch
from monitor.storyline import Newcomer, Storyline

OPERATIONS = "operations"
"""The rule that notices about the daemon itself are filed under."""


class Teller:
    """Decides and records what is told. Use it from the store's writer thread only."""

    def __init__(self, setup: Setup, storyline: Storyline) -> None:
        self.setup = setup
        self._storyline = storyline

    def tell(self, tx: Transaction, arrivals: Sequence[Arrival], now: datetime) -> int:
        """Record the matches of a poll, join stories, decide, and write what is owed; gives the number of alerts."""
        setup = self.setup  # a reload may put another in its place meanwhile
        pairs = [(one, match) for one in arrivals for match in one.matches if match.rule in setup.rules]
        matches.add(tx, [_stored_match(one, match, setup.rules[match.rule]) for one, match in pairs], now)
        journal.record(tx, [_matched(one, match, now) for one, match in pairs])
        pairs += [(one, match) for one in arrivals for match in matched_before(tx, one, setup.rules)]
        if not pairs:
            return 0
        newcomers = {one.stored.id: Newcomer(one.stored, _concepts(one.matches)) for one, _ in pairs}
        story_of = self._storyline.join(tx, list(newcomers.values()), now)
        return self._decide(tx, setup, pairs, story_of, now)

    def release(self, tx: Transaction, now: datetime) -> int:
        """Decide again on the stories whose wait for corroboration is over; gives the number of alerts."""
        setup = self.setup
        made = 0
        for rule, story, held in told.overdue(tx, now):
            shown = in_archive(tx, rule, held.article) if rule in setup.rules else None
            if shown is None:
                told.release(tx, [(rule, story)])
                continue
            made += self._decide(tx, setup, [shown], {shown[0].stored.id: story}, now)
        return made

    def relieve(self, tx: Transaction, now: datetime) -> int:
        """Let fallback channels take over what waits for channels that have been down too long; gives deliveries."""
        routing = self.setup.routing
        owed = 0
        for state in channels.every(tx):
            policy = routing.channels.get(state.channel)
            if policy is None or not policy.fallback or state.failing_since is None:
                continue
            if now - state.failing_since <= policy.fallback_after:
                continue
            for one in deliveries.waiting_for(tx, state.channel, now):
                owed += self._stand_in(tx, state.channel, one, now)
        return owed

    def notify(self, tx: Transaction, content: NoticeContent) -> None:
        """Owe the operations channel a notice about the daemon's own work; without one the journal has it alone."""
        if alerts.get(tx, content.uid) is not None:
            return
        channel = _working_channel(self.setup, {one.channel for one in channels.every(tx) if one.failing_since})
        policy = self.setup.routing.channels.get(channel)
        owed = [NewDelivery(channel, recipient, content.found_at) for recipient in policy.recipients] if policy else []
        made = NewAlert(
            uid=content.uid,
            rule=OPERATIONS,
            rule_version="",
            article=None,
            story=None,
            severity=content.severity,
            reason=content.kind.value,
            content=to_json(content),
            created_at=content.found_at,
        )
        stored = alerts.add(tx, made, owed)
        reason = content.title if policy else f"{content.title} (no operations channel is configured)"
        journal.record(tx, [Event(content.found_at, EventKind.ALERTED, reason, rule=OPERATIONS, alert=stored.id)])

    def _decide(
        self,
        tx: Transaction,
        setup: Setup,
        pairs: Sequence[tuple[Arrival, Match]],
        story_of: Mapping[int, int],
        now: datetime,
    ) -> int:
        desk = Desk(tx, setup, self._storyline, now)
        made = desk.decide(pairs, story_of)
        for notice in desk.notices:
            self.notify(tx, notice)
        return made

    def _stand_in(self, tx: Transaction, channel: str, alert: int, now: datetime) -> int:
        stored = alerts.get(tx, alert)
        rule = self.setup.rules.get(stored.alert.rule) if stored else None
        if stored is None or rule is None:
            return 0
        already = frozenset(one.channel for one in deliveries.listing(tx, alert=alert, limit=1000))
        facts = AlertFacts(rule.id, stored.alert.severity, rule.alert, rule.tags)
        ledger = read_ledger(tx, self.setup, now)
        planned = plan_stand_ins(facts, (channel, already), self.setup.routing, ledger, now)
        owe(tx, [(alert, planned)], now)
        return len(planned.deliveries)


def _stored_match(arrival: Arrival, match: Match, rule: Rule) -> StoredMatch:
    shadow = rule.status is not Status.LIVE
    return StoredMatch(arrival.stored.id, rule.id, rule.version, match.severity, match.hits, shadow)


def _matched(arrival: Arrival, match: Match, now: datetime) -> Event:
    words = ", ".join(dict.fromkeys(hit.text for hit in match.hits))[:500]
    in_page = match.rule in arrival.in_page
    return Event(
        now,
        EventKind.MATCHED,
        f"{words} ({IN_PAGE})" if in_page else words,
        feed=arrival.stored.article.feed,
        article=arrival.stored.id,
        rule=match.rule,
        details={"text": PAGE} if in_page else {},
    )


def _concepts(found: Sequence[Match]) -> tuple[str, ...]:
    return tuple(sorted({hit.concept for match in found for hit in match.hits if hit.concept}))


def _working_channel(setup: Setup, down: set[str]) -> str:
    """The operations channel, or while that is down another: bad news about a channel must not travel by it."""
    if not setup.operations or setup.operations not in down:
        return setup.operations
    fallback = setup.routing.channels[setup.operations].fallback if setup.operations in setup.routing.channels else ""
    others = [name for name in (fallback, *setup.routing.channels) if name and name not in down]
    return others[0] if others else setup.operations
