"""Which terms ever occurred in the archive: one that did not is misspelt, or in the wrong list, or waits in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from monitor.cli.articles import Line
from monitor.config import Config
from monitor.errors import UsageError
from monitor.rules.compile import compile_rules
from monitor.rules.model import ANY_LANGUAGE, Rule, Term
from monitor.rules.quantities import parse_duration

SinceOption = Annotated[
    str, typer.Option("--since", help="Look for terms that never occurred in the archive, this far back: 90d.")
]
ENOUGH = 50
"""Articles in a language before it says anything that a term of that language was in none of them."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The terms that occurred, and how many articles there were to occur in, by language (``any`` counts them all)."""

    terms: frozenset[Term]
    articles: Counter[str]

    def seen(self, term: Term) -> bool:
        """Whether a term occurred; also true where there were too few articles in its language to tell."""
        return term in self.terms or self.articles[term.lang] < ENOUGH


def occurrences(rules: Sequence[Rule], lines: Iterable[Line]) -> Occurrences:
    """What occurs of the terms of ``rules`` in these articles. A term is looked for until it has been found once."""
    compiled = compile_rules(rules, ())  # word forms are made for the languages that come
    missing: dict[str, set[Term]] = {}
    owned: dict[Term, Term] = {}
    for rule in rules:
        for concept in rule.concepts.values():
            for term in concept.terms:
                owned.setdefault(term, term)
                missing.setdefault(term.lang, set()).add(term)
    wanted = frozenset(owned)
    articles: Counter[str] = Counter()
    for line in lines:
        view = compiled.view(line.article)
        for lang in (ANY_LANGUAGE, *line.article.languages):
            articles[lang] += 1
            left = missing.get(lang, set())
            left.difference_update([term for term in left if view.term(owned[term])])
    return Occurrences(wanted.difference(*missing.values()), articles)


def in_archive(rules: Sequence[Rule], config: Config | None, since: str) -> Occurrences:
    """What occurs of the terms of ``rules`` in the archive; raises :class:`UsageError` if there is none."""
    try:
        back: timedelta = parse_duration(since)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if config is None:
        raise UsageError("--since reads the archive of a configuration, and there is no config.yaml here")
    from monitor.cli.archive import archived_lines  # noqa: PLC0415  (the database takes a second to import)

    return occurrences(rules, archived_lines(config, back, datetime.now(UTC)))
