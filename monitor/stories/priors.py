"""How common a feature is before any article was read, so that the first articles of a window are not all rare.

Word stems come from ``common_words.txt``; all other features have one share for their kind.
"""

from __future__ import annotations

from importlib.resources import files

from monitor.stories.signature import Kind, feature

# A concept that a rule found is in nearly all of that rule's articles: alone it joins nothing.
SHARE_OF_KIND: dict[Kind, float] = {
    Kind.WORD: 0.0003,
    Kind.NAME: 0.0005,
    Kind.NUMBER: 0.003,
    Kind.PLACE: 0.01,
    Kind.IDEA: 0.01,
    Kind.CONCEPT: 0.3,
}


def read_common_words(text: str) -> dict[int, float]:
    """The shares written in ``text``: lines of a share and the stems that have it."""
    shares: dict[int, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            share, *stems = line.split()
            shares.update((feature(Kind.WORD, stem), float(share)) for stem in stems)
    return shares


COMMON_WORDS = read_common_words((files("monitor.stories") / "common_words.txt").read_text(encoding="utf-8"))
