"""The languages an article may be in: the script decides where it can, words, letters and pycld2 where it cannot.

pycld2 alone finds 92 % of headlines, because names (``Peter Jones``, ``World Wide Web``) look English to it. The small
words around the names do not lie; the two together find 99 % (``benchmarks/language.py``, docs/detection.md).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import pycld2

from monitor.text import language_marks as marks

SAMPLE_CHARACTERS = 600  # of title and text: more changes nothing and costs time
MOST_LANGUAGES = 4  # unless the likeliest of them is itself little more than a guess:
GUESS = 2.0  # two small words, or what pycld2 says with the names and without
DECLARED_WEIGHT = 1.5  # as much as a small word and a half: decides a bare headline, not a paragraph
CLOSE_RATIO, CLOSE_GAP = 0.65, 1.3  # another language this near to the likeliest one is plausible too
SUBSTANTIAL_SHARE = 0.3  # of the (weighed) letters: then a second script is another language, not a name
FOREIGN_LETTERS = 40  # an article is called foreign to all rules only if it has at least this many letters…
UNMARKED_LETTERS = 120  # …or this many if pycld2 alone knows the language: it reads headlines as Oromo
BARE_CHARACTERS, CURT_CHARACTERS = 60, 45  # so short without a telling word, or without two, any language may be it
AGREED_SHARE = 0.9  # pycld2 and the marks agree: no need to ask it again without the names
FOREIGN_SHARE = 0.8  # …and pycld2 sees that language in this share of it, with its names and without

_ALIASES = {
    "iw": "he", "no": "nb", "nn": "nb", "nno": "nb", "in": "id", "jw": "jv", "ji": "yi", "zh-hant": "zh", "sh": "sr",
    "prs": "fa", "cmn": "zh", "yue": "zh", "tl": "fil",
}  # fmt: skip
# What pycld2 calls them, and varieties that it tells apart and headlines do not.
_READ_AS = {**_ALIASES, "ms": "id", "jw": "id"}
# A language outside the rules is read with the terms of its closest kin: Afrikaans news names things as Dutch does.
_KIN = {
    "af": ("nl",), "be": ("ru", "uk"), "bs": ("hr", "sr"), "ca": ("es",), "co": ("it",), "da": ("nb", "sv"),
    "fy": ("nl",), "gl": ("pt", "es"), "hr": ("sr",), "lb": ("de",), "mk": ("bg", "sr"), "ms": ("id",), "mt": ("it",),
    "nb": ("da", "sv"), "oc": ("fr", "es"), "sk": ("cs",), "sl": ("hr",), "sr": ("hr",), "az": ("tr",),
    "kk": ("ru",), "ky": ("ru",),
}  # fmt: skip
# So alike that a headline of one is always tried as the other too.
_TWINS = {
    "hr": ("sr",), "sr": ("hr",), "da": ("nb",), "nb": ("da",), "cs": ("sk",), "sk": ("cs",), "id": ("ms",),
    "es": ("pt",), "pt": ("es",), "tr": ("az",), "az": ("tr",),
}  # fmt: skip

_SCRIPT_RANGES = (
    ("latin", 0x41, 0x5A), ("latin", 0x61, 0x7A), ("latin", 0xC0, 0x24F), ("latin", 0x1E00, 0x1EFF),
    ("greek", 0x370, 0x3FF), ("cyrillic", 0x400, 0x52F), ("armenian", 0x530, 0x58F), ("hebrew", 0x590, 0x5FF),
    ("arabic", 0x600, 0x77F), ("devanagari", 0x900, 0x97F), ("bengali", 0x980, 0x9FF), ("gurmukhi", 0xA00, 0xA7F),
    ("gujarati", 0xA80, 0xAFF), ("tamil", 0xB80, 0xBFF), ("telugu", 0xC00, 0xC7F), ("kannada", 0xC80, 0xCFF),
    ("malayalam", 0xD00, 0xD7F), ("sinhala", 0xD80, 0xDFF), ("thai", 0xE00, 0xE7F), ("lao", 0xE80, 0xEFF),
    ("myanmar", 0x1000, 0x109F), ("georgian", 0x10A0, 0x10FF), ("hangul", 0x1100, 0x11FF), ("ethiopic", 0x1200, 0x139F),
    ("khmer", 0x1780, 0x17FF), ("kana", 0x3040, 0x30FF), ("han", 0x3400, 0x4DBF), ("han", 0x4E00, 0x9FFF),
    ("hangul", 0xAC00, 0xD7A3), ("arabic", 0xFB50, 0xFDFF), ("arabic", 0xFE70, 0xFEFC), ("kana", 0xFF66, 0xFF9F),
)  # fmt: skip
# A Chinese character says as much as three letters, a Korean or Japanese syllable as two.
_LETTER_WEIGHT = {"han": 3.0, "kana": 2.0, "hangul": 2.0}
_SCRIPT_LANGUAGE = {
    "hangul": ("ko",), "kana": ("ja",), "greek": ("el",), "hebrew": ("he", "yi"), "thai": ("th",), "georgian": ("ka",),
    "armenian": ("hy",), "bengali": ("bn",), "gurmukhi": ("pa",), "gujarati": ("gu",), "tamil": ("ta",),
    "telugu": ("te",), "kannada": ("kn",),
    "malayalam": ("ml",), "sinhala": ("si",), "lao": ("lo",), "khmer": ("km",), "myanmar": ("my",),
    "devanagari": ("hi", "mr", "ne"), "ethiopic": ("am", "ti"),
}  # fmt: skip

_TELLTALES = {lang: re.compile(pattern) for lang, pattern in marks.TELLTALES.items()}
_TOKEN = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÞĀ-ŽА-ЯЁЄІЇҐ]\w*")


def languages_of(title: str, text: str, declared: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Every language whose terms are worth trying on this article, the likeliest first; ISO 639-1 where one exists.

    ``declared`` are the codes that entry and feed claim (BCP 47, the more trustworthy first), ``known`` the languages
    that rules have terms in. All results are in ``known``, with one exception: what is clearly in another language
    gives that one, followed by its kin among ``known`` only, so that Finnish is not read with German terms.
    Short or mixed text gives several. Empty when there is nothing to go by.
    """
    sample = f"{title}\n{text[: max(0, SAMPLE_CHARACTERS - len(title))]}"[:SAMPLE_CHARACTERS]
    claims = [code for code in map(normal_code, declared) if code]
    shares = _script_shares(sample)
    if not shares:
        return tuple(dict.fromkeys(code for code in claims if code in known))
    if len(shares) > 1 and text:  # a title of its own script is no name in passing, however long the text
        for script, share in _script_shares(title).items():
            if script in shares:
                shares[script] += share
    ranked: list[str] = []
    for script, share in sorted(shares.items(), key=itemgetter(1), reverse=True):
        if not ranked or share >= SUBSTANTIAL_SHARE:
            ranked += _languages_in_script(script, sample, claims, known)
    return tuple(dict.fromkeys(ranked))


def normal_code(declared: str) -> str:
    """The ISO 639-1 code of a declared tag: ``en-US`` and ``EN_us`` are ``en``, ``no`` is ``nb``; ``""`` if it is none.

    Source: BCP 47 (RFC 5646): the first subtag is the language, two or three letters.
    """
    subtag = declared.strip().lower().replace("_", "-").partition("-")[0]
    if not (subtag.isascii() and subtag.isalpha() and 2 <= len(subtag) <= 3) or subtag == "und":
        return ""
    return _ALIASES.get(subtag, subtag)


@dataclass(frozen=True, slots=True)
class _Marks:
    """How the languages of one script differ: for a word, an ending or a letter, what it adds to whom."""

    words: Mapping[str, tuple[tuple[str, float], ...]]
    endings: Mapping[str, tuple[tuple[str, float], ...]]
    letters: Mapping[str, tuple[tuple[str, float], ...]]
    languages: tuple[str, ...]


WORD_WEIGHT, ENDING_WEIGHT, LETTER_WEIGHT, TELLTALE_WEIGHT = 1.0, 0.5, 0.7, 1.2
OWN_LETTER_WEIGHT = 0.35  # on top for every language that has the letter: those that lack it fall behind


def _shared(
    table: Mapping[str, Iterable[str]], weight: float, each: float = 0.0
) -> dict[str, tuple[tuple[str, float], ...]]:
    """For each member the languages that have it: ``weight`` shrinks with their number, ``each`` does not."""
    owners: dict[str, list[str]] = {}
    for lang, members in table.items():
        for member in set(members):
            owners.setdefault(member, []).append(lang)
    return {
        member: tuple((lang, each + weight / len(langs) ** 0.5) for lang in langs) for member, langs in owners.items()
    }


def _marks(words: Mapping[str, str], letters: Mapping[str, str], endings: Mapping[str, str]) -> _Marks:
    return _Marks(
        words=_shared({lang: listed.split() for lang, listed in words.items()}, WORD_WEIGHT),
        endings=_shared({lang: listed.split() for lang, listed in endings.items()}, ENDING_WEIGHT),
        letters=_shared(letters, LETTER_WEIGHT, OWN_LETTER_WEIGHT),
        languages=tuple(words),
    )


_MARKS = {
    "latin": _marks(marks.LATIN_WORDS, marks.LATIN_LETTERS, marks.LATIN_ENDINGS),
    "cyrillic": _marks(marks.CYRILLIC_WORDS, marks.CYRILLIC_LETTERS, {}),
    "arabic": _marks(marks.ARABIC_WORDS, marks.ARABIC_LETTERS, {}),
}


_MARKED = frozenset(code for script in _MARKS.values() for code in script.languages)


class _Scripts(dict[str, str]):
    """The script of a character, ``""`` if it is no letter; found once, then looked up. At most all of Unicode."""

    def __missing__(self, character: str) -> str:
        point = ord(character)
        self[character] = script = next((name for name, low, high in _SCRIPT_RANGES if low <= point <= high), "")
        return script


_SCRIPTS = _Scripts()


def _script_shares(sample: str) -> dict[str, float]:
    """What share of the sample each script holds; Han counts for Japanese or Korean when their own signs are there."""
    if sample.isascii():
        return {"latin": 1.0} if _TOKEN.search(sample) else {}
    weights: defaultdict[str, float] = defaultdict(float)
    for character, count in Counter(sample).items():
        script = _SCRIPTS[character]
        if script:
            weights[script] += count * _LETTER_WEIGHT.get(script, 1.0)
    han = weights.get("han", 0.0)
    for script, enough in (("kana", 1 / 15), ("hangul", 1.0)):  # Seoul's headlines write 北, 美, 中 among Hangul
        if han and weights.get(script, 0.0) >= enough * han:
            weights[script] += weights.pop("han")
            break
    total = sum(weights.values())
    return {script: weight / total for script, weight in weights.items()}


def _languages_in_script(script: str, sample: str, claims: Sequence[str], known: Collection[str]) -> list[str]:
    if script == "han":
        return _of_han(sample, known)
    if script in _MARKS:
        return _of_alphabet(_MARKS[script], sample, claims, known)
    languages = _SCRIPT_LANGUAGE[script]
    claimed = [code for code in claims if code in languages]
    ranked = list(dict.fromkeys([*claimed, *(code for code in languages if code in known)]))
    return ranked or [languages[0]]


def _of_han(sample: str, known: Collection[str]) -> list[str]:
    """Chinese, Japanese or both: a headline of bare characters may be either."""
    characters = set(sample)
    old_beside_new = bool(characters & marks.OLD_FORMS) and bool(characters & marks.NEW_FORMS)
    japanese = len(characters & marks.JAPANESE_ONLY) + 2 * old_beside_new
    chinese = len(characters & marks.CHINESE_ONLY)
    if not old_beside_new and chinese > 1 and not japanese:
        ranked = ["zh"]
    else:
        ranked = ["ja", "zh"] if japanese > chinese else ["zh", "ja"]
    return [code for code in ranked if code in known] or ranked[:1]


def _of_alphabet(script: _Marks, sample: str, claims: Sequence[str], known: Collection[str]) -> list[str]:
    """The languages of an alphabet, by score; see the module's first lines."""
    scores = _mark_scores(script, sample)
    marked = max(scores, key=scores.__getitem__, default="")
    whole = _cld2_shares(sample)
    agreed = whole.get(marked, 0.0) >= AGREED_SHARE and scores[marked] >= 1
    without_names = whole if agreed else _cld2_shares(_CAPITALISED.sub(" ", sample))
    by_marks = dict(scores)
    for code, share in whole.items():
        scores[code] += share * (0.3 if code == "en" else 1.0)  # names look English
    for code, share in without_names.items():
        scores[code] += share * (0.6 if code == "en" else 1.0)
    _tell_twins_apart(scores, sample)
    for code in claims:
        scores[code] += DECLARED_WEIGHT
    elsewhere = _MARKED.difference(script.languages)
    for code in scores.keys() & elsewhere:  # a ship's name in a Russian headline
        del scores[code]
    foreign = _foreign(sample, scores, (whole, without_names), known)
    if foreign and (foreign not in script.languages or by_marks.get(foreign, 0.0) >= 1):
        return [foreign, *(code for code in _KIN.get(foreign, ()) if code in known)]
    candidates = sorted(((score, code) for code, score in scores.items() if code in known and score > 0), reverse=True)
    readable = [code for code in script.languages if code in known]
    if not candidates:
        return readable
    best = candidates[0][0]
    close = [code for score, code in candidates if score >= CLOSE_RATIO * best or best - score < CLOSE_GAP]
    bare = by_marks.get(close[0], 0.0) < (2 if len(sample) < CURT_CHARACTERS else 1) and close[0] not in claims
    if bare and len(sample) < BARE_CHARACTERS:
        return list(dict.fromkeys([*close, *readable]))
    twins = [twin for twin in _TWINS.get(close[0], ()) if twin in known and twin not in elsewhere]
    if marked not in {"", close[0]}:  # pycld2 says another thing: whom the words speak for stays plausible
        twins += [code for code in readable if by_marks.get(code, 0.0) >= CLOSE_RATIO * by_marks[marked]]
    return list(dict.fromkeys([*close[: MOST_LANGUAGES if best >= GUESS else None], *twins]))


def _mark_scores(script: _Marks, sample: str) -> defaultdict[str, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    folded = sample.lower()
    for word in _TOKEN.findall(folded):
        owners = script.words.get(word)
        if owners is None and len(word) > 4:
            endings = script.endings
            owners = endings.get(word[-4:]) or endings.get(word[-3:]) or endings.get(word[-2:])
        for lang, weight in owners or ():
            scores[lang] += weight
    if not folded.isascii():
        letters = script.letters
        for letter in set(folded):
            if letter > "\x7f":
                for lang, weight in letters.get(letter, ()):
                    scores[lang] += weight
    return scores


def _tell_twins_apart(scores: defaultdict[str, float], sample: str) -> None:
    """Where the best language has a twin, look inside the words."""
    best = max(scores, key=scores.__getitem__, default="")
    for twin in _TWINS.get(best, ()):
        if best in _TELLTALES and twin in _TELLTALES:
            folded = sample.lower()
            for code in (best, twin):
                scores[code] += TELLTALE_WEIGHT * min(3, len(_TELLTALES[code].findall(folded)))


def _foreign(
    sample: str, scores: Mapping[str, float], seen: Sequence[Mapping[str, float]], known: Collection[str]
) -> str:
    """The language outside ``known`` that the text is clearly in, or ``""``."""
    code = max(scores, key=scores.__getitem__, default="")
    marked = code in _KIN or any(code in script.languages for script in _MARKS.values())
    if not code or code in known or sum(map(str.isalpha, sample)) < (FOREIGN_LETTERS if marked else UNMARKED_LETTERS):
        return ""
    sure = all(shares.get(code, 0.0) >= FOREIGN_SHARE for shares in seen)
    kin = _KIN.get(code, ())
    rival = max((score for other, score in scores.items() if other in known and other not in kin), default=0.0)
    return code if sure and rival <= CLOSE_RATIO * scores[code] else ""


def _cld2_shares(sample: str) -> dict[str, float]:
    """What share of the sample pycld2 reads as which language; empty if it cannot tell."""
    try:
        _, _, found = pycld2.detect(sample.encode("utf-8", "ignore"), isPlainText=True, bestEffort=True)
    except pycld2.error:  # control characters that it takes for broken UTF-8
        return {}
    shares = {_READ_AS.get(code, code): share / 100 for _, code, share, _ in found if code != "un"}
    bosnian = shares.pop("bs", 0.0) / 2  # which is either of its neighbours to a reader
    return shares | {code: shares.get(code, 0.0) + bosnian for code in ("hr", "sr")} if bosnian else shares
