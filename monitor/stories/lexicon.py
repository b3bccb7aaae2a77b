"""News words and names of states in many languages, so that "Nordkorea" and "北朝鲜" are one feature.

The list is ``lexicon.txt`` beside this module: one idea a line, ``kind id | label | stems``. A stem matches every word
that begins with it (one of fewer than four letters only itself); ``a_b`` is two words in a row; ``=US`` is exactly that
form and case, ``=oro`` exactly that word. Chinese, Japanese and Korean stems match anywhere in a run of their script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from monitor.stories.words import fold, is_east_asian

_LONGEST_EAST_ASIAN = 7
_SHORTEST_STEM = 4
_LONGEST_STEM = 14
_MOST_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Idea:
    """One line of the lexicon: ``kind`` is ``p`` for a place, ``w`` for a news word, ``n`` for a number."""

    kind: str
    id: str
    label: str


@dataclass(slots=True)
class Lexicon:
    """Finds ideas in words."""

    stems: dict[str, list[tuple[tuple[str, ...], Idea]]] = field(default_factory=dict)
    exact: dict[str, Idea] = field(default_factory=dict)
    east_asian: dict[str, Idea] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    # What a word that was met before may begin: text repeats itself.
    _entries: dict[str, list[tuple[tuple[str, ...], Idea]]] = field(default_factory=dict)

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
            self.stems.setdefault(first, []).append((tuple(rest), idea))
            self.stems[first].sort(key=lambda entry: -len(entry[0]))

    def find(self, raw: Sequence[str], folded: Sequence[str]) -> Iterator[Idea]:
        """Every idea in a run of words, given as written and folded, in order of appearance."""
        for index, (word, plain) in enumerate(zip(raw, folded, strict=True)):
            if is_east_asian(word[0]):
                yield from self._within(word)
                continue
            idea = self.exact.get(word) or self.exact.get(plain) if len(word) > 1 else None
            if idea is not None:
                yield idea
                continue
            found = self._beginning(plain, folded, index)
            if found is not None:
                yield found

    def _beginning(self, plain: str, folded: Sequence[str], index: int) -> Idea | None:
        entries = self._entries.get(plain)
        if entries is None:
            if len(self._entries) >= _MOST_REMEMBERED:
                self._entries.clear()
            longest = range(min(len(plain), _LONGEST_STEM), 1, -1)
            entries = [entry for length in longest for entry in self.stems.get(plain[:length], ())]
            self._entries[plain] = entries
        for rest, idea in entries:
            following = folded[index + 1 : index + 1 + len(rest)]
            if len(following) == len(rest) and all(map(str.startswith, following, rest)):
                return idea
        return None

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
