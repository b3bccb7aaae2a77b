"""Writes a rule as a file that reads back as the same rule, and gives the digest of what it means."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import assert_never

from monitor.rules.model import (
    AlertPolicy,
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    RuleTest,
    Scope,
    TellAgain,
    Term,
)
from monitor.rules.quantities import format_duration, format_rate
from monitor.rules.tree import Plain

_WIDTH = 100
# What may stand without quotes anywhere, also in [a, b]: words of letters, digits, spaces and a few harmless signs.
_SAFE = re.compile(r"[^\W\d_]\w*(?:[ .+'-]+\w+)*\.?")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_ESCAPED = {"\x85": "\\x85", "\u2028": "\\u2028", "\u2029": "\\u2029", "\ufeff": "\\ufeff", "\x7f": "\\x7f"}


def dump_rule(rule: Rule) -> str:
    """The rule as YAML, every concept it uses written into it; ``load_rule_text`` gives the same rule back."""
    return "\n".join(_block(rule_document(rule), 0)) + "\n"


def rule_version(rule: Rule) -> str:
    """A digest of what the file and its concepts say, tests apart: it changes when the meaning may have."""
    document = {key: value for key, value in rule_document(rule).items() if key != "tests"}
    said = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def rule_document(rule: Rule) -> dict[str, Plain]:
    """The rule as plain data in the order a person would write it; what is left at its default is left out."""
    document: dict[str, Plain] = {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.word,
        "status": rule.status.value,
        "owner": rule.owner,
        "tags": _sorted(rule.tags),
        "scope": _scope(rule.scope),
        "concepts": {name: _concept(rule.concepts[name]) for name in sorted(rule.concepts)},
        "match": condition_document(rule.match),
        "escalate": [{"to": step.to.word, "when": condition_document(step.when)} for step in rule.escalate],
        "alert": _alert(rule.alert),
        "tests": _tests(rule.tests),
    }
    return _without_empty(document)


def condition_document(condition: Condition) -> Plain:  # noqa: PLR0911  (one return per kind)
    """A condition as it is written in a file."""
    match condition:
        case HasTerm():
            return condition.term.written
        case HasConcept():
            return f"${condition.name}"
        case AnyOf():
            return _members(condition.members)
        case All():
            return {"all": _members(condition.members)}
        case NoneOf():
            return {"none": _members(condition.members)}
        case AtLeast():
            return {"at_least": {"n": condition.n, "of": _members(condition.members)}}
        case Near():
            near: dict[str, Plain] = {"of": _members(condition.members), "within": condition.within}
            return {"near": {**near, "ordered": True} if condition.ordered else near}
        case InField():
            return {condition.where.value: condition_document(condition.condition)}
        case _:
            assert_never(condition)


def _members(members: Iterable[Condition]) -> list[Plain]:
    return [condition_document(member) for member in members]


def _scope(scope: Scope) -> dict[str, Plain]:
    feeds: dict[str, Plain] = {
        "ids": _sorted(scope.feed_ids),
        "tags": _sorted(scope.feed_tags),
        "not_tags": _sorted(scope.not_feed_tags),
    }
    return _without_empty(
        {
            "languages": _sorted(scope.languages),
            "feeds": _without_empty(feeds),
            "max_age": format_duration(scope.max_age) if scope.max_age is not None else None,
        }
    )


def _concept(concept: Concept) -> dict[str, Plain]:
    return _without_empty(
        {
            "title": concept.title,
            "wikidata": concept.wikidata,
            "terms": _term_lists(concept.terms),
            "not": _term_lists(concept.exclusions),
        }
    )


def _term_lists(terms: Iterable[Term]) -> dict[str, Plain]:
    lists: dict[str, list[Plain]] = {}
    for term in terms:
        lists.setdefault(term.lang, []).append(term.written)
    return dict(lists)


def _alert(alert: AlertPolicy) -> dict[str, Plain]:
    again, default = alert.tell_again, TellAgain()
    tell_again: dict[str, Plain] = {
        name: list(value) if isinstance(value, tuple) else value
        for name in ("origins", "new_language", "corrected", "higher_severity", "removed")
        if (value := getattr(again, name)) != getattr(default, name)
    }
    digest: dict[str, Plain] = {"below": alert.digest_below.word} if alert.digest_below is not None else {}
    document: dict[str, Plain] = {"to": list(alert.to), "tell_again": tell_again, "quiet": alert.quiet}
    if alert.corroborate is not None:
        within = format_duration(alert.corroborate.within)
        document["corroborate"] = {"origins": alert.corroborate.origins, "within": within}
    if alert.digest_as:
        document["digest"] = {**digest, "as": alert.digest_as}
    if alert.budget is not None:
        document["budget"] = format_rate(alert.budget)
    document["mutes"] = list(alert.mutes)
    return _without_empty(document)


def _tests(tests: Iterable[RuleTest]) -> dict[str, Plain]:
    lists: dict[str, list[Plain]] = {}
    for test in tests:
        parts: dict[str, Plain] = {"title": test.title, "summary": test.summary, "body": test.body}
        parts |= {"lang": test.lang, "hits": list(test.hits)}
        lists.setdefault(test.expect, []).append(_without_empty(parts))
    return dict(lists)


def _sorted(words: Iterable[str]) -> list[Plain]:
    return [*sorted(words)]


def _without_empty(document: dict[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in document.items() if value not in ("", None, [], {})}


def _block(value: Plain, depth: int) -> list[str]:
    """Lines of block YAML; short lists of words stay on one line."""
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            flow = _flow(item)
            if flow is not None and len(flow) + len(pad) + len(key) < _WIDTH:
                lines.append(f"{pad}{key}: {flow}")
            else:
                lines.append(f"{pad}{key}:")
                lines.extend(_block(item, depth + 1))
    elif isinstance(value, list):
        for item in value:
            inner = _block(item, depth + 1)
            lines.append(f"{pad}- {inner[0].lstrip(' ')}")
            lines.extend(inner[1:])
    else:
        lines.append(pad + _scalar(value))
    return lines


def _flow(value: Plain) -> str | None:
    """The value on one line if it has no mapping in it."""
    if isinstance(value, dict):
        return None
    if not isinstance(value, list):
        return _scalar(value)
    if any(isinstance(item, dict | list) for item in value):
        return None
    return f"[{', '.join(_scalar(item) for item in value if not isinstance(item, dict | list))}]"


def _scalar(value: Plain) -> str:
    if isinstance(value, str):
        if _SAFE.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(_ESCAPED.get(character, character) for character in quoted)
    return json.dumps(value)
