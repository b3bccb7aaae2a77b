"""Cases of short names that neither dictionaries nor stemmers know: Ким Чен *Ына*, Kim Čong-*una*, Kim Dzong *Unem*."""

from __future__ import annotations

_SHORTEST, _LONGEST = 2, 3  # letters; longer names are declined by stemmers
# Endings of masculine names that end in a consonant.
_ENDINGS = {
    "cs": ("a", "ovi", "em"),
    "sk": ("a", "ovi", "om"),
    "pl": ("a", "owi", "em"),
    "sl": ("a", "u", "om"),
    "sr": ("a", "u", "om", "а", "у", "ом"),
    "ru": ("а", "у", "ом", "е"),
    "uk": ("а", "у", "ом", "ові"),
}
_VOWELS = frozenset("aeiouyáéíóúůýěąęаеиоуыэюяіїєьй")


def name_cases(word: str, code: str) -> tuple[str, ...]:
    """The cases of a word as if it were a short masculine name; empty if it cannot be one, or is an acronym."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or word.isupper() or word[-1] in _VOWELS:
        return ()
    cyrillic = max(word) >= "\u0400"
    return tuple(word + ending for ending in _ENDINGS.get(code, ()) if (ending >= "\u0400") == cyrillic)
