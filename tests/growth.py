"""How cost grows with the length of a text: what a hostile one is judged by, as seconds depend on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

# Less is noise: eight times as much of it is still nothing.
_LEAST_SECONDS = 0.02


def growth(act: Callable[[str], object], text: str) -> float:
    """How many times as much CPU time a whole text takes as its first eighth: about 8, and 64 if it is quadratic."""
    return _seconds(act, text, 1) / max(_LEAST_SECONDS, _seconds(act, text[: len(text) // 8], 2))


def _seconds(act: Callable[[str], object], text: str, times: int) -> float:
    spent = []
    for _ in range(times):
        begun = time.process_time()
        act(text)
        spent.append(time.process_time() - begun)
    return min(spent)
