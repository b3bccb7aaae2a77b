"""One article as the rules see it: read once, every term looked up at most once, whichever rules ask."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from monitor.rules.lexicon import Lexicon, Reading
from monitor.rules.model import Concept, Term, TextField
from monitor.rules.vocabulary import CompiledTerm, Vocabulary
from monitor.text.article import Article
from monitor.text.units import first_paragraph, paragraph_starts, sentence_starts, words_between

FIELDS = ("title", "summary", "body", "url", "author", "feed")
_PROSE = (0, 1, 2)
_OF_FIELD = {
    TextField.TITLE: (0,),
    TextField.BODY: (1, 2),
    TextField.URL: (3,),
    TextField.AUTHOR: (4,),
    TextField.FEED: (5,),
}
# A phrase goes on over hyphens, quotes and abbreviating full stops, not over what parts clauses or paragraphs.
_CLAUSE_END = re.compile(r"[,;:!?()،؛؟。！？、，]|\n\s*\n")


class Spot(NamedTuple):
    """A term found: field (index into ``FIELDS``), first and last word, offsets in that field, and whose it is."""

    field: int
    first: int
    last: int
    start: int
    end: int
    term: Term
    concept: str = ""


class Window(NamedTuple):
    """A part of a field that a condition may look at: up to ``end``."""

    field: int
    end: int


class _Place(NamedTuple):
    field: int
    first: int
    last: int
    start: int
    end: int


class ArticleView:
    """What the terms of a vocabulary find in one article."""

    def __init__(self, article: Article, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.article = article
        self._vocabulary = vocabulary
        self.texts = (article.title, article.summary, article.body, article.url, article.author, article.feed)
        self._pieces: list[list[str]] = []
        self._readings: list[list[Reading]] = []
        self._lexicon = lexicon
        for text in self.texts[: 6 if vocabulary.beyond_prose else 3]:
            self._read(text)
        self._spots: dict[int, tuple[Spot, ...]] = {}
        self._concepts: dict[int, tuple[Spot, ...]] = {}

    def _read(self, text: str) -> None:
        pieces = text.replace("\n", " ").split(" ") if text else []
        remembered = self._lexicon.remembered
        readings = list(map(remembered.get, pieces))
        known = [
            self._lexicon.read(piece) if reading is None else reading
            for piece, reading in zip(pieces, readings, strict=True)
        ]
        self._pieces.append(pieces)
        self._readings.append(known)

    @cached_property
    def slots(self) -> frozenset[int]:
        """Every slot filled anywhere."""
        distinct: set[Reading] = set()
        distinct.update(*self._readings)
        return frozenset().union(*(reading.slots for reading in distinct if reading.finds))

    @cached_property
    def _places(self) -> dict[int, list[_Place]]:
        """Where each slot is filled, in order."""
        places: defaultdict[int, list[_Place]] = defaultdict(list)
        for field, (pieces, readings) in enumerate(zip(self._pieces, self._readings, strict=True)):
            offset = word = 0
            for piece, reading in zip(pieces, readings, strict=True):
                for slot, first, last, start, end in reading.finds:
                    places[slot].append(_Place(field, word + first, word + last, offset + start, offset + end))
                offset += len(piece) + 1
                word += reading.words
        return places

    def concept(self, concept: Concept) -> tuple[Spot, ...]:
        """Where any term of a concept is, unless an exclusion covers some of it; in order."""
        found = self._concepts.get(id(concept))
        if found is None:
            spots = [spot._replace(concept=concept.name) for term in concept.terms for spot in self.term(term)]
            if spots and concept.exclusions:
                barred = [spot for term in concept.exclusions for spot in self.term(term)]
                spots = [spot for spot in spots if not any(_overlap(spot, other) for other in barred)]
            spots.sort(key=_position)
            found = self._concepts[id(concept)] = tuple(spots)
        return found

    def term(self, term: Term) -> tuple[Spot, ...]:
        """Where a term is, in order."""
        compiled = self._vocabulary.terms[id(term)]
        found = self._spots.get(compiled.number)
        if found is None:
            places = self._matches(compiled) if compiled.pattern else self._sequences(compiled)
            found = tuple(Spot(*place, term) for place in sorted(set(places)))
            self._spots[compiled.number] = found
        return found

    def _sequences(self, compiled: CompiledTerm) -> Iterable[_Place]:
        for sequence in compiled.sequences:
            if not self.slots.issuperset(sequence):
                continue
            yield from self._places[sequence[0]] if len(sequence) == 1 else self._phrases(sequence)

    def _phrases(self, sequence: Sequence[int]) -> Iterable[_Place]:
        following = [{(place.field, place.first): place for place in self._places[slot]} for slot in sequence[1:]]
        for begin in self._places[sequence[0]]:
            last = begin
            for places in following:
                after = places.get((begin.field, last.last + 1))
                if after is None or _CLAUSE_END.search(self.texts[begin.field], last.end, after.start):
                    break
                last = after
            else:
                yield _Place(begin.field, begin.first, last.last, begin.start, last.end)

    def _matches(self, compiled: CompiledTerm) -> Iterable[_Place]:
        """A regular expression, over the characters as they were written."""
        if compiled.pattern is None or not (
            compiled.lang == "any" or compiled.lang in self._vocabulary.tried(self.article)
        ):
            return
        for field, text in enumerate(self.texts):
            # A lone surrogate cannot be handed to RE2; nobody looks for one.
            clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if text else ""
            for match in compiled.pattern.finditer(clean) if len(clean) == len(text) else ():
                if match.end() > match.start():
                    first, last = self._word_at(field, match.start()), self._word_at(field, match.end() - 1)
                    yield _Place(field, first, last, match.start(), match.end())

    def _word_at(self, field: int, offset: int) -> int:
        if field >= len(self._pieces):
            return 0
        starts = self._piece_starts[field]
        piece = bisect_right(starts, offset) - 1
        words = sum(reading.words for reading in self._readings[field][:piece])
        return max(0, words + words_between(self.texts[field], starts[piece], offset + 1) - 1)

    @cached_property
    def _piece_starts(self) -> list[list[int]]:
        return [list(accumulate((len(piece) + 1 for piece in pieces), initial=0)) for pieces in self._pieces]

    def windows(self, where: TextField | None) -> tuple[Window, ...]:
        """The parts of the article that a condition confined to ``where`` looks at."""
        if where is TextField.LEAD:
            field = 1 if self.article.summary.strip() else 2
            return (Window(field, first_paragraph(self.texts[field])),)
        fields = _PROSE if where is None else _OF_FIELD[where]
        return tuple(Window(field, len(self.texts[field])) for field in fields)

    def units(self, field: int, kind: str) -> list[int]:
        """Where the sentences or paragraphs of a field begin."""
        return sentence_starts(self.texts[field]) if kind == "sentence" else paragraph_starts(self.texts[field])


def _position(spot: Spot) -> tuple[int, int, int, int, int]:
    return spot[:5]


def _overlap(spot: Spot, other: Spot) -> bool:
    return spot.field == other.field and spot.start < other.end and other.start < spot.end
