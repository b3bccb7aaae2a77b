"""What a rule says, once it has been read: terms, concepts, conditions. Values only; the loader makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

from monitor.rules.problems import Place

ANY_LANGUAGE = "any"
NOWHERE = Place("", 1, 1)


class Severity(IntEnum):
    """How much a match matters; comparable."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """As written in a rule file."""
        return self.name.lower()


class Status(StrEnum):
    """What is done with a rule: only ``live`` ones send; ``shadow`` ones are evaluated and recorded."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


class TermKind(StrEnum):
    """How a term is compared with the text; see docs/rules.md."""

    FORMS = "forms"  # a word or phrase in all its inflected forms
    EXACT = "exact"  # =WHO
    PREFIX = "prefix"  # rocket*
    SUFFIX = "suffix"  # *rakete
    INFIX = "infix"  # *rakete*
    REGEX = "regex"  # /…/

    __hash__ = str.__hash__  # that of enumerations is written in Python, and terms are hashed by the hundred thousand


@dataclass(frozen=True, slots=True)
class Term:
    """One word, phrase or pattern: ``written`` as in the file, ``text`` without its marks, ``lang`` of its list.

    A term written in a condition, outside any list, has ``lang == ANY_LANGUAGE``: it takes the forms of whatever
    language the article is in.
    """

    written: str
    kind: TermKind
    text: str
    lang: str = ANY_LANGUAGE
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea in every language: any term makes it present, unless the text there is one of ``exclusions``."""

    name: str
    terms: tuple[Term, ...]
    exclusions: tuple[Term, ...] = ()
    title: str = ""
    wikidata: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def languages(self) -> frozenset[str]:
        """The languages it has terms in, ``"any"`` among them if it has such a list."""
        return frozenset(term.lang for term in self.terms)


class TextField(StrEnum):
    """Where a condition may be confined to; ``lead`` is the first paragraph of the summary, else of the body."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    URL = "url"
    AUTHOR = "author"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class HasTerm:
    """Holds when the term is there."""

    term: Term
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class HasConcept:
    """Holds when any term of the concept is there."""

    name: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every member does."""

    members: tuple[Condition, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when a member does."""

    members: tuple[Condition, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Holds when no member does. It has no hits."""

    members: tuple[Condition, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Holds when ``n`` different members do: of a lone concept, ``n`` different terms of it."""

    n: int
    members: tuple[Condition, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Holds when every member has a hit within the distance of the others, in one field.

    ``within`` counts words from the first to the last of the hits, or names the unit they must share.
    """

    members: tuple[Condition, ...]
    within: int | Literal["sentence", "paragraph"]
    ordered: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class InField:
    """Holds when the condition does, looking at that field only."""

    where: TextField
    condition: Condition
    place: Place = field(default=NOWHERE, compare=False)


Condition: TypeAlias = HasTerm | HasConcept | All | AnyOf | NoneOf | AtLeast | Near | InField


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a rule looks at; empty means all."""

    languages: frozenset[str] = frozenset()
    feed_ids: frozenset[str] = frozenset()
    feed_tags: frozenset[str] = frozenset()
    not_feed_tags: frozenset[str] = frozenset()
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Raises (or lowers) the severity of a match when the condition holds; the last that holds wins."""

    to: Severity
    when: Condition


@dataclass(frozen=True, slots=True)
class TellAgain:
    """What is worth a second message about a story."""

    origins: tuple[int, ...] = ()
    new_language: bool = False
    corrected: bool = False
    higher_severity: bool = True
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``count`` messages per ``period``; the rest becomes one "and N more"."""

    count: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class Corroborate:
    """Hold an alert until ``origins`` independent ones report it, or until ``within`` is over."""

    origins: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """The ``alert:`` part of a rule: whom to tell, and when.

    ``mutes`` are the ids of more general rules that keep quiet about a story this rule has told.
    """

    to: tuple[str, ...] = ()
    tell_again: TellAgain = TellAgain()
    corroborate: Corroborate | None = None
    quiet: str = ""
    digest_below: Severity | None = None
    digest_as: str = ""
    budget: Budget | None = None
    mutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One inline test: an article made of these texts must (or must not) match; ``hits`` must be highlighted."""

    expect: Literal["match", "no_match", "known_miss"]
    title: str
    summary: str = ""
    body: str = ""
    lang: str = ""
    hits: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. ``concepts`` holds every concept its conditions name, the rule's own winning over shared ones.

    ``version`` is a digest of what the file and those concepts say: it changes when the meaning may have.
    """

    id: str
    title: str
    match: Condition
    severity: Severity = Severity.MEDIUM
    status: Status = Status.LIVE
    owner: str = ""
    tags: frozenset[str] = frozenset()
    scope: Scope = Scope()
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    escalate: tuple[Escalation, ...] = ()
    alert: AlertPolicy = AlertPolicy()
    tests: tuple[RuleTest, ...] = ()
    version: str = ""
    place: Place = field(default=NOWHERE, compare=False)
