"""Paradigms from simplemma's lemma tables, turned round: not "which word is this a form of" but "which forms has it".

A table holds up to a million forms and 100 MiB once it is unpacked; a rule pack needs the forms of some hundred words.
So a table is read from end to end when rules are compiled, what is wanted is kept, and the rest is let go. That takes
half a second a language. The forms of the bundled rule pack's words therefore come with the program
(``paradigms.json.gz``, written by ``make generated``), and a table is only read for words of one's own.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from operator import attrgetter
from threading import Lock
from typing import TypeAlias

from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from monitor.text.regular import name_cases

Stems: TypeAlias = Callable[[Sequence[str]], list[str]]

# Where a table adds enough to the stemmer to be worth its loading time (0.1 to 0.9 s); see docs/languages.md.
_TABLES = {code: code for code in (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hu", "id", "is", "it",
    "lt", "lv", "mk", "ms", "nl", "pt", "ro", "sk", "sl", "sq", "sv", "tr",
)} | {"no": "nb", "sr": "hbs"}  # fmt: skip
# In these, words built from another are headwords of their own and share its stem (national, Levering).
_OWN_HEADWORDS = frozenset({"da", "de", "en", "nl", "no", "sv"})
_VERB_FORMS = ("ing", "ed")  # headwords too in the English table: they are inflections all the same


@dataclass(frozen=True, slots=True)
class Paradigms:
    """The forms of one word, and words of the dictionary's own that share its stem without being forms of it."""

    forms: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


_NOTHING = Paradigms()
_MOST_REMEMBERED = 1 << 17
_remembered: dict[tuple[str, str], Paradigms] = {}
_reading = Lock()


def paradigms(code: str, words: frozenset[str], stems: Stems) -> Mapping[str, Paradigms]:
    """What a language's table knows of these words; without those it does not know.

    ``stems`` gives the unfolded stem of each of some words.
    """
    if code not in _TABLES:
        return _with_names({}, code, words)
    bundled = _bundled()
    with _reading:  # rules are compiled in one thread while those at work ask for a further language in another
        _remembered.update({(code, word): bundled[code, word] for word in words if (code, word) in bundled})
        missing = [word for word in words if (code, word) not in _remembered]
        if missing:
            if len(_remembered) > _MOST_REMEMBERED:
                _remembered.clear()
                missing = list(words)
            _read_table(code, missing, stems)
        found = {word: _remembered[code, word] for word in words}
    return _with_names({word: one for word, one in found.items() if one is not _NOTHING}, code, words)


def _with_names(found: dict[str, Paradigms], code: str, words: frozenset[str]) -> dict[str, Paradigms]:
    declined = {word for word, one in found.items() if len(one.forms) > 1}
    return found | {
        word: Paradigms(cases) for word in words if word not in declined and (cases := name_cases(word, code))
    }


def remembered() -> dict[str, object]:
    """Everything asked for so far, as the document that ``paradigms.json.gz`` holds."""
    entries: dict[str, dict[str, list[list[str]]]] = {}
    for (code, word), found in sorted(_remembered.items()):
        entries.setdefault(code, {})[word] = [sorted(found.forms), sorted(found.others)]
    return {"simplemma": version("simplemma"), "paradigms": entries}


@cache
def _bundled() -> Mapping[tuple[str, str], Paradigms]:
    """The forms that come with the program; none if they were made from another version's tables, or not at all."""
    file = files("monitor.text") / "paradigms.json.gz"
    document = json.loads(gzip.decompress(file.read_bytes())) if file.is_file() else {}
    if document.get("simplemma") != version("simplemma"):
        return {}
    return {
        (code, word): Paradigms(tuple(forms), tuple(others))
        for code, entries in document["paradigms"].items()
        for word, (forms, others) in entries.items()
    }


def _read_table(code: str, words: Sequence[str], stems: Stems) -> None:
    table = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(_TABLES[code])
    lemmas = {word: _lemma(table, word) for word in words}
    # A word may be a form of one headword and a headword itself: Dutch *sturen*, steering wheels and to send.
    wanted = {lemma.encode() for lemma in (*lemmas.values(), *words) if lemma}
    stem_of = dict(zip(words, stems(words), strict=True))
    bare = {stem.encode() for stem in stem_of.values()}
    forms: defaultdict[str, set[str]] = defaultdict(set)
    headwords: list[str] = []
    others: defaultdict[str, set[str]] = defaultdict(set)  # by stem
    entries = _entries(table)
    for form, lemma in [entry for entry in entries if entry[1] in wanted]:
        forms[lemma.decode()].add(form.decode())
    for form in [form for form, lemma in entries if form in bare and lemma not in wanted]:
        others[form.decode()].add(form.decode())
    if code in _OWN_HEADWORDS:
        headwords = [form.decode() for form, lemma in entries if form == lemma]
    strange = {
        headword.encode(): stem
        for headword, stem in zip(headwords, stems(headwords), strict=True)
        if stem.encode() in bare and headword.encode() not in wanted and not headword.endswith(_VERB_FORMS)
    }
    for form, lemma in entries if strange else ():
        if lemma in strange:
            others[strange[lemma]].add(form.decode())
    for word, headword in lemmas.items():
        own: set[str] = forms[headword] | forms[word]
        strangers: set[str] = others.get(stem_of[word], set()) - own - {word, headword}
        _remembered[code, word] = Paradigms(tuple(own), tuple(strangers)) if headword or own else _NOTHING


def _entries(table: Mapping[str, str]) -> Collection[tuple[bytes, bytes]]:
    """Form and lemma of every entry. The mapping keeps bytes and would decode a million of them twice over."""
    try:
        raw: Mapping[bytes, bytes] = attrgetter("_dict")(table)
    except AttributeError:
        return [(form.encode(), lemma.encode()) for form, lemma in table.items()]
    return raw.items()


def _lemma(table: Mapping[str, str], word: str) -> str:
    """The dictionary form of a word: itself if it is one, whatever its case."""
    spellings = dict.fromkeys([word, word.lower(), word.capitalize()])
    for spelling in spellings:
        if table.get(spelling) == spelling:
            return spelling
    return next((lemma for spelling in spellings if (lemma := table.get(spelling))), "")
