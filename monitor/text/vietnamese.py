"""Vietnamese spelling: accents are kept, they tell words apart (``bán`` sell, ``bạn`` friend, ``ban`` board)."""

from __future__ import annotations

import re
import unicodedata

from monitor.text.fold import compose

_TONES = "\u0300\u0301\u0303\u0309\u0323"
# "hoà" and "hòa", "thuỷ" and "thủy" are the same word: the old and the new school put the tone on different letters.
_OPEN_SYLLABLE = re.compile(f"(o[ae]|(?<!q)uy)([{_TONES}])$")


def spelling(word: str) -> str:
    """A word in lower case, with its accents, the tone where the old school puts it."""
    lower = unicodedata.normalize("NFD", compose(word).casefold())
    moved = _OPEN_SYLLABLE.sub(lambda found: found[1][0] + found[2] + found[1][1], lower)
    return unicodedata.normalize("NFC", moved)
