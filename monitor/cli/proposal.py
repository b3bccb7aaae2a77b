"""Proposes an exclusion from what readers judged, and tries it out before anybody is shown it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.alerts.exclusion import Proposal, propose
from monitor.alerts.feedback import Feedback
from monitor.alerts.rule_edit import exclusion_diff, with_exclusions
from monitor.cli.lists import utc_now
from monitor.cli.names import no_such
from monitor.cli.terminal import err, out, printable
from monitor.config import Config, known_names
from monitor.errors import UsageError
from monitor.rules.compile import compile_rules, match_rule
from monitor.rules.loader import RuleSet, load_rules
from monitor.rules.model import ANY_LANGUAGE, Rule
from monitor.rules.problems import ProblemsError
from monitor.rules.runner import article_of, run_tests
from monitor.rules.walk import terms_in
from monitor.shelf import keep_forms
from monitor.store import Store, Transaction, articles
from monitor.store import alerts as stored_alerts
from monitor.store import feedback as verdicts
from monitor.store.values import StoredArticle
from monitor.text.article import Article
from monitor.text.tokens import tokens

_OTHERS = 2000
"""Articles of the archive that show which words are common."""
_OTHERS_SINCE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Judged:
    """The articles behind the verdicts. ``gone`` counts those that the archive has no more."""

    bad: tuple[Article, ...]
    good: tuple[Article, ...]
    gone: int


@dataclass(frozen=True, slots=True)
class Trial:
    """How the edited rule did: its own tests, the bad articles that it matches still, the good ones it lost."""

    tests: int
    failing: int
    still_bad: int
    lost: tuple[Article, ...]

    @property
    def fine(self) -> bool:
        """Whether the edit may be shown to anybody."""
        return not self.failing and not self.lost


def print_proposal(config: Config, store: Store, rule_id: str) -> None:
    """The diff on standard output; on standard error what was tried. Raises :class:`UsageError` if there is none."""
    keep_forms()
    rule_set = load_rules(config.rules, known_names(config))
    rule = rule_set.rule(rule_id)
    if rule is None:
        raise no_such("rule", rule_id, [one.id for one in rule_set.rules])
    judged = store.read_now(lambda tx: _judged(tx, verdicts.every(tx, rule=rule_id)))
    if not judged.bad:
        raise UsageError(_nothing_bad(rule_id, judged.gone))
    bad = tuple(matching(rule, judged.bad))
    if not bad:
        raise UsageError(f"as it is now, {rule_id} matches none of the {len(judged.bad)} bad articles any more")
    good = (*judged.good, *_own_tests(rule, rule_set))
    others = store.read_now(lambda tx: articles.since(tx, utc_now() - _OTHERS_SINCE, limit=_OTHERS))
    proposal = propose(bad, good, never=_words_of(rule), others=_unjudged(others, (*bad, *good)))
    if not proposal.exclusions:
        raise UsageError(f"no words of the {len(bad)} bad articles would keep every good one; nothing is proposed")
    _print(config, rule, proposal, judged, bad)


def matching(rule: Rule, candidates: Sequence[Article]) -> list[Article]:
    """The articles that a rule holds for, whatever its status and scope are by now."""
    compiled = compile_rules([rule], {lang for one in candidates for lang in one.languages})
    return [one for one in candidates if match_rule(rule, compiled.view(one))]


def try_out(config: Config, file: Path, text: str, rule: Rule, judged: Judged) -> Trial:
    """Load the whole pack with this text in the file's place, run the rule's tests, match what was judged."""
    with tempfile.TemporaryDirectory(prefix="newsmonitor-propose-") as place:
        pack = Path(place) / "rules"
        shutil.copytree(config.rules, pack)
        (pack / file.relative_to(config.rules)).write_text(text, encoding="utf-8")
        edited_set = load_rules(pack, known_names(config))
    edited = edited_set.rule(rule.id)
    if edited is None:
        raise UsageError(f"the edit would take the rule {rule.id} away")
    report = run_tests(edited_set.rules, only=rule.id)
    kept = matching(edited, judged.good)
    lost = tuple(one for one in matching(rule, judged.good) if one not in kept)
    return Trial(len(report.results), len(report.failures), len(matching(edited, judged.bad)), lost)


def _print(config: Config, rule: Rule, proposal: Proposal, judged: Judged, bad: Sequence[Article]) -> None:
    file = Path(rule.place.file)
    text = file.read_text(encoding="utf-8")
    shown = str(Path(config.rules.name) / file.relative_to(config.rules))
    try:
        diff = exclusion_diff(text, proposal.exclusions, shown)
        trial = try_out(config, file, with_exclusions(text, proposal.exclusions), rule, judged)
    except ProblemsError as error:
        raise UsageError(f"the edited rule would not load: {error.problems[0].sentence}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not trial.fine:
        lost = ", ".join(f"“{one.title}”" for one in trial.lost)
        cost = f"lose {lost}" if lost else f"fail {trial.failing} tests of the rule"
        raise UsageError(f"the smallest exclusion would {cost}; nothing is proposed")
    out.file.write(diff)
    out.file.flush()
    removed = len(bad) - trial.still_bad
    err.print(f"removes {removed} of {len(bad)} bad alerts, keeps all {len(judged.good)} good ones", markup=False)
    for one in bad:
        if one.key in proposal.left:
            err.print(f"nothing tells this one from the good ones: {printable(one.title)}", markup=False)
    if judged.gone:
        err.print(f"{judged.gone} judged articles are no longer in the archive", markup=False)
    err.print(f"tried: the pack loads with it, and {trial.tests} tests of {rule.id} pass", markup=False)
    err.print(f"to apply: pipe it to `patch -p1 -d {config.rules.absolute().parent}`", markup=False)


def _judged(tx: Transaction, given: Sequence[Feedback]) -> Judged:
    """What the last verdict on each alert says of its article."""
    last = {one.alert: one.good for one in given}
    shown = {number: one.alert.article for number, one in stored_alerts.get_many(tx, last).items()}
    texts = articles.get_many(tx, [article for article in shown.values() if article is not None])
    of_alert = {number: texts[article].article for number, article in shown.items() if article in texts}
    return Judged(
        bad=tuple(text for number, text in of_alert.items() if not last[number]),
        good=tuple(text for number, text in of_alert.items() if last[number]),
        gone=len(last) - len(of_alert),
    )


def _own_tests(rule: Rule, rule_set: RuleSet) -> list[Article]:
    """The articles that the rule's tests say it must find."""
    known = {term.lang for one in rule_set.rules for concept in one.concepts.values() for term in concept.terms}
    return [article_of(test, known - {ANY_LANGUAGE}) for test in rule.tests if test.expect == "match"]


def _words_of(rule: Rule) -> Collection[str]:
    """The words that the rule is about: each of its terms, and each word of them."""
    terms = [*(term for concept in rule.concepts.values() for term in concept.terms), *terms_in(rule.match)]
    return {word for term in terms for word in (term.text, *(token.text for token in tokens(term.text)))}


def _unjudged(archive: Sequence[StoredArticle], judged: Collection[Article]) -> list[Article]:
    keys = {(one.feed, one.key) for one in judged}
    return [one.article for one in archive if (one.article.feed, one.article.key) not in keys]


def _nothing_bad(rule: str, gone: int) -> str:
    lost = f" ({gone} judged articles are no longer in the archive)" if gone else ""
    return f"no alert of {rule} is judged bad{lost}: newsmonitor feedback ALERT bad"
