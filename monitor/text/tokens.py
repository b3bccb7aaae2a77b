"""Words: where they are in a text, and how many of them lie between two places.

A word is a run of letters, marks and digits; hyphens, slashes and full stops part words, an apostrophe between
letters does not (``Kim's``, ``l'armée``, ``об'єкт``), nor does a soft hyphen. A zero-width non-joiner parts words in
Arabic script, because Persian writers put it, a space or nothing before the same ending. Letters of another writing
system start a new word, so that ``DPRK`` is one inside Chinese text and before a Korean particle.

Chinese, Japanese, Thai and their neighbours do not part words. Distances there count two characters as one word, four
in Thai, Lao, Khmer and Burmese: about the mean length of a word in each.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.text.fold import IGNORABLE, MARKS

_IDEOGRAPHS = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_SOUTH_EAST = "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f"
_HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uffa0-\uffdc"
_OTHERS = f"{_IDEOGRAPHS}{_SOUTH_EAST}{_HANGUL}"
_LETTER = f"[^\\W_{_OTHERS}]"
_INSIDE = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200d-\u200f")
_APOSTROPHES = "'’‘ʼʻ`´′＇"
_ALPHABETIC = (
    f"{_LETTER}(?:{_LETTER}|[{MARKS}{_INSIDE}]|\u200c(?![\u0600-\u06ff])"
    f'|[{_APOSTROPHES}](?={_LETTER})|["״](?=[\u05d0-\u05ea]))*'
)
_WORD = re.compile(
    f"(?P<word>{_ALPHABETIC})"
    f"|(?P<hangul>[{_HANGUL}]+)"
    f"|(?P<ideographs>[{_IDEOGRAPHS}][{_IDEOGRAPHS}\u3099\u309a]*)"
    f"|(?P<south_east>[{_SOUTH_EAST}{IGNORABLE}]*[{_SOUTH_EAST}][{_SOUTH_EAST}{IGNORABLE}]*)"
)
_ALPHABETIC_WORD = re.compile(_ALPHABETIC)
_SPACED_WORD = re.compile(f"{_ALPHABETIC}|[{_HANGUL}]+")
_UNSPACED = re.compile(f"[{_IDEOGRAPHS}{_SOUTH_EAST}]")
_HAS_HANGUL = re.compile(f"[{_HANGUL}]")
_ALPHABETIC_LINES = re.compile(f"^[^{_OTHERS}\n]*$", re.MULTILINE)
_HANGUL_LINES = re.compile(f"^[{_HANGUL}]+$", re.MULTILINE)
_NO_ALPHABET = re.compile(f"[{_OTHERS}]")
_SPLIT_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")


_WIDTHS = {"word": 0, "hangul": 0, "ideographs": 2, "south_east": 4}


class Token(NamedTuple):
    """A word, or a run of text without spaces between words, that begins ``word`` words into its text.

    ``width`` is how many of its characters count as one word; 0 if it is one word.
    """

    text: str
    start: int
    end: int
    word: int
    width: int
    is_hangul: bool

    @property
    def words(self) -> int:
        """How many words it counts as."""
        return -((self.start - self.end) // self.width) if self.width else 1

    def word_at(self, offset: int) -> int:
        """The number of its word that holds an offset, or of the last one if that lies behind it."""
        return self.word + (min(offset, self.end - 1) - self.start) // self.width if self.width else self.word


def tokens(text: str) -> list[Token]:
    """Every token of a text, in order."""
    found: list[Token] = []
    word = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        kind = match.lastgroup or ""
        width = _WIDTHS[kind]
        found.append(Token(match.group(), start, end, word, width, kind == "hangul"))
        word += -((start - end) // width) if width else 1
    return found


def alphabetic_words(text: str) -> list[str]:
    """The words of a text of which :func:`is_alphabetic` holds, as :func:`tokens` finds them."""
    return _ALPHABETIC_WORD.findall(text)


def is_alphabetic(text: str) -> bool:
    """Whether all its words are in alphabets: nothing Korean, nothing in a script without spaces."""
    return text.isascii() or _NO_ALPHABET.search(text) is None


def alphabetic_lines(text: str) -> set[str]:
    """The lines of a text of which :func:`is_alphabetic` holds."""
    return set(_ALPHABETIC_LINES.findall(text))


def hangul_lines(text: str) -> set[str]:
    """The lines of a text that are one Korean word and nothing else."""
    return set(_HANGUL_LINES.findall(text))


def spaced_words(text: str) -> list[str]:
    """The words of a text that are in scripts with spaces between words, as :func:`tokens` finds them."""
    return _SPACED_WORD.findall(text)


def is_unspaced(text: str) -> bool:
    """Whether any of it is in a script without spaces between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def has_hangul(text: str) -> bool:
    """Whether any of it is Korean."""
    return not text.isascii() and _HAS_HANGUL.search(text) is not None


def apostrophe_parts(word: str) -> tuple[str, str] | None:
    """What stands before the last apostrophe of a word and after the first: ``l'armée`` → ``l``, ``armée``."""
    parts = _SPLIT_APOSTROPHE.split(word)
    if len(parts) < 2:
        return None
    return word[: len(word) - len(parts[-1]) - 1], word[len(parts[0]) + 1 :]


def without_apostrophes(word: str) -> str:
    """``об’єкт`` and ``об'єкт`` as one spelling."""
    return word if word.isascii() and word.isalnum() else _SPLIT_APOSTROPHE.sub("", word)
