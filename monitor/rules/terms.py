"""One term as written becomes one :class:`Term`, or a problem that says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from monitor.rules.languages import scripts_in, scripts_of, shortest_stem
from monitor.rules.model import ANY_LANGUAGE, Term, TermKind
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.regex import BadPatternError, compile_regex
from monitor.rules.tree import Node, Scalar, character_name, describe, shorten

_LONGEST = 200
_ACRONYM = 4
# Characters nobody can see, so nobody would find them in a list. ZWNJ and ZWJ are spelling in Persian and Hindi.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def parse_term(written: str, lang: str, place: Place) -> Term | Problem:
    """Read one term of a list in ``lang``; ``$name`` is no term and is the caller's business."""
    text = unicodedata.normalize("NFC", written.strip())
    bad = _bad_characters(text, place)
    if bad is not None:
        return bad
    if len(text) > _LONGEST and not text.startswith("/"):
        return Problem(place, "long-term", f"a term of {len(text)} characters will not occur", "shorten it")
    if text.startswith("/"):
        return _regex(text, lang, place)
    if text.startswith("="):
        kind, body = TermKind.EXACT, text[1:].strip()
        if "*" in body:
            sentence = f"“{text}” is looked for exactly, with the star in it"
            return Problem(place, "misplaced-star", sentence, "drop the = or the *")
    else:
        kind, body = _wildcard(text)
    if not any(character.isalnum() for character in body):
        return Problem(place, "empty-term", f"“{shorten(text)}” has no letter or digit, so it can never be found")
    return _checked(Term(text, kind, body, lang, place))


def term_text(node: Node, place_kind: str) -> str | Problem:
    """The text of a node that should be a term: YAML may have made something else of it."""
    if isinstance(node, Scalar):
        if node.is_text:
            return node.text
        if node.value is None:
            return Problem(
                node.place, "empty-term", f"an empty item stands in {place_kind}", "write a term or remove it"
            )
        fix = f'write "{node.text}" in quotes'
        return Problem(node.place, "not-text", f"YAML reads this as {describe(node)}, not as text", fix)
    fix = "put a text that contains “: ” in quotes"
    return Problem(node.place, "not-text", f"{place_kind} holds terms, and this is {describe(node)}", fix)


def term_warnings(term: Term) -> Iterator[Problem]:
    """What is allowed and probably not meant: bare acronyms, letters of the wrong script."""
    if term.kind is TermKind.REGEX:
        return
    letters = term.text.replace(".", "")
    if term.kind is TermKind.FORMS and letters.isalpha() and letters.isupper() and 1 < len(letters) <= _ACRONYM:
        sentence = f"“{term.text}” also finds “{term.text.lower()}”: a plain term ignores case"
        yield _warn(term, "bare-acronym", sentence, f"write ={term.text}")
    for word in term.text.split():
        if _mixes_alphabets(word):
            odd = _minority(word)
            sentence = f"“{word}” mixes alphabets: “{odd}” is {character_name(odd)}"
            yield _warn(term, "mixed-scripts", sentence, "type the word in one alphabet")
    expected = scripts_of(term.lang)
    found = scripts_in(term.text)
    if term.lang != ANY_LANGUAGE and expected and found and not found & (expected | {"LATIN"}):
        names = " and ".join(sorted(script.title() for script in found))
        sentence = f"“{term.text}” is {names} script in the list for “{term.lang}”, where it can hardly occur"
        yield _warn(term, "wrong-script", sentence, "move it to the list of its language")


def _warn(term: Term, kind: str, sentence: str, fix: str) -> Problem:
    return Problem(term.place, kind, sentence, fix, Gravity.WARNING)


def _bad_characters(text: str, place: Place) -> Problem | None:
    control = _CONTROL.search(text)
    if control:
        sentence = f"the term holds the control character {character_name(control.group())}"
        fix = "in double quotes YAML reads \\b as a backspace; use no quotes or single quotes"
        return Problem(place, "control-character", sentence, fix)
    hidden = _INVISIBLE.search(text)
    if hidden:
        sentence = f"the term holds the invisible character {character_name(hidden.group())}"
        return Problem(place, "invisible-character", sentence, "delete it and type the word again")
    return None


def _regex(text: str, lang: str, place: Place) -> Term | Problem:
    if len(text) < 3 or not text.endswith("/"):
        fix = "end it with /; for flags write (?s) inside" if len(text) > 2 else "write /pattern/"
        return Problem(place, "bad-regex", f"“{shorten(text)}” starts a pattern that does not end", fix)
    try:
        compile_regex(text[1:-1])
    except BadPatternError as error:
        return Problem(place, "bad-regex", f"“{shorten(text)}”: {error}", error.fix)
    return Term(text, TermKind.REGEX, text[1:-1], lang, place)


def _wildcard(text: str) -> tuple[TermKind, str]:
    start, end = text.startswith("*"), text.endswith("*") and len(text) > 1
    body = text[start : len(text) - end].strip()
    if start and end:
        return TermKind.INFIX, body
    if start:
        return TermKind.SUFFIX, body
    return (TermKind.PREFIX, body) if end else (TermKind.FORMS, body)


def _checked(term: Term) -> Term | Problem:
    if term.kind in {TermKind.FORMS, TermKind.EXACT}:
        if "*" in term.text:
            sentence = f"“{term.written}” has a star inside; it may only stand at either end of one word"
            return Problem(term.place, "misplaced-star", sentence, "list the forms, or use near with `ordered: true`")
        return term
    if "*" in term.text:
        return Problem(term.place, "misplaced-star", f"“{term.written}” has more stars than ends", "one at each end")
    if any(character.isspace() for character in term.text):
        sentence = f"“{term.written}” puts a wildcard on a phrase; a wildcard is for one word"
        fix = "write `near: {of: [first, second*], within: 2, ordered: true}`"
        return Problem(term.place, "wildcard-phrase", sentence, fix)
    letters = sum(character.isalnum() for character in term.text)
    least = shortest_stem(term.text)
    if letters < least:
        sentence = f"the stem of “{term.written}” has {letters} letters and finds too much; {least} are the least"
        return Problem(term.place, "short-stem", sentence, "write a longer stem, or list the words")
    return term


_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK"})  # the ones with letters that look the same


def _mixes_alphabets(word: str) -> bool:
    """Whether parts of one word without a hyphen come from look-alike alphabets."""
    return any(len(scripts_in(part) & _ALPHABETS) > 1 for part in re.split(r"[-‐–/]", word))


def _minority(word: str) -> str:
    counts: dict[str, list[str]] = {}
    for character in word:
        for script in scripts_in(character) & _ALPHABETS:
            counts.setdefault(script, []).append(character)
    return min(counts.values(), key=len)[0]
