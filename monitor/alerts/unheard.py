"""Rules whose alerts nobody would get: seen before the first of them is raised, not after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.alerts.routes import AlertFacts, Routed, Routing, route
from monitor.rules.model import Rule, Status
from monitor.rules.problems import Gravity, Problem


def unheard(rules: Iterable[Rule], routing: Routing, now: datetime) -> Iterator[Problem]:
    """A warning for each live rule whose alerts reach nobody, however severe they get and in whatever language."""
    languages = frozenset(lang for one in routing.routes for lang in one.languages)
    for rule in rules:
        severity = max((rule.severity, *(step.to for step in rule.escalate)))
        routed = route(AlertFacts(rule.id, severity, rule.alert, rule.tags, languages), routing, {}, now)
        if rule.status is Status.LIVE and not routed.targets:
            why, fix = _why(routed, routing)
            yield Problem(rule.place, "reaches-nobody", f"this live rule reaches nobody: {why}", fix, Gravity.WARNING)


def _why(routed: Routed, routing: Routing) -> tuple[str, str]:
    refusals = [
        f"“{one.channel}” {one.why if one.channel in routing.channels else 'is not enabled'}"
        for one in routed.skipped
        if one.channel
    ]
    if not refusals:
        fix = "name a channel under `alert: to:`, or add a route to config.yaml"
        return "it names no channel, and no route in config.yaml holds for it", fix
    return ", ".join(refusals), "name a channel under `alert: to:` that takes its alerts, or add a route to config.yaml"
