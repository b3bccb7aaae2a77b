"""Signs of other search languages in a term: ``wolf AND bear`` is no error here, and finds next to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.rules.model import Term, TermKind
from monitor.rules.problems import Gravity, Problem

_BRACKETS = str.maketrans("()", "  ")
_SIGN = re.compile(
    r"(?<=\S\s)\s*(?P<none>AND NOT)(?=\s)"
    r"|(?<=\S\s)\s*(?P<all>AND)(?=\s)"
    r"|(?<=\S\s)\s*(?P<any>OR)(?=\s)"
    r"|(?<=\S\s)\s*(?P<near>NEAR(?:/\d+)?)(?=\s)"
    r"|(?<!\S)(?P<not>NOT)(?=\s)"
    r"|(?P<bar>\|+)"
    r"|(?<!\S)(?P<dash>-)(?=[^\W\d]|[\"$])"
)
_MEANT = {"bar": "any", "not": "none", "dash": "none"}
_PLAIN = re.compile(r"[\w$][\w$ .'’/-]*")
_WITHIN = 12
"""The distance proposed for a NEAR that names none: that of a clause."""


def operator_warnings(term: Term, *, in_list: bool = False) -> Iterator[Problem]:
    """Operators and brackets in a plain term, with the condition to write instead. ``in_list``: in a word list."""
    if term.kind is not TermKind.FORMS:
        return
    text = " ".join(term.text.translate(_BRACKETS).split())
    signs = list(_SIGN.finditer(text))
    if signs:
        sign = next(part for part in signs[0].groups() if part)
        shown = sign if sign.isupper() and "/" not in sign else f"“{sign}”"
        sentence = f"{shown} is no operator here, so this looks for the words as they stand"
        yield Problem(term.place, "no-operator", sentence, _fix(text, signs, in_list=in_list), Gravity.WARNING)
    elif term.text.startswith("(") and term.text.endswith(")"):
        sentence = "round brackets group nothing here: this looks for the words as they stand"
        yield Problem(term.place, "no-operator", sentence, f"write {_item(text)}", Gravity.WARNING)


def _fix(text: str, signs: Sequence[re.Match[str]], *, in_list: bool) -> str:
    edges = [0, *(edge for sign in signs for edge in sign.span()), len(text)]
    parts = [text[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True)]
    kinds = {_MEANT.get(sign.lastgroup or "", sign.lastgroup or "") for sign in signs}
    if len(kinds) > 1:
        return "write it with `all:`, `any:`, `none:` and `near:`, one list inside another"
    (kind,) = kinds
    if in_list and kind == "any":
        return f"write a term for each: {_items(parts)}"
    where = " under `match:`" if in_list else ""
    dash = "; an item of a list has a blank after its dash" if signs[0]["dash"] else ""
    return f"write `{_condition(kind, parts, signs[0]['near'] or '')}`{where}{dash}"


def _condition(kind: str, parts: Sequence[str], near: str) -> str:
    if kind == "near":
        return f"near: {{of: {_items(parts)}, within: {near.partition('/')[2] or _WITHIN}}}"
    if kind == "none" and parts[0]:
        return f"{{all: {_items(parts[:1])}, none: {_items(parts[1:])}}}"
    return f"{kind}: {_items(parts)}"


def _items(parts: Sequence[str]) -> str:
    return f"[{', '.join(_item(part) for part in parts if part)}]"


def _item(part: str) -> str:
    """As YAML takes it in a list."""
    part = part.strip('"')
    return part if _PLAIN.fullmatch(part) else f'"{part}"'
