"""News words and names of states in many languages, so that "Nordkorea" and "北朝鲜" are one feature.

The list is ``lexicon.txt`` beside this module: one idea a line, ``kind id | label | stems``. A stem matches every word
that begins with it (one of fewer than four letters only itself); ``a_b`` is two words in a row; ``=US`` is exactly that
form and case, ``=oro`` exactly that word. Chinese, Japanese and Korean stems match anywhere in a run of their script.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

from monitor.stories.words import fold, is_east_asian

_LONGEST_EAST_ASIAN = 7
_SHORTEST_STEM = 4
_LONGEST_STEM = 14


@dataclass(frozen=True, slots=True)
class Idea:
    """One line of the lexicon: ``kind`` is ``p`` for a place, ``w`` for a news word, ``n`` for a number."""

    kind: str
    id: str
    label: str


class Phrase(NamedTuple):
    """An idea that a word says when the words behind it begin with ``rest``."""

    rest: tuple[str, ...]
    idea: Idea


@dataclass(slots=True)
class Lexicon:
    """Finds ideas in words."""

    stems: dict[str, list[Phrase]] = field(default_factory=dict)
    exact: dict[str, Idea] = field(default_factory=dict)
    east_asian: dict[str, Idea] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)

    def add(self, idea: Idea, stem: str) -> None:
        """Let ``stem``, as written in the list, stand for ``idea``."""
        if stem.startswith("="):
            self.exact[stem[1:]] = idea
            if stem.islower():
                self.exact[fold(stem[1:])] = idea
        elif "_" not in stem and len(fold(stem)) < _SHORTEST_STEM and not is_east_asian(stem[0]):
            self.exact[fold(stem)] = idea
        elif is_east_asian(stem[0]):
            self.east_asian[stem] = idea
        else:
            first, *rest = (fold(part) for part in stem.split("_"))
            self.stems.setdefault(first, []).append(Phrase(tuple(rest), idea))
            self.stems[first].sort(key=lambda phrase: -len(phrase.rest))

    def says(self, word: str, plain: str) -> tuple[list[Idea], list[Phrase]]:
        """What a word, given as written and folded, says: its own ideas, or the phrases that it may begin.

        Of phrases the first that goes on as written counts. A word by itself may be the last of them.
        """
        if is_east_asian(word[0]):
            return list(self._within(word)), []
        exact = (self.exact.get(word) or self.exact.get(plain)) if len(word) > 1 else None
        if exact is not None:
            return [exact], []
        longest = range(min(len(plain), _LONGEST_STEM), 1, -1)
        phrases = [phrase for length in longest for phrase in self.stems.get(plain[:length], ())]
        return ([phrases[0].idea], []) if phrases and not phrases[0].rest else ([], phrases)

    def numeral(self, word: str, plain: str) -> int | None:
        """The number that a word says, if it is one of the few that the list has."""
        idea = self.exact.get(word) or self.exact.get(plain)
        return int(idea.id) if idea is not None and idea.kind == "n" else None

    def _within(self, run: str) -> Iterator[Idea]:
        start = 0
        while start < len(run):
            for length in range(min(_LONGEST_EAST_ASIAN, len(run) - start), 0, -1):
                idea = self.east_asian.get(run[start : start + length])
                if idea is not None:
                    yield idea
                    start += length - 1
                    break
            start += 1


def read_lexicon(text: str) -> Lexicon:
    """The lexicon written in ``text``; raises ValueError for a line that is none."""
    lexicon = Lexicon()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            head, label, stems = (part.strip() for part in line.split("|"))
            kind, name = head.split()
        except ValueError as error:
            raise ValueError(f"lexicon line {number}: want 'kind id | label | stems'") from error
        idea = Idea(kind, name, label)
        lexicon.ideas[name] = idea
        for stem in stems.split():
            lexicon.add(idea, stem)
    return lexicon


LEXICON = read_lexicon((files("monitor.stories") / "lexicon.txt").read_text(encoding="utf-8"))
