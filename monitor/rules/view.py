"""One article as the rules see it: read once, every term looked up at most once, whichever rules ask."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate, chain
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from monitor.rules.lexicon import Lexicon
from monitor.rules.model import ANY_LANGUAGE, Concept, Term, TextField
from monitor.rules.passage import Passage, pieces_of
from monitor.rules.reading import Find
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
        self._told = told = lexicon.read(set().union(*cut))
        self._passages = [Passage(text, pieces, told) for text, pieces in zip(self.texts, cut, strict=False)]
        # Many pieces say the same, and what a word says can be thousands of groups: each is taken once.
        self.groups: set[int] = set().union(vocabulary.always, *set(map(told.signs.__getitem__, told.pieces)))
        self._phrases_likely = vocabulary.phrases_of(self.groups)
        if self._phrases_likely:
            self.groups.update(vocabulary.groups_with(set().union(*self._phrases_likely.values())))
        self._concepts: dict[int, tuple[Spot, ...]] = {}
        self._terms: dict[int, tuple[Spot, ...]] = {}

    @cached_property
    def _phrases(self) -> Mapping[int, set[_Place]]:
        """Where the terms of several words are."""
        found: defaultdict[int, set[_Place]] = defaultdict(set)
        likely = self._phrases_likely.keys()
        if likely:
            beginnings = {slot: self._vocabulary.phrases[slot] for slot in likely}
            pieces = {piece for piece in self._told.pieces if not likely.isdisjoint(self._told.signs[piece])}
            for field, passage in enumerate(self._passages):
                for term, extent in passage.phrases(beginnings, pieces):
                    found[term].add((field, *extent))
        return found

    @cached_property
    def _pieces_by_group(self) -> Mapping[int, list[list[str]]]:
        """The pieces in which a term of a group may be, those that say the same together."""
        alike: defaultdict[frozenset[int], list[str]] = defaultdict(list)
        for piece in self._told.pieces:
            alike[self._told.signs[piece]].append(piece)
        found: defaultdict[int, list[list[str]]] = defaultdict(list)
        for signs, pieces in alike.items():
            for group in signs:
                found[group].append(pieces)
        return found

    @cached_property
    def _pieces_by_term(self) -> Mapping[int, list[str]]:
        """The pieces in which a term of one word is."""
        pieces: defaultdict[int, list[str]] = defaultdict(list)
        terms_of = self._vocabulary.terms_of
        for piece in self._told.pieces:
            slots = {find.slot for find in self._told.readings[piece].finds}
            for term in {term for slot in slots for term in terms_of.get(slot, ())}:
                pieces[term].append(piece)
        return pieces

    @cached_property
    def present(self) -> AbstractSet[int]:
        """The terms that are there, and patterns: only trying can tell."""
        return self._vocabulary.patterns.union(self._phrases, self._pieces_by_term)

    def may_hold(self, concept: Concept) -> bool:
        """Whether any term of a concept may be there; where it is, and whether it is excluded, is not asked."""
        return self._vocabulary.concepts[id(concept)].group in self.groups

    def concept(self, concept: Concept) -> tuple[Spot, ...]:
        """Where any term of a concept is, unless an exclusion covers some of it; in order."""
        compiled = self._vocabulary.concepts[id(concept)]
        found = self._concepts.get(compiled.number)
        if found is None:
            places = self._places_of(compiled.terms.keys(), compiled.group)
            spots = [Spot(*place, compiled.terms[number], concept.name) for number, place in places]
            if spots and compiled.excluded_group in self.groups:
                excluded = self._places_of(compiled.excluded.keys(), compiled.excluded_group)
                spots = _clear_of([place for _, place in excluded], spots)
            if len(spots) > 1:
                spots.sort(key=_POSITION)
            found = self._concepts[compiled.number] = tuple(spots)
        return found

    def term(self, term: Term) -> tuple[Spot, ...]:
        """Where a term is, in order."""
        number = self._vocabulary.terms[id(term)].number
        found = self._terms.get(number)
        if found is None:
            group = self._vocabulary.group_of_term.get(number)
            there = number in self.present if group is None else group in self.groups
            places = sorted(self._places_of({number}, group)) if there else ()
            found = self._terms[number] = tuple([Spot(*place, term) for _, place in places])
        return found

    def _places_of(self, terms: AbstractSet[int], group: int | None) -> set[tuple[int, _Place]]:
        """Where these terms are, which make a group or, without one, are a single term."""
        found: set[tuple[int, _Place]] = set()
        if group is None:
            pieces = [piece for term in terms for piece in self._pieces_by_term.get(term, ())]
        else:
            pieces = list(chain.from_iterable(self._pieces_by_group.get(group, ())))
        terms_of = self._vocabulary.terms_of
        for piece in pieces:
            for find in self._told.readings[piece].finds:
                asked = [term for term in terms_of.get(find.slot, ()) if term in terms]
                if asked:
                    places = self._places_in(piece, find)
                    found.update([(term, place) for term in asked for place in places])
        for likely in self._phrases_likely.values():
            for term in terms & likely:
                found.update([(term, place) for place in self._phrases.get(term, ())])
        for term in terms & self._vocabulary.patterns:
            found.update([(term, place) for place in self._matches(self._vocabulary.compiled[term])])
        return found

    def _places_in(self, piece: str, find: Find) -> list[_Place]:
        return [
            (field, *extent) for field, passage in enumerate(self._passages) for extent in passage.extents(piece, find)
        ]

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


def _clear_of(excluded: Iterable[_Place], spots: Iterable[Spot]) -> list[Spot]:
    """The spots of which no exclusion covers any part."""
    barred = sorted((field, start, end) for field, _, _, start, end in excluded)
    begins = [(field, start) for field, start, _ in barred]
    reach = list(accumulate(((field, end) for field, _, end in barred), max, initial=(-1, 0)))
    return [spot for spot in spots if reach[bisect_left(begins, (spot.field, spot.end))] <= (spot.field, spot.start)]
