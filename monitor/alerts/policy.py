"""When to speak: the first report of a story, and again only when something real is added. Everything has a reason.

::

    articles of one poll, one rule, one story
      ─▶ which of them may speak at all      (known version · first poll · too old · silenced)
      ─▶ what there is to say                (first · corroborated or held · news since the last alert · nothing)
      ─▶ whether somebody asked for quiet    (silence · a muting rule · draft, shadow or retired rule)

All articles that one poll brings for a rule and a story are decided together, in an order of their own: who is told
does not depend on the order of a feed's entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from monitor.alerts.corroborate import first_verdict, held_until
from monitor.alerts.decision import Decision, Hold, Suppress, Tell, Verdict
from monitor.alerts.follow_up import again_verdict
from monitor.alerts.inhibit import muter, speaking_order
from monitor.alerts.news import moment, span
from monitor.alerts.reasons import Reason
from monitor.alerts.silence import describe, matching_silence
from monitor.alerts.state import ArticleFacts, Case, Change, Held, PastAlert
from monitor.rules.model import Rule, Status

_STATUS_REASONS = {Status.DRAFT: Reason.DRAFT, Status.SHADOW: Reason.SHADOW, Status.RETIRED: Reason.RETIRED}


def decide_poll(cases: Sequence[Case], now: datetime) -> tuple[Decision, ...]:
    """Decide everything that one poll brought, the muting rules before the muted; one decision per case.

    A case's own ``muted_by`` (from earlier polls) stands; rules that speak in this very poll are added to it.
    """
    rules = {case.rule.id: case.rule for case in cases}
    order = {rule.id: place for place, rule in enumerate(speaking_order(rules.values()))}
    speaking: dict[int, set[str]] = {}
    decisions = []
    for case in sorted(cases, key=lambda case: (order[case.rule.id], case.story)):
        muted_by = case.muted_by or muter(case.rule.id, speaking.get(case.story, ()), rules)
        decision = decide(replace(case, muted_by=muted_by), now)
        if isinstance(decision.verdict, Tell | Hold):
            speaking.setdefault(case.story, set()).add(case.rule.id)
        decisions.append(decision)
    return tuple(decisions)


def decide(case: Case, now: datetime) -> Decision:
    """What to do about one story for one rule, now that these articles (at least one) have come."""
    told = _counting(case)
    fresh, barred = _sift(case, told)
    if not fresh:
        return _decision(case, barred[0], barred[1:], now)
    silenced = _silenced(case, fresh, now)
    audible = [article for article in fresh if article.token not in silenced]
    verdict = _speak(case, told, audible or fresh, now)
    if not audible:
        verdict = _kept_back(verdict, silenced[fresh[0].token])
    verdict = _for_status(case, _muted(case, verdict))
    rest = [silenced.get(article.token) or _along(case, article) for article in fresh if article.key != verdict.article]
    return _decision(case, verdict, [*barred, *rest], now)


def counts(rule: Rule, article: ArticleFacts) -> bool:
    """Whether an article stands for its origin, outlet and language in :class:`state.StoryCounts`."""
    return article.change not in {Change.REMOVED, Change.RETRACTED} and _stale(rule, article) is None


def _decision(case: Case, verdict: Verdict, others: Sequence[Suppress], now: datetime) -> Decision:
    return Decision(case.rule.id, case.story, verdict, tuple(others), _held_after(case, verdict, now))


def _counting(case: Case) -> tuple[PastAlert, ...]:
    """The alerts that count: for a live rule those that were sent; a shadow rule also remembers what it recorded."""
    live = case.rule.status is Status.LIVE
    return tuple(alert for alert in case.told if not (live and alert.shadow))


def _precedence(article: ArticleFacts) -> tuple[object, ...]:
    """The most severe first, then the earliest; complete, so that equal sets always come in the same order."""
    return (-article.severity, article.published_at or article.seen_at, article.seen_at, article.token)


def _sift(case: Case, told: Sequence[PastAlert]) -> tuple[list[ArticleFacts], list[Suppress]]:
    fresh: list[ArticleFacts] = []
    barred: list[Suppress] = []
    for article in sorted(case.articles, key=_precedence):
        if reason := _bar(case, told, article):
            barred.append(Suppress(*reason, article.key))
        else:
            fresh.append(article)
    return fresh, barred


def _bar(case: Case, told: Sequence[PastAlert], article: ArticleFacts) -> tuple[Reason, str] | None:
    """Why an article may not speak, whatever its story."""
    for alert in told:
        if article.token in alert.covers or (_retracted(article) and alert.reason is Reason.RETRACTED):
            return Reason.ALREADY_TOLD, f"told at {moment(alert.at)}"
    shown = any(alert.article == article.key for alert in told)
    match article.change:
        case Change.REMOVED if not shown:
            return Reason.NEVER_TOLD, "nobody was sent to this page, so its removal is not news"
        case Change.RETRACTED if not any(alert.at < article.seen_at for alert in told):
            return Reason.NEVER_TOLD, "nobody had been told this story, so there is nothing to take back"
        case Change.REMOVED | Change.RETRACTED:
            return None
        case Change.CORRECTED if shown:
            return None
        case Change.NEW | Change.CORRECTED:
            return _stale(case.rule, article)
        case _:
            assert_never(article.change)


def _stale(rule: Rule, article: ArticleFacts) -> tuple[Reason, str] | None:
    if article.first_poll:
        return Reason.FIRST_POLL, f"came with the first poll of {article.feed or 'a new feed'}: stored, not told"
    limit = rule.scope.max_age
    if limit is not None and article.published_at is not None and article.seen_at - article.published_at > limit:
        age = span(article.seen_at - article.published_at)
        return Reason.TOO_OLD, f"was {age} old when it was first seen; the rule tells up to {span(limit)}"
    return None


def _retracted(article: ArticleFacts) -> bool:
    return article.change is Change.RETRACTED


def _silenced(case: Case, articles: Sequence[ArticleFacts], now: datetime) -> dict[str, Suppress]:
    found: dict[str, Suppress] = {}
    for article in articles:
        if silence := matching_silence(case.silences, case.rule.id, case.story, article, now):
            sentence = (
                f"silenced by {silence.author} until {moment(silence.ends_at)} "
                f"(silence {silence.id}: {describe(silence)}): {silence.comment}"
            )
            found[article.token] = Suppress(Reason.SILENCED, sentence, article.key, str(silence.id))
    return found


def _speak(case: Case, told: Sequence[PastAlert], articles: Sequence[ArticleFacts], now: datetime) -> Verdict:
    return again_verdict(case, told, articles, now) if told else first_verdict(case, articles, now)


def _kept_back(verdict: Verdict, silence: Suppress) -> Verdict:
    """A silence keeps back what would have been said; it has no part in what would not."""
    return verdict if isinstance(verdict, Suppress) else replace(silence, article=verdict.article, would=verdict)


def _muted(case: Case, verdict: Verdict) -> Verdict:
    if isinstance(verdict, Suppress) or not case.muted_by:
        return verdict
    sentence = f"rule {case.muted_by} speaks about this story, and it mutes {case.rule.id}"
    return Suppress(Reason.MUTED, sentence, verdict.article, case.muted_by, would=verdict)


def _for_status(case: Case, verdict: Verdict) -> Verdict:
    status = case.rule.status
    if isinstance(verdict, Suppress) or status is Status.LIVE:
        return verdict
    sentence = f"the rule is {status.value}: recorded, not sent; it would have been: {verdict.sentence}"
    return Suppress(_STATUS_REASONS[status], sentence, verdict.article, would=verdict)


def _along(case: Case, article: ArticleFacts) -> Suppress:
    return Suppress(Reason.JOINED, f"came with others of story {case.story}; one of them speaks for all", article.key)


def _held_after(case: Case, verdict: Verdict, now: datetime) -> Held | None:
    """What still waits: a hold outlives suppressed articles, but never its own time."""
    match verdict:
        case Hold(held=held):
            return held
        case Suppress(reason=Reason.DRAFT | Reason.SHADOW | Reason.RETIRED, would=Hold(held=held)):
            return held
        case Tell() | Suppress(reason=Reason.DRAFT | Reason.SHADOW | Reason.RETIRED):
            return None
        case Suppress():
            waits = case.held is not None and not _counting(case) and now < held_until(case.held, case.rule.alert)
            return case.held if waits else None
        case _:
            assert_never(verdict)
