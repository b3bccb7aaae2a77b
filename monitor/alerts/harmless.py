"""Feed text is data: what must be gone from it before any message, and what must not come alive in a chat.

Two steps. :func:`clean` removes what no reader can see and a client may act on (control, bidirectional and zero-width
characters, surrogates, line breaks). :func:`defuse` keeps chat services from making mentions, links, hashtags, commands
and emoji out of words. Escaping for a service's own markup is a third step (``markup``).

No zero-width character is ever put in to break a word: it would survive copying and break searches. A mention's ``@``
becomes the full-width ``＠``, which no service takes for one, and an address is written the way analysts write it:
``hxxps://evil[.]example``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from monitor.alerts.content import Marked

_REPLACEMENT = "\ufffd"
_MARKS_PER_LETTER = 8  # the tallest real stacks (Hebrew with cantillation, Tibetan) stay below
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA = 9  # canonical combining class
_PLAIN = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u3041-\u3096\u4e00-\u9fff\uac00-\ud7a3]*"
)
_SPACES = re.compile(r"\s+")

Pass: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _to(replacement: str) -> Callable[[re.Match[str]], str]:
    return lambda _: replacement


def _broken_scheme(found: re.Match[str]) -> str:
    scheme = found.group().lower()
    return scheme.replace("tt", "xx", 1) if scheme in {"http", "https"} else f"{found.group()}[:]"


NO_LINKS: tuple[Pass, ...] = (
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}(?=://)"), _broken_scheme),
    (
        re.compile(
            r"(?:mailto|javascript|(?<![A-Za-z0-9])(?:tel|sms|xmpp|sips?|skype|data|magnet|matrix|geo|tg|irc|bitcoin)):(?=\S)",
            re.IGNORECASE,
        ),
        lambda found: f"{found.group()[:-1]}[:]",
    ),
    (re.compile(r"(?<=www)\.(?=\w)", re.IGNORECASE), _to("[.]")),
    # "geliefert.Er sagte": a space was forgotten, and .er is a country
    (re.compile(r"(?<=[0-9a-zà-öø-ÿа-яё])\.(?=[A-ZÀ-ÖØ-ÞА-ЯЁ][a-zà-öø-ÿа-яё])"), _to(". ")),
    (re.compile(r"(?<=[^\s.…])\.(?=[^\W\d_]{2}|xn--)|(?<=[A-Za-z0-9])[。．｡](?=[A-Za-z]{2})"), _to("[.]")),
    (re.compile(r"(?<=\d)\.(?=\d{1,3}\.\d{1,3}\.\d)"), _to("[.]")),
)
"""What keeps any program from making a link out of words: ``hxxps://evil[.]example``."""

NO_MENTIONS: tuple[Pass, ...] = (
    (re.compile("@"), _to("＠")),
    (re.compile(r"#(?=\w)"), _to("＃")),
    (re.compile(r"\$(?=[A-Za-z])"), _to("＄")),
    (re.compile(r"~(?=\w)"), _to("～")),
    (re.compile(r"(?<![\w/])/(?=\w)"), _to("／")),
    (re.compile(r":(?=[\w+'-]*[^\W\d][\w+'-]*(?::|$))"), _to("：")),
)
"""What keeps a chat from finding people, channels, hashtags, commands and emoji codes in words."""


def clean(text: str) -> str:
    """Text that shows what it holds, on one line: white space collapsed but kept at the ends as one space.

    Zero-width joiners stay only where Persian or Indic spelling needs them (RFC 5892 appendix A.1, A.2).
    """
    if not _PLAIN.fullmatch(text):
        text = "".join(_visible(text))
    return _SPACES.sub(" ", text)


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks <= _MARKS_PER_LETTER and character not in _INVISIBLE_LETTERS:
                kept.append(character)
            continue
        marks = 0
        kept.append(_one(text, position, character, category))
    return kept


def _one(text: str, position: int, character: str, category: str) -> str:
    if category == "Cs":
        return _REPLACEMENT
    if character.isspace() or character in _INVISIBLE_LETTERS:
        return " "
    if category in {"Cc", "Cf", "Co"} or _is_noncharacter(character):
        return character if character in {_ZWNJ, _ZWJ} and _is_spelling(text, position) else ""
    return character


def _is_noncharacter(character: str) -> bool:
    code = ord(character)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _is_spelling(text: str, position: int) -> bool:
    """A joiner after an Indic virama, or a non-joiner between two Arabic-script letters."""
    if position == 0 or position + 1 >= len(text):
        return False
    before, after = text[position - 1], text[position + 1]
    if unicodedata.combining(before) == _VIRAMA:
        return True
    return text[position] == _ZWNJ and _is_arabic_letter(before) and _is_arabic_letter(after)


def _is_arabic_letter(character: str) -> bool:
    return "\u0620" <= character <= "\u06d3" and unicodedata.category(character) == "Lo"


@lru_cache(maxsize=4096)  # fitting a message to its limit looks at the same words several times
def defuse(pieces: tuple[Marked, ...], passes: tuple[Pass, ...]) -> tuple[Marked, ...]:
    """The pieces, clean and after these passes. They are looked at as one text: a mention may begin in a marked word.

    It reads the same; only where a program would have acted do characters change.
    """
    texts = [clean(piece.text) for piece in pieces]
    text = "".join(texts)
    active = [(pattern, replacement) for pattern, replacement in passes if pattern.search(text)]
    if not active:
        return tuple(Marked(text, piece.hit) for text, piece in zip(texts, pieces, strict=True) if text)
    hits = [piece.hit for text, piece in zip(texts, pieces, strict=True) for _ in text]
    for pattern, replacement in active:
        text, hits = _replaced(pattern, replacement, text, hits)
    runs = groupby(zip(text, hits, strict=True), itemgetter(1))
    return tuple(Marked("".join(character for character, _ in run), hit) for hit, run in runs)


def _replaced(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str, hits: list[bool]
) -> tuple[str, list[bool]]:
    texts, marks, position = [], list[bool](), 0
    for found in pattern.finditer(text):
        put = replacement(found)
        texts += [text[position : found.start()], put]
        marks += hits[position : found.start()] + [hits[found.start()]] * len(put)
        position = found.end()
    return "".join((*texts, text[position:])), marks + hits[position:]
