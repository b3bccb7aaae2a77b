"""Where text may be cut: between characters as people see them, never inside one.

The rules of Unicode Standard Annex 29 §3.1.1, as far as a cut can hurt: accents and vowel signs stay with their letter,
Hangul syllables whole, flags in pairs, emoji with their skin tone and joined families together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_SARA_AM = frozenset("\u0e33\u0eb3")
_NOT_SPACING_MARKS = frozenset("\u102b\u102c\u1038\u19b0\u19b1")


def graphemes(text: str) -> Iterator[str]:
    """The characters of a text as people see them; joined again they are the text."""
    start = 0
    for position in range(1, len(text)):
        if _may_cut(text, start, position):
            yield text[start:position]
            start = position
    if text:
        yield text[start:]


def _may_cut(text: str, start: int, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    if _extends(after):
        return False
    if before == _JOINER:
        return not _is_pictograph(after)
    if _is_regional(before) and _is_regional(after):
        return (position - start) % 2 == 0
    return not _joins_hangul(before, after)


def _extends(character: str) -> bool:
    if character == _JOINER or character in _SARA_AM:
        return True
    code = ord(character)
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or 0xFF9E <= code <= 0xFF9F:
        return True
    category = unicodedata.category(character)
    return category in {"Mn", "Me"} or (category == "Mc" and character not in _NOT_SPACING_MARKS)


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _is_pictograph(character: str) -> bool:
    return unicodedata.category(character) == "So"


def _joins_hangul(before: str, after: str) -> bool:
    """Leading consonant, vowel and trailing consonant of one syllable (UAX 29, GB6 to GB8)."""
    b, a = _hangul_kind(before), _hangul_kind(after)
    return (
        (b == "L" and a in {"L", "V", "LV", "LVT"})
        or (b in {"LV", "V"} and a in {"V", "T"})
        or (b in {"LVT", "T"} and a == "T")
    )


def _hangul_kind(character: str) -> str:
    code = ord(character)
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return ""


def take(text: str, count: int) -> str:
    """The first ``count`` characters as people see them."""
    if len(text) <= count:
        return text
    taken = []
    for number, grapheme in enumerate(graphemes(text)):
        if number >= count:
            break
        taken.append(grapheme)
    return "".join(taken)


def width(text: str) -> int:
    """Columns on a screen: East Asian wide characters take two, marks none (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if unicodedata.category(c) != "Mn")
