"""``feedback``: verdicts, what they say of a rule, and an exclusion that is tried out before it is shown."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.installed.commands import Here
from tests.cli.installed.conftest import World, write_installation
from tests.e2e.world import Item, rss

GOOD = [
    Item("good-1", "Nordkorea liefert Russland Raketen für die Front", "Die Lieferung lief über Wladiwostok."),
    Item("good-2", "Nordkorea schickt Russland Munition in Containern", "Der Zug überquerte am Abend die Grenze."),
]
BAD = [
    Item("bad-1", "Kinostart: Nordkorea, Russland und eine Rakete", "Der Film läuft ab Donnerstag im Kino."),
    Item("bad-2", "Der Film der Woche: Rakete aus Nordkorea für Russland", "Die Komödie begeistert das Publikum."),
]


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, world: World) -> Here:
    """Four alerts of one rule, each of a story of its own; two are judged good, two bad."""
    here = write_installation(tmp_path_factory.mktemp("judged"), world)
    config = json.loads(here.config.read_text(encoding="utf-8"))
    config["feeds"] = []
    for item in (*GOOD, *BAD):
        world.feeds.pages[f"/{item.guid}"] = rss([item], "de")
        config["feeds"].append({"id": item.guid, "url": f"{world.feeds.url}/{item.guid}", "language": "de"})
    here.config.write_text(json.dumps(config), encoding="utf-8")
    rule = here.directory / "rules" / "arms.yaml"
    again = "alert: {to: [hook], tell_again: {origins: [2, 3, 4]}}"
    rule.write_text(rule.read_text(encoding="utf-8").replace("alert: {to: [hook, post]}", again), encoding="utf-8")
    assert here("once", "--all").code == 0
    return here


@pytest.fixture
def copy(judged: Here, tmp_path: Path) -> Here:
    return judged.copy(tmp_path / "copy")


def number_of(here: Here, item: Item) -> str:
    found = [row["id"] for row in here.rows("alerts") if row["alert"]["content"]["title"] == item.title]
    assert found, f"there is an alert about “{item.title}”"
    return str(found[0])


def judge(here: Here) -> None:
    for items, verdict in ((GOOD, "good"), (BAD, "bad")):
        for item in items:
            assert here("feedback", number_of(here, item), verdict).code == 0


def test_a_verdict_is_put_down_with_its_comment_and_the_last_one_counts(copy: Here) -> None:
    number = number_of(copy, BAD[0])
    assert "arms: 1 of 1 alerts judged so far are good (100%)" in copy("feedback", number, "good").line
    done = copy("feedback", number, "bad", "a film, not news", "--author", "kim")
    assert "0 of 1" in done.line
    assert f"alert {number} is bad" in done.line
    first, last = copy.rows("feedback", "list")
    assert (first["good"], last["good"], last["comment"]) == (True, False, "a film, not news")
    assert copy("feedback", "give", number, "bad").code == 0, "the long form"


def test_a_report_gives_each_rules_precision_and_what_it_can_prove(copy: Here) -> None:
    judge(copy)
    overall, week = copy.rows("feedback", "report")
    assert (overall["rule"], overall["week"], overall["good"], overall["bad"]) == ("arms", None, 2, 2)
    assert overall["share"] == 0.5
    assert overall["low"] < 0.2, "four verdicts prove little"
    assert overall["high"] > 0.8
    assert week["week"]
    assert "50%" in copy("feedback", "report").out


def test_a_proposal_removes_the_bad_ones_keeps_the_good_ones_and_applies_as_a_patch(copy: Here) -> None:
    judge(copy)
    done = copy("feedback", "propose", "arms")
    assert done.code == 0, done.err
    assert "removes 2 of 2 bad alerts, keeps all 2 good ones" in done.err
    assert "2 tests of arms pass" in done.err
    assert "# What the desk is here for." not in done.out, "only the lines around the change"
    applied = subprocess.run(
        ["patch", "-p1", "-d", str(copy.directory)], input=done.out, text=True, capture_output=True, check=False
    )
    assert applied.returncode == 0, applied.stdout
    assert copy("check").code == 0
    assert copy("test", "arms").code == 0
    text = (copy.directory / "rules" / "arms.yaml").read_text(encoding="utf-8")
    assert text.startswith("# What the desk is here for.")
    for item in BAD:
        assert "arms would" not in copy("why", f"https://news.example/{item.guid}").line
        assert "✗ arms" in copy("why", f"https://news.example/{item.guid}", "arms").line
    for item in GOOD:
        assert "✓ arms" in copy("why", f"https://news.example/{item.guid}", "arms").line
    assert "matches none of the 2 bad articles any more" in copy("feedback", "propose", "arms").err


def test_nothing_is_proposed_that_would_cost_a_good_alert(copy: Here) -> None:
    assert copy("feedback", number_of(copy, GOOD[0]), "bad").code == 0
    rule = copy.directory / "rules" / "arms.yaml"
    same = f"  match:\n    - {{de: '{GOOD[0].title}', summary: '{GOOD[0].text}'}}\n"
    rule.write_text(rule.read_text(encoding="utf-8").replace("  match:\n    - de", same + "    - de"), encoding="utf-8")
    done = copy("feedback", "propose", "arms")
    assert done.code == 2
    assert done.out == ""
    assert "nothing is proposed" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("propose", "arms"), "no alert of arms is judged bad", id="nothing is judged yet"),
        pytest.param(("propose", "nothing"), "there is no rule “nothing”", id="no such rule"),
    ],
)
def test_without_verdicts_there_is_nothing_to_propose(words: tuple[str, ...], said: str, judged: Here) -> None:
    done = judged("feedback", *words)
    assert done.code == 2
    assert said in done.err


def test_a_notice_about_newsmonitor_itself_is_not_judged(past: Here) -> None:
    notice = next(row["id"] for row in past.rows("alerts") if row["alert"]["rule"] == "operations")
    done = past("feedback", str(notice), "bad")
    assert done.code == 2
    assert "about newsmonitor itself" in done.err
