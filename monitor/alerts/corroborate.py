"""The first alert of a story: at once, or held until enough independent origins report it or the time is up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.decision import Hold, Tell
from monitor.alerts.news import count, moment, span
from monitor.alerts.reasons import Reason
from monitor.alerts.state import ArticleFacts, Case, Held, PastAlert
from monitor.rules.model import AlertPolicy, Corroborate, Status


def held_until(held: Held, policy: AlertPolicy) -> datetime:
    """When a held story is told at the latest: at once if the rule has stopped asking for corroboration."""
    return held.since + policy.corroborate.within if policy.corroborate else held.since


def first_verdict(case: Case, articles: Sequence[ArticleFacts], now: datetime) -> Tell | Hold:
    """Tell the first of the articles, or hold it. The wait counts from the first report and never starts anew."""
    held = _held_now(case, articles, now)
    need = case.rule.alert.corroborate
    if need is None:
        return _tell(case, held, now, reason=Reason.FIRST, sentence=f"first report of story {case.story}")
    waited = span(now - held.since)
    asked = f"the rule asks for {need.origins}"
    if case.counts.origins >= need.origins:
        after = f"{waited} after the first report" if now > held.since else "at once"
        news = f"confirmed by {count(case.counts.origins, 'independent origin')} {after}"
        return _tell(case, held, now, reason=Reason.CORROBORATED, sentence=f"{news}; {asked}", news=news)
    until = held_until(held, case.rule.alert)
    if now >= until:
        news = f"not confirmed: {count(case.counts.origins, 'origin')} after {waited}"
        return _tell(case, held, now, reason=Reason.TIME_UP, sentence=f"{news}; {asked}", news=news)
    return Hold(Reason.CORROBORATING, _waiting(case, need, until), held.article, held, until)


def _held_now(case: Case, articles: Sequence[ArticleFacts], now: datetime) -> Held:
    """The report that speaks for the story: the first one, in its latest version, as severe as the most severe."""
    severity = max(article.severity for article in articles)
    if case.held is None:
        return Held(articles[0].key, articles[0].token, severity, now)
    token = next((article.token for article in articles if article.key == case.held.article), case.held.token)
    return Held(case.held.article, token, max(severity, case.held.severity), case.held.since)


def _waiting(case: Case, need: Corroborate, until: datetime) -> str:
    known = f"{count(case.counts.origins, 'origin')} of {need.origins}"
    return f"{known}; told when confirmed, at {moment(until)} at the latest"


def _tell(case: Case, held: Held, now: datetime, *, reason: Reason, sentence: str, news: str = "") -> Tell:
    alert = PastAlert(
        at=now,
        reason=reason,
        article=held.article,
        severity=held.severity,
        counts=case.counts,
        covers=frozenset({held.token}),
        shadow=case.rule.status is not Status.LIVE,
    )
    return Tell("first", reason, sentence, held.article, held.severity, alert, news, (reason,))
