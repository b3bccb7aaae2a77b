"""What a rule that can be read may still get wrong: names nobody defined, languages nobody covered, missing tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.concepts import unknown_language
from monitor.rules.languages import LANGUAGES, did_you_mean, scripts_in, scripts_of
from monitor.rules.logic import can_fire, logic_problems
from monitor.rules.model import ANY_LANGUAGE, Rule, Status, Term, TermKind
from monitor.rules.operators import operator_warnings
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.terms import term_warnings
from monitor.rules.tree import ListNode, MapNode, Node, Scalar
from monitor.rules.walk import concept_names, terms_in

_SHOWN = 6
"""So many of the names there are are proposed, where there are more than :func:`did_you_mean` lists."""


@dataclass(frozen=True, slots=True)
class Known:
    """The names a config defines; ``None`` means that nobody knows, so they are not checked.

    ``gravity`` is that of another name: a warning where the rules may be for another config.
    """

    channels: frozenset[str] | None = None
    feed_tags: frozenset[str] | None = None
    feed_ids: frozenset[str] | None = None
    quiet_hours: frozenset[str] | None = None
    digests: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    gravity: Gravity = Gravity.ERROR

    @property
    def all_languages(self) -> frozenset[str]:
        """The languages a list may be for."""
        return LANGUAGES if self.languages is None else self.languages


def lint_rule(
    rule: Rule,
    node: MapNode,
    known: Known,
    *,
    own: frozenset[str],
    shared: Collection[str],
    seen: Callable[[Term], bool] | None,
) -> Iterator[Problem]:
    """Every fault of one rule that its shape does not show. ``own`` and ``shared`` are the concepts it may name."""
    yield from _test_languages(rule, known)
    yield from logic_problems(rule)
    yield from _languages(rule, node, own)
    for condition in (rule.match, *(step.when for step in rule.escalate)):
        for term in terms_in(condition):
            yield from term_warnings(term)
            yield from operator_warnings(term)
            if term.kind is TermKind.FORMS and (term.text in own or term.text in shared):
                sentence = f"“{term.text}” is looked for as a word, and there is a concept of that name"
                fix = f"did you mean “${term.text}”?"
                yield Problem(term.place, "concept-as-word", sentence, fix, Gravity.WARNING)
            yield from _out_of_scope(term, rule)
    yield from _escalation(rule, node)
    yield from _tests(rule, node)
    if seen is not None:
        yield from _never_seen(rule, seen)


def lint_mutes(rules: Mapping[str, Rule], nodes: Mapping[str, MapNode]) -> Iterator[Problem]:
    """Rules that mute what is not there, themselves, or each other in a ring."""
    for rule_id, node in nodes.items():
        for item in _scalars(node, ("alert", "mutes")):
            if item.text not in rules:
                fix = did_you_mean(item.text, rules)
                yield Problem(item.place, "unknown-rule", f"there is no rule “{item.text}”", fix)
            elif rule_id in _muted_from(item.text, rules):
                sentence = (
                    f"“{rule_id}” and “{item.text}” mute each other" if item.text != rule_id else "it mutes itself"
                )
                yield Problem(item.place, "mute-circle", sentence, "the more special rule mutes the more general one")


def _muted_from(start: str, rules: Mapping[str, Rule]) -> set[str]:
    """Every rule that is muted by ``start``, or by one of those, and so on; and itself."""
    reached = {start}
    waiting = [start]
    while waiting:
        rule = rules.get(waiting.pop())
        fresh = set(rule.alert.mutes) - reached if rule is not None else set()
        reached |= fresh
        waiting.extend(fresh)
    return reached


def lint_names(node: MapNode, known: Known) -> Iterator[Problem]:
    """Names of channels, feeds and the like that the config does not define, and codes that are no language."""
    scope, alert = ("scope",), ("alert",)
    checks: tuple[tuple[tuple[str, ...], str, str, Collection[str] | None], ...] = (
        ((*scope, "feeds", "ids"), "unknown-feed", "feed", known.feed_ids),
        ((*scope, "feeds", "tags"), "unknown-tag", "feed tag", known.feed_tags),
        ((*scope, "feeds", "not_tags"), "unknown-tag", "feed tag", known.feed_tags),
        ((*alert, "to"), "unknown-channel", "channel", known.channels),
        ((*alert, "quiet"), "unknown-quiet-hours", "quiet hours", known.quiet_hours),
        ((*alert, "digest"), "unknown-digest", "digest", known.digests),
        ((*alert, "digest", "as"), "unknown-digest", "digest", known.digests),
    )
    for path, kind, word, names in checks:
        for item in _scalars(node, path) if names is not None else ():
            if names is not None and item.text not in names:
                sentence = f"config.yaml has no {word} “{item.text}”"
                fix = did_you_mean(item.text, names) or _choices(word, sorted(names))
                yield Problem(item.place, kind, sentence, fix, known.gravity)
    for item in _scalars(node, ("scope", "languages")):
        if item.text not in known.all_languages:
            yield unknown_language(item.text, item.place, known.all_languages)


def _choices(word: str, names: Sequence[str]) -> str:
    """What to do about a name that resembles none of too many, or of none at all."""
    if not names:
        return f"define it, or remove it here; there is no {word} at all"
    return f"define it, or name one there is: {', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


def _scalars(node: MapNode, path: tuple[str, ...]) -> list[Scalar]:
    """The texts at a path: one, or those of a list."""
    found: Node | None = node
    for part in path:
        found = found.get(part) if isinstance(found, MapNode) else None
    items = found.items if isinstance(found, ListNode) else (found,)
    return [item for item in items if isinstance(item, Scalar)]


def _test_languages(rule: Rule, known: Known) -> Iterator[Problem]:
    for test in rule.tests:
        if test.lang and test.lang not in known.all_languages:
            yield unknown_language(test.lang, test.place, known.all_languages)


def _languages(rule: Rule, node: MapNode, own: frozenset[str]) -> Iterator[Problem]:
    """Languages in scope without terms, and lists outside the scope."""
    places = {item.text: item.place for item in _scalars(node, ("scope", "languages"))}
    used = dict(concept_names(rule.match))
    for lang in sorted(rule.scope.languages):
        lacking = sorted(name for name in used if _lacks(rule, name, lang))
        names = ", ".join(f"${name}" for name in lacking)
        if not lacking:
            continue
        place = places.get(lang, rule.place)
        fix = f"add a list `{lang}:` to {names}, or take {lang} out of the scope"
        if can_fire(rule.match, rule, lang):
            sentence = f"“{lang}” is in scope, and {names} has no terms in it"
            yield Problem(place, "language-gap", sentence, fix, Gravity.WARNING)
        else:
            sentence = f"the rule can never match in “{lang}”: {names} has no terms in it"
            yield Problem(place, "language-cannot-match", sentence, fix)
    if not rule.scope.languages:
        return
    for name in sorted(own & rule.concepts.keys()):
        for lang in sorted(rule.concepts[name].languages - rule.scope.languages - {ANY_LANGUAGE}):
            term = next(term for term in rule.concepts[name].terms if term.lang == lang)
            sentence = f"the terms of ${name} in “{lang}” can never be found: {lang} is not in the rule's scope"
            fix = f"add {lang} to `scope: languages`, or remove the list"
            yield Problem(term.place, "never-in-scope", sentence, fix, Gravity.WARNING)


def _lacks(rule: Rule, name: str, lang: str) -> bool:
    """Whether a concept has words for other languages and none for this one."""
    concept = rule.concepts.get(name)
    return concept is not None and lang not in concept.languages and concept.languages != {ANY_LANGUAGE}


def _out_of_scope(term: Term, rule: Rule) -> Iterator[Problem]:
    """A term whose letters no language in scope is written with."""
    scripts = scripts_in(term.text)
    allowed: set[str] = {"LATIN"}
    for lang in rule.scope.languages:
        if not scripts_of(lang):
            return
        allowed |= scripts_of(lang)
    if rule.scope.languages and scripts and not scripts & allowed:
        names = ", ".join(sorted(rule.scope.languages))
        sentence = f"“{term.written}” can never be found: no language in scope ({names}) is written like that"
        yield Problem(term.place, "never-in-scope", sentence, "remove it, or widen the scope", Gravity.WARNING)


def _escalation(rule: Rule, node: MapNode) -> Iterator[Problem]:
    steps = node.get("escalate")
    for at, step in enumerate(rule.escalate):
        if step.to == rule.severity and len(rule.escalate) == 1:
            place = steps.items[at].place if isinstance(steps, ListNode) else rule.place
            sentence = f"the rule is “{step.to.word}” already, so this changes nothing"
            yield Problem(place, "no-effect", sentence, "choose another severity", Gravity.WARNING)


def _tests(rule: Rule, node: MapNode) -> Iterator[Problem]:
    if rule.status is not Status.LIVE:
        return
    place: Place = node.key_place("tests") if "tests" in node.entries else node.key_place("id")
    for kind, what in (("match", "it finds what it should"), ("no_match", "it leaves the rest alone")):
        if not any(test.expect == kind for test in rule.tests):
            sentence = f"a live rule without `{kind}` tests: nothing proves that {what}"
            fix = f"add `tests: {kind}:` with a headline or two, or set `status: draft`"
            yield Problem(place, "missing-tests", sentence, fix, Gravity.WARNING)


def _never_seen(rule: Rule, seen: Callable[[Term], bool]) -> Iterator[Problem]:
    for concept in rule.concepts.values():
        for term in concept.terms:
            if not seen(term):
                sentence = f"“{term.written}” never occurred in the archive"
                fix = "check its spelling; remove it if it is not worth waiting for"
                yield Problem(term.place, "never-seen", sentence, fix, Gravity.WARNING)
