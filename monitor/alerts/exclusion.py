"""From alerts that readers called bad: the smallest exclusion that would have kept them away, and no good one.

The search is exact for up to three terms and greedy beyond. A term counts for a bad article only where its very words
stand, and counts against a good one already where words merely begin alike: whatever forms the matcher adds, no good
article is put at risk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.alerts.wording import SHORTEST_WORD, Corpus, joins, pieces
from monitor.text.article import Article
from monitor.text.fold import fold
from monitor.text.tokens import Token, tokens

LONGEST_PHRASE = 3
EXACT_UP_TO = 3
COMMON = 0.01  # a word in more than this share of other articles says nothing about the bad ones
_WIDEST = 60  # candidates tried per article in the exact search, the best first


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One line for ``none:``; ``title_only`` confines it to the title."""

    text: str
    title_only: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to exclude. ``removed`` are the keys of bad articles it keeps away, ``left`` of those that nothing does."""

    exclusions: tuple[Exclusion, ...]
    removed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    exclusion: Exclusion
    covers: int  # a bit for each bad article
    words: int
    elsewhere: int

    @property
    def rank(self) -> tuple[object, ...]:
        """The narrowest first: in the title, rare elsewhere, plain words before phrases, long words before short."""
        text = self.exclusion.text
        return (not self.exclusion.title_only, self.elsewhere, self.words, -len(text), text)


def propose(
    bad: Sequence[Article],
    good: Sequence[Article],
    *,
    never: Collection[str] = (),
    others: Sequence[Article] = (),
) -> Proposal:
    """The fewest exclusions that remove every bad article that can be removed and keep every good one.

    ``good`` should hold the rule's own ``match`` tests too. ``never`` are words not to be excluded: those that the
    rule is about. ``others`` are any articles from the archive; words that are common there are not proposed.
    """
    candidates = _candidates(bad, good, frozenset(map(fold, never)), others)
    best: dict[int, _Candidate] = {}
    for one in sorted(candidates, key=lambda one: one.rank):
        best.setdefault(one.covers, one)
    reach = 0
    for covers in best:
        reach |= covers
    chosen = _smallest(best, reach)
    return Proposal(
        tuple(one.exclusion for one in sorted(chosen, key=lambda one: (-one.covers.bit_count(), one.rank))),
        tuple(article.key for place, article in enumerate(bad) if reach >> place & 1),
        tuple(article.key for place, article in enumerate(bad) if not reach >> place & 1),
    )


def _smallest(best: Mapping[int, _Candidate], reach: int) -> tuple[_Candidate, ...]:
    widest = _undominated(sorted(best.values(), key=lambda one: (-one.covers.bit_count(), one.rank)))
    for size in range(EXACT_UP_TO + 1):
        found = _cover(widest, reach, size)
        if found is not None:
            return found
    chosen: list[_Candidate] = []
    left = reach
    while left:
        one = max(widest, key=lambda one: (one.covers & left).bit_count())
        chosen.append(one)
        left &= ~one.covers
    return tuple(chosen)


def _undominated(ordered: Sequence[_Candidate]) -> list[_Candidate]:
    """Without those that cover only what a wider one covers too."""
    kept: list[_Candidate] = []
    for one in ordered:
        if not any(one.covers | wider.covers == wider.covers for wider in kept):
            kept.append(one)
    return kept


def _cover(widest: Sequence[_Candidate], left: int, size: int) -> tuple[_Candidate, ...] | None:
    """``size`` candidates that cover ``left``: one of them must cover its lowest article, so try each that does."""
    if not left:
        return ()
    if size == 0:
        return None
    lowest = left & -left
    for one in [one for one in widest if one.covers & lowest][:_WIDEST]:
        rest = _cover(widest, left & ~one.covers, size - 1)
        if rest is not None:
            return (one, *rest)
    return None


def _candidates(
    bad: Sequence[Article], good: Sequence[Article], never: Collection[str], others: Sequence[Article]
) -> Iterator[_Candidate]:
    """Every phrase that may be excluded. One with a shorter such phrase inside is not worth a look: it covers less."""
    read, kept, elsewhere = Corpus(bad), Corpus(good), Corpus(others)
    safe: set[tuple[tuple[str, ...], bool]] = set()
    for (phrase, title_only), written in sorted(_phrases(bad, never).items(), key=lambda item: len(item[0][0])):
        if any((part, title_only) in safe for part in _parts(phrase)) or kept.may_hold(phrase, title_only=title_only):
            continue
        seen = elsewhere.holding(phrase, title_only=title_only).bit_count()
        if seen > COMMON * len(others):
            continue
        safe.add((phrase, title_only))
        covers = read.holding(phrase, title_only=title_only)
        yield _Candidate(Exclusion(written, title_only), covers, len(phrase), seen)


def _parts(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (phrase[at : at + length] for length in range(1, len(phrase)) for at in range(len(phrase) - length + 1))


def _phrases(bad: Sequence[Article], never: Collection[str]) -> dict[tuple[tuple[str, ...], bool], str]:
    """Every phrase of the bad articles that can stand in a rule, as it is first written, in title or anywhere."""
    found: dict[tuple[tuple[str, ...], bool], str] = {}
    for article in bad:
        for field, in_title in ((article.title, True), (article.summary, False), (article.body, False)):
            for phrase, written in _phrases_of(field, never):
                for title_only in {False, in_title}:
                    found.setdefault((phrase, title_only), written)
    return found


def _phrases_of(field: str, never: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    words = tokens(field)
    for start, first in enumerate(words):
        for piece in pieces(first):
            if _tells((fold(piece),), never):
                yield (fold(piece),), _plain(piece)
        for length in range(2, LONGEST_PHRASE + 1):
            run = words[start : start + length]
            if len(run) < length or not _adjacent(field, run):
                break
            phrase = tuple(fold(word.text) for word in run)
            if _tells(phrase, never):
                yield phrase, " ".join(_plain(word.text) for word in run)


def _adjacent(field: str, run: Sequence[Token]) -> bool:
    """Words of one phrase: in a script with spaces, and nothing but a space or a hyphen between them."""
    spaced = not any(word.width for word in run)
    return spaced and all(field[one.end : two.start] in {" ", "-"} for one, two in pairwise(run))


def _tells(phrase: Sequence[str], never: Collection[str]) -> bool:
    """Not what the rule is about, and long enough to mean something: figures and short words mean anything."""
    if any(word in never or word.isdecimal() for word in phrase) or " ".join(phrase) in never:
        return False
    return joins(phrase[0]) or max(map(len, phrase)) >= SHORTEST_WORD


def _plain(word: str) -> str:
    """As a term in a rule; a short word in capitals is written to be matched in capitals only."""
    return f"={word}" if word.isupper() and word.isascii() and len(word) <= SHORTEST_WORD else word
