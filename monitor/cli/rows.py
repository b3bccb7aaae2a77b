"""Matches and explanations as plain data for ``--json``."""

from __future__ import annotations

from monitor.rules.explain import Explanation, Verdict
from monitor.rules.hits import Hit, Match


def match_row(match: Match) -> dict[str, object]:
    """``{"rule", "severity", "hits": [{"concept", "term", "text", "field", "start", "end"}]}``."""
    return {"rule": match.rule, "severity": match.severity.word, "hits": [hit_row(hit) for hit in match.hits]}


def hit_row(hit: Hit) -> dict[str, object]:
    """One hit: ``article[field][start:end] == text``."""
    return {
        "concept": hit.concept,
        "term": hit.term,
        "text": hit.text,
        "field": hit.field,
        "start": hit.start,
        "end": hit.end,
    }


def verdict_row(explanation: Explanation) -> dict[str, object]:
    """A rule's verdict with its tree."""
    return {
        "rule": explanation.rule,
        "matches": explanation.match is not None,
        "stopped_by": explanation.stopped_by,
        "nearest_miss": list(explanation.nearest_miss),
        "tree": _tree(explanation.tree),
    }


def _tree(verdict: Verdict) -> dict[str, object]:
    return {
        "condition": verdict.words,
        "holds": verdict.holds,
        "miss": verdict.miss,
        "hits": [hit_row(hit) for hit in verdict.hits],
        "members": [_tree(member) for member in verdict.members],
    }
