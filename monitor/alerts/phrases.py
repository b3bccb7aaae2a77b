"""The words of a message: signs, dates, sources and counts, the same in every service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from monitor.alerts.content import AlertContent, Marked, NoticeContent, NoticeKind
from monitor.alerts.graphemes import graphemes, take
from monitor.alerts.language_names import language_name
from monitor.rules.model import Severity

_SIGNS: Mapping[Severity, str] = {
    Severity.INFO: "⚪",
    Severity.LOW: "🔵",
    Severity.MEDIUM: "🟡",
    Severity.HIGH: "🟠",
    Severity.CRITICAL: "🔴",
}
_GOOD_NEWS = {
    NoticeKind.FEED_RECOVERED, NoticeKind.FEEDS_RECOVERED, NoticeKind.CHANNEL_RECOVERED, NoticeKind.TEST
}  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ELLIPSIS = "…"
_LEAST_READABLE = 10  # characters


def sign(severity: Severity) -> str:
    """The colour that tells the severity before a word is read."""
    return _SIGNS[severity]


def notice_sign(notice: NoticeContent) -> str:
    """Whether it is good news."""
    return "✅" if notice.kind in _GOOD_NEWS else "⚠️"


def when(at: datetime, zone: tzinfo, now: datetime) -> str:
    """``Sat 11 Nov 2023, 14:05 CET`` in the reader's zone; without the year when it is this one.

    Written out here because ``strftime`` speaks the language of whoever started the process.
    """
    local, year = at.astimezone(zone), now.astimezone(zone).year
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return f"{day}{f' {local.year}' if local.year != year else ''}, {local:%H:%M} {local.tzname() or ''}".rstrip()


def language(code: str) -> str:
    """``German``; nothing when it is unknown."""
    return "" if code in {"", "und"} else language_name(code)


def reach(content: AlertContent) -> str:
    """``52 outlets, 3 independent origins``; nothing for a single report."""
    if content.outlets < 2:
        return ""
    origins = f", {content.origins:,} independent origin{'s' if content.origins != 1 else ''}"
    return f"{content.outlets:,} outlets{origins}"


def shortened(text: str, count: int) -> str:
    """At most ``count`` characters as people see them, the last an ellipsis when something is missing."""
    kept = take(text, count)
    return kept if len(kept) == len(text) else take(text, max(0, count - 1)).rstrip() + _ELLIPSIS


def shortened_pieces(pieces: Sequence[Marked], count: int) -> tuple[Marked, ...]:
    """The same for marked text; none at all for a count in which nothing could be read."""
    if sum(len(piece.text) for piece in pieces) <= count:
        return tuple(pieces)
    if count < _LEAST_READABLE:
        return ()
    kept, room = [], count - 1
    for piece in pieces:
        part = take(piece.text, room)
        kept.append(Marked(part, piece.hit))
        room -= sum(1 for _ in graphemes(part))
        if len(part) < len(piece.text) or room <= 0:
            break
    kept[-1] = Marked(kept[-1].text.rstrip(), kept[-1].hit)
    return (*kept, Marked(_ELLIPSIS))
