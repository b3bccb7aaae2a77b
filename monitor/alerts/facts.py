"""What templates may print: a content's facts under the names docs/channels.md lists, cut to the room there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import assert_never

from monitor.alerts import phrases
from monitor.alerts.content import AlertContent, Content, DigestContent, Marked, MoreContent, NoticeContent
from monitor.alerts.harmless import clean
from monitor.alerts.links import safe_link
from monitor.alerts.markup import Markup
from monitor.rules.model import Severity

_UNTITLED = "(untitled)"


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each part is shown, in the order in which parts are given up: the first goes first."""

    excerpt: int = 2_000  # characters
    why: int = 6  # lines
    lines: int = 20  # of a notice
    items: int = 100_000  # alerts of a digest
    title: int = 300  # characters; real headlines are shorter
    link: int = 1  # whether there is one
    words: int = 160  # characters of anything else: rule, feed, news


LEAST = Room(excerpt=0, why=0, lines=0, items=0, title=24, link=0, words=16)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the facts are printed: in which markup, zone and kind of message."""

    markup: Markup
    zone: tzinfo
    titled: bool
    link_apart: bool
    page: str = ""


def facts(content: Content, setting: Setting, room: Room) -> Mapping[str, object]:
    """Values for the templates of this kind of content."""
    common = {
        "titled": setting.titled,
        "link_apart": setting.link_apart,
        "can_link": setting.markup.links,
        "page": setting.page,
        "severity": severity_of(content).name,
        "found": phrases.when(content.found_at, setting.zone, content.found_at),
    }
    match content:
        case AlertContent():
            return common | _alert(content, setting, room)
        case DigestContent():
            return common | _digest(content, setting, room)
        case MoreContent():
            return common | _more(content, setting, room)
        case NoticeContent():
            return common | _notice(content, room)
        case _:
            assert_never(content)


def severity_of(content: Content) -> Severity:
    """A content's severity; of a digest, its weightiest alert's."""
    if isinstance(content, DigestContent):
        return max((one.severity for one in content.contents), default=Severity.INFO)
    return content.severity


def url_of(content: Content) -> str:
    """The safe address a content leads to, empty if none."""
    return safe_link(content.url) if isinstance(content, AlertContent | NoticeContent) else ""


def in_order(contents: Iterable[AlertContent]) -> list[AlertContent]:
    """As a digest tells them: the severest rule first, its stories together and the severest first, then by time."""
    every = list(contents)
    by_rule = _severest(every, lambda one: one.rule)
    by_thread = _severest(every, lambda one: f"{one.rule} {one.thread}")
    opened: dict[str, datetime] = {}
    for one in every:
        opened[one.thread] = min(one.found_at, opened.get(one.thread, one.found_at))
    return sorted(
        every,
        key=lambda one: (
            -by_rule[one.rule],
            one.rule,
            -by_thread[f"{one.rule} {one.thread}"],
            opened[one.thread],
            one.thread,
            one.found_at,
            one.uid,
        ),
    )


def _severest(contents: Sequence[AlertContent], key: Callable[[AlertContent], str]) -> dict[str, int]:
    severest: dict[str, int] = {}
    for one in contents:
        severest[key(one)] = max(one.severity, severest.get(key(one), 0))
    return severest


def _alert(content: AlertContent, setting: Setting, room: Room) -> dict[str, object]:
    return {
        "sign": phrases.sign(content.severity),
        "rule": phrases.shortened(content.rule_title, min(room.words, 80)),
        "title": _title(content, setting, room),
        "url": safe_link(content.url) if room.link else "",
        "news": phrases.shortened(content.news, room.words),
        "source": _source(content, setting, room),
        "feed": phrases.shortened(content.feed_title or content.feed, room.words),
        "language": phrases.language(content.lang),
        "published": phrases.when(content.published_at, setting.zone, content.found_at) if content.published_at else "",
        "reach": phrases.reach(content),
        "excerpt": phrases.shortened_pieces(content.excerpt, room.excerpt),
        "why": [phrases.shortened(line, 120) for line in content.why[: room.why]],
        "reason": phrases.shortened(content.reason, room.words),
        "tags": list(content.tags),
    }


def _title(content: AlertContent, setting: Setting, room: Room) -> str | tuple[Marked, ...]:
    if setting.markup.marks_title and any(piece.hit for piece in content.title_marked):
        return phrases.shortened_pieces(content.title_marked, room.title)
    return phrases.shortened(content.title if clean(content.title).strip() else _UNTITLED, room.title)


def _source(content: AlertContent, setting: Setting, room: Room) -> str:
    at = content.published_at
    parts = (
        phrases.shortened(content.feed_title or content.feed, min(room.words, 60)),
        phrases.language(content.lang),
        phrases.when(at or content.found_at, setting.zone, content.found_at),
        phrases.reach(content),
    )
    return " · ".join(part for part in parts if part)


def _digest(content: DigestContent, setting: Setting, room: Room) -> dict[str, object]:
    shown = in_order(content.contents)[: room.items]
    groups: list[dict[str, object]] = []
    rule = None
    threads: set[str] = set()
    for one in shown:
        if one.rule != rule:
            rule, entries = one.rule, list[dict[str, object]]()
            severity = max(other.severity for other in content.contents if other.rule == rule)
            groups.append(
                {
                    "sign": phrases.sign(severity),
                    "severity": severity.name,
                    "rule": phrases.shortened(one.rule_title, min(room.words, 80)),
                    "alerts": entries,
                }
            )
        entries.append({**_alert(one, setting, room), "again": f"{rule} {one.thread}" in threads})
        threads.add(f"{rule} {one.thread}")
    stories = len({(one.rule, one.thread) for one in content.contents})
    missing = len(content.contents) - len(shown)
    return {
        "sign": phrases.sign(severity_of(content)),
        "name": phrases.shortened(content.name, room.words),
        "count": f"{_count(len(content.contents), 'alert', 'alerts')}, {_count(stories, 'story', 'stories')}",
        "groups": groups,
        "left_out": f"and {missing:,} more" if missing else "",
    }


def _more(content: MoreContent, setting: Setting, room: Room) -> dict[str, object]:
    return {
        "sign": phrases.sign(content.severity),
        "rule": phrases.shortened(content.rule_title, min(room.words, 80)),
        "count": f"{content.count:,}",
        "period": phrases.shortened(content.period, room.words),
        "alerts": [_alert(one, setting, room) for one in in_order(content.contents)[: min(room.items, 10)]],
    }


def _notice(content: NoticeContent, room: Room) -> dict[str, object]:
    return {
        "sign": phrases.notice_sign(content),
        "title": phrases.shortened(content.title, room.title),
        "lines": [phrases.shortened(line, 500) for line in content.lines[: room.lines]],
        "url": safe_link(content.url) if room.link else "",
        "notice": content.kind.value,
    }


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
