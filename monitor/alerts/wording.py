"""Whether an article has a phrase for certain, or may have it in some inflected form; quick on many phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.text.article import Article
from monitor.text.fold import fold
from monitor.text.tokens import Script, Token, tokens

SHORTEST_WORD = 4
UNSPACED = frozenset({Script.IDEOGRAPHS, Script.SOUTH_EAST})
_LONGEST_ENDING = 3


@dataclass(frozen=True)
class Field:
    """The words of one field, folded, with what makes them quick to search."""

    words: tuple[str, ...]

    @cached_property
    def known(self) -> frozenset[str]:
        """The words as a set."""
        return frozenset(self.words)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Everything a word of the field begins with."""
        return frozenset(word[:length] for word in self.known for length in range(1, len(word) + 1))

    @cached_property
    def text(self) -> str:
        """The words in a row, for scripts in which a term may stand anywhere."""
        return "\n".join(self.words)

    def holds(self, phrase: Sequence[str]) -> bool:
        """The very words of the phrase, in a row."""
        if not all(word in self.known or (joins(word) and word in self.text) for word in phrase):
            return False
        return len(phrase) == 1 or self._in_a_row(phrase, phrase)

    def may_hold(self, phrase: Sequence[str]) -> bool:
        """The phrase in some inflection: words that begin alike but for an ending, in a row."""
        stems = [_stem(word) for word in phrase]
        if not all(stem in self.beginnings or (joins(stem) and stem in self.text) for stem in stems):
            return False
        return len(phrase) == 1 or self._in_a_row(phrase, stems, exact=False)

    def _in_a_row(self, phrase: Sequence[str], stems: Sequence[str], *, exact: bool = True) -> bool:
        return any(
            all(_same(self.words[at + place], stem, exact=exact) for place, stem in enumerate(stems))
            for at in range(len(self.words) - len(phrase) + 1)
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an article; phrases never run from one field into the next."""

    title: Field
    rest: tuple[Field, ...]

    @classmethod
    def of(cls, article: Article) -> Wording:
        """Read an article."""
        title, *rest = (
            Field(tuple(fold(token.text) for token in tokens(field)))
            for field in (article.title, article.summary, article.body)
        )
        return cls(title, tuple(rest))

    def holds(self, phrase: Sequence[str], *, title_only: bool) -> bool:
        """Whether the phrase stands there for certain."""
        return self.title.holds(phrase) or (not title_only and any(field.holds(phrase) for field in self.rest))

    def may_hold(self, phrase: Sequence[str], *, title_only: bool) -> bool:
        """Whether the phrase stands there, whatever forms the matcher knows of it."""
        return self.title.may_hold(phrase) or (not title_only and any(field.may_hold(phrase) for field in self.rest))


def pieces(token: Token) -> Iterator[str]:
    """What a term may be made of: a word; beginnings of a Korean one; stretches of a run without spaces."""
    text = token.text
    if token.script in UNSPACED:
        yield from (text[at : at + length] for length in range(2, 7) for at in range(len(text) - length + 1))
    elif token.script is Script.HANGUL:
        yield from (text[:length] for length in range(2, len(text) + 1))
    else:
        yield text


def joins(word: str) -> bool:
    """Whether a term of this script matches inside what stands between two spaces."""
    if word.isascii():
        return False
    token = next(iter(tokens(word)), None)
    return token is not None and token.script is not Script.SPACED


def _stem(word: str) -> str:
    return word if len(word) <= SHORTEST_WORD else word[: max(SHORTEST_WORD, len(word) - _LONGEST_ENDING)]


def _same(word: str, wanted: str, *, exact: bool) -> bool:
    if joins(wanted):
        return wanted in word
    return word == wanted if exact else word.startswith(wanted)
