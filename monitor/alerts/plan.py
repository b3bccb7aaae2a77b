"""From one alert to its deliveries: which channel, which recipient, when, and why not at once.

For every channel that :func:`routes.route` names, in this order: a digest takes lesser news; quiet hours hold what is
not critical; a budget gathers what is too much. Whatever is held has a batch: deliveries of one recipient with one
batch leave as one message. Every message counts for the budgets, a whole batch as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.alerts.ledger import Ledger
from monitor.alerts.routes import AlertFacts, Routing, Skipped, Target, route, stand_ins
from monitor.alerts.slots import HeldAs, find_slot


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One alert for one recipient of one channel, due then. ``reason`` says why there and why then."""

    channel: str
    recipient: str
    due_at: datetime
    held_as: HeldAs
    batch: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The deliveries of one alert, the channels it passed over, and the ledger to plan the next alert with.

    ``moved`` are batches, by channel and name, whose waiting deliveries become due at another time: a digest that is
    full goes out now. ``deliveries`` may be empty; ``skipped`` then says why, and somebody should be told of that.
    """

    deliveries: tuple[PlannedDelivery, ...]
    skipped: tuple[Skipped, ...]
    ledger: Ledger
    moved: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


def plan(facts: AlertFacts, routing: Routing, ledger: Ledger, now: datetime) -> Plan:
    """Plan the deliveries of one alert. Plan the alerts of a poll in turn, each with the ledger of the one before."""
    routed = route(facts, routing, ledger.down_since, now)
    return _plan(facts, routing, ledger, now, targets=routed.targets, skipped=routed.skipped)


def plan_stand_ins(
    facts: AlertFacts, waiting_on: tuple[str, frozenset[str]], routing: Routing, ledger: Ledger, now: datetime
) -> Plan:
    """Plan what stand-ins take over from an alert that waits for a channel which has been down for too long.

    ``waiting_on`` is that channel, and all channels that have the alert already: asking twice plans nothing more.
    """
    channel, already = waiting_on
    targets = stand_ins(channel, already, routing, ledger.down_since, now)
    return _plan(facts, routing, ledger, now, targets=targets, skipped=())


def explain(planned: Plan) -> tuple[str, ...]:
    """One line per delivery and per channel passed over, for people."""
    told = [
        f"→ {one.channel}{f' ({one.recipient})' if one.recipient else ''}: {one.reason}" for one in planned.deliveries
    ]
    passed = [f"✗ {one.channel}: {one.why}" if one.channel else f"✗ {one.why}" for one in planned.skipped]
    return (*told, *passed)


def _plan(
    facts: AlertFacts,
    routing: Routing,
    ledger: Ledger,
    now: datetime,
    *,
    targets: tuple[Target, ...],
    skipped: tuple[Skipped, ...],
) -> Plan:
    deliveries: list[PlannedDelivery] = []
    moved: dict[tuple[str, str], datetime] = {}
    for target in targets:
        channel = routing.channels[target.channel]
        slot = find_slot(facts, channel, routing, ledger, now)
        ledger = ledger.with_message(slot.message)
        if slot.moved:
            moved[channel.name, slot.message.batch] = slot.message.at
        reason = f"{target.why}; {slot.why}" if slot.why else target.why
        deliveries += (
            PlannedDelivery(channel.name, recipient, slot.message.at, slot.held_as, slot.message.batch, reason)
            for recipient in channel.recipients
        )
    return Plan(tuple(deliveries), skipped, ledger, moved)
