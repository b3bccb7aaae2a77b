"""The markup of each service family: how words become bold or a link, and how feed text is kept from doing either."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from monitor.alerts.content import Marked
from monitor.alerts.harmless import NO_LINKS, NO_MENTIONS, Pass, defuse

BOLD, DIM, HIT, LINK, LABEL, LINK_END = "\x02", "\x05", "\x06", "\x0e", "\x0f", "\x10"
"""The terminal's marks: control characters, which no feed text can hold after cleaning; none counts as white space."""


class Safe(str):
    """Text already in a service's own markup; everything else a template prints is escaped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Markup:
    """One markup. ``passes`` look at a whole text, ``escapes`` at single characters, ``lead`` at the start of a line.

    ``links`` says whether words can carry a link; where they cannot, a template prints the address itself.
    """

    name: str
    passes: tuple[Pass, ...]
    escapes: Mapping[int, str] = field(default_factory=dict)
    lead: re.Pattern[str] | None = None
    bold: tuple[str, str] = ("", "")
    dim: tuple[str, str] = ("", "")
    hit: tuple[str, str] = ("*", "*")
    link: Callable[[str, str], str] | None = None
    whole_words: bool = False
    marks_title: bool = False
    newline: str = "\n"

    @property
    def links(self) -> bool:
        """Whether words can carry a link."""
        return self.link is not None

    def text(self, text: str) -> Safe:
        """Plain words in this markup, with nothing in them alive."""
        return self.pieces((Marked(text),))

    def pieces(self, pieces: Sequence[Marked]) -> Safe:
        """Words in this markup, the hits marked."""
        harmless = defuse(tuple(pieces), self.passes)
        if self.whole_words:
            harmless = _widened(harmless)
        out = "".join(
            _around(self._escaped(piece.text), self.hit) if piece.hit else self._escaped(piece.text)
            for piece in harmless
        )
        return Safe(self.lead.sub(r"\1\\\2", out) if self.lead else out)

    def linked(self, label: Safe, url: str) -> Safe:
        """The label leading to the address (one that ``safe_link`` gave); just the label where that cannot be."""
        return Safe(self.link(label, url)) if self.link and url and label.strip() else label

    def wrapped(self, text: Safe, marks: tuple[str, str]) -> Safe:
        """Text between two marks; nothing for an empty text."""
        return Safe(_around(text, marks))

    def _escaped(self, text: str) -> str:
        return text.translate(self.escapes)


def _around(text: str, marks: tuple[str, str]) -> str:
    """The marks next to the words: with a space between, most services show them instead of obeying."""
    words = text.strip()
    if not words:
        return text
    start = text.index(words)
    return f"{text[:start]}{marks[0]}{words}{marks[1]}{text[start + len(words) :]}"


_WORD_BEFORE = re.compile(r"[^\W_]+$")
_WORD_AFTER = re.compile(r"^[^\W_]+")


def _widened(pieces: Sequence[Marked]) -> tuple[Marked, ...]:
    """Hits that are part of a spaced word, widened to the word: some services mark whole words only."""
    texts = [piece.text for piece in pieces]
    for number, piece in enumerate(pieces):
        if not piece.hit or not texts[number].isascii():
            continue
        if number and (found := _WORD_BEFORE.search(texts[number - 1])) and texts[number][:1].isalnum():
            texts[number - 1] = texts[number - 1][: found.start()]
            texts[number] = found.group() + texts[number]
        if number + 1 < len(texts) and (found := _WORD_AFTER.match(texts[number + 1])) and texts[number][-1:].isalnum():
            texts[number + 1] = texts[number + 1][found.end() :]
            texts[number] += found.group()
    return tuple(Marked(text, piece.hit) for text, piece in zip(texts, pieces, strict=True) if text)


def _backslashed(characters: str) -> dict[int, str]:
    return {ord(c): f"\\{c}" for c in characters}


_HTML = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_CHAT = (*NO_LINKS, *NO_MENTIONS)
_SPECIAL = "\\`*_{}[]<>|~#$"
_SLACK_LOOKALIKES: tuple[Pass, ...] = (
    # mrkdwn has no escape for these
    (re.compile(r"\*"), lambda _: "∗"),
    (re.compile(r"`"), lambda _: "'"),
    (re.compile(r"~"), lambda _: "∼"),
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), lambda _: "＿"),
    (re.compile(r"^(\s*)>"), lambda found: f"{found.group(1)}›"),
)
_LIST_OR_HEADING = re.compile(r"^(\s*\d{0,9})([-+.)=])")


def _html_link(label: str, url: str) -> str:
    return f'<a href="{escape(url)}">{label}</a>'


def _mail_link(label: str, url: str) -> str:
    return f'<a class="link" href="{escape(url)}" style="color:inherit;text-decoration:none">{label}</a>'


def _terminal_link(label: str, url: str) -> str:
    return f"{LINK}{url}{LABEL}{label}{LINK_END}"


MARKUPS: Mapping[str, Markup] = {
    markup.name: markup
    for markup in (
        Markup("plain", _CHAT, whole_words=True),
        Markup(
            "markdown",
            _CHAT,
            {**_backslashed(_SPECIAL), ord("&"): "&amp;"},
            lead=_LIST_OR_HEADING,
            bold=("**", "**"),
            hit=("**", "**"),
            dim=("*", "*"),
            link=lambda label, url: f"[{label}]({url})",
        ),
        Markup(
            "discord",
            _CHAT,
            _backslashed(_SPECIAL),
            lead=_LIST_OR_HEADING,
            bold=("**", "**"),
            hit=("**", "**"),
            dim=("*", "*"),
            link=lambda label, url: f"[{label}](<{url}>)",
        ),
        Markup(
            "telegram", _CHAT, _HTML, bold=("<b>", "</b>"), hit=("<b>", "</b>"), dim=("<i>", "</i>"), link=_html_link
        ),
        Markup(
            "matrix",
            _CHAT,
            _HTML,
            bold=("<strong>", "</strong>"),
            hit=("<strong>", "</strong>"),
            dim=("<em>", "</em>"),
            link=_html_link,
            newline="<br/>\n",
        ),
        Markup(
            "slack",
            (*_CHAT, *_SLACK_LOOKALIKES),
            {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"},
            bold=("*", "*"),
            dim=("_", "_"),
            link=lambda label, url: f"<{url.replace('&', '&amp;')}|{label.replace('|', '¦')}>",
            whole_words=True,
        ),
        Markup("email", NO_LINKS, whole_words=True),
        Markup(
            "email-html",
            NO_LINKS,
            _HTML,
            bold=("<strong>", "</strong>"),
            hit=(
                '<mark class="hit" style="background:#ffe9a8;color:inherit;border-radius:2px;padding:0 1px">',
                "</mark>",
            ),
            link=_mail_link,
            marks_title=True,
        ),
        Markup(
            "terminal",
            NO_LINKS,
            bold=(BOLD, BOLD),
            dim=(DIM, DIM),
            hit=(HIT, HIT),
            link=_terminal_link,
            marks_title=True,
        ),
        Markup("json", (), hit=("", "")),
    )
}
