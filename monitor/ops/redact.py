"""Keeps secrets out of whatever is written: every known secret, and every telling part of one, becomes a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_plus

from monitor.secret import HIDDEN, Secret

# Shorter pieces ("123", "bot") are too common to be secrets by themselves and would blank out ordinary words.
_SHORTEST_PART = 6
_SEPARATORS = re.compile(r"[/:@?&=#,;\s]+")


class Redactor:
    """Replaces secrets in text. Of a URL, its user-info, path segments and query values count as secrets too."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._known: set[str] = set()
        self.learn(secrets)

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Redact these, too, from now on: what was a secret before a reload is still one."""
        self._known |= {form for secret in secrets for form in _forms(secret.reveal())}
        longest_first = sorted(self._known, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def _forms(value: str) -> Iterable[str]:
    if not value:
        return
    if len(value) >= 4:
        yield value
        yield repr(value)[1:-1]
    schemeless = value.split("://", 1)[-1]
    for part in _SEPARATORS.split(schemeless):
        if len(part) >= _SHORTEST_PART and not _is_ordinary(part):
            yield from {part, unquote(part), unquote_plus(part)}


def _is_ordinary(part: str) -> bool:
    """Host names and plain words of a URL are no secrets: hiding them would make an error unreadable."""
    return part.isascii() and ((part.isalpha() and part.islower() and len(part) < 16) or "." in part)
