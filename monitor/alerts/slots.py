"""The message that an alert becomes or joins on one channel: alone and now, or later and together with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.alerts.budget import first_free, written_budget
from monitor.alerts.digest_times import DigestTimes, next_release
from monitor.alerts.ledger import Ledger, Message
from monitor.alerts.news import moment
from monitor.alerts.quiet import BREAKS_THROUGH, QuietHours, held_until
from monitor.alerts.routes import AlertFacts, ChannelPolicy, Routing
from monitor.rules.model import Budget, Severity


class HeldAs(StrEnum):
    """Why a delivery waits; empty when it does not. Also the first word of its batch."""

    NOW = ""
    DIGEST = "digest"
    QUIET = "quiet"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Slot:
    """A message as it is with the alert in it. ``moved`` says that a batch's time has changed by that."""

    message: Message
    held_as: HeldAs = HeldAs.NOW
    why: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    """One alert before one channel at one moment."""

    facts: AlertFacts
    channel: ChannelPolicy
    routing: Routing
    ledger: Ledger
    now: datetime

    @property
    def breaks_through(self) -> bool:
        return self.facts.severity >= BREAKS_THROUGH

    def hours(self) -> tuple[QuietHours, ...]:
        """The quiet hours of rule and channel that bind this alert."""
        if self.breaks_through:
            return ()
        names = dict.fromkeys((self.facts.policy.quiet, self.channel.quiet))
        return tuple(self.routing.quiet[name] for name in names if name in self.routing.quiet)

    def earliest(self, at: datetime, *, rule: str = "") -> datetime:
        """The first moment from ``at`` on that is not quiet and within the budgets of channel and, if any, rule."""
        spent: list[tuple[Budget, Sequence[datetime]]] = []
        if self.channel.budget:
            spent.append((self.channel.budget, self.ledger.times(self.channel.name)))
        if rule and self.facts.policy.budget:
            spent.append((self.facts.policy.budget, self.ledger.times(self.channel.name, rule)))
        while True:
            free = first_free(spent, held_until(at, self.hours()) or at)
            if free == at:
                return at
            at = free


def find_slot(facts: AlertFacts, channel: ChannelPolicy, routing: Routing, ledger: Ledger, now: datetime) -> Slot:
    """Where the alert goes on this channel, now or later."""
    scene = _Scene(facts, channel, routing, ledger, now)
    return (
        _digest_slot(scene) or _quiet_slot(scene) or _budget_slot(scene) or Slot(Message(channel.name, now, facts.rule))
    )


def _digest_slot(scene: _Scene) -> Slot | None:
    chosen = _digest_for(scene)
    if chosen is None:
        return None
    times, below = chosen
    why = f"{scene.facts.severity.word} is below {below.word}: in the digest {times.name}"
    batch = _joined(scene, f"{HeldAs.DIGEST} {times.name}", next_release(times, scene.now))
    if times.count is None or batch.size < times.count:
        return Slot(batch, HeldAs.DIGEST, f"{why} of {moment(batch.at)}")
    others = replace(scene, ledger=scene.ledger.without(batch))
    full = replace(batch, at=others.earliest(scene.now))
    return Slot(full, HeldAs.DIGEST, f"{why}, which is full with {times.count}", moved=True)


def _digest_for(scene: _Scene) -> tuple[DigestTimes, Severity] | None:
    """The rule's digest before the channel's own; a rule may leave it to the channel which one.

    A digest that names no severity takes everything but critical news, which waits for nothing but a budget.
    """
    policy, channel = scene.facts.policy, scene.channel
    for below, name, given in (
        (policy.digest_below, policy.digest_as or channel.digest_as, policy.digest_as or policy.digest_below),
        (channel.digest_below, channel.digest_as, channel.digest_as),
    ):
        limit = BREAKS_THROUGH if below is None else below
        if given and scene.facts.severity < limit and name in scene.routing.digests:
            return scene.routing.digests[name], limit
    return None


def _quiet_slot(scene: _Scene) -> Slot | None:
    hours = scene.hours()
    until = held_until(scene.now, hours)
    if until is None:
        return None
    # Rule and channel may be quiet until different times: one catch-up for each of them.
    batch = _joined(scene, f"{HeldAs.QUIET} {until:%Y-%m-%dT%H:%MZ}", until)
    names = " and ".join(one.name for one in hours)
    return Slot(batch, HeldAs.QUIET, f"quiet hours {names} until {moment(batch.at)}")


def _budget_slot(scene: _Scene) -> Slot | None:
    """The "and N more" of the rule or else of the channel, if a budget is used up. Critical news has its own."""
    policy, channel = scene.facts.policy, scene.channel
    marker = f"{HeldAs.BUDGET} {'critical ' if scene.breaks_through else ''}"
    for budget, rule, whose in (
        (policy.budget, scene.facts.rule, f"rule {scene.facts.rule}"),
        (channel.budget, "", f"channel {channel.name}"),
    ):
        if budget is None:
            continue
        series = f"{marker}{whose}"
        used_up = first_free([(budget, scene.ledger.times(channel.name, rule or None))], scene.now) > scene.now
        if used_up or scene.ledger.pending(channel.name, series, scene.now):
            batch = _joined(scene, series, scene.now, rule=rule)
            spent = f"the budget of {whose} ({written_budget(budget)}) is used up"
            return Slot(batch, HeldAs.BUDGET, f"{spent}: among “and more” at {moment(batch.at)}")
    return None


def _joined(scene: _Scene, series: str, at: datetime, *, rule: str = "") -> Message:
    """The pending batch of this series with one alert more, or a new one for the first possible moment from ``at``."""
    pending = scene.ledger.pending(scene.channel.name, series, scene.now)
    if pending:
        return replace(pending, size=pending.size + 1)
    due_at = scene.earliest(at, rule=rule)
    name = scene.ledger.new_batch(scene.channel.name, series, scene.now)
    return Message(scene.channel.name, due_at, rule, name)
