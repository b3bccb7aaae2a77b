"""Names that narrow a list or mute something: refused if neither the configuration nor the archive ever had them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from monitor.alerts.silence import Matchers
from monitor.cli.names import no_such
from monitor.cli.terminal import err
from monitor.config import Config, known_names
from monitor.errors import UsageError
from monitor.rules.loader import RuleSet, load_rules
from monitor.rules.problems import ProblemsError
from monitor.store import Store, Transaction, journal, stories
from monitor.store import alerts as stored_alerts
from monitor.store import deliveries as stored_deliveries
from monitor.store import feeds as stored_feeds
from monitor.store.rules import every as rules_at_work


def explain_nothing(
    config: Config, store: Store, found: Sequence[object], *, rule: str = "", feed: str = "", channel: str = ""
) -> None:
    """Say why a list narrowed by these names is empty, if a name is the reason.

    Raises :class:`UsageError` for one that neither the configuration nor the archive has ever had; of one that only
    the archive has, a removed rule or feed, standard error tells.
    """
    if found:
        return
    if feed:
        _known_or_past("feed", feed, [one.id for one in config.feeds], lambda: _had_feed(store, feed))
    if channel:
        _known_or_past("channel", channel, config.channels, lambda: _had_channel(store, channel))
    if rule and (rules := _rules(config)) is not None:
        _known_or_past("rule", rule, [one.id for one in rules.rules], lambda: _had_rule(store, rule))


def checked_matchers(config: Config, store: Store, what: Matchers) -> Matchers:
    """What a silence is to mute, with a merged story as the one it is part of now.

    Raises :class:`UsageError` for a rule, story, concept or feed that nobody knows: such a silence would mute nothing.
    Where the rules do not load, their names cannot be checked and are let pass: who mutes a storm is in a hurry.
    """
    if what.story is not None:
        number = what.story
        story = store.read_now(lambda tx: stories.get(tx, number))
        if story is None:
            raise UsageError(f"there is no story {number}; `newsmonitor stories list` lists them")
        what = replace(what, story=story.id)
    if what.feed:
        _held("feed", what.feed, {one.id for one in config.feeds}, lambda: _had_feed(store, what.feed))
    rules = _rules(config) if what.rule or what.concept else None
    if rules is not None and what.rule:
        _held("rule", what.rule, {one.id for one in rules.rules}, lambda: _had_rule(store, what.rule))
    if rules is not None and what.concept:
        concepts = {name for one in rules.rules for name in one.concepts} | set(rules.concepts)
        if what.concept not in concepts:
            raise no_such("concept", what.concept, concepts)
    return what


def _known_or_past(what: str, name: str, known: Collection[str], was_there: Callable[[], bool]) -> None:
    if name in known:
        return
    if not was_there():
        raise no_such(what, name, known)
    err.print(f"there is no {what} “{name}” any more", markup=False)


def _held(what: str, pattern: str, known: Collection[str], was_there: Callable[[], bool]) -> None:
    if not any(fnmatchcase(name, pattern) for name in known) and not was_there():
        raise no_such(what, pattern, known)


def _rules(config: Config) -> RuleSet | None:
    """The rules on disk; None if they do not load, and then nobody can say which there are."""
    try:
        return load_rules(config.rules, known_names(config))
    except ProblemsError:
        return None


def _had_rule(store: Store, pattern: str) -> bool:
    def had(tx: Transaction) -> bool:
        return (
            any(fnmatchcase(name, pattern) for name in rules_at_work(tx))
            or bool(stored_alerts.latest(tx, rule=pattern, limit=1))
            or bool(journal.last(tx, 1, rule=pattern))
        )

    return store.read_now(had)


def _had_feed(store: Store, pattern: str) -> bool:
    def had(tx: Transaction) -> bool:
        return any(fnmatchcase(one.feed, pattern) for one in stored_feeds.every(tx)) or bool(
            journal.last(tx, 1, feed=pattern)
        )

    return store.read_now(had)


def _had_channel(store: Store, name: str) -> bool:
    def had(tx: Transaction) -> bool:
        return bool(stored_deliveries.listing(tx, channel=name, limit=1)) or bool(journal.last(tx, 1, channel=name))

    return store.read_now(had)
