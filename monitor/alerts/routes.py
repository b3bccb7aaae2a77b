"""Routing: who would get an alert, through which channel, and why; also who would not, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from monitor.alerts.decision import Tell
from monitor.alerts.digest_times import DigestTimes
from monitor.alerts.news import moment, span
from monitor.alerts.quiet import QuietHours
from monitor.rules.model import AlertPolicy, Budget, Rule, Severity


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What routing needs to know of an alert. ``languages`` are all that its story is told in."""

    rule: str
    severity: Severity
    policy: AlertPolicy = field(default_factory=AlertPolicy)
    tags: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


def facts_for(rule: Rule, tell: Tell) -> AlertFacts:
    """The routing facts of an alert that was decided."""
    return AlertFacts(rule.id, tell.severity, rule.alert, rule.tags, tell.alert.counts.languages)


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """When and to whom a channel speaks; how it does is no concern of ours.

    ``recipients`` are addresses where the service has them, else one empty string. ``quiet`` and ``digest_as`` name
    entries of :class:`Routing`. ``fallback`` names the channel that takes over once this one has been down for
    longer than ``fallback_after``.
    """

    name: str
    recipients: tuple[str, ...] = ("",)
    min_severity: Severity = Severity.INFO
    quiet: str = ""
    digest_below: Severity | None = None
    digest_as: str = ""
    budget: Budget | None = None
    fallback: str = ""
    fallback_after: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Route:
    """Sends alerts to channels beyond those the rule names. Every condition that is given must hold.

    ``rules`` are globs of rule ids. ``otherwise`` routes are only tried when an alert would reach nobody.
    """

    to: tuple[str, ...]
    severity: Severity = Severity.INFO
    tags: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    otherwise: bool = False

    def __str__(self) -> str:
        """Its conditions, as a reader of the configuration knows them."""
        parts = [f"severity {self.severity.word} and above"] if self.severity > Severity.INFO else []
        parts += [f"tags {', '.join(sorted(self.tags))}"] if self.tags else []
        parts += [f"languages {', '.join(sorted(self.languages))}"] if self.languages else []
        parts += [f"rules {', '.join(self.rules)}"] if self.rules else []
        return (
            "route for " + ("; ".join(parts) or "everything") + (" that would reach nobody" if self.otherwise else "")
        )


@dataclass(frozen=True, slots=True)
class Routing:
    """Everything the configuration says about whom to tell and when."""

    channels: Mapping[str, ChannelPolicy]
    routes: tuple[Route, ...] = ()
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    digests: Mapping[str, DigestTimes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """A channel that gets the alert, and why. ``instead_of`` is the channel it stands in for."""

    channel: str
    why: str
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A channel that was named and does not get the alert, and why; no channel if none was named at all."""

    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class Routed:
    """Who gets an alert and who does not; in the order in which rule and routes name them."""

    targets: tuple[Target, ...]
    skipped: tuple[Skipped, ...] = ()


def route(facts: AlertFacts, routing: Routing, down_since: Mapping[str, datetime], now: datetime) -> Routed:
    """Who gets this alert: the channels the rule names, those of every route that holds, and stand-ins.

    A channel that is down keeps its delivery, which arrives late; its stand-in gets the alert now. Being told twice
    is better than not being told.
    """
    targets: dict[str, Target] = {}
    skipped: dict[str, Skipped] = {}
    for otherwise in (False, True):
        if targets:
            break
        for name, why in _named(facts, routing, otherwise=otherwise):
            if refusal := _refusal(facts, routing, name):
                skipped.setdefault(name, Skipped(name, refusal))
            else:
                targets.setdefault(name, Target(name, why))
    for name in tuple(targets):
        for stand_in in _stand_ins(name, routing, down_since, now):
            targets.setdefault(stand_in.channel, stand_in)
    if not targets and not skipped:
        skipped[""] = Skipped("", f"neither rule {facts.rule} nor any route names a channel")
    return Routed(tuple(targets.values()), tuple(one for name, one in skipped.items() if name not in targets))


def stand_ins(
    channel: str, already: frozenset[str], routing: Routing, down_since: Mapping[str, datetime], now: datetime
) -> tuple[Target, ...]:
    """Who takes over what waits for ``channel``, now that it has been down for too long.

    For deliveries planned before that was known: ``already`` are the channels that have the alert.
    """
    return tuple(one for one in _stand_ins(channel, routing, down_since, now) if one.channel not in already)


def _named(facts: AlertFacts, routing: Routing, *, otherwise: bool) -> Iterator[tuple[str, str]]:
    if not otherwise:
        yield from ((name, f"rule {facts.rule} names it") for name in facts.policy.to)
    for one in routing.routes:
        if one.otherwise is otherwise and _holds(one, facts):
            yield from ((name, str(one)) for name in one.to)


def _holds(one: Route, facts: AlertFacts) -> bool:
    return (
        facts.severity >= one.severity
        and (not one.tags or bool(one.tags & facts.tags))
        and (not one.languages or bool(one.languages & facts.languages))
        and (not one.rules or any(fnmatchcase(facts.rule, pattern) for pattern in one.rules))
    )


def _refusal(facts: AlertFacts, routing: Routing, name: str) -> str:
    channel = routing.channels.get(name)
    if channel is None:
        return "there is no such channel"
    if facts.severity < channel.min_severity:
        return f"takes {channel.min_severity.word} and above; this is {facts.severity.word}"
    return ""


def _stand_ins(name: str, routing: Routing, down_since: Mapping[str, datetime], now: datetime) -> Iterator[Target]:
    """The fallback of a channel that is down, and the fallback's own if that is down too; never in a circle."""
    seen = {name}
    channel = routing.channels.get(name)
    while channel and channel.fallback and _is_down(channel, down_since, now):
        down_at = down_since[channel.name]
        if channel.fallback in seen or channel.fallback not in routing.channels:
            return
        seen.add(channel.fallback)
        why = f"{channel.name} has been down for {span(now - down_at)} (since {moment(down_at)})"
        yield Target(channel.fallback, why, channel.name)
        channel = routing.channels[channel.fallback]


def _is_down(channel: ChannelPolicy, down_since: Mapping[str, datetime], now: datetime) -> bool:
    since = down_since.get(channel.name)
    return since is not None and now - since > channel.fallback_after
