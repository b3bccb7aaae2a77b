"""Whether a changed text says something else: an editor's correction, or a comma and a clock in the page."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from monitor.text.article import Article

_WORD = re.compile(r"\w+")
_LIKE_BEFORE = 0.9
_MOST_WORDS = 2_000
"""Words of a text that are compared: a correction that matters stands near the top, and the cost is quadratic."""


def is_correction(before: Article, after: Article) -> bool:
    """True if the title has other words, or more than a tenth of the text's words changed.

    Case, punctuation and markup that came or went make no correction; neither does a text where there was none.
    """
    if _words(before.title) != _words(after.title):
        return True
    old, new = _words(f"{before.summary}\n{before.body}"), _words(f"{after.summary}\n{after.body}")
    if old == new or not old or not new:
        return False
    return SequenceMatcher(None, old, new, autojunk=False).ratio() < _LIKE_BEFORE


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())[:_MOST_WORDS]
