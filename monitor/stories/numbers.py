"""Numbers as every language writes them, so that "1 Mio.", "1,000,000" and "100万" are one feature."""

from __future__ import annotations

import re

_GROUPED = re.compile(r"\d{1,3}(?:[., \u00a0\u202f'’]\d{3})+")
_DECIMAL = re.compile(r"(\d+)[.,](\d{1,2})")

# The longest prefix wins; words are as `fold` leaves them, so Cyrillic is romanised.
_SCALES: tuple[tuple[str, int], ...] = (
    ("milliard", 10**9),
    ("miliard", 10**9),
    ("billion", 10**9),
    ("milyar", 10**9),
    ("mlrd", 10**9),
    ("mld", 10**9),
    ("mrd", 10**9),
    ("bn", 10**9),
    ("million", 10**6),
    ("millon", 10**6),
    ("milion", 10**6),
    ("milho", 10**6),
    ("milha", 10**6),
    ("miljon", 10**6),
    ("mily", 10**6),
    ("mln", 10**6),
    ("mio", 10**6),
    ("trieu", 10**6),
    ("malyoun", 10**6),
    ("thousand", 10**3),
    ("tausend", 10**3),
    ("tysyac", 10**3),
    ("tysyach", 10**3),
    ("tysiac", 10**3),
    ("tys", 10**3),
    ("mille", 10**3),
    ("ribu", 10**3),
)
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
_EAST_ASIAN_SCALES = (
    ("百万", 10**6),
    ("百萬", 10**6),
    ("千万", 10**7),
    ("千萬", 10**7),
    ("万", 10**4),
    ("萬", 10**4),
    ("亿", 10**8),
    ("億", 10**8),
    ("백만", 10**6),
    ("천만", 10**7),
    ("만", 10**4),
    ("억", 10**8),
    ("천", 10**3),
    ("千", 10**3),
)


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
    for sign, scale in _EAST_ASIAN_SCALES:
        if raw.startswith(sign):
            return scale
    exact = _EXACT_SCALES.get(word)
    if exact is not None:
        return exact
    for prefix, scale in _SCALES:
        if word.startswith(prefix):
            return scale
    return 1


def written_out(word: str, times: int | None) -> str | None:
    """The number that a folded scale word makes without digits, ``times`` what the numeral before it says.

    "A million" is 1,000,000, "three million" too is a number; "millions" is none.
    """
    if times is not None:
        scale = scale_of(word, word)
        return str(times * scale) if scale >= 10**6 else None
    one = _ONE_OF.get(word)
    return None if one is None else str(one)
