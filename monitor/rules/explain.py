"""Why a rule matched an article, or what it missed by: its tree with a tick or a cross at every condition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeGuard

from monitor.rules.compile import EVALUATED, CompiledRules, in_scope, match_rule
from monitor.rules.hits import Hit, Match
from monitor.rules.match import Sight, hits_of, spots_of
from monitor.rules.miss import miss_of
from monitor.rules.model import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Escalation,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    Severity,
)
from monitor.rules.walk import members_of
from monitor.text.article import Article

MOST_NAMED = 4  # words of a list


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one condition: ``words`` as a reader says it, its hits, or in ``miss`` why it does not hold."""

    condition: Condition
    words: str
    holds: bool
    hits: tuple[Hit, ...] = ()
    miss: str = ""
    members: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule and an article: the match if there is one, else what stopped it.

    ``stopped_by`` names what kept the rule from being tried at all (status, scope). ``nearest_miss`` lists the fewest
    conditions that would have to hold for the rule to match, as sentences.
    """

    rule: str
    match: Match | None
    stopped_by: str
    tree: Verdict
    escalations: tuple[tuple[Severity, Verdict], ...] = ()
    nearest_miss: tuple[str, ...] = ()


def explain(compiled: CompiledRules, article: Article, rule_id: str) -> Explanation:
    """Explain one rule. Raises :class:`KeyError` if there is no such rule, and whatever its evaluation raises."""
    rule = compiled.rules[rule_id]
    sight = Sight(compiled.view(article), rule.concepts)
    stopped_by = _stopped_by(rule, article)
    tree = _verdict(rule.match, sight, compiled.tried(article))
    matches = [] if stopped_by else match_rule(rule, sight.view)
    missing = () if tree.holds else tuple(f"{_inline(verdict.condition)}: {verdict.miss}" for verdict in _missing(tree))
    return Explanation(
        rule=rule.id,
        match=matches[0] if matches else None,
        stopped_by=stopped_by,
        tree=tree,
        escalations=tuple(_escalation(step, sight, compiled.tried(article)) for step in rule.escalate),
        nearest_miss=((stopped_by,) if stopped_by else ()) + missing,
    )


def _stopped_by(rule: Rule, article: Article) -> str:
    if rule.status not in EVALUATED:
        return f"status {rule.status.value}: the rule is not evaluated"
    if in_scope(rule.scope, article):
        return ""
    if in_scope(replace(rule.scope, languages=frozenset()), article):
        wanted = ", ".join(sorted(rule.scope.languages))
        return f"scope: the article is in {article.lang}, the rule reads {wanted}"
    barred = rule.scope.not_feed_tags & article.feed_tags
    if barred:
        return f"scope: feed {article.feed} is tagged {', '.join(sorted(barred))}, which the rule leaves out"
    return f"scope: feed {article.feed} is none of those the rule reads"


def _escalation(step: Escalation, sight: Sight, tried: tuple[str, ...]) -> tuple[Severity, Verdict]:
    return step.to, _verdict(step.when, sight, tried)


def _verdict(condition: Condition, sight: Sight, tried: tuple[str, ...]) -> Verdict:
    spots = spots_of(condition, sight)
    inner = replace(sight, where=condition.where) if isinstance(condition, InField) else sight
    return Verdict(
        condition=condition,
        words=words_of(condition),
        holds=spots is not None,
        hits=hits_of(spots or (), sight.view),
        miss="" if spots is not None else miss_of(condition, sight, tried),
        members=tuple(_verdict(member, inner, tried) for member in members_of(condition)),
    )


def _missing(verdict: Verdict) -> list[Verdict]:
    """The fewest conditions in a failed one that would have to hold."""
    failed = [_missing(member) for member in verdict.members if not member.holds]
    if isinstance(verdict.condition, InField) and isinstance(verdict.condition.condition, HasTerm | HasConcept):
        return [verdict]
    if isinstance(verdict.condition, All | Near | InField) and failed:
        return [one for missing in failed for one in missing]
    if _is_list(verdict.condition) and len(failed) > 1 and len({one.miss for one, *_ in failed}) == 1:
        return [verdict]  # of a list of words of which none comes near, the first says no more than the others
    if isinstance(verdict.condition, AnyOf) and failed:
        # Of equals the one that says most: how far apart, or which longer word contains it.
        return min(failed, key=lambda missing: (len(missing), -max(len(one.miss) for one in missing)))
    return [verdict]


def words_of(condition: Condition) -> str:
    """A condition on one line, as in the rule file; of a group, its head alone."""
    match condition:
        case HasTerm(term):
            return f"“{term.written}”"
        case HasConcept(name):
            return f"${name}"
        case AtLeast(n):
            return f"at least {n} of {_names(condition)}"
        case Near(_, within, ordered):
            limit = f"{within} words" if isinstance(within, int) else f"one {within}"
            return f"{_names(condition)} within {limit}{', in this order' if ordered else ''}"
        case InField(where, inner):
            return f"{where.value}: {_inline(inner)}"
        case _:
            return {All: "all of", AnyOf: "any of", NoneOf: "none of"}[type(condition)]


def _names(condition: Condition) -> str:
    return ", ".join(_inline(member) for member in members_of(condition))


def _is_list(condition: Condition) -> TypeGuard[AnyOf]:
    """Whether it is an ``any`` of words and concepts alone."""
    return isinstance(condition, AnyOf) and all(isinstance(one, HasTerm | HasConcept) for one in condition.members)


def _inline(condition: Condition) -> str:
    """A condition inside another's line: a list of words as the list it is written as, cut after a few."""
    if not _is_list(condition):
        return words_of(condition)
    named = [words_of(member) for member in condition.members]
    return f"[{', '.join(named if len(named) <= MOST_NAMED else [*named[: MOST_NAMED - 1], '…'])}]"
