"""From what a message says to how one service shows it: within its limits, and with nothing in it alive.

What is too long loses words, never markup: the facts are shortened and the template filled again. The excerpt goes
first, then why it matched, then the end of the title, then the link.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import tzinfo

from monitor.alerts import phrases
from monitor.alerts.content import AlertContent, Content, DigestContent, MoreContent, NoticeContent
from monitor.alerts.facts import LEAST, Room, Setting, facts, in_order, severity_of, url_of
from monitor.alerts.graphemes import graphemes
from monitor.alerts.harmless import clean
from monitor.alerts.links import safe_link
from monitor.alerts.markup import MARKUPS
from monitor.alerts.message import Message
from monitor.alerts.snapshot import kind_of, to_json
from monitor.alerts.stationery import Templates
from monitor.alerts.style import Limit, Style

_LONGEST_IN_JSON = 2_000
_WIDEST_PAGE_NUMBER = "999/999"
_FIRST_GUESS = 16  # alerts of a digest on one page


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one rendering works with."""

    style: Style
    zone: tzinfo
    templates: Templates
    page: str = ""

    def write(self, name: str, markup: str, content: Content, room: Room) -> str:
        """What the template of this name gives in this markup, with this much room."""
        setting = Setting(
            MARKUPS[markup], self.zone, self.style.title is not None, self.style.link_apart and not self.page, self.page
        )
        values = facts(content, setting, room)
        return self.templates.write(name, markup, {**values, "kind": kind_of(content)})


def render(content: Content, style: Style, zone: tzinfo, templates: Templates) -> Message:
    """One message. A digest that is too long for it ends in "and N more"; ``pages`` tells all of it."""
    return _message(content, _Desk(style, zone, templates))


def pages(content: Content, style: Style, zone: tzinfo, templates: Templates) -> tuple[Message, ...]:
    """The messages that tell everything: one, or as many as a long digest needs, numbered ``(2/3)``.

    Their uids are the content's, with ``.2``, ``.3``… from the second on.
    """
    desk = _Desk(style, zone, templates)
    if not isinstance(content, DigestContent):
        return (_message(content, desk),)
    parts = _parts(content, replace(desk, page=_WIDEST_PAGE_NUMBER))
    if len(parts) == 1:
        return (_message(content, desk),)
    return tuple(
        _message(
            part if number == 1 else replace(part, uid=f"{part.uid}.{number}"),
            replace(desk, page=f"{number}/{len(parts)}"),
        )
        for number, part in enumerate(parts, 1)
    )


def _parts(digest: DigestContent, desk: _Desk) -> list[DigestContent]:
    """The digest in pieces that each fit one message whole, cut between alerts."""
    contents = in_order(digest.contents)
    if desk.style.body.fits(_body(digest, replace(desk, page=""), Room())):
        return [digest]
    parts: list[DigestContent] = []
    count = _FIRST_GUESS
    while contents:
        count = _most_that_fit(digest, contents, desk, count)
        parts.append(replace(digest, contents=tuple(contents[:count])))
        contents = contents[count:]
    return parts


def _most_that_fit(digest: DigestContent, contents: list[AlertContent], desk: _Desk, guess: int) -> int:
    """How many of these fit one page: looked for around the guess, since pages are much alike."""

    def fits(count: int) -> bool:
        return desk.style.body.fits(_body(replace(digest, contents=tuple(contents[:count])), desk, Room()))

    least, most = 1, min(guess, len(contents))
    while most < len(contents) and fits(most):
        least, most = most, min(most + 1 + most // 8, len(contents))
    return _largest(least, most, fits)


def _largest(least: int, most: int, fits: Callable[[int], bool]) -> int:
    """The largest number that fits; ``least`` even if that does not."""
    while least < most:
        middle = (least + most + 1) // 2
        if fits(middle):
            least = middle
        else:
            most = middle - 1
    return least


def _message(content: Content, desk: _Desk) -> Message:
    return Message(
        uid=content.uid,
        title=_title(content, desk),
        body=_fitted(lambda room: _body(content, desk, room), desk.style.body) or _bare(content, desk.style.body),
        html=desk.write("email", "email-html", content, Room()) if desk.style.markup == "email" else "",
        severity=severity_of(content),
        at=content.found_at,
        link=url_of(content),
        thread=content.thread if isinstance(content, AlertContent | NoticeContent) else "",
        replies_to=content.replies_to if isinstance(content, AlertContent) else "",
        rule=content.rule if isinstance(content, AlertContent | MoreContent) else "",
    )


def _fitted(draw: Callable[[Room], str], limit: Limit) -> str:
    """What is drawn with as much room as the limit allows; ``""`` when even the least is too long."""
    room = Room()
    text = draw(room)
    for part in fields(Room):
        if limit.fits(text):
            return text
        least, most = getattr(LEAST, part.name), min(getattr(room, part.name), len(text))
        shown = _largest(least, most, lambda n, p=part.name, r=room: limit.fits(draw(replace(r, **{p: n}))))  # type: ignore[misc]
        room = replace(room, **{part.name: shown})
        text = draw(room)
    return text if limit.fits(text) else ""


def _bare(content: Content, limit: Limit) -> str:
    """The last resort, for a limit that no template fits: sign, severity and the first words, without any mark."""
    words = f"{severity_of(content).name} {_headline(content)}"
    kept = ""
    for grapheme in graphemes(" ".join("".join(c if c.isalnum() else " " for c in clean(words)).split())):
        if not limit.fits(kept + grapheme):
            break
        kept += grapheme
    return kept


def _headline(content: Content) -> str:
    match content:
        case DigestContent():
            return content.name
        case MoreContent():
            return content.rule_title
        case AlertContent() | NoticeContent():
            return content.title


def _title(content: Content, desk: _Desk) -> str:
    """One plain line for a subject, a push title or a log; it never holds markup or a line break."""
    limit = desk.style.title or Limit(200)
    markup = "email" if desk.style.markup in {"email", "json"} else "plain"
    prefix = ""
    if markup == "email" and isinstance(content, AlertContent) and content.replies_to:
        # mail programs that thread by subject need the first one's
        content, prefix = replace(content, news="", title=content.thread_title or content.title), "Re: "

    def draw(room: Room) -> str:
        return prefix + " ".join(desk.write(f"{kind_of(content)}.title", markup, content, room).split())

    return _fitted(draw, limit) or _bare(content, limit)


def _body(content: Content, desk: _Desk, room: Room) -> str:
    if desk.style.markup == "json":
        return _json(content, room)
    markup = MARKUPS[desk.style.markup]
    text = desk.write(kind_of(content), markup.name, content, room)
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    if desk.style.one_line:
        return " | ".join(line.strip() for line in lines if line.strip())
    return markup.newline.join(lines)


def _json(content: Content, room: Room) -> str:
    """The content as JSON, without invisible characters but otherwise in the feed's own words: a program reads it."""
    if isinstance(content, DigestContent):
        content = replace(content, contents=tuple(in_order(content.contents)[: room.items]))
    return json.dumps(_cleaned(to_json(content)), ensure_ascii=False, separators=(",", ":"))


def _cleaned(value: object) -> object:
    match value:
        case str():
            return phrases.shortened(clean(value), _LONGEST_IN_JSON)
        case dict():
            return {key: safe_link(str(one)) if key == "url" else _cleaned(one) for key, one in value.items()}
        case list():
            return [_cleaned(one) for one in value]
        case _:
            return value
