"""What is written together with a word: Semitic articles and prepositions, plural and case endings stemmers leave.

Working on folded text (see ``fold``). Each function gives the word itself first, then every shorter reading of it; a
reading is only ever looked up among the words of terms, so one that makes no sense costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def _by_letter(affixes: Sequence[str], place: int) -> Mapping[str, Sequence[str]]:
    """Affixes by their first (0) or last (-1) letter: the few that a word can have."""
    return {letter: [one for one in affixes if one[place] == letter] for letter in {one[place] for one in affixes}}


_AR_PREFIXES = _by_letter((
    "وبال", "فبال", "وكال", "ولل", "فلل", "وال", "فال", "بال", "كال", "ال", "لل", "وب", "ول", "وك", "فب", "فل",
    "سي", "و", "ف", "ب", "ل", "ك",
), 0)  # fmt: skip
_FA_SUFFIXES = _by_letter((
    "هايشان", "هايمان", "هايتان", "هايش", "هايم", "هايي", "هاي", "ها", "شان", "اش", "اي", "يي", "ان", "ي",
), -1)  # fmt: skip
_HE_PREFIXES = _by_letter(
    ("וכש", "כשה", "שה", "וה", "וב", "ול", "ומ", "וש", "מה", "ה", "ו", "ב", "ל", "מ", "ש", "כ"), 0
)
_ES_PLURALS = (("s", ""), ("es", ""), ("ces", "z"))
_PT_PLURALS = (
    ("s", ""), ("es", ""), ("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("eis", "il"), ("is", "il"),
    ("ns", "m"),
)  # fmt: skip
_PL_ENDINGS = frozenset(("owi", "ami", "ach", "iem", "em", "om", "ow", "ie", "ia", "iu", "a", "e", "i", "o", "u", "y"))
_SHORTEST = 3


def arabic_bases(word: str) -> tuple[str, ...]:
    """``والصواريخ``: itself, ``صواريخ``, and other readings."""
    return (word, *_without_prefixes(word, _AR_PREFIXES))


def persian_bases(word: str) -> tuple[str, ...]:
    """``موشكهاي``: itself, ``موشك``, and other readings."""
    endings = _FA_SUFFIXES.get(word[-1:], ())
    return (word, *(word[: -len(end)] for end in endings if word.endswith(end) and len(word) - len(end) >= _SHORTEST))


def hebrew_bases(word: str) -> tuple[str, ...]:
    """``והטילים``: itself, ``טילים``, and other readings."""
    return (word, *_without_prefixes(word, _HE_PREFIXES))


def spanish_bases(word: str) -> tuple[str, ...]:
    """``armas``: itself, ``arma``. The stemmer takes some plurals for verb forms."""
    return _singulars(word, _ES_PLURALS)


def portuguese_bases(word: str) -> tuple[str, ...]:
    """``misseis``: itself, ``missil``, and other readings."""
    return _singulars(word, _PT_PLURALS)


def polish_bases(word: str) -> tuple[str, ...]:
    """``arsenalu``: ``arsenal``. The stemmer leaves some case endings of nouns and names."""
    for length in (3, 2, 1):
        if word[-length:] in _PL_ENDINGS and len(word) - length > _SHORTEST:
            return (word[:-length],)
    return (word,)


def _singulars(word: str, plurals: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    if len(word) <= _SHORTEST or not word.endswith("s"):
        return (word,)
    return (word, *(word[: -len(end)] + one for end, one in plurals if word.endswith(end)))


def _without_prefixes(word: str, prefixes: Mapping[str, Sequence[str]]) -> list[str]:
    likely = prefixes.get(word[:1], ())
    return [word[len(start) :] for start in likely if word.startswith(start) and len(word) - len(start) >= _SHORTEST]
