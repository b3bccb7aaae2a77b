"""A second message about a story: only when something real was added, and it says what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.alerts.decision import Suppress, Tell
from monitor.alerts.language_names import language_name
from monitor.alerts.news import count, enumerate_words, moment, most_origins, new_languages, news_since, top_severity
from monitor.alerts.reasons import Reason
from monitor.alerts.state import ArticleFacts, Case, Change, PastAlert
from monitor.rules.model import Severity, Status

_CHANGE_REASONS = {
    Change.RETRACTED: Reason.RETRACTED,
    Change.REMOVED: Reason.REMOVED,
    Change.CORRECTED: Reason.CORRECTED,
}


def again_verdict(
    case: Case, told: Sequence[PastAlert], articles: Sequence[ArticleFacts], now: datetime
) -> Tell | Suppress:
    """Tell again if a trigger of the rule fires, else let the articles join silently.

    A trigger compares what is known now with the most anyone was told before, never with the last article: ten
    copies that arrive at once cross the mark "3 origins" once, and reading a poll twice crosses nothing.
    """
    triggers = dict(_triggers(case, told, articles))
    if not triggers:
        last = max(alert.at for alert in told)
        sentence = f"joined story {case.story}, told at {moment(last)}; it adds nothing this rule is to tell again"
        return Suppress(Reason.JOINED, sentence, articles[0].key)
    reason = next(iter(triggers))
    lead = _lead(told, articles, reason)
    severity = max(top_severity(told), _severity(articles))
    changes = frozenset(article.token for article in articles if _change_reason(told, article) in triggers)
    alert = PastAlert(
        at=now,
        reason=reason,
        article=lead.key,
        severity=severity,
        counts=case.counts,
        covers=changes | {lead.token},
        shadow=case.rule.status is not Status.LIVE,
    )
    news = "; ".join(news_since(told, case.counts, severity, tuple(triggers)))
    return Tell("again", reason, "; ".join(triggers.values()), lead.key, severity, alert, news, tuple(triggers))


def _triggers(case: Case, told: Sequence[PastAlert], articles: Sequence[ArticleFacts]) -> Iterator[tuple[Reason, str]]:
    """The rule's triggers that fire, the strongest first, each with its sentence."""
    again = case.rule.alert.tell_again
    changes = {_change_reason(told, article) for article in articles}
    if again.corrected and Reason.RETRACTED in changes:
        yield Reason.RETRACTED, "a report of this story was retracted"
    if again.removed and Reason.REMOVED in changes:
        yield Reason.REMOVED, "the page that was told about is gone"
    if again.corrected and Reason.CORRECTED in changes:
        yield Reason.CORRECTED, "the report that was told about was changed"
    severity = _severity(articles)
    if again.higher_severity and severity > top_severity(told):
        yield Reason.HIGHER_SEVERITY, f"{severity.word} now, {top_severity(told).word} when it was told"
    if marks := [mark for mark in again.origins if most_origins(told) < mark <= case.counts.origins]:
        yield Reason.MORE_ORIGINS, f"{count(case.counts.origins, 'independent origin')}; the rule tells at {max(marks)}"
    if again.new_language and (languages := new_languages(told, case.counts)):
        yield Reason.NEW_LANGUAGE, f"first report in {enumerate_words([language_name(code) for code in languages])}"


def _severity(articles: Sequence[ArticleFacts]) -> Severity:
    """The highest among reports that stand: one that is taken back makes nothing more severe."""
    stand = (article.severity for article in articles if article.change in {Change.NEW, Change.CORRECTED})
    return max(stand, default=Severity.INFO)


def _change_reason(told: Sequence[PastAlert], article: ArticleFacts) -> Reason | None:
    """A correction counts if the article was shown to somebody; a retraction counts whoever wrote it."""
    if article.change is Change.CORRECTED and not any(alert.article == article.key for alert in told):
        return None
    return _CHANGE_REASONS.get(article.change)


def _lead(told: Sequence[PastAlert], articles: Sequence[ArticleFacts], reason: Reason) -> ArticleFacts:
    """The article that shows best what is new."""
    if reason is Reason.NEW_LANGUAGE:
        known = frozenset[str]().union(*(alert.counts.languages for alert in told))
        return next((article for article in articles if article.lang not in known), articles[0])
    return next((article for article in articles if _change_reason(told, article) is reason), articles[0])
