"""Words of a headline in a form that languages share: romanised, lower case, cut where endings begin."""

from __future__ import annotations

import re

from anyascii import anyascii

_EAST_ASIAN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af々ー"
TOKEN = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,:/\-–]\d+)*"
    rf"|[{_EAST_ASIAN}]+|[^\W\d_{_EAST_ASIAN}]+"
)
_EAST_ASIAN_CHAR = re.compile(rf"[{_EAST_ASIAN}]")
_FIRST_EAST_ASIAN = "\u3000"
_STEM = 5
_SHORTEST_STEM = 3
_ENDINGS = "aeiouy'"
_TAIL = re.compile(r"\s+(?:[|»•]|[-–—])\s+([^|»•–—]{2,40})$")

# Spellings of one sound: transliterations of a name differ in them and in their vowels.
_SOUNDS = (
    ("dzh", "s"), ("sch", "s"), ("sh", "s"), ("ch", "k"), ("kh", "k"), ("zh", "s"), ("ts", "s"), ("tz", "s"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("gh", "g"), ("dj", "s"), ("dg", "s"),
)  # fmt: skip
_LETTERS = str.maketrans({"c": "k", "q": "k", "z": "s", "w": "v", "y": "i", "j": "i", "x": "s"})
_VOWELS = str.maketrans("", "", "aeiouh")
_ARABIC_ARTICLE = re.compile(r"^(?:[وفبك]?ال|لل)(?=..)")


def is_east_asian(char: str) -> bool:
    """Whether ``char`` is Han, kana or Hangul."""
    return char >= _FIRST_EAST_ASIAN and _EAST_ASIAN_CHAR.match(char) is not None


def fold(word: str) -> str:
    """``word`` in lower-case ASCII: romanised, without accents, an Arabic noun without its article."""
    if word.isascii():
        return word.lower()
    return anyascii(_ARABIC_ARTICLE.sub("", word)).lower()


def stem(folded: str) -> str:
    """The beginning of a folded word, without a vowel that is an ending in most languages: Tula, Tuly, Tule → ``tul``.

    Cruder than any stemmer, and the same for all languages: a word keeps its stem when it is borrowed.
    """
    beginning = folded[:_STEM]
    bare = beginning.rstrip(_ENDINGS)
    return bare if len(bare) >= _SHORTEST_STEM else beginning


def skeleton(folded: str) -> str:
    """The consonants of a folded name, alike for most of its transliterations: Nishiya, Нисия and Nisija → ``ns``.

    An idea as old as Soundex (1918), without its table of English sounds.
    """
    for spelling, sound in _SOUNDS:
        folded = folded.replace(spelling, sound)
    letters = folded.translate(_LETTERS)
    sounds = "".join([sound for sound, before in zip(letters, f" {letters}", strict=False) if sound != before])
    first = "a" if sounds[0] in "aeiou" else sounds[0]
    return first + sounds[1:].translate(_VOWELS)


def without_outlet(title: str) -> str:
    """``title`` without the outlet's name that feeds put behind it (`` | WTOP``, `` - Folha``)."""
    for _ in range(3):
        tail = _TAIL.search(title)
        if tail is None:
            break
        rest = title[: tail.start()]
        if len(tail[1].split()) > 4 or len(rest.split()) < 4:
            break
        title = rest
    return title
