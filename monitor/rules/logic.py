"""Finds conditions that cannot be false, or cannot be true, whatever an article says."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.languages import scripts_in, scripts_of
from monitor.rules.model import (
    ANY_LANGUAGE,
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    Term,
    TermKind,
    TextField,
)
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.walk import members_of, walk

Atom = tuple[str, str]


def logic_problems(rule: Rule) -> Iterator[Problem]:
    """Every condition of the rule that is always or never true."""
    if not needs_something(rule.match):
        if isinstance(rule.match, NoneOf):
            sentence = "the rule only says what must not be there, so it matches almost everything"
        else:
            sentence = "the rule matches articles in which nothing was found"
        yield Problem(rule.match.place, "always-true", sentence, "say what must be there, in `all:` or `any:`")
    for condition in (rule.match, *(step.when for step in rule.escalate)):
        for part in walk(condition):
            yield from _part(part, rule)
        yield from _fields(condition, None)


def needs_something(condition: Condition) -> bool:
    """Whether it can hold only if some term is there."""
    match condition:
        case HasTerm() | HasConcept() | Near():
            return True
        case All():
            return any(needs_something(member) for member in condition.members)
        case AnyOf():
            return all(needs_something(member) for member in condition.members)
        case AtLeast():
            free = sum(not needs_something(member) for member in condition.members)
            return condition.n > free
        case InField():
            return needs_something(condition.condition)
        case NoneOf():
            return False


def can_fire(condition: Condition, rule: Rule, lang: str) -> bool:  # noqa: PLR0911  (one return per kind)
    """Whether an article in that language could make it hold, as far as its word lists go."""
    match condition:
        case HasTerm():
            return _could_occur(condition.term, lang)
        case HasConcept():
            concept = rule.concepts.get(condition.name)
            return concept is None or any(_could_occur(term, lang) for term in concept.terms)
        case All() | Near():
            return all(can_fire(member, rule, lang) for member in condition.members)
        case AnyOf():
            return any(can_fire(member, rule, lang) for member in condition.members)
        case AtLeast():
            if len(condition.members) == 1:
                return can_fire(condition.members[0], rule, lang)
            return sum(can_fire(member, rule, lang) for member in condition.members) >= condition.n
        case InField():
            return can_fire(condition.condition, rule, lang)
        case NoneOf():
            return True


def _could_occur(term: Term, lang: str) -> bool:
    if term.lang not in {ANY_LANGUAGE, lang}:
        return False
    scripts, expected = scripts_in(term.text), scripts_of(lang)
    if term.kind is TermKind.REGEX or not scripts or not expected:
        return True
    return bool(scripts & (expected | {"LATIN"}))


def _part(part: Condition, rule: Rule) -> Iterator[Problem]:
    match part:
        case All():
            yield from _contradiction(part)
            yield from _repeated(part)
        case AnyOf():
            yield from _repeated(part)
        case AtLeast():
            yield from _at_least(part, rule)
        case Near():
            yield from _near(part)
        case NoneOf():
            for member in part.members:
                if not needs_something(member):
                    sentence = "a `none:` inside a `none:` says that something must be there, and never shows it"
                    yield Problem(member.place, "double-negation", sentence, "say what must be there in `all:`")
        case _:
            pass


def _at_least(part: AtLeast, rule: Rule) -> Iterator[Problem]:
    if part.n < 1:
        yield Problem(part.place, "always-true", f"at least {part.n} of anything is always there", "write n: 2 or more")
        return
    size, what = len(part.members), "members"
    if size == 1:
        size, what = _different_terms(part.members[0], rule), "terms"
    if part.n > size:
        sentence = f"at least {part.n} of {size} {what} can never be there"
        yield Problem(part.place, "never-true", sentence, f"write n: {max(size, 1)} or less, or add members")
    elif part.n == 1:
        sentence = "at least 1 of a list is what a plain list says"
        yield Problem(part.place, "plain-any", sentence, "write `any:`, or n: 2", Gravity.WARNING)
    yield from _repeated(part)


def _different_terms(member: Condition, rule: Rule) -> int:
    """How many different terms a lone member of ``at_least`` can show in one article."""
    match member:
        case HasConcept():
            concept = rule.concepts.get(member.name)
            return _most_in_one_language(concept) if concept is not None else 10**6
        case InField():
            return _different_terms(member.condition, rule)
        case HasTerm():
            return 10**6 if member.term.kind is TermKind.REGEX else 1
        case _:
            return sum(_different_terms(inner, rule) for inner in members_of(member))


def _most_in_one_language(concept: Concept) -> int:
    counts: dict[str, int] = {}
    for term in concept.terms:
        if term.kind is TermKind.REGEX:
            return 10**6
        counts[term.lang] = counts.get(term.lang, 0) + 1
    shared = counts.pop(ANY_LANGUAGE, 0)
    return shared + max(counts.values(), default=0)


def _near(part: Near) -> Iterator[Problem]:
    if len(part.members) < 2:
        yield Problem(part.place, "near-of-one", "near needs two members or more", "add what it should be near to")
    if isinstance(part.within, int) and part.within < 1:
        yield Problem(part.place, "never-true", f"nothing is within {part.within} words", "write within: 12, say")
    elif isinstance(part.within, int) and part.within < len(part.members) - 1:
        sentence = f"{len(part.members)} different words cannot be within {part.within} words"
        yield Problem(part.place, "never-true", sentence, f"write within: {len(part.members) - 1} or more")
    for member in part.members:
        for inner in walk(member):
            if isinstance(inner, NoneOf | All | AtLeast | InField):
                word = "a field" if isinstance(inner, InField) else f"`{_word(inner)}`"
                sentence = f"near holds words near each other, and {word} is no word"
                fix = "put terms, $concepts or lists of them in it, and the rest beside it in `all:`"
                yield Problem(inner.place, "near-member", sentence, fix)
                break
    yield from _repeated(part)


def _word(condition: NoneOf | All | AtLeast) -> str:
    match condition:
        case NoneOf():
            return "none"
        case All():
            return "all"
        case AtLeast():
            return "at_least"


def _repeated(part: All | AnyOf | AtLeast | Near) -> Iterator[Problem]:
    seen: dict[Condition, Place] = {}
    for member in part.members:
        if member in seen:
            sentence = f"this stands in the list already, in line {seen[member].line}"
            yield Problem(member.place, "repeated-member", sentence, "remove one", Gravity.WARNING)
        seen.setdefault(member, member.place)


def _contradiction(part: All) -> Iterator[Problem]:
    """``all`` of something and ``none`` of the same."""
    required = [(atoms, member) for member in part.members for atoms in _required(member)]
    forbidden = {
        atom
        for member in part.members
        if isinstance(member, NoneOf)
        for inner in member.members
        for atom in _alternatives(inner)
    }
    for atoms, member in required:
        if atoms and atoms <= forbidden:
            names = ", ".join(f"“{name}”" for _, name in sorted(atoms))
            sentence = f"{names} must be there and must not be there, so this never holds"
            yield Problem(member.place, "never-true", sentence, "remove it from `all:` or from `none:`")


def _required(member: Condition) -> list[frozenset[Atom]]:
    """Sets of atoms of which one must be there for the member to hold."""
    if isinstance(member, HasTerm | HasConcept | AnyOf):
        atoms = _alternatives(member)
        whole = not isinstance(member, AnyOf) or all(_alternatives(inner) for inner in member.members)
        return [atoms] if whole else []
    if isinstance(member, Near | All):
        return [atoms for inner in member.members for atoms in _required(inner)]
    return []


def _alternatives(member: Condition) -> frozenset[Atom]:
    """The atoms any of which makes the member hold by itself."""
    match member:
        case HasTerm():
            return frozenset({("term", member.term.written)})
        case HasConcept():
            return frozenset({("concept", f"${member.name}")})
        case AnyOf():
            return frozenset(atom for inner in member.members for atom in _alternatives(inner))
        case _:
            return frozenset()


def _fields(condition: Condition, inside: TextField | None) -> Iterator[Problem]:
    """A field inside another field."""
    if isinstance(condition, InField):
        if inside is not None and inside is not condition.where and inside is not TextField.BODY:
            sentence = f"`{condition.where}:` inside `{inside}:` looks in two fields at once and finds nothing"
            yield Problem(condition.place, "never-true", sentence, "put the two beside each other in `all:`")
        inside = condition.where
    for member in members_of(condition):
        yield from _fields(member, inside)
