"""A name on the command line that is not there: refused with the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from monitor.errors import UsageError
from monitor.rules.languages import LANGUAGES, did_you_mean, suggest_language

Choice = TypeVar("Choice", bound=StrEnum)

_LISTED_BY = {"rule": "newsmonitor rules", "feed": "newsmonitor feeds list"}


def no_such(what: str, name: str, known: Collection[str]) -> UsageError:
    """``there is no rule “arm”; did you mean “arms”?``, or what there is if that is little, or who lists it."""
    hint = did_you_mean(name, known)
    if not hint and what in _LISTED_BY:
        hint = f"`{_LISTED_BY[what]}` lists them"
    return UsageError(f"there is no {what} “{name}”{f'; {hint}' if hint else ''}")


def checked_languages(codes: Iterable[str]) -> frozenset[str]:
    """The codes as they are; raises :class:`UsageError` for one that no language has."""
    given = frozenset(codes)
    for code in sorted(given - LANGUAGES):
        meant = suggest_language(code)
        fix = f"did you mean “{meant}”?" if meant else "write an ISO 639-1 code such as en"
        raise UsageError(f"“{code}” is not a language code known here; {fix}")
    return given


def chosen(what: str, word: str, among: type[Choice]) -> Choice:
    """What the word stands for; raises :class:`UsageError` with the one that was probably meant, or with all."""
    try:
        return among(word)
    except ValueError:
        choices = [str(one.value) for one in among]
        close = difflib.get_close_matches(word.lower(), choices, n=1)
        hint = f"; did you mean “{close[0]}”?" if close else f": {', '.join(choices)}"
        raise UsageError(f"“{word}” is no {what}{hint}") from None
