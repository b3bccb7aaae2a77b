"""Which numbers belong to a key, for hundreds of thousands of pairs at eight bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left

_BITS = 32
_MASK = (1 << _BITS) - 1
_PAGES = 1 << 11


class Pairs:
    """Pairs of a key and a number, both below 2³², looked up by key.

    Each pair is one integer, the key in its upper half, in the sorted page that the key's lowest bits name. A dict of
    lists takes ten times the memory. A page of a full window has some hundred pairs: to find one is a few steps, to
    make room for one moves a few kilobytes at most.
    """

    def __init__(self) -> None:
        self._pages = [array("Q") for _ in range(_PAGES)]

    def add(self, key: int, number: int) -> int:
        """Put a pair in; says how many numbers the key has up to this one."""
        page, first = self._pages[key % _PAGES], key << _BITS
        place = bisect_left(page, first | number)
        page.insert(place, first | number)
        return place + 1 - bisect_left(page, first, 0, place)

    def remove(self, key: int, number: int) -> None:
        """Take a pair out. Raises ValueError if it is not there."""
        page, pair = self._pages[key % _PAGES], key << _BITS | number
        place = bisect_left(page, pair)
        if page[place : place + 1] != array("Q", (pair,)):
            raise ValueError(f"{number} does not belong to {key}")
        del page[place]

    def take(self, key: int) -> list[int]:
        """Take all pairs of a key out, and give their numbers."""
        page = self._pages[key % _PAGES]
        begin, end = _range(page, key)
        numbers = [pair & _MASK for pair in page[begin:end]]
        del page[begin:end]
        return numbers

    def of(self, key: int) -> list[int]:
        """The numbers of a key, ascending."""
        page = self._pages[key % _PAGES]
        begin, end = _range(page, key)
        return [pair & _MASK for pair in page[begin:end]]

    def count(self, key: int) -> int:
        """How many numbers a key has."""
        begin, end = _range(self._pages[key % _PAGES], key)
        return end - begin


def _range(page: array[int], key: int) -> tuple[int, int]:
    """Where the pairs of a key begin and end in its page."""
    begin = bisect_left(page, key << _BITS)
    return begin, bisect_left(page, key + 1 << _BITS, begin)
