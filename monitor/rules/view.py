"""One article as the rules see it: read once, every term looked up at most once, whichever rules ask."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from monitor.rules.lexicon import Lexicon
from monitor.rules.model import ANY_LANGUAGE, Concept, Term, TextField
from monitor.rules.passage import Passage, pieces_of
from monitor.rules.vocabulary import CompiledTerm, Vocabulary
from monitor.text.article import Article
from monitor.text.units import first_paragraph

FIELDS = ("title", "summary", "body", "url", "author", "feed")
PROSE = 3  # the fields that are text to be read come first
_OF_FIELD = {
    TextField.TITLE: (0,),
    TextField.BODY: (1, 2),
    TextField.URL: (3,),
    TextField.AUTHOR: (4,),
    TextField.FEED: (5,),
}
_Place: TypeAlias = tuple[int, int, int, int, int]  # field, first and last word, offsets


class Spot(NamedTuple):
    """A term found: field (index into ``FIELDS``), first and last word, offsets in that field, and whose it is."""

    field: int
    first: int
    last: int
    start: int
    end: int
    term: Term
    concept: str = ""


_SURROGATE = re.compile("[\ud800-\udfff]")
_POSITION = itemgetter(0, 1, 2, 3, 4)


class Window(NamedTuple):
    """A part of a field that a condition may look at: up to ``end``."""

    field: int
    end: int


class ArticleView:
    """What the terms of a vocabulary find in one article."""

    def __init__(self, article: Article, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.article = article
        self.texts = (article.title, article.summary, article.body, article.url, article.author, article.feed)
        self._vocabulary = vocabulary
        cut = [pieces_of(text) for text in self.texts[: 6 if vocabulary.beyond_prose else PROSE]]
        self._readings = readings = lexicon.read(set().union(*cut))
        self._telling = [reading for reading in readings.values() if reading.finds]
        self._passages = [Passage(text, pieces, readings) for text, pieces in zip(self.texts, cut, strict=False)]
        self._phrases = self._find_phrases()
        self._found: dict[int, tuple[_Place, ...]] = {}
        self._concepts: dict[int, tuple[Spot, ...]] = {}
        self.groups = vocabulary.groups_with([*self._phrases, *vocabulary.patterns]).union(
            *[reading.groups for reading in self._telling]
        )

    def _find_phrases(self) -> dict[int, list[_Place]]:
        """Where the terms of several words are."""
        found: dict[int, list[_Place]] = {}
        first = frozenset().union(*[reading.beginnings for reading in self._telling])
        there = frozenset().union(*[reading.joints for reading in self._telling]) if first else first
        phrases = self._vocabulary.phrases
        # Of few phrases are even the first two words somewhere in a text: only then are places looked at.
        if not all(phrases[slot].following.keys().isdisjoint(there) for slot in first):
            for field, passage in enumerate(self._passages):
                for term, extent in passage.phrases(phrases):
                    found.setdefault(term, []).append((field, *extent))
        return found

    @cached_property
    def _filling(self) -> dict[int, list[str]]:
        """By slot, the pieces that fill it."""
        filling: dict[int, list[str]] = {}
        for piece, reading in self._readings.items():
            for slot in reading.slots:
                filling.setdefault(slot, []).append(piece)
        return filling

    @cached_property
    def present(self) -> AbstractSet[int]:
        """The terms that are there, and patterns: only trying can tell."""
        return self._vocabulary.patterns.union(self._phrases, *[reading.terms for reading in self._telling])

    def may_hold(self, concept: Concept) -> bool:
        """Whether any term of a concept may be there; where it is, and whether it is excluded, is not asked."""
        return not self._vocabulary.concepts[id(concept)].numbers.isdisjoint(self.present)

    def concept(self, concept: Concept) -> tuple[Spot, ...]:
        """Where any term of a concept is, unless an exclusion covers some of it; in order."""
        compiled = self._vocabulary.concepts[id(concept)]
        found = self._concepts.get(compiled.number)
        if found is None:
            spots = [
                Spot(*place, compiled.terms[number], concept.name)
                for number in compiled.numbers & self.present
                for place in self._places_of(self._vocabulary.compiled[number])
            ]
            if spots and compiled.excluded:
                spots = self._not_excluded(spots, compiled.excluded.values())
            if len(spots) > 1:
                spots.sort(key=_POSITION)
            found = self._concepts[compiled.number] = tuple(spots)
        return found

    def _not_excluded(self, spots: list[Spot], exclusions: Iterable[Term]) -> list[Spot]:
        """The spots of which no exclusion covers any part."""
        places = [place for term in exclusions for place in self._places_of(self._compiled(term))]
        barred = sorted((field, start, end) for field, _, _, start, end in places)
        begins = [(field, start) for field, start, _ in barred]
        reach = list(accumulate(((field, end) for field, _, end in barred), max, initial=(-1, 0)))
        return [
            spot for spot in spots if reach[bisect_left(begins, (spot.field, spot.end))] <= (spot.field, spot.start)
        ]

    def term(self, term: Term) -> tuple[Spot, ...]:
        """Where a term is, in order."""
        return tuple([Spot(*place, term) for place in self._places_of(self._compiled(term))])

    def _compiled(self, term: Term) -> CompiledTerm:
        return self._vocabulary.terms[id(term)]

    def _places_of(self, compiled: CompiledTerm) -> tuple[_Place, ...]:
        if compiled.number not in self.present:
            return ()
        found = self._found.get(compiled.number)
        if found is None:
            places = set(self._phrases.get(compiled.number, ()))
            for slot in compiled.slots:
                for piece in self._filling.get(slot, ()):
                    for field, passage in enumerate(self._passages):
                        places.update([(field, *extent) for extent in passage.filled(slot, piece)])
            places.update(self._matches(compiled))
            found = self._found[compiled.number] = tuple(sorted(places))
        return found

    def _matches(self, compiled: CompiledTerm) -> Iterable[_Place]:
        """A regular expression, over the characters as they were written."""
        if compiled.pattern is None or compiled.lang not in {ANY_LANGUAGE, *self._vocabulary.tried(self.article)}:
            return
        for field, passage in enumerate(self._passages):
            # A lone surrogate cannot be handed to RE2; nobody looks for one.
            for match in compiled.pattern.finditer(_SURROGATE.sub("\ufffd", passage.text)):
                start, end = match.start(), match.end()
                if start < end:
                    yield field, passage.word_at(start), passage.word_at(end - 1), start, end

    def windows(self, where: TextField | None) -> tuple[Window, ...]:
        """The parts of the article that a condition confined to ``where`` looks at."""
        if where is TextField.LEAD:
            field = 1 if self.article.summary.strip() else 2
            return (Window(field, first_paragraph(self.texts[field])),)
        fields = range(PROSE) if where is None else _OF_FIELD[where]
        return tuple(Window(field, len(self.texts[field])) for field in fields)

    def units(self, field: int, kind: str, offset: int) -> list[int]:
        """Where the sentences or paragraphs of a field begin, at least as far as the one that holds an offset."""
        passage = self._passages[field]
        return passage.sentences(offset) if kind == "sentence" else passage.paragraphs
