"""From files to parts: reads config and rules, and makes of them what the daemon's rooms work with."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from monitor.channels import Channel, ChannelError, ChannelSpec, load_templates, open_channel
from monitor.config import ChannelSettings, Config, known_names, load_config, routing_of
from monitor.desk import Setup
from monitor.ops.redact import Redactor
from monitor.post import Pace, Post
from monitor.reach import end_of
from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.loader import RuleSet, load_rules
from monitor.rules.model import ANY_LANGUAGE, Status
from monitor.rules.problems import Gravity, Place, Problem, ProblemsError
from monitor.rules.runner import TestResult, run_tests
from monitor.rules.tree import MapNode
from monitor.rules.yaml import read_yaml
from monitor.secret import Secret
from monitor.text.lemmas import put_away

OFFICIAL = "official"
"""The tag that marks a feed as an official source: a government, an armed force, the UN."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Config and rules that were read together and fit each other. ``files`` is how the rule files looked then."""

    path: Path
    config: Config
    rule_set: RuleSet
    compiled: CompiledRules
    files: frozenset[tuple[str, int, int]] = frozenset()

    @property
    def languages(self) -> frozenset[str]:
        """The languages that rules have terms, a scope or tests in, or feeds declare: those worth telling apart."""
        found = {lang for feed in self.config.feeds for lang in feed.language}
        for rule in self.rule_set.rules:
            found |= rule.scope.languages | {test.lang for test in rule.tests if test.lang}
            found |= {term.lang for concept in rule.concepts.values() for term in concept.terms}
        return frozenset(found - {ANY_LANGUAGE})

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What did not keep them from loading."""
        return (*self.config.warnings, *self.rule_set.warnings)


def load(path: Path, environment: Mapping[str, str]) -> Loaded:
    """Read config and rules. Raises :class:`ProblemsError` with every problem, failing rule tests among them."""
    config = load_config(path, environment)
    files = look_at(config.rules)  # before they are read: what changes meanwhile is seen as changed
    rule_set = load_rules(config.rules, known_names(config))
    compiled = compile_rules(rule_set.rules)
    put_away()
    _settle()
    failing = failing_tests(rule_set, compiled)
    if failing:
        raise ProblemsError(failing)
    return Loaded(path, config, rule_set, compiled, files)


def failing_tests(rule_set: RuleSet, compiled: CompiledRules | None = None) -> list[Problem]:
    """The tests in the rules that fail, each an error at its place.

    Without ``compiled`` only the languages are made ready that a test is written in.
    """
    return [_failed(result) for result in run_tests(rule_set.rules, compiled).failures]


def _settle() -> None:
    """Spare the collector the compiled rules, which would be looked through for rubbish again and again.

    A set that was replaced holds on to itself in a circle: it must be thawed to be collected.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def look_at(directory: Path) -> frozenset[tuple[str, int, int]]:
    """The rule files below a directory, with their times of change (ns) and sizes: equal unless something was saved."""
    found: set[tuple[str, int, int]] = set()
    for file in (*directory.rglob("*.yaml"), *directory.rglob("*.yml")):
        with suppress(OSError):  # gone again
            state = file.stat()
            found.add((str(file), state.st_mtime_ns, state.st_size))
    return frozenset(found)


def setup_of(loaded: Loaded) -> Setup:
    """Whom to tell what, for the decisions."""
    config = loaded.config
    return Setup(
        rules={rule.id: rule for rule in loaded.rule_set.rules if rule.status is not Status.RETIRED},
        routing=routing_of(config),
        feed_titles={feed.id: feed.title for feed in config.feeds if feed.title},
        official_feeds=frozenset(feed.id for feed in config.feeds if OFFICIAL in feed.tags),
        operations=config.operations,
        watch_pages=config.stories.watch_pages,
    )


def post_of(config: Config, clock: Callable[[], datetime], terminal: TextIO | None = None) -> Post:
    """The ways out. Raises :class:`ChannelError`."""
    enabled = {name: settings for name, settings in config.channels.items() if settings.enabled}
    delivery = config.delivery
    return Post(
        channels={name: open_one(name, settings, clock, terminal) for name, settings in enabled.items()},
        templates={name: load_templates(settings.templates) for name, settings in enabled.items()},
        zones={name: settings.timezone or config.timezone for name, settings in enabled.items()},
        senders={name: settings.senders for name, settings in enabled.items()},
        ends={name: end for name, settings in enabled.items() if (end := end_of(settings.url))},
        most_tries={name: settings.max_attempts for name, settings in enabled.items() if settings.max_attempts},
        operations=config.operations,
        pace=Pace(
            delivery.backoff_first,
            delivery.backoff_max,
            delivery.give_up_after,
            delivery.report_after,
            refused=delivery.refused_wait,
            probe_every=delivery.probe_every,
        ),
        redactor=Redactor(secrets_of(config)),
    )


def open_one(
    name: str, settings: ChannelSettings, clock: Callable[[], datetime], terminal: TextIO | None = None
) -> Channel:
    """One channel as configured. Raises :class:`ChannelError`, which names it and shows nothing of its URL."""
    spec = ChannelSpec(
        name=name,
        url=settings.url or Secret("console://"),
        type=settings.type,
        recipients=settings.to,
        timeout=settings.timeout,
        senders=settings.senders,
        signing_key=settings.secret,
        sender=settings.sender,
    )
    return open_channel(spec, clock=clock, terminal=terminal)


def channel_problems(config: Config, path: Path, clock: Callable[[], datetime]) -> list[Problem]:
    """What opening the channels shows: those that cannot be, those that promise too little, templates with faults."""
    found: list[Problem] = []
    written = read_yaml(path)
    channels = written.get("channels") if isinstance(written, MapNode) else None
    for name, settings in config.channels.items():
        if not settings.enabled:
            continue
        place = channels.key_place(name) if isinstance(channels, MapNode) else written.place
        try:
            warnings = open_one(name, settings, clock).warnings
            faults = load_templates(settings.templates).faults()
        except (ChannelError, OSError) as error:
            found.append(Problem(place, "bad-channel", str(error)))
            continue
        found += [Problem(place, "weak-channel", text, gravity=Gravity.WARNING) for text in warnings]
        home = settings.templates or Path()
        found += [
            Problem(Place(str(home / fault.name), fault.line), "bad-template", fault.sentence, gravity=Gravity.WARNING)
            for fault in faults
        ]
    return found


def secrets_of(config: Config) -> list[Secret]:
    """Everything in a config that no log line may show."""
    found = [secret for one in config.channels.values() for secret in (one.url, one.secret) if secret]
    for feed in config.feeds:
        found += feed.secrets
    return found


def _failed(result: TestResult) -> Problem:
    sentence = f"rule {result.rule}: a test fails: {result.sentence} (“{result.test.title[:80]}”)"
    fix = f"mend the rule or the test; `newsmonitor test {result.rule}` shows what hit"
    return Problem(result.test.place, "failing-test", sentence, fix, Gravity.ERROR)


__all__ = [
    "ChannelError",
    "Loaded",
    "channel_problems",
    "failing_tests",
    "load",
    "open_one",
    "post_of",
    "secrets_of",
    "setup_of",
]
