"""Loading a directory: what the specification writes is read as it means; every fault is found at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from monitor.rules.lint import Known
from monitor.rules.loader import RuleSet, load_rule_set_text, load_rule_text, load_rules
from monitor.rules.model import (
    All,
    AnyOf,
    AtLeast,
    Budget,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Severity,
    Status,
    TermKind,
    TextField,
)
from monitor.rules.problems import ProblemsError

STATES = """\
dprk:
  title: North Korea
  wikidata: Q423
  terms:
    any: [=DPRK, =KCNA]
    en: [North Korea, Pyongyang]
    ko: [북한]
  not:
    ko: [북한산]
russia: {en: [Russia, Moscow], ko: [러시아]}
weapon: {en: [missile, shell, munition], ko: [미사일]}
"""
RULE = """\
# yaml-language-server: $schema=../schemas/rule.json
id: dprk-russia-arms
title: DPRK–Russia arms transfers
severity: high
owner: korea-desk
tags: [dprk, russia]
scope:
  languages: [en, ko]
  feeds: {tags: [wire], not_tags: [sport]}
  max_age: 3d
concepts:
  transfer: {en: [supply, send], ko: [공급]}
match:
  all:
    - near: {of: [$dprk, $weapon], within: 25}
    - $russia
    - $transfer
  none:
    - title: [podcast, quiz]
    - Korean War
escalate:
  - {to: critical, when: {at_least: {n: 3, of: [$weapon]}}}
alert:
  to: [desk-chat, duty-mail]
  tell_again: {origins: [3, 10], new_language: true, corrected: true}
  quiet: nights
  digest: {below: medium, as: morning}
  budget: 10/h
tests:
  match:
    - en: North Korea sends missiles to Russia
    - title: Seoul sees new shipments
      body: North Korea sent munitions to Russia, Seoul said.
      hits: [munitions, sent]
  no_match:
    - en: South Korea ships shells to Poland
  known_miss:
    - en: Pyongyang and Moscow widen military cooperation
"""


def write(directory: Path, **files: str) -> Path:
    (directory / "concepts").mkdir(exist_ok=True)
    for name, text in files.items():
        kind, _, stem = name.partition("_")
        target = directory / "concepts" if kind == "concepts" else directory
        (target / f"{stem}.yaml").write_text(dedent(text), encoding="utf-8")
    return directory


def kinds(error: ProblemsError) -> list[str]:
    return [problem.kind for problem in error.problems]


def test_a_rule_is_read_as_it_means(tmp_path: Path) -> None:
    found = load_rules(write(tmp_path, concepts_states=STATES, rule_arms=RULE))
    (rule,) = found.rules
    assert found.warnings == ()
    assert (rule.id, rule.severity, rule.status, rule.owner) == (
        "dprk-russia-arms",
        Severity.HIGH,
        Status.LIVE,
        "korea-desk",
    )
    assert rule.tags == {"dprk", "russia"}
    assert rule.scope.languages == {"en", "ko"}
    assert rule.scope.feed_tags == {"wire"}
    assert rule.scope.not_feed_tags == {"sport"}
    assert rule.scope.max_age == timedelta(days=3)
    assert rule.alert.to == ("desk-chat", "duty-mail")
    assert rule.alert.tell_again.origins == (3, 10)
    assert (rule.alert.digest_below, rule.alert.digest_as) == (Severity.MEDIUM, "morning")
    assert rule.alert.budget == Budget(10, timedelta(hours=1))
    assert rule.escalate[0].to is Severity.CRITICAL
    assert isinstance(rule.escalate[0].when, AtLeast)
    assert set(rule.concepts) == {"dprk", "russia", "weapon", "transfer"}
    assert rule.concepts["dprk"].exclusions[0].text == "북한산"
    assert [test.expect for test in rule.tests] == ["match", "match", "no_match", "known_miss"]
    assert (rule.tests[0].lang, rule.tests[1].hits) == ("en", ("munitions", "sent"))
    assert rule.tests[0].place.line == 31


def test_keys_beside_all_are_one_conjunction(tmp_path: Path) -> None:
    (rule,) = load_rules(write(tmp_path, concepts_states=STATES, rule_arms=RULE)).rules
    assert isinstance(rule.match, All)
    near, russia, transfer, none = rule.match.members
    assert isinstance(near, Near)
    assert near.within == 25
    assert russia == HasConcept("russia")
    assert transfer == HasConcept("transfer")
    assert isinstance(none, NoneOf)
    title, war = none.members
    assert isinstance(title, InField)
    assert title.where is TextField.TITLE
    assert isinstance(title.condition, AnyOf)
    assert isinstance(war, HasTerm)
    assert war.term.kind is TermKind.FORMS


def test_the_rules_own_concept_wins_over_a_shared_one(tmp_path: Path) -> None:
    rule = "id: r\ntitle: R\nstatus: draft\nmatch: [$weapon]\nconcepts: {weapon: {en: [gun]}}\n"
    (found,) = load_rules(write(tmp_path, concepts_states=STATES, rule_r=rule)).rules
    assert [term.text for term in found.concepts["weapon"].terms] == ["gun"]


def test_a_rules_own_concept_may_add_to_the_shared_one_of_its_name(tmp_path: Path) -> None:
    rule = "id: r\ntitle: R\nstatus: draft\nmatch: [$weapon]\nconcepts: {weapon: {en: [$weapon, gun]}}\n"
    (found,) = load_rules(write(tmp_path, concepts_states=STATES, rule_r=rule)).rules
    assert [term.text for term in found.concepts["weapon"].terms] == ["missile", "shell", "munition", "gun"]


def test_a_concept_may_be_made_of_others(tmp_path: Path) -> None:
    axis = "axis:\n  any: [$dprk, $russia]\n  en: [axis]\nkorean: {ko: [$dprk]}\n"
    found = load_rules(write(tmp_path, concepts_states=STATES, concepts_axis=axis))
    terms = {(term.lang, term.text) for term in found.concepts["axis"].terms}
    assert {("any", "DPRK"), ("ko", "북한"), ("ko", "러시아"), ("en", "Moscow"), ("en", "axis")} <= terms
    assert [term.text for term in found.concepts["axis"].exclusions] == ["북한산"]
    assert [term.text for term in found.concepts["korean"].terms] == ["북한"]


def test_every_fault_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    directory = write(
        tmp_path,
        concepts_bad="x: {kr: [a]}\n",
        rule_one="id: one\ntitle: One\nmatch: [roc*]\nseverty: high\n",
        rule_two="id: two\ntitle: Two\nmatch: [$nobody]\n",
        rule_three="id: [\n",
    )
    with pytest.raises(ProblemsError) as caught:
        load_rules(directory)
    assert {"unknown-language", "short-stem", "unknown-key", "unknown-concept", "unclosed-bracket"} <= set(
        kinds(caught.value)
    )
    assert {Path(problem.place.file).name for problem in caught.value.problems} == {
        "bad.yaml",
        "one.yaml",
        "two.yaml",
        "three.yaml",
    }


def test_an_id_and_a_concept_belong_to_one_place(tmp_path: Path) -> None:
    rule = "id: same\ntitle: R\nstatus: draft\nmatch: [tank]\n"
    directory = write(tmp_path, rule_a=rule, rule_b=rule, concepts_a="x: {en: [tank]}\n", concepts_b="x: {en: [gun]}\n")
    with pytest.raises(ProblemsError) as caught:
        load_rules(directory)
    assert sorted(kinds(caught.value)) == ["duplicate-concept", "duplicate-id"]
    assert "a.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        pytest.param(("shell, munition", "shell, munition, gun"), True, id="term-of-a-used-concept"),
        pytest.param(("within: 25", "within: 12"), True, id="condition"),
        pytest.param(("severity: high", "severity: low"), True, id="severity"),
        pytest.param(("budget: 10/h", "budget: 9/h"), True, id="policy"),
        pytest.param(("owner: korea-desk\n", "owner: korea-desk  # since May\n\n"), False, id="comment"),
        pytest.param(("tags: [dprk, russia]", "tags: [russia, dprk]"), False, id="order-of-tags"),
        pytest.param(("  no_match:\n", "  no_match:\n    - en: nothing\n"), False, id="test"),
        pytest.param(("# yaml", "# YAML"), False, id="modeline"),
    ],
)
def test_the_version_changes_with_the_meaning(tmp_path: Path, edit: tuple[str, str], changes: bool) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for directory, states, rule in ((before, STATES, RULE), (after, STATES.replace(*edit), RULE.replace(*edit))):
        directory.mkdir()
        write(directory, concepts_states=states, rule_arms=rule)
    versions = [load_rules(directory).rules[0].version for directory in (before, after)]
    assert (versions[0] != versions[1]) is changes


def test_the_version_does_not_depend_on_unused_concepts(tmp_path: Path) -> None:
    directory = write(tmp_path, concepts_states=STATES, rule_arms=RULE)
    before = load_rules(directory).rules[0].version
    write(tmp_path, concepts_more="unused: {en: [nothing]}\n")
    assert load_rules(directory).rules[0].version == before


def test_leftovers_of_editors_are_no_rules(tmp_path: Path) -> None:
    directory = write(tmp_path, rule_r="id: r\ntitle: R\nstatus: draft\nmatch: [tank]\n")
    for name in (".r.yaml.swp", ".#r.yaml", "#r.yaml", "r.yaml~", "notes.txt", ".git/x.yaml"):
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{", encoding="utf-8")
    assert [rule.id for rule in load_rules(directory).rules] == ["r"]


def test_names_of_the_config_are_only_checked_when_known(tmp_path: Path) -> None:
    directory = write(tmp_path, concepts_states=STATES, rule_arms=RULE)
    assert load_rules(directory).warnings == ()
    known = Known(
        channels=frozenset({"desk-chat", "duty-mall"}),
        feed_tags=frozenset({"wire", "sport"}),
        quiet_hours=frozenset({"nights"}),
        digests=frozenset({"mornings"}),
    )
    with pytest.raises(ProblemsError) as caught:
        load_rules(directory, known)
    assert [(problem.kind, problem.fix) for problem in caught.value.problems] == [
        ("unknown-channel", "did you mean “duty-mall”?"),
        ("unknown-digest", "did you mean “mornings”?"),
    ]


@pytest.mark.parametrize(
    ("feeds", "fix"),
    [
        pytest.param([], "define it, or remove it here; there is no feed at all", id="none"),
        pytest.param(["tass", "yonhap"], "one of: tass, yonhap", id="few"),
        pytest.param(["nope-feed", "tass"], "did you mean “nope-feed”?", id="one like it"),
        pytest.param(
            [f"wire-{number:02}" for number in range(47)],
            "define it, or name one there is: wire-00, wire-01, wire-02, wire-03, wire-04, wire-05 and 41 more",
            id="many",
        ),
    ],
)
def test_a_name_that_is_not_there_comes_with_those_that_are(feeds: list[str], fix: str) -> None:
    rule = "id: r\ntitle: R\nstatus: draft\nscope: {feeds: {ids: nopefeed}}\nmatch: [tank]\n"
    with pytest.raises(ProblemsError) as caught:
        load_rule_set_text([("r", rule)], known=Known(feed_ids=frozenset(feeds)))
    (problem,) = caught.value.problems
    assert (problem.kind, problem.fix) == ("unknown-feed", fix)


def test_a_term_that_never_occurred_is_warned_about(tmp_path: Path) -> None:
    directory = write(tmp_path, concepts_states=STATES, rule_arms=RULE)
    found = load_rules(directory, seen=lambda term: term.text != "Pyongyang")
    (problem,) = found.warnings
    assert problem.kind == "never-seen"
    assert "Pyongyang" in problem.sentence
    assert problem.place.file.endswith("states.yaml")


def test_an_empty_directory_is_a_warning_and_a_missing_one_a_problem(tmp_path: Path) -> None:
    assert [problem.kind for problem in load_rules(tmp_path).warnings] == ["no-rules"]
    with pytest.raises(ProblemsError):
        load_rules(tmp_path / "missing")


@pytest.mark.parametrize(
    ("language", "kind"),
    [
        pytest.param("en", "", id="covered"),
        pytest.param("ko", "language-cannot-match", id="required-concept-has-none"),
    ],
)
def test_a_language_in_scope_needs_words(tmp_path: Path, language: str, kind: str) -> None:
    rule = f"id: r\ntitle: R\nstatus: draft\nscope: {{languages: [{language}]}}\nmatch: {{all: [$gun, tank]}}\n"
    directory = write(tmp_path, concepts_gun="gun: {en: [gun]}\n", rule_r=rule)
    if not kind:
        assert load_rules(directory).warnings == ()
        return
    with pytest.raises(ProblemsError) as caught:
        load_rules(directory)
    (problem,) = caught.value.problems
    assert problem.kind == kind
    assert "$gun" in problem.sentence
    assert "ko" in problem.sentence


def test_tests_may_be_written_short_or_long() -> None:
    rule = load_rule_text(
        "id: r\ntitle: R\nmatch: [tank]\n"
        "tests:\n  match: [a tank, {de: ein Panzer, hits: Panzer}, {body: x, lang: en}]\n"
    )
    assert [(test.title, test.body, test.lang, test.hits) for test in rule.tests] == [
        ("a tank", "", "", ()),
        ("ein Panzer", "", "de", ("Panzer",)),
        ("", "x", "en", ()),
    ]


def test_a_rule_file_may_be_json() -> None:
    rule = load_rule_text('{"id": "r", "title": "R", "match": {"any": ["tank", {"title": ["gun"]}]}}')
    assert isinstance(rule.match, AnyOf)


def test_rules_that_mute_each_other_are_refused(tmp_path: Path) -> None:
    def rule(name: str, mutes: str) -> str:
        return f"id: {name}\ntitle: R\nstatus: draft\nmatch: [tank]\nalert: {{mutes: [{mutes}]}}\n"

    directory = write(tmp_path, rule_a=rule("a", "b"), rule_b=rule("b", "c"), rule_c=rule("c", "a"))
    with pytest.raises(ProblemsError) as caught:
        load_rules(directory)
    assert kinds(caught.value) == ["mute-circle"] * 3


def test_a_set_finds_its_rules_by_id() -> None:
    found = load_rule_set_text([("a", "id: a\ntitle: A\nmatch: [tank]\n"), ("b", "id: b\ntitle: B\nmatch: [gun]\n")])
    rule = found.rule("b")
    assert rule is not None
    assert rule.title == "B"
    assert found.rule("c") is None
    assert isinstance(found, RuleSet)
