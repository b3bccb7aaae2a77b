"""Paradigms from simplemma's lemma tables, turned round: not "which word is this a form of" but "which forms has it".

A table holds up to a million forms and 100 MiB once it is unpacked; a rule pack needs the forms of some hundred words.
So a table is read from end to end when rules are compiled, what is wanted is kept, and the rest is let go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES, DefaultDictionaryFactory

# Where a table adds to the stemmer what its loading time (0.1 to 0.8 s) is worth; measured in docs/languages.md.
_WORTH_IT = frozenset({"bg", "ca", "cs", "da", "de", "el", "en", "es", "fr", "it", "nl", "pt", "ro", "sk", "sl", "sv"})
_SHARED = 3


@dataclass(frozen=True, slots=True)
class Paradigms:
    """The forms of one word, and the other words that begin like it and are in the dictionary in their own right."""

    forms: frozenset[str]
    others: frozenset[str] = frozenset()


_remembered: dict[tuple[str, str], Paradigms | None] = {}
_MOST_REMEMBERED = 1 << 17


def paradigms(code: str, words: frozenset[str]) -> Mapping[str, Paradigms]:
    """What a language's table knows of these words; words it does not know are left out."""
    if code not in _WORTH_IT or code not in SUPPORTED_LANGUAGES:
        return {}
    missing = [word for word in words if (code, word) not in _remembered]
    if missing:
        if len(_remembered) > _MOST_REMEMBERED:
            _remembered.clear()
            missing = list(words)
        _read_table(code, missing)
    found = {word: _remembered[code, word] for word in words}
    return {word: paradigm for word, paradigm in found.items() if paradigm is not None}


def _read_table(code: str, words: list[str]) -> None:
    table = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(code)
    lemmas = {word: _lemma(table, word) for word in words}
    wanted = frozenset(lemma for lemma in lemmas.values() if lemma)
    forms: defaultdict[str, set[str]] = defaultdict(set)
    for form, lemma in table.items():
        if lemma in wanted:
            forms[lemma].add(form)
    for word, lemma in lemmas.items():
        _remembered[code, word] = Paradigms(frozenset(forms[lemma])) if lemma else None


def _lemma(table: Mapping[str, str], word: str) -> str:
    """The dictionary form of a word: itself if it is one, whatever its case."""
    spellings = dict.fromkeys([word, word.lower(), word.capitalize()])
    for spelling in spellings:
        if table.get(spelling) == spelling:
            return spelling
    return next((lemma for spelling in spellings if (lemma := table.get(spelling))), "")
