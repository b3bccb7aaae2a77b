"""From measures of likeness to the probability that two stories are one event.

Logistic models whose weights lie in ``weights.json``, learned by ``benchmarks/train_stories.py`` the way of Miranda et
al. 2018 (Multilingual Clustering of Streaming News): ``join`` for an article and a story and ``merge`` for two stories
look at headlines; ``text`` is asked instead where both sides have a body in one language. From an even chance up it is
one event: how much more careful than even each is has been put into its bias when it was learned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp, log1p, sqrt

from monitor.stories.likeness import Likeness

ONE_EVENT = 0.5

# Beyond this a mass says no more: a long text shares many names with its like.
_MOST_MASS = 12.0

MEASURES: tuple[str, ...] = (*Likeness._fields, "root_cosine", "root_gram", "root_sense", "other_language")


def _products(written: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{one} {other}" for one, others in written.items() for other in others.split())


TITLE_TERMS: tuple[str, ...] = (
    *(measure for measure in MEASURES if measure != "bodied"),
    *_products(
        {
            "same_language": "cosine gram_cosine cover freshness smaller",
            "other_language": "sense_cosine detail_cosine idea_clash name_mass number_mass place_mass idea_mass "
            "shared_mass",
            "freshness": "cosine gram_cosine sense_cosine",
            "larger": "cosine gram_cosine sense_cosine",
            "smaller": "cosine gram_cosine sense_cosine",
            "cosine": "gram_cosine cover",
            # A number or a place alone says little; with what was counted there it names the event.
            "idea_mass": "number_mass place_mass",
        }
    ),
)
# Texts of one pattern that name others (the weather here and there) are two events: how names clash depends on that.
TEXT_TERMS: tuple[str, ...] = (
    *("word_cosine", "cover", "cover_least", "name_clash", "number_clash"),
    *_products({"word_cosine": "word_cosine", "name_clash": "word_cosine"}),
)
# How the distance in time and the size of the stories change what the same measures mean.
CHANGE_TERMS: tuple[str, ...] = (
    *("freshness", "gap", "larger", "smaller"),
    *_products({"larger": "word_cosine cover", "smaller": "word_cosine cover"}),
)


def values(measures: Likeness) -> list[float]:
    """The measures in the order of ``MEASURES``, bounded, with some roots of them."""
    return [
        *measures._replace(
            name_mass=min(measures.name_mass, _MOST_MASS),
            number_mass=min(measures.number_mass, _MOST_MASS),
            place_mass=min(measures.place_mass, _MOST_MASS),
            idea_mass=min(measures.idea_mass, _MOST_MASS),
            gap=log1p(measures.gap),
        ),
        sqrt(measures.cosine),
        sqrt(measures.gram_cosine),
        sqrt(measures.sense_cosine),
        1 - measures.same_language,
    ]


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression over measures and products of two measures."""

    bias: float
    linear: tuple[tuple[float, int], ...]
    products: tuple[tuple[float, int, int], ...]

    def odds(self, values: Sequence[float]) -> float:
        """The logarithm of the odds."""
        plain = sum([weight * values[one] for weight, one in self.linear])
        return self.bias + plain + sum([weight * values[one] * values[other] for weight, one, other in self.products])


def model_from(written: Mapping[str, float]) -> Model:
    """The model with these weights by term, and ``bias``. Raises ValueError for a measure that is none."""
    terms = [
        (weight, [MEASURES.index(name) for name in term.split()]) for term, weight in written.items() if term != "bias"
    ]
    return Model(
        written["bias"],
        tuple((weight, one) for weight, (one, *rest) in terms if not rest),
        tuple((weight, one, rest[0]) for weight, (one, *rest) in terms if rest),
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides by two models: by headline, and by text as far as both sides have a body in one language."""

    titles: Model
    texts: Model

    def __call__(self, measures: Likeness) -> float:
        """The probability that it is one event, given the measures."""
        known = values(measures)
        by_text = measures.bodied * measures.same_language
        odds = 0.0
        if by_text < 1:
            odds += (1 - by_text) * self.titles.odds(known)
        if by_text > 0:
            odds += by_text * self.texts.odds(known)
        return 1 / (1 + exp(-max(-40.0, min(40.0, odds))))


@dataclass(frozen=True, slots=True)
class Judges:
    """Who decides whether an article joins a story, and whether two stories merge."""

    join: Judge
    merge: Judge


def judges_from(weights: Mapping[str, Mapping[str, float]]) -> Judges:
    """The judges with these weights: ``join``, ``merge`` and ``text``, each by term."""
    texts = model_from(weights["text"])
    return Judges(Judge(model_from(weights["join"]), texts), Judge(model_from(weights["merge"]), texts))


JUDGES = judges_from(json.loads((files("monitor.stories") / "weights.json").read_text(encoding="utf-8")))
