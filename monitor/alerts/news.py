"""What is new about a story since the reader was last told: "now 5 origins; first official source; also in Korean"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.alerts.language_names import language_name
from monitor.alerts.reasons import Reason
from monitor.alerts.state import PastAlert, StoryCounts
from monitor.rules.model import Severity

UNKNOWN_LANGUAGES = frozenset({"und", ""})

_CHANGES = {
    Reason.RETRACTED: "a report was retracted",
    Reason.REMOVED: "the page was removed",
    Reason.CORRECTED: "the report was changed",
}


def new_languages(told: Sequence[PastAlert], counts: StoryCounts) -> tuple[str, ...]:
    """Languages the story is told in now and was not at any earlier alert, sorted by their English name."""
    known = frozenset[str]().union(*(alert.counts.languages for alert in told))
    return tuple(sorted(counts.languages - known - UNKNOWN_LANGUAGES, key=language_name))


def most_origins(told: Sequence[PastAlert]) -> int:
    """The highest number of origins anyone has been told of."""
    return max((alert.counts.origins for alert in told), default=0)


def top_severity(told: Sequence[PastAlert]) -> Severity:
    """The highest severity anyone has been told."""
    return max((alert.severity for alert in told), default=Severity.INFO)


def news_since(
    told: Sequence[PastAlert], counts: StoryCounts, severity: Severity, reasons: Sequence[Reason]
) -> tuple[str, ...]:
    """Everything that is new since the earlier alerts, whether or not it was a reason to tell; weightiest first."""
    news = [_CHANGES[reason] for reason in reasons if reason in _CHANGES]
    if severity > (before := top_severity(told)):
        news.append(f"now {severity.word}, was {before.word}")
    if counts.origins > most_origins(told):
        news.append(f"now {count(counts.origins, 'origin')}")
    if counts.official and not any(alert.counts.official for alert in told):
        news.append("first official source")
    if languages := new_languages(told, counts):
        news.append(f"also in {enumerate_words([language_name(code) for code in languages])}")
    return tuple(news)


def count(number: int, noun: str) -> str:
    """``1 origin``, ``4,990 origins``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def enumerate_words(words: Sequence[str]) -> str:
    """``German``, ``German and Korean``, ``German, Korean and Russian``."""
    return " and ".join(part for part in (", ".join(words[:-1]), "".join(words[-1:])) if part)


def span(length: timedelta) -> str:
    """A length of time as people say it, rounded down to minutes: ``under a minute``, ``1 h 20 min``, ``2 days``."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "under a minute"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [count(days, "day")] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts)


def moment(at: datetime) -> str:
    """A time in a stored sentence: ``2026-03-29 07:00 UTC``."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
