"""What a YAML parser's refusal means to someone who does not know YAML: the likeliest slip, and what to write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.rules.tree import shorten


@dataclass(frozen=True, slots=True)
class Fault:
    """A syntax error at a line and column (from 1)."""

    line: int
    column: int
    kind: str
    sentence: str
    fix: str = ""


Mark = tuple[int, int]  # line and column from 0, as the parser counts


def syntax_fault(text: str, context: str, context_at: Mark | None, problem: str, problem_at: Mark) -> Fault:
    """Explain a parser's error, pointing at where the slip was made and not where the parser noticed."""
    at = problem_at
    if "alias" in context and context_at is not None:
        return _alias(text, context_at)
    if "cannot start any token" in problem:
        return _bad_start(text, at)
    if "quoted scalar" in context and "end of stream" in problem and context_at is not None:
        sentence = "the quotation mark opened here is never closed"
        return _fault(context_at, "unclosed-quote", sentence, "close it, or drop it if the text needs none")
    if "escape" in problem and context_at is not None:
        fix = "use single quotes, where a backslash is just a backslash"
        return _fault(at, "bad-escape", "after a backslash in double quotes YAML expects one of its escapes", fix)
    if "flow" in context and context_at is not None:
        return _flow(text, context_at, problem_at)
    return _layout(text, context_at, problem, at)


def _alias(text: str, at: Mark) -> Fault:
    written = re.split(r"[\s,\]}]", _rest_of_line(text, at), maxsplit=1)[0]
    sentence = f"“{written}” needs quotes: YAML reads a leading * as an alias"
    return _fault(at, "unquoted-star", sentence, f'write "{written}"')


def _bad_start(text: str, at: Mark) -> Fault:
    rest = _rest_of_line(text, at)
    if rest.startswith("\t"):
        return _fault(at, "tab", "a tab stands where YAML wants spaces", "indent with spaces")
    sentence = f"a text cannot start with “{rest[:1]}” in YAML"
    return _fault(at, "needs-quotes", sentence, f'write "{shorten(rest.strip())}" in quotes')


def _flow(text: str, opened: Mark, noticed: Mark) -> Fault:
    bracket = _rest_of_line(text, opened)[:1] or "["
    closing = {"[": "]", "{": "}"}.get(bracket, "]")
    if noticed[0] > opened[0] or not _rest_of_line(text, noticed).strip():
        return _fault(opened, "unclosed-bracket", f"the “{bracket}” opened here is never closed", f"add “{closing}”")
    sentence = f"a comma or “{closing}” is missing before “{shorten(_rest_of_line(text, noticed), 20)}”"
    return _fault(noticed, "syntax", sentence, "add it, or quote the text if it contains brackets or quotes")


def _layout(text: str, context_at: Mark | None, problem: str, at: Mark) -> Fault:
    if "mapping values are not allowed" in problem:
        fix = "put a text that contains “: ” in quotes, or indent the line like its neighbours"
        return _fault(at, "stray-colon", "a second “: ” in one line, or a line indented too far", fix)
    if "sequence entries are not allowed" in problem:
        fix = "start the list on the next line, or write it as [a, b]"
        return _fault(at, "stray-dash", "a list cannot start in the same line as its key", fix)
    if "could not find expected ':'" in problem or "expected ':'" in problem:
        line = context_at if context_at is not None else at
        return _dash(text, line) or _fault(
            line, "missing-colon", "this line is neither “key: value” nor a list item", "add a colon"
        )
    if "did not find expected" in problem or "expected <block end>" in problem:
        since = f" (it belongs to what starts in line {context_at[0] + 1})" if context_at else ""
        sentence = f"this line does not fit the ones above it{since}"
        return _dash(text, at) or _fault(
            at, "bad-indent", sentence, "indent it like its neighbours, or quote the text before it"
        )
    words = shorten(problem) or "it cannot be read"
    return _fault(at, "syntax", f"not valid YAML: {words}", _quote_hint(text, at))


def _dash(text: str, at: Mark) -> Fault | None:
    """``-bear`` among list items: for YAML a word, and so a line that is nothing."""
    rest = _rest_of_line(text, at)
    if not re.match(r"-[^\s-]", rest):
        return None
    return _fault(at, "missing-blank", "a list item begins with a dash and a blank", f"write “- {shorten(rest[1:])}”")


def _quote_hint(text: str, at: Mark) -> str:
    return "put the text in quotes" if _rest_of_line(text, at)[:1] in {"&", "!", "|", ">", "%", "?"} else ""


def _rest_of_line(text: str, at: Mark) -> str:
    lines = text.split("\n", at[0] + 1)
    return lines[at[0]][at[1] :].rstrip("\r") if at[0] < len(lines) else ""


def _fault(at: Mark, kind: str, sentence: str, fix: str = "") -> Fault:
    return Fault(at[0] + 1, at[1] + 1, kind, sentence, fix)
