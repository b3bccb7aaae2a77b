"""Russian and Ukrainian paradigms by pymorphy3, which also declines names that its dictionary does not hold."""

from __future__ import annotations

import re
from functools import lru_cache

import pymorphy3

from monitor.text.fold import fold
from monitor.text.regular import name_cases

_CYRILLIC = re.compile("^[\u0400-\u04ff'’ʼ]+$")
_LIKELY = 3  # readings of a word that is no dictionary form; the analyser puts the likeliest first


@lru_cache(maxsize=2)
def _analyser(code: str) -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang=code)


@lru_cache(maxsize=1 << 16)
def declensions(word: str, code: str) -> frozenset[str]:
    """Every inflected form of a word, folded; empty if it is not written in Cyrillic.

    A word that is some paradigm's dictionary form is read as that; otherwise as whatever it can be a form of.
    """
    if not _CYRILLIC.match(word):
        return frozenset()
    readings = _analyser(code).parse(word.lower().replace("’", "'").replace("ʼ", "'"))
    wanted = fold(word)
    headwords = [reading for reading in readings if fold(reading.normal_form) == wanted]
    # Readings that differ in case alone are of one paradigm.
    paradigms = {(reading.normal_form, str(reading.tag).split(" ")[0]): reading for reading in headwords}
    chosen = list(paradigms.values()) or readings[:_LIKELY]
    forms = {fold(form.word).replace("'", "") for reading in chosen for form in reading.lexeme}
    if not any(reading.is_known for reading in readings):
        forms.update(map(fold, name_cases(word, code)))
    return frozenset(forms)
