"""Language codes as rules name them (ISO 639-1), the scripts they are written in, and the slips people make."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection

from monitor.rules.model import ANY_LANGUAGE

# Of ISO 639-1, plus a few three-letter codes of written languages; Kanuri (kr) is left out: here it means Korean.
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch ckb co cr cs cu cv cy da de dv dz ee el en
eo es et eu fa ff fi fil fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv
ka kg ki kj kk kl km kn ko ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw
ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo yue za zh zu
"""
LANGUAGES = frozenset(_CODES.split())

# Country codes and old habits, written where a language code belongs.
_SLIPS = {
    "kr": "ko", "kp": "ko", "jp": "ja", "cn": "zh", "tw": "zh", "ua": "uk", "gb": "en", "us": "en", "cz": "cs",
    "dk": "da", "se": "sv", "gr": "el", "ir": "fa", "il": "he", "iw": "he", "vn": "vi", "in": "id", "by": "be",
    "at": "de", "br": "pt", "mx": "es", "sa": "ar", "eng": "en", "ger": "de", "deu": "de", "fra": "fr", "rus": "ru",
    "kor": "ko", "jpn": "ja", "chi": "zh", "zho": "zh", "ukr": "uk", "spa": "es", "ara": "ar", "fas": "fa",
    "all": ANY_LANGUAGE, "*": ANY_LANGUAGE, "english": "en", "german": "de", "russian": "ru", "korean": "ko",
}  # fmt: skip

_SCRIPTS = {
    "CYRILLIC": "ab ba be bg ce cv kk kv ky mk mn os ru sr tg tt uk",
    "ARABIC": "ar ckb fa ks ku ps sd ug ur",
    "GREEK": "el",
    "HEBREW": "he yi",
    "HANGUL": "ko",
    "CJK": "zh yue ja ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
    "DEVANAGARI": "hi mr ne sa bh",
    "BENGALI": "bn as",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "ETHIOPIC": "am ti",
    "LATIN": "af az bs ca cs cy da de en eo es et eu fi fil fr ga gl hr hu id is it lb lt lv ms mt nb nl nn no oc pl pt"
    " ro sk sl so sq sv sw tl tr uz vi xh yo zu",
}
_SHORT_STEMS = {"CJK": 2, "HANGUL": 2, "HIRAGANA": 2, "KATAKANA": 2, "THAI": 2, "ARABIC": 3, "HEBREW": 3}
_SCRIPTS_OF: dict[str, frozenset[str]] = {
    code: frozenset(script for script, codes in _SCRIPTS.items() if code in codes.split()) for code in LANGUAGES
}


def suggest_language(code: str, known: Collection[str] = LANGUAGES) -> str:
    """The code that was probably meant, or nothing."""
    low = code.lower().replace("_", "-")
    if low in known or low == ANY_LANGUAGE:
        return low
    if low in _SLIPS:
        return _SLIPS[low]
    stem = low.split("-")[0]
    return stem if stem in known else ""


def scripts_in(text: str) -> frozenset[str]:
    """The scripts of a text's letters: ``LATIN``, ``CYRILLIC``, ``HANGUL``, ``CJK``."""
    found = set()
    for character in text:
        if character.isascii():
            if character.isalpha():
                found.add("LATIN")
        elif character.isalpha():
            name = unicodedata.name(character, "UNKNOWN").split(maxsplit=1)[0].removesuffix("-COMPATIBILITY")
            if name not in {"MODIFIER", "FULLWIDTH", "HALFWIDTH", "FEMININE", "MASCULINE", "SUPERSCRIPT", "MICRO"}:
                found.add(name)
    return frozenset(found)


def scripts_of(lang: str) -> frozenset[str]:
    """The scripts a language is written in; empty if that is not known here."""
    return _SCRIPTS_OF.get(lang, frozenset())


def shortest_stem(text: str) -> int:
    """How many letters a wildcard needs before it says something: 4, fewer where a sign carries more."""
    return min((_SHORT_STEMS.get(script, 4) for script in scripts_in(text)), default=4)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """``did you mean “…”?`` for a slip of the pen, else the choices if they are few, else nothing."""
    close = difflib.get_close_matches(word.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.6)
    if close:
        meant = next(name for name in sorted(known) if name.lower() == close[0])
        return f"did you mean “{meant}”?"
    return f"one of: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""
