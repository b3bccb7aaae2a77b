"""Numbers as every language writes them, so that "1 Mio.", "1,000,000" and "100万" are one feature."""

from __future__ import annotations

import re
from collections.abc import Iterable

_GROUPED = re.compile(r"\d{1,3}(?:[., \u00a0\u202f'’]\d{3})+")
_DECIMAL = re.compile(r"(\d+)[.,](\d{1,2})")

# Beginnings of words, as `fold` leaves them: Cyrillic is romanised.
_SCALES: dict[str, int] = {
    **dict.fromkeys(("milliard", "miliard", "billion", "milyar", "mlrd", "mld", "mrd", "bn"), 10**9),
    **dict.fromkeys(
        ("million", "millon", "milion", "milho", "milha", "miljon", "mily", "mln", "mio", "trieu", "malyoun"), 10**6
    ),
    **dict.fromkeys(("thousand", "tausend", "tysyac", "tysiac", "tys", "mille", "ribu"), 10**3),
}
_EXACT_SCALES = {"mil": 10**3, "bin": 10**3, "ty": 10**9, "m": 10**6, "mn": 10**6, "k": 10**3}
# What means one of them where no number stands before it: "a million", "миллиона снарядов".
_ONE_OF: dict[str, int] = {
    **dict.fromkeys(
        ("million", "milliona", "millionu", "millionom", "millon", "milhao", "milione", "miljoen", "miljon", "milyon",
         "milion", "miliona", "milyona", "mil'yon", "mil'yona", "mlywn"),
        10**6,
    ),
    **dict.fromkeys(("milliard", "milliarda", "milliarde", "miliard", "miliarda", "milyar", "billion"), 10**9),
}  # fmt: skip
_EAST_ASIAN_SCALES: dict[str, int] = {
    **dict.fromkeys(("千", "천"), 10**3),
    **dict.fromkeys(("万", "萬", "만"), 10**4),
    **dict.fromkeys(("百万", "百萬", "백만"), 10**6),
    **dict.fromkeys(("千万", "千萬", "천만"), 10**7),
    **dict.fromkeys(("亿", "億", "억"), 10**8),
}


def _longest_of(signs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(signs, key=len, reverse=True)))


_SCALE, _EAST_ASIAN_SCALE = _longest_of(_SCALES), _longest_of(_EAST_ASIAN_SCALES)


def canonical_number(written: str, scale: int = 1) -> str:
    """The one way to write the number ``written`` (digits with separators) times ``scale``.

    Scores, times and dates (``120-66``, ``14:30``) keep their form: what matters is that both texts say the same.
    """
    if _GROUPED.fullmatch(written):
        return str(int(re.sub(r"\D", "", written)) * scale)
    decimal = _DECIMAL.fullmatch(written)
    if decimal is not None:
        value = int(decimal[1] + decimal[2]) * scale
        digits = len(decimal[2])
        whole, rest = divmod(value, 10**digits)
        return f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".")
    if written.isdecimal():
        return str(int(written) * scale)
    return written.replace("–", "-")


def scale_of(word: str, raw: str) -> int:
    """By how much ``word`` (folded; ``raw`` as written) multiplies the number before it; 1 if it is not a scale."""
    sign = _EAST_ASIAN_SCALE.match(raw)
    if sign is not None:
        return _EAST_ASIAN_SCALES[sign[0]]
    exact = _EXACT_SCALES.get(word)
    if exact is not None:
        return exact
    prefix = _SCALE.match(word)
    return 1 if prefix is None else _SCALES[prefix[0]]


def written_out(word: str, times: int | None) -> str | None:
    """The number that a folded scale word makes without digits, ``times`` what the numeral before it says.

    "A million" is 1,000,000, "three million" too is a number; "millions" is none.
    """
    if times is not None:
        scale = scale_of(word, word)
        return str(times * scale) if scale >= 10**6 else None
    one = _ONE_OF.get(word)
    return None if one is None else str(one)
