"""Whether an article has a phrase for certain, or may have it in some inflected form; quick on many phrases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from monitor.text.article import Article
from monitor.text.fold import fold
from monitor.text.tokens import Token, tokens

SHORTEST_WORD = 4
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
    def text(self) -> str:
        """The words one to a line, so that plain searching finds words, beginnings of words, and words in a row."""
        return "\n".join(("", *self.words, ""))

    def holds(self, phrase: Sequence[str]) -> bool:
        """The very words of the phrase, in a row."""
        if any(map(joins, phrase)):
            return self._anywhere(phrase, str.__eq__)
        return "\n".join(("", *phrase, "")) in self.text

    def may_hold(self, stems: Sequence[str]) -> bool:
        """Words that begin with these stems, in a row."""
        if any(map(joins, stems)):
            return self._anywhere(stems, str.startswith)
        first, *rest = (f"\n{stem}" for stem in stems)
        at = self.text.find(first)
        while at >= 0:
            place = at
            for stem in rest:
                place = self.text.find("\n", place + 1)
                if not self.text.startswith(stem, place):
                    break
            else:
                return True
            at = self.text.find(first, at + 1)
        return False

    def _anywhere(self, wanted: Sequence[str], spaced: Callable[[str, str], bool]) -> bool:
        """The same where a script is involved whose terms match inside a word; ``spaced`` compares the other words."""
        return any(
            all(
                word in self.words[at + place] if joins(word) else spaced(self.words[at + place], word)
                for place, word in enumerate(wanted)
            )
            for at in range(len(self.words) - len(wanted) + 1)
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

    def fields(self, *, title_only: bool) -> tuple[Field, ...]:
        """Where to look."""
        return (self.title,) if title_only else (self.title, *self.rest)

    def holds(self, phrase: Sequence[str], *, title_only: bool) -> bool:
        """Whether the phrase stands there for certain."""
        return any(field.holds(phrase) for field in self.fields(title_only=title_only))


class Corpus:
    """Many articles, asked for many phrases: which of them have it, and whether any may have it in another form."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = tuple(Wording.of(article) for article in articles)
        self._having: dict[bool, dict[str, int]] = {}

    def holding(self, phrase: Sequence[str], *, title_only: bool) -> int:
        """A bit for each article in which the phrase stands for certain."""
        found = self._with_words(phrase, title_only=title_only)
        if len(phrase) == 1 or not found:
            return found
        return sum(
            one.holds(phrase, title_only=title_only) << place
            for place, one in enumerate(self.articles)
            if found >> place & 1
        )

    def may_hold(self, phrase: Sequence[str], *, title_only: bool) -> bool:
        """Whether any article may have the phrase, whatever forms the matcher knows of it."""
        stems = [_stem(word) for word in phrase]
        return any(field.may_hold(stems) for one in self.articles for field in one.fields(title_only=title_only))

    def _with_words(self, phrase: Sequence[str], *, title_only: bool) -> int:
        """A bit for each article that has all the words, wherever they stand."""
        having = self._having.get(title_only)
        if having is None:
            having = self._having[title_only] = self._index(title_only=title_only)
        found = (1 << len(self.articles)) - 1
        for word in phrase:
            found &= self._inside(word, title_only=title_only) if joins(word) else having.get(word, 0)
        return found

    def _inside(self, word: str, *, title_only: bool) -> int:
        return sum(one.holds((word,), title_only=title_only) << place for place, one in enumerate(self.articles))

    def _index(self, *, title_only: bool) -> dict[str, int]:
        having: dict[str, int] = {}
        for place, one in enumerate(self.articles):
            for word in {word for field in one.fields(title_only=title_only) for word in field.known}:
                having[word] = having.get(word, 0) | 1 << place
        return having


def pieces(token: Token) -> Iterator[str]:
    """What a term may be made of: a word; beginnings of a Korean one; stretches of a run without spaces."""
    text = token.text
    if token.width:
        yield from (text[at : at + length] for length in range(2, 7) for at in range(len(text) - length + 1))
    elif token.is_hangul:
        yield from (text[:length] for length in range(2, len(text) + 1))
    else:
        yield text


@lru_cache(maxsize=1 << 15)
def joins(word: str) -> bool:
    """Whether a term of this script matches inside what stands between two spaces."""
    if word.isascii():
        return False
    token = next(iter(tokens(word)), None)
    return token is not None and (token.width > 0 or token.is_hangul)


def _stem(word: str) -> str:
    return word if len(word) <= SHORTEST_WORD else word[: max(SHORTEST_WORD, len(word) - _LONGEST_ENDING)]
