"""Word forms: which spellings in a text are the same word as a term, language by language.

Two sources, united. *Inflections* are generated from a dictionary when rules are compiled: the whole paradigm of each
word of each term, so that matching looks a word up instead of analysing it. *Stems* are computed (and cached by the
caller) for the words of a text; they find names that no dictionary knows. ``docs/languages.md`` says what each
language uses and how well it does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import Stemmer

from monitor.text.affixes import (
    arabic_bases,
    hebrew_bases,
    persian_bases,
    polish_bases,
    portuguese_bases,
    spanish_bases,
)
from monitor.text.fold import fold, fold_all
from monitor.text.lemmas import Paradigms, paradigms
from monitor.text.morphology import declensions
from monitor.text.tokens import without_apostrophes

_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_BASES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "ar": arabic_bases,
    "es": spanish_bases,
    "fa": persian_bases,
    "he": hebrew_bases,
    "pl": polish_bases,
    "pt": portuguese_bases,
}
_CLITICS = frozenset({"ar", "fa", "he"})
# Agglutinating languages: the stem of a form is often the whole word, the stem of the word something shorter.
_WHOLE_WORD_IS_STEM = frozenset({"tr", "fi", "hu", "et"})
_SHORTEST_STEMMED = 3


@dataclass(frozen=True, slots=True)
class Forms:
    """All spellings known to be forms of a word, folded, and words that only look like one of them."""

    known: AbstractSet[str] = frozenset()
    strangers: AbstractSet[str] = frozenset()


UNKNOWN = Forms()


@dataclass(frozen=True)
class Language:
    """What is known of one language's word forms."""

    code: str
    _stemmer: Stemmer.Stemmer | None = field(repr=False)

    def lower(self, word: str) -> str:
        """Lower case as this language writes it."""
        if self.code in {"tr", "az"}:
            word = word.replace("I", "ı").replace("İ", "i")
        return word.lower()

    def stems(self, word: str) -> tuple[str, ...]:
        """What a word of a text may be a form of: its folded stem, and what is left of it without clitics."""
        lower = self.lower(word)
        bases = _BASES.get(self.code)
        found = bases(fold(lower)) if bases else ()
        if self._stemmer is None or len(lower) < _SHORTEST_STEMMED:
            return found
        if self.code in _CLITICS:
            return (*found, *map(fold, self._stemmer.stemWords(list(found))))
        return (*found, fold(self._stemmer.stemWord(lower)))

    def stems_of_term(self, word: str, known: Collection[str]) -> tuple[str, ...]:
        """What the stems of a text are compared with, for a word of a term and its known forms."""
        stems = self.stems(word)[:1] if self.code in _CLITICS else self.stems(word)
        if self.code in _BASES or self.code in _WHOLE_WORD_IS_STEM:
            stems += (fold(self.lower(word)),)
        if self.code in _CLITICS:
            stems += (self.stems(word)[-1], *known)
        return stems

    def all_stems(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """``stems`` of each of many words, quicker."""
        if self._stemmer is None or self.code in _BASES or not words:
            return [self.stems(word) for word in words]
        lower = self.lower("\n".join(words)).split("\n")
        stems = fold_all(self._stemmer.stemWords(lower))
        return [(stem,) if len(word) >= _SHORTEST_STEMMED else () for word, stem in zip(lower, stems, strict=True)]

    def all_stems_of_terms(self, words: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
        """``stems_of_term`` of each of many words with their known forms."""
        if self.code in _BASES or self.code in _WHOLE_WORD_IS_STEM or self.code in _CLITICS:
            return {word: self.stems_of_term(word, known) for word, known in words.items()}
        return dict(zip(words, self.all_stems(list(words)), strict=True))

    def maybe_stemmed(self, words: Sequence[str], stems: Mapping[str, object]) -> list[str]:
        """Those of some words of which any of ``stems`` may be one; far quicker than asking for the stems of each."""
        lower = self.lower("\n".join(words)).split("\n")
        bases = _BASES.get(self.code)
        found = [bases(word) for word in fold_all(lower)] if bases else []
        passed = [word for word, one in zip(words, found, strict=False) if not stems.keys().isdisjoint(one)]
        if self._stemmer is None:
            return passed
        if self.code in _CLITICS:
            words = [word for word, one in zip(words, found, strict=True) for _ in one]
            lower = list(chain.from_iterable(found))
        stemmed = fold_all(self._stemmer.stemWords(lower))
        return passed + [word for word, stem in zip(words, stemmed, strict=True) if stem in stems]

    def forms(self, words: Collection[str]) -> dict[str, Forms]:
        """The generated forms of those of these words that are known; all at once, for a dictionary is read through."""
        if self.code in {"ru", "uk"}:
            return {word: Forms(found) for word in words if (found := declensions(word, self.code))}
        known = paradigms(self.code, frozenset(words), self._raw_stems)
        return {word: _folded(paradigm) for word, paradigm in known.items()}

    def _raw_stems(self, words: Sequence[str]) -> list[str]:
        lower = self.lower("\n".join(words)).split("\n") if words else []
        return lower if self._stemmer is None else list(self._stemmer.stemWords(lower))


@lru_cache(maxsize=512)
def language(code: str) -> Language:
    """The language of an ISO 639-1 code; an unknown one has no word forms beyond case and accents."""
    code = code.lower().replace("_", "-").split("-")[0]
    return _language({"nb": "no", "nn": "no", "hr": "sr", "bs": "sr", "sh": "sr"}.get(code, code))


@lru_cache(maxsize=512)
def _language(code: str) -> Language:
    algorithm = _SNOWBALL.get(code)
    # The stemmer's own cache thrashes on text; the caller's is per word and already there.
    return Language(code, Stemmer.Stemmer(algorithm, 0) if algorithm else None)


def same_word(code: str, word: str, other: str) -> bool:
    """Whether ``other`` is taken for a form of ``word``; slow, for reports and tests."""
    speech = language(code)
    generated = speech.forms([word]).get(word, UNKNOWN)
    folded = fold(without_apostrophes(other))
    if folded == fold(without_apostrophes(word)) or folded in generated.known:
        return True
    stems = set(speech.stems_of_term(word, generated.known))
    return folded not in generated.strangers and not stems.isdisjoint(speech.stems(other))


def _folded(paradigm: Paradigms) -> Forms:
    known = {fold(without_apostrophes(form)) for form in paradigm.forms}
    return Forms(known, {fold(other) for other in paradigm.others} - known)
