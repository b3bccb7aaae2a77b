"""Loads a directory of rules and concepts: everything at once, or every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor.rules.concepts import ConceptBook, ConceptReader, WrittenConcept
from monitor.rules.conditions import ConditionReader
from monitor.rules.lint import Known, lint_mutes, lint_names, lint_rule
from monitor.rules.model import Concept, Escalation, Rule, Severity, Status, Term
from monitor.rules.policies import alert_policy, rule_tests, scope_of
from monitor.rules.printer import rule_version
from monitor.rules.problems import Gravity, Place, Problem, ProblemsError
from monitor.rules.shape_check import check_shape
from monitor.rules.shapes import RuleShape
from monitor.rules.tree import ListNode, MapNode, Node, describe
from monitor.rules.walk import concept_names
from monitor.rules.yaml import parse_yaml, read_yaml

CONCEPTS = "concepts"
_ENDINGS = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All that a rules directory says. ``concepts`` are the shared ones; ``warnings`` did not keep it from loading."""

    rules: tuple[Rule, ...] = ()
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def load_rules(directory: Path, known: Known | None = None, *, seen: Callable[[Term], bool] | None = None) -> RuleSet:
    """The rules below ``directory``, and the shared concepts in its ``concepts/``.

    ``known`` are the names config.yaml defines; without it they are not checked. ``seen`` tells whether a term ever
    occurred in the archive; terms that never did are warned about. Raises :class:`ProblemsError` with every fault in
    every file.
    """
    if not directory.is_dir():
        fix = "write the directory of the rules, or run `newsmonitor init`"
        raise ProblemsError([Problem(Place(str(directory)), "unreadable", "there is no such directory", fix)])
    loading = _Loading(known or Known(), seen)
    concept_files, rule_files = _files(directory)
    for path in concept_files:
        loading.add_concepts(path)
    for path in rule_files:
        loading.add_rule(path)
    return loading.finish(directory)


def load_rule_text(
    text: str, file: str = "<text>", concepts: Mapping[str, WrittenConcept] | None = None, known: Known | None = None
) -> Rule:
    """One rule from its text, warnings left aside; raises :class:`ProblemsError`."""
    return load_rule_set_text([(file, text)], concepts, known).rules[0]


def load_rule_set_text(
    files: Sequence[tuple[str, str]],
    concepts: Mapping[str, WrittenConcept] | None = None,
    known: Known | None = None,
) -> RuleSet:
    """Rules from (name, text) pairs; raises :class:`ProblemsError`."""
    loading = _Loading(known or Known(), None)
    loading.shared.update(concepts or {})
    for file, text in files:
        try:
            loading.add_rule_node(parse_yaml(text, file))
        except ProblemsError as error:
            loading.problems.extend(error.problems)
    return loading.finish(Path())


@dataclass(slots=True)
class _Loading:
    """What has been read so far."""

    known: Known
    seen: Callable[[Term], bool] | None
    shared: dict[str, WrittenConcept] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    nodes: dict[str, MapNode] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: int = 0

    def add_concepts(self, path: Path) -> None:
        """Read one file of shared concepts."""
        node = self._read(path)
        if node is None:
            return
        reader = ConceptReader(self.known.all_languages)
        for name, concept in reader.read_all(node).items():
            first = self.shared.setdefault(name, concept)
            if first is not concept:
                sentence = f"the concept “{name}” is defined already in {first.place.file}, line {first.place.line}"
                self.problems.append(Problem(concept.place, "duplicate-concept", sentence, "join or rename them"))
        self.problems.extend(reader.problems)

    def add_rule(self, path: Path) -> None:
        """Read one rule file."""
        node = self._read(path)
        if node is not None:
            self.add_rule_node(node)

    def add_rule_node(self, node: Node) -> None:
        """Take in one rule that has been parsed."""
        rule, problems = _rule(node, self.shared, self.known, self.seen)
        self.problems.extend(problems)
        if rule is None or not isinstance(node, MapNode):
            self.broken += 1
            return
        first = self.rules.setdefault(rule.id, rule)
        if first is not rule:
            sentence = f"the id “{rule.id}” is taken already by {first.place.file}"
            fix = "ids are for ever and for one rule: give this one another"
            written = node.get("id") or node
            self.problems.append(Problem(written.place, "duplicate-id", sentence, fix))
            return
        self.nodes[rule.id] = node

    def finish(self, directory: Path) -> RuleSet:
        """Everything that was read, if no file has an error."""
        book = ConceptBook(self.shared)
        concepts = {name: concept for name in self.shared if (concept := book.get(name, Place("")))}
        if not self.broken:  # else a name that seems unknown may be in a file that could not be read
            self.problems.extend(lint_mutes(self.rules, self.nodes))
        problems = sorted({*self.problems, *book.problems})
        if any(problem.gravity is Gravity.ERROR for problem in problems):
            raise ProblemsError(problems)
        if not self.rules:
            fix = "put a rule there, or run `newsmonitor init`"
            place = Place(str(directory))
            problems.append(Problem(place, "no-rules", "there is no rule in this directory", fix, Gravity.WARNING))
        return RuleSet(tuple(self.rules.values()), concepts, tuple(problems))

    def _read(self, path: Path) -> Node | None:
        try:
            return read_yaml(path)
        except ProblemsError as error:
            self.problems.extend(error.problems)
            self.broken += 1
            return None


def _files(directory: Path) -> tuple[list[Path], list[Path]]:
    """Concept files and rule files, sorted; hidden ones and editors' leftovers are not rules."""
    concepts: list[Path] = []
    rules: list[Path] = []
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory)
        if path.suffix not in _ENDINGS or any(part.startswith((".", "#")) for part in relative.parts):
            continue
        (concepts if relative.parts[0] == CONCEPTS and len(relative.parts) > 1 else rules).append(path)
    return concepts, rules


def _rule(
    node: Node, shared: Mapping[str, WrittenConcept], known: Known, seen: Callable[[Term], bool] | None
) -> tuple[Rule | None, list[Problem]]:
    if not isinstance(node, MapNode):
        sentence = f"a rule is a mapping that starts with `id:`, and this is {describe(node)}"
        return None, [Problem(node.place, "wrong-type", sentence, "one rule per file; see docs/rules.md")]
    shape, problems = check_shape(node, RuleShape)
    conditions = ConditionReader()
    match = conditions.read(found) if (found := node.get("match")) is not None else None
    steps = [conditions.read(when) for when in _whens(node)]
    problems.extend(conditions.problems)
    lists = ConceptReader(known.all_languages)
    own_node = node.get("concepts")
    own = lists.read_all(own_node) if own_node is not None else {}
    problems.extend(lists.problems)
    book = ConceptBook(shared, own)
    read = [condition for condition in (match, *steps) if condition is not None]
    used = {name: place for condition in read for name, place in concept_names(condition)}
    concepts = {name: concept for name, place in used.items() if (concept := book.get(name, place)) is not None}
    problems.extend(book.problems)
    problems.extend(lint_names(node, known))
    if shape is None or match is None or any(problem.gravity is Gravity.ERROR for problem in problems):
        return None, problems
    rule = Rule(
        id=shape.id,
        title=shape.title,
        match=match,
        severity=Severity[shape.severity.upper()],
        status=Status(shape.status),
        owner=shape.owner,
        tags=frozenset(shape.tags),
        scope=scope_of(shape.scope),
        concepts=concepts,
        escalate=tuple(
            Escalation(Severity[step.to.upper()], when)
            for step, when in zip(shape.escalate, steps, strict=True)
            if when is not None
        ),
        alert=alert_policy(shape.alert),
        tests=rule_tests(shape.tests, node),
        place=node.place,
    )
    rule = replace(rule, version=rule_version(rule))
    problems.extend(lint_rule(rule, node, known, own=frozenset(own), shared=shared, seen=seen))
    return rule, problems


def _whens(node: MapNode) -> list[Node]:
    steps = node.get("escalate")
    items = steps.items if isinstance(steps, ListNode) else ()
    return [when for item in items if isinstance(item, MapNode) and (when := item.get("when")) is not None]
