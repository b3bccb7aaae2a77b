"""Folding: what two spellings must share to count as the same word, with the way back to the original characters.

Folded away: compatibility forms (NFKC: ``ｆｕｌｌ`` width, ligatures, presentation forms), case (``ß`` is ``ss``),
accents on Latin and Greek letters, stress marks and ``ё`` in Cyrillic, vowel signs in Arabic and Hebrew, the spellings
of alef, yeh, kaf and teh marbuta, tatweel, soft hyphens and other invisible characters, typographic apostrophes and
hyphens, digits of other scripts.

Kept, because the mark is part of the letter: ``й ї ў ѓ ќ`` in Cyrillic, dakuten in kana, Hangul syllables (composed
from jamo), every sign of Indic and South-East Asian scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Combining marks that belong to the letter before them, as a character class: everything of general category M that
# news text uses, and the half-width kana voicing marks, which are letters by category.
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0903\u093a-\u093c\u093e-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc\u09be-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71"
    "\u0a81-\u0a83\u0abc\u0abe-\u0acd\u0b01-\u0b03\u0b3c\u0b3e-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04"
    "\u0c3e-\u0c56\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d82\u0d83\u0dca-\u0ddf"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84\u102b-\u103e\u1056-\u1059"
    "\u135d-\u135f\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ua66f\ua8e0-\ua8f1\ufe20-\ufe2f"
    "\uff9e\uff9f"
)
_JAMO = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
# Invisible characters that may stand inside a word without meaning anything there.
IGNORABLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u0640"

_CLUSTERED = re.compile(f"[{MARKS}{_JAMO}]")
_CLUSTERS = re.compile(f"[{_JAMO}]+|[\\s\\S][{MARKS}]*")
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_SPECIAL = str.maketrans(
    {
        "ё": "е", "ѐ": "е", "ѝ": "и",
        "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "e",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه",
        "ھ": "ه", "ە": "ه", "ؤ": "و",
        "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "´": "'", "′": "'", "ʹ": "'", "׳": "'", "״": '"', "‛": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "・": "·", "•": "·", "‧": "·", "∙": "·",
    }
)  # fmt: skip
_STRIPPED_BLOCKS = ((0x0300, 0x0370), (0x0483, 0x0488), (0x0591, 0x05C8), (0x0610, 0x061B), (0x064B, 0x0660),
                    (0x0670, 0x0671), (0x06D6, 0x06EE), (0x0711, 0x0712), (0x0730, 0x074B), (0x1AB0, 0x1B00),
                    (0x1DC0, 0x1E00), (0x20D0, 0x20F1), (0xFE20, 0xFE30))  # fmt: skip


# What Chinese, Japanese and Korean text is mostly made of: nothing here changes but the case of ASCII letters.
_WIDE_PUNCTUATION = "，！？：；（）"  # left alone for that: a term hardly holds any
_UNSTABLE = re.compile(
    "[^\x00-\x7f“”，。、！？：；（）《》「」『』【】〈〉·\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)
_MOST_UNSTABLE = 16


@dataclass(frozen=True, slots=True)
class Aligned:
    """A folded text and, for each of its characters, where the characters it came from begin and end."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original offsets of a non-empty piece of the folded text."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> str:
    """The folded text alone."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_cluster, _clusters(text)))


def fold_all(words: Sequence[str]) -> list[str]:
    """Each of many words (without line ends) folded, quicker than one by one."""
    others = [word for word in words if not word.isascii()]
    if len(others) > len(words) // 2:
        return fold("\n".join(words)).split("\n")
    folded = dict(zip(others, fold("\n".join(others)).split("\n"), strict=True)) if others else {}
    return [folded[word] if word in folded else word.lower() for word in words]


def fold_aligned(text: str) -> Aligned:
    """The folded text with the way back: a piece of it maps to whole characters of ``text``."""
    folded = text.lower() if text.isascii() else _folded_in_place(text)
    if folded is not None:
        return Aligned(folded, range(len(text)), range(1, len(text) + 1))
    clusters = _clusters(text)
    pieces = [_fold_cluster(cluster) for cluster in clusters]
    folded = "".join(pieces)
    if len(folded) == len(text) == len(pieces) and all(pieces):
        return Aligned(folded, range(len(text)), range(1, len(text) + 1))
    starts: list[int] = []
    ends: list[int] = []
    offset = 0
    for cluster, piece in zip(clusters, pieces, strict=True):
        starts += [offset] * len(piece)
        offset += len(cluster)
        ends += [offset] * len(piece)
    return Aligned(folded, tuple(starts), tuple(ends))


def _folded_in_place(text: str) -> str | None:
    """The folded text if only a few characters change, each into one other: quick, and so is nearly all of Chinese."""
    changing = set(_UNSTABLE.findall(text))
    if len(changing) > _MOST_UNSTABLE or _CLUSTERED.search("".join(changing)):
        return None
    for character in changing:
        one = _fold_cluster(character)
        if len(one) != 1:
            return None
        text = text.replace(character, one)
    return text.lower()


def compose(text: str) -> str:
    """NFKC without invisible characters: all that is folded for a term that must keep form and case."""
    if text.isascii():
        return text
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'")


def _clusters(text: str) -> str | list[str]:
    """The characters, each with the marks that follow it; a plain string is its own list of clusters."""
    return _CLUSTERS.findall(text) if _CLUSTERED.search(text) else text


@lru_cache(maxsize=1 << 16)
def _fold_cluster(cluster: str) -> str:
    if cluster in _WIDE_PUNCTUATION:
        return cluster
    text = unicodedata.normalize("NFKC", cluster).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_SPECIAL)
    return "".join(map(_fold_letter, text))


def _fold_letter(letter: str) -> str:
    code = ord(letter)
    if code < 0x80:
        return letter
    if 0xD800 <= code < 0xE000:  # a lone surrogate, which no scanner takes
        return "\ufffd"
    if _IGNORABLE.match(letter) or any(low <= code < high for low, high in _STRIPPED_BLOCKS):
        return ""
    if code < 0x0400 or 0x1E00 <= code < 0x2000:  # Latin and Greek
        base = unicodedata.normalize("NFD", letter)[0]
        return base.translate(_SPECIAL)
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
