"""``newsmonitor rules``: what is looked for, what it costs, and what a rule on trial would tell."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.reasons import Reason
from monitor.alerts.state import PastAlert
from monitor.rules.model import Severity
from monitor.store import Store, alerts, articles, rules, stories, told
from monitor.store.story_values import StoryMember
from monitor.store.told import Told
from monitor.store.values import NewAlert, NewArticle
from monitor.text.article import Article
from tests.cli.conftest import RULE, Run

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(home: Path) -> Store:
    """An archive with five stories, and the rules at work since five hours ago."""
    trial = RULE.replace("id: arms", "id: arms-next\nstatus: shadow").replace("title: Arms", "title: New arms")
    (home / "rules" / "arms-next.yaml").write_text(trial, encoding="utf-8")
    store = Store.open(home / "data" / "newsmonitor.db", now=NOW, exclusive=False)
    store.write_now(lambda tx: rules.take_up(tx, {"arms": "1", "arms-next": "2"}, NOW - 5 * HOUR))
    for number in range(1, 6):
        article = NewArticle(Article(f"k{number}", f"Story number {number}", feed="wire"))
        [stored] = store.write_now(lambda tx, new=article: articles.add(tx, [new], NOW))  # type: ignore[misc]
        member = StoryMember(stored.id, number, NOW, NOW)
        store.write_now(lambda tx, one=member: stories.place(tx, [one]))  # type: ignore[misc]
    return store


def tell(store: Store, rule: str, story: int, at: datetime) -> None:
    """Remember that a rule told a story; one on trial, that it would have."""
    trial = rule.endswith("-next")
    past = PastAlert(at, Reason.FIRST, "1", Severity.HIGH, shadow=trial)
    alert = NewAlert(f"{rule}-{story}", rule, "1", None, story, Severity.HIGH, "first-of-story", {}, at)

    number = None if trial else store.write_now(lambda tx: alerts.add(tx, alert)).id
    store.write_now(lambda tx: told.add(tx, [Told(rule, story, past, number)]))


def test_a_trial_rule_is_shown_beside_the_live_one_story_by_story(archive: Store, run: Run) -> None:
    for story in (1, 2):
        tell(archive, "arms", story, NOW - HOUR)
    for story in (2, 3):
        tell(archive, "arms-next", story, NOW - HOUR)
    shown = run("rules", "diff")
    assert shown.exit_code == 0, shown.output
    assert "arms-next beside arms" in shown.stdout
    assert "1 told by both, 1 gained, 1 lost" in shown.stdout
    lines = {line.strip()[0]: line for line in shown.stdout.splitlines() if "Story number" in line}
    assert "Story number 3" in lines["+"]
    assert "Story number 1" in lines["−"]
    [one] = json.loads(run("rules", "diff", "--json").stdout)
    assert [item["title"] for item in one["gained"]] == ["Story number 3"]
    assert [item["story"] for item in one["lost"]] == [1]
    assert [item["story"] for item in one["both"]] == [2]


def test_what_was_told_before_both_rules_ran_proves_nothing(archive: Store, run: Run) -> None:
    tell(archive, "arms", 1, NOW - 10 * HOUR)  # before the trial began
    tell(archive, "arms", 4, NOW - 10 * HOUR)
    tell(archive, "arms-next", 4, NOW - HOUR)  # a later article of a story that the live rule had told long ago
    [one] = json.loads(run("rules", "diff", "--json").stdout)
    assert (one["gained"], one["lost"], one["both"]) == ([], [], [])


def test_a_trial_rule_can_be_shown_beside_any_other_and_a_wrong_name_is_said(archive: Store, run: Run) -> None:
    assert "arms-next beside arms-next" in run("rules", "diff", "arms-next", "--beside", "arms-next").stdout
    wrong = run("rules", "diff", "arms-nxt")
    assert "there is no rule “arms-nxt”" in str(wrong.exception)
    live = run("rules", "diff", "arms")
    assert "does not have `status: shadow`" in str(live.exception)


def test_the_list_has_the_cost_of_each_rule_and_says_which_is_left_out(archive: Store, run: Run) -> None:
    archive.write_now(lambda tx: rules.add(tx, {"arms": (4, 0.01)}))
    archive.write_now(lambda tx: rules.fail(tx, "arms-next", "KeyError: 'x'", NOW))
    shown = run("rules")
    assert "2.50" in shown.stdout
    assert "left out" in shown.stdout
    assert "KeyError" in shown.output
    listed = {one["id"]: one for one in json.loads(run("rules", "--json").stdout)}
    assert listed["arms"]["milliseconds"] == 2.5
    assert listed["arms-next"]["failure"] == "KeyError: 'x'"


def test_without_an_archive_the_rules_are_listed_all_the_same(run: Run) -> None:
    shown = run("rules")
    assert shown.exit_code == 0, shown.output
    assert "Arms transfers" in shown.stdout


def rules_as_shown(home: Path, width: int) -> list[str]:
    """The list of rules on a terminal that is so wide, without its colours."""
    terminal = {**os.environ, "COLUMNS": str(width), "FORCE_COLOR": "1", "TERM": "xterm"}
    words = [sys.executable, "-m", "monitor", "rules", "--config", str(home / "config.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True, env=terminal)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines()


def speak(home: Path, *languages: str) -> None:
    """Write a rule with terms in these languages."""
    terms = ", ".join(f"{language}: [Rakete]" for language in languages)
    rule = RULE.replace("{en: [missile, shell], de: [Rakete], ko: [미사일]}", f"{{{terms}, en: [missile, shell]}}")
    (home / "rules" / "arms.yaml").write_text(rule, encoding="utf-8")


@pytest.mark.parametrize(("width", "most"), [(60, 2), (80, 1), (120, 1)])
def test_a_rule_in_many_languages_takes_two_lines_at_most(home: Path, width: int, most: int) -> None:
    speak(home, "de", "fr", "es", "pt", "nl", "da", "nb")
    lines = rules_as_shown(home, width)
    assert len(lines) == 1 + most, lines
    assert "Arms transfers" in "\n".join(lines)


def test_in_a_pipe_a_rule_is_one_line_with_its_title_early_and_its_best_known_languages(home: Path, run: Run) -> None:
    speak(home, "de", "fr", "es", "pt", "nl", "da", "nb")
    heading, line = run("rules").stdout.splitlines()
    assert heading.split()[:2] == ["rule", "title"]
    assert re.search(r"arms +Arms transfers +live +high +2/1/0 +en, de, \+7 +desk$", line), line
