"""Paradigms from simplemma's lemma tables, turned round: not "which word is this a form of" but "which forms has it".

A table holds up to a million forms and 100 MiB once it is unpacked; a rule pack needs the forms of some hundred words.
So a table is read from end to end when rules are compiled, what is wanted is kept, and the rest is let go. That takes
up to two seconds a language. The forms of the bundled rule pack's words therefore come with the program
(``paradigms.json.gz``, written by ``make generated``); a table is only read for words of one's own, and if there is a
:class:`Shelf`, once for each word.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from threading import Lock
from typing import Protocol, TypeAlias

from simplemma.strategies.dictionaries.dictionary_factory import _read_decompressed
from simplemma.strategies.dictionaries.frontcode import _iter_records, _read_header

from monitor import __version__
from monitor.text.regular import name_cases

Stems: TypeAlias = Callable[[Sequence[str]], list[str]]

# Where a table adds enough to the stemmer to be worth the time to read it (0.1 to 2 s); see docs/languages.md.
_TABLES = {code: code for code in (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hu", "id", "is", "it",
    "lt", "lv", "mk", "ms", "nl", "pt", "ro", "sk", "sl", "sq", "sv", "tr",
)} | {"no": "nb", "sr": "hbs"}  # fmt: skip
_NOT_LATIN = {code: re.compile(f"[{letters}]") for codes, letters in (
    ("ar fa", "\u0620-\u06d3"), ("he", "\u05d0-\u05ea"), ("hi", "\u0904-\u0939"), ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("bg mk", "\u0400-\u04ff"), ("sr", "a-zA-Z\u00c0-\u024f\u0400-\u04ff"),
) for code in codes.split()}  # fmt: skip
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
# In these, words built from another are headwords of their own and share its stem (national, Levering).
_OWN_HEADWORDS = frozenset({"da", "de", "en", "nl", "no", "sv"})
_VERB_FORMS = ("ing", "ed")  # headwords too in the English table: they are inflections all the same


@dataclass(frozen=True, slots=True)
class Paradigms:
    """The forms of one word, and words of the dictionary's own that share its stem without being forms of it."""

    forms: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Shelf(Protocol):
    """Where the forms that were read from tables are kept for the next run."""

    def read(self) -> bytes:
        """The document that was written last, or nothing."""

    def write(self, document: bytes) -> None:
        """Keep a document instead of the one before."""


_Known: TypeAlias = dict[tuple[str, str], Paradigms]  # by language and word
# What a document must have been made with to be believed. One that comes with the program need not say which program.
_TABLES_FROM = {"simplemma": version("simplemma")}
_MADE_WITH = _TABLES_FROM | {"pystemmer": version("pystemmer"), "newsmonitor": __version__}
_NOTHING = Paradigms()
_MOST_REMEMBERED = 1 << 19
_remembered: _Known = {}
_reading = Lock()


@dataclass(slots=True)
class _Kept:
    """The shelf, if there is one, and what has not been put on it yet."""

    shelf: Shelf | None = None
    seen: bool = False
    fresh: _Known = field(default_factory=dict)


_kept = _Kept()


def paradigms(code: str, words: frozenset[str], stems: Stems) -> Mapping[str, Paradigms]:
    """What a language's table knows of these words; without those it does not know.

    ``stems`` gives the unfolded stem of each of some words.
    """
    if code not in _TABLES:
        return _with_names({}, code, words)
    script = _NOT_LATIN.get(code, _LATIN)
    with _reading:  # rules are compiled in one thread while those at work ask for a further language in another
        missing = _missing(code, [word for word in words if script.search(word)])
        if missing:
            _read_table(code, missing, stems)
            _kept.fresh.update({(code, word): _remembered[code, word] for word in missing})
        found = {word: one for word in words if (one := _remembered.get((code, word), _NOTHING)) != _NOTHING}
    return _with_names(found, code, words)


def _missing(code: str, words: Sequence[str]) -> list[str]:
    """The words of which neither the program nor the shelf knows the forms; those of the others are remembered now."""
    if len(_remembered) > _MOST_REMEMBERED:
        _remembered.clear()
        _kept.seen = False
    bundled = _bundled()
    _remembered.update({(code, word): bundled[code, word] for word in words if (code, word) in bundled})
    missing = [word for word in words if (code, word) not in _remembered]
    if missing and _kept.shelf is not None and not _kept.seen:
        _kept.seen = True
        _remembered.update(_known_in(_kept.shelf.read(), _MADE_WITH))
        missing = [word for word in missing if (code, word) not in _remembered]
    return missing


def keep_on(shelf: Shelf | None) -> None:
    """Look on this shelf for what is not known, from now on, and put there what :func:`put_away` finds new."""
    with _reading:
        _kept.shelf, _kept.seen = shelf, False
        _kept.fresh.clear()


def put_away() -> None:
    """Put what was read from tables since the last time on the shelf, beside what others put there meanwhile."""
    with _reading:
        if _kept.shelf is not None and _kept.fresh:
            known = _known_in(_kept.shelf.read(), _MADE_WITH)
            known = (known if len(known) < _MOST_REMEMBERED else {}) | _kept.fresh
            _kept.shelf.write(_document_of(known, _MADE_WITH))
            _kept.fresh.clear()


def _with_names(found: dict[str, Paradigms], code: str, words: frozenset[str]) -> dict[str, Paradigms]:
    declined = {word for word, one in found.items() if len(one.forms) > 1}
    return found | {
        word: Paradigms(cases) for word in words if word not in declined and (cases := name_cases(word, code))
    }


def remembered() -> bytes:
    """Everything asked for so far, as the document that ``paradigms.json.gz`` holds."""
    return _document_of(_remembered, _TABLES_FROM)


def _document_of(known: _Known, made_with: Mapping[str, str]) -> bytes:
    entries: dict[str, dict[str, list[list[str]]]] = {}
    for (code, word), found in sorted(known.items()):
        entries.setdefault(code, {})[word] = [sorted(found.forms), sorted(found.others)]
    document = {**made_with, "paradigms": entries}
    return gzip.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def _known_in(document: bytes, made_with: Mapping[str, str]) -> _Known:
    """What a document says; nothing if it was made with other versions, or is none."""
    try:
        written = json.loads(gzip.decompress(document)) if document else {}
        if any(written.get(name) != one for name, one in made_with.items()):
            return {}
        return {
            (code, word): Paradigms(tuple(forms), tuple(others))
            for code, entries in written["paradigms"].items()
            for word, (forms, others) in entries.items()
        }
    except (OSError, EOFError, zlib.error, ValueError, TypeError, AttributeError, KeyError):
        return {}  # it is but a copy, and is made again


@cache
def _bundled() -> _Known:
    """The forms that come with the program; none if they were not made."""
    file = files("monitor.text") / "paradigms.json.gz"
    return _known_in(file.read_bytes(), _TABLES_FROM) if file.is_file() else {}


def _read_table(code: str, words: Sequence[str], stems: Stems) -> None:
    spellings = {spelling.encode() for word in words for spelling in _spellings(word)}
    stem_of = dict(zip(words, stems(words), strict=True))
    asked = _Asked(spellings, {stem.encode() for stem in stem_of.values()})
    headwords = asked.read(_TABLES[code], with_headwords=code in _OWN_HEADWORDS)
    lemmas = {word: _lemma(asked.lemmas, word) for word in words}
    # A word may be a form of one headword and a headword itself: Dutch *sturen*, steering wheels and to send.
    wanted = {lemma for lemma in (*lemmas.values(), *words) if lemma}
    others: defaultdict[str, set[str]] = defaultdict(set)  # by stem
    for form, lemma in asked.like_stems:
        if lemma.decode() not in wanted:
            others[form.decode()].add(form.decode())
    bare = set(stem_of.values())
    strange = {
        headword: stem
        for headword, stem in zip(headwords, stems(headwords), strict=True)
        if stem in bare and headword not in wanted and not headword.endswith(_VERB_FORMS)
    }
    forms = asked.forms | _forms_of(_TABLES[code], (wanted | strange.keys()) - asked.forms.keys())
    for headword, stem in strange.items():
        others[stem] |= forms.get(headword, set())
    for word, headword in lemmas.items():
        own: set[str] = forms.get(headword, set()) | forms.get(word, set())
        strangers: set[str] = others.get(stem_of[word], set()) - own - {word, headword}
        _remembered[code, word] = Paradigms(tuple(own), tuple(strangers)) if headword or own else _NOTHING


@dataclass(slots=True)
class _Asked:
    """What one pass through a table finds for some spellings and stems."""

    spellings: set[bytes]
    stems: set[bytes]
    lemmas: dict[bytes, bytes] = field(default_factory=dict)  # by spelling
    like_stems: list[tuple[bytes, bytes]] = field(default_factory=list)  # forms that are a stem, and their lemmas
    forms: dict[str, set[str]] = field(default_factory=dict)  # by spelling

    def read(self, table: str, *, with_headwords: bool) -> list[str]:
        """Go through a table; gives its headwords if they are wanted."""
        spellings, stems = self.spellings, self.stems
        headwords = []
        found: defaultdict[bytes, set[str]] = defaultdict(set)
        for form, lemma in _entries(table):
            if lemma in spellings:
                found[lemma].add(form.decode())
            if form in spellings:
                self.lemmas[form] = lemma
            if form in stems:
                self.like_stems.append((form, lemma))
            if with_headwords and form == lemma:
                headwords.append(form.decode())
        self.forms = {spelling.decode(): found[spelling] for spelling in spellings}
        return headwords


def _forms_of(table: str, headwords: Collection[str]) -> dict[str, set[str]]:
    """The forms of headwords that the first pass did not know to be wanted."""
    found: dict[bytes, set[str]] = {headword.encode(): set() for headword in headwords}
    for form, lemma in _entries(table) if found else ():
        if lemma in found:
            found[lemma].add(form.decode())
    return {headword.decode(): forms for headword, forms in found.items()}


def _entries(table: str) -> Iterator[tuple[bytes, bytes]]:
    """Form and lemma of every entry, one after the other: all of Finnish at once would take 440 MiB."""
    data = _read_decompressed(table)
    _, _, begin = _read_header(data)
    for _, form, lemma in _iter_records(data, begin):
        yield form, lemma


def _spellings(word: str) -> Iterable[str]:
    return dict.fromkeys([word, word.lower(), word.capitalize()])


def _lemma(lemmas: Mapping[bytes, bytes], word: str) -> str:
    """The dictionary form of a word: itself if it is one, whatever its case."""
    spellings = _spellings(word)
    for spelling in spellings:
        if lemmas.get(spelling.encode()) == spelling.encode():
            return spelling
    return next((found.decode() for one in spellings if (found := lemmas.get(one.encode()))), "")
