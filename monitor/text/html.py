"""From markup to the text a reader would see: what is matched, compared and shown is text, never markup. Pure.

The only module that imports selectolax. Its parser's time grows with the square of the nesting depth; what is nested
too deep is stripped of its tags the plain way.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 200_000
"""Characters of markup that are looked at; what comes after is dropped."""


def _words(text: str) -> list[str]:
    return text.split()


_NAMES = _words(
    "a abbr acronym address article aside audio b big blockquote body br button caption center cite code col colgroup "
    "dd del details dfn div dl dt em embed fieldset figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head "
    "header hr html i iframe img input ins kbd label legend li link main mark meta nav noscript object ol p param "
    "picture pre q s samp script section select small source span strike strong style sub summary sup svg table tbody "
    "td template textarea tfoot th thead time title tr tt u ul var video"
)
# A made-up <name> in a headline is text, and in Korean and Chinese headlines so are the brackets round <제목>.
_MARKUP = re.compile(rf"</?(?:{'|'.join(_NAMES)})(?:[\s/>]|$)|<!--|<!doctype\s|<!\[CDATA\[", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_TAG = re.compile(r"<[^<>]*>")
_MOST_TAGS = 10_000  # the parser takes 0.1 s for that many nested ones, 13 s for ten times as many

_NO_BREAKS = ("", "")
_BREAKS = {
    **dict.fromkeys(
        _words(
            "address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer "
            "form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table ul"
        ),
        ("\n\n", "\n\n"),
    ),
    **dict.fromkeys(("br", "li", "tr"), ("\n", "")),
    **dict.fromkeys(("td", "th"), (" ", "")),
}
_UNSEEN = frozenset(
    _words(
        "audio button canvas embed head iframe input link math meta noscript object script select style svg template "
        "textarea title video -comment"
    )
)

_PARAGRAPH = re.compile(r"\n{2,}")
# Controls, bidirectional marks and overrides (UAX 9), soft hyphen, zero-width space, word joiner, BOM, interlinear
# and object placeholders, tags, lone surrogates and noncharacters. ZWNJ and ZWJ stay: Persian and emoji need them.
_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffc\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKING = re.compile("[\r\n]")


def plain_text(html: str) -> str:
    """The text of a piece of HTML, or of text that is none; paragraphs are two line feeds apart, lines one.

    Scripts, styles, forms and embedded things are left out. What was encoded twice, as many feeds do, is decoded
    twice; markup that a text shows on purpose (an article on HTML) stays as text.
    """
    if "<" not in html and "&" not in html:
        return tidy(html)
    shortened = html[:LONGEST]
    if _MARKUP.search(shortened):
        return tidy(_decoded(_seen(shortened)))
    decoded = _decoded(shortened)
    if decoded is not shortened and _MARKUP.search(decoded):
        return tidy(_decoded(_seen(decoded)))
    return tidy(_decoded(decoded))


def one_line(text: str) -> str:
    """The same text without line feeds, for titles."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """Text in NFC without control and bidirectional characters, its white space in order.

    Single spaces, no spaces around line feeds, at most two of these in a row, none at the ends.
    """
    if not text.isascii():
        text = _DROPPED.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n\n"))
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    elif not text.isprintable():
        text = _DROPPED.sub("", text)
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    return _PARAGRAPH.sub("\n\n", "\n".join(lines)).strip("\n")


def _decoded(text: str) -> str:
    """Entities decoded where they are complete: ``AT&T`` and ``?a=1&copy=2`` are no entities."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def _seen(html: str) -> str:
    """The text nodes of a document in order, with line feeds where a browser would break the line."""
    if html.count("<") > _MOST_TAGS:
        return _TAG.sub(" ", html)
    pieces: list[str] = []
    ends: list[str] = []  # what closing each open element brings
    node: LexborNode | None = LexborHTMLParser(_BREAKING.sub(" ", html)).body
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            pieces.append(node.text_content or "")
        elif tag not in _UNSEEN:
            before, after = _BREAKS.get(tag, _NO_BREAKS)
            pieces.append(before)
            child = node.first_child
            if child is None:
                pieces.append(after)
            else:
                ends.append(after)
        node = child if child is not None else _following(node, ends, pieces)
    return "".join(pieces)


def _following(node: LexborNode | None, ends: list[str], pieces: list[str]) -> LexborNode | None:
    """The next node in document order after this one's subtree; ends on the way up what was begun on the way down."""
    while node is not None and ends:
        following = node.next
        if following is not None:
            return following
        pieces.append(ends.pop())
        node = node.parent
    return None
