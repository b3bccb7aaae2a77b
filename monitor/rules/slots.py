"""A term becomes slots: one per word, each saying which spellings of that word will do.

A slot is the unit the lexicon looks up. Terms of many rules share them, so what a text costs depends on its words and
not on how many rules there are.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from monitor.rules.model import ANY_LANGUAGE, Term, TermKind
from monitor.text.fold import compose, fold
from monitor.text.forms import language
from monitor.text.tokens import has_hangul, is_alphabetic, is_unspaced, tokens


class How(StrEnum):
    """How a slot is compared with a word of the text."""

    FORMS = "forms"  # any inflected form
    EXACT = "exact"  # this spelling and case
    PREFIX = "prefix"  # the word begins so
    SUFFIX = "suffix"  # the word ends so
    INFIX = "infix"  # somewhere in the word
    STEM = "stem"  # Korean: the word begins so, particles follow; only the stem is highlighted
    PARTICLE = "particle"  # Korean, inside a phrase: the word itself, or with a particle
    RUN = "run"  # anywhere in text without spaces

    __hash__ = str.__hash__  # that of enumerations is written in Python, and slots are hashed by the hundred thousand


class Slot(NamedTuple):
    """One word of a term. ``text`` is in lower case for ``FORMS``, as written for ``EXACT``, folded for the others."""

    how: How
    lang: str
    text: str


Sequence: TypeAlias = tuple[Slot, ...]

_WILDCARDS = {TermKind.PREFIX: How.PREFIX, TermKind.SUFFIX: How.SUFFIX, TermKind.INFIX: How.INFIX}


def sequences(term: Term) -> tuple[Sequence, ...]:
    """The ways to read a term as words that follow one another; none for a regular expression."""
    if term.kind is TermKind.REGEX:
        return ()
    lang = ANY_LANGUAGE if term.lang == ANY_LANGUAGE else language(term.lang).code
    if is_unspaced(term.text):
        return ((Slot(How.RUN, lang, "".join(fold(term.text).split())),),)
    if term.kind is TermKind.EXACT:
        return (tuple(Slot(How.EXACT, lang, compose(token.text)) for token in tokens(term.text)),)
    if term.kind in _WILDCARDS:
        return _wildcard(term, lang)
    return _korean(term.text, lang) if has_hangul(term.text) else (_in_forms(lang, term.text),)


def _in_forms(lang: str, text: str) -> Sequence:
    """Most terms are nothing but words in alphabets, which is quick to see."""
    words = text.split(" ")
    if not all(map(str.isalnum, words)) or not is_alphabetic(text):
        words = [token.text for token in tokens(text)]
    return tuple([_forms(lang, word) for word in words])


def _forms(lang: str, word: str) -> Slot:
    """In lower case, so that a word at the beginning of a term shares its slot; Turkish has its own rules for I."""
    lower = word if lang == ANY_LANGUAGE else language(lang).lower(word)
    return Slot(How.FORMS, lang, word if lower == word else lower)  # one string is kept, not two that are equal


def _wildcard(term: Term, lang: str) -> tuple[Sequence, ...]:
    """The wildcard belongs to the word it touches; the others of a hyphenated term stand in their forms."""
    words = [token.text for token in tokens(term.text)]
    if not words:
        return ()
    slots = [_forms(lang, word) for word in words]
    if len(words) == 1:
        slots = [Slot(_WILDCARDS[term.kind], lang, fold(words[0]))]
    else:
        if term.kind is not TermKind.PREFIX:
            slots[0] = Slot(How.SUFFIX, lang, fold(words[0]))
        if term.kind is not TermKind.SUFFIX:
            slots[-1] = Slot(How.PREFIX, lang, fold(words[-1]))
    return (tuple(slots),)


def _korean(text: str, lang: str) -> tuple[Sequence, ...]:
    """Korean spacing varies: a phrase is also looked for written as one word."""
    found = tokens(text)
    if len(found) == 1:
        return ((Slot(How.STEM, lang, fold(found[0].text)),),)
    slots = [
        Slot(How.PARTICLE, lang, fold(token.text)) if token.is_hangul else _forms(lang, token.text)
        for token in found[:-1]
    ]
    last = found[-1]
    final = Slot(How.STEM if last.is_hangul else How.FORMS, lang, fold(last.text))
    joined: tuple[Sequence, ...] = ()
    if all(token.is_hangul for token in found):
        joined = ((Slot(How.STEM, lang, fold("".join(token.text for token in found))),),)
    return ((*slots, final), *joined)
