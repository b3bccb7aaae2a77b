"""From the checked shape of a rule file to the frozen values of the model."""

from __future__ import annotations

from monitor.rules.model import AlertPolicy, Corroborate, RuleTest, Scope, Severity, TellAgain
from monitor.rules.problems import Place
from monitor.rules.shapes import AlertShape, ScopeShape, TestShape, TestsShape
from monitor.rules.tree import ListNode, MapNode


def scope_of(shape: ScopeShape) -> Scope:
    """Which articles the rule looks at."""
    return Scope(
        languages=frozenset(shape.languages),
        feed_ids=frozenset(shape.feeds.ids),
        feed_tags=frozenset(shape.feeds.tags),
        not_feed_tags=frozenset(shape.feeds.not_tags),
        max_age=shape.max_age,
    )


def alert_policy(shape: AlertShape) -> AlertPolicy:
    """Whom to tell, and when."""
    again = shape.tell_again
    held = shape.corroborate
    digest = shape.digest
    return AlertPolicy(
        to=shape.to,
        tell_again=TellAgain(again.origins, again.new_language, again.corrected, again.higher_severity, again.removed),
        corroborate=Corroborate(held.origins, held.within) if held is not None else None,
        quiet=shape.quiet,
        digest_below=Severity[digest.below.upper()] if digest is not None and digest.below is not None else None,
        digest_as=digest.name if digest is not None else "",
        budget=shape.budget,
        mutes=shape.mutes,
    )


def rule_tests(shape: TestsShape, rule: MapNode) -> tuple[RuleTest, ...]:
    """The inline tests in the order of their kinds, each with its place in the file."""
    node = rule.get("tests")

    def place(kind: str, at: int) -> Place:
        items = node.get(kind) if isinstance(node, MapNode) else None
        return items.items[at].place if isinstance(items, ListNode) and at < len(items.items) else rule.place

    def made(kind: str, tests: tuple[TestShape, ...]) -> list[RuleTest]:
        return [
            RuleTest(kind, test.title, test.summary, test.body, test.lang, test.hits, place(kind, at))  # type: ignore[arg-type]
            for at, test in enumerate(tests)
        ]

    return (
        *made("match", shape.match),
        *made("no_match", shape.no_match),
        *made("known_miss", shape.known_miss),
    )
