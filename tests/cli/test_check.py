"""``newsmonitor check`` and the way every command ends: exit codes, one clear message, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, RULE, Run


def newsmonitor(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_a_good_installation_is_ok(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout == "ok: 1 feed, 1 channel, 1 rule, 2 concepts\n"


def test_every_problem_of_config_and_rules_is_shown_with_its_place_and_fix(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text("pooling: {}\nchannels: {desk: console}\n", encoding="utf-8")
    with (home / "rules" / "arms.yaml").open("a", encoding="utf-8") as rule:
        rule.write("severty: low\n")
    result = run("check")
    assert result.exit_code == 1
    shown = result.stderr.splitlines()
    assert f"{home}/config.yaml:1:1: error: the key “pooling” is not known here → did you mean “polling”?" in shown
    assert (
        f"{home}/rules/arms.yaml:20:1: error: the key “severty” is not known here → did you mean “severity”?" in shown
    )
    assert shown[-1] == "2 errors, 0 warnings"


def test_names_in_rules_are_held_against_the_config(run: Run, home: Path) -> None:
    text = (home / "rules" / "arms.yaml").read_text(encoding="utf-8")
    (home / "rules" / "arms.yaml").write_text(text.replace("to: [desk]", "to: [dsk]"), encoding="utf-8")
    result = run("check")
    assert result.exit_code == 1
    assert "did you mean “desk”?" in result.stderr


def test_a_failing_test_of_a_rule_is_an_error_because_the_daemon_refuses_the_set(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    text = rule.read_text(encoding="utf-8").replace("South Korea ships shells to Poland", "Pyongyang shells, to Russia")
    rule.write_text(text, encoding="utf-8")
    shown = run("check")
    assert shown.exit_code == 1
    place, line, caret, count = shown.stderr.splitlines()
    assert place.startswith(f"{rule}:19:7: error: rule arms: a test fails: it should not match, and does: ")
    assert place.endswith("→ mend the rule or the test; `newsmonitor test arms` shows what hit")
    assert line.endswith("- en: Pyongyang shells, to Russia")
    assert caret.endswith("│   ^")
    assert count == "1 error, 0 warnings"
    started = newsmonitor("run", cwd=home)
    assert started.returncode == 1
    assert started.stderr.splitlines() == [place], "the daemon says the same"


def test_a_failing_test_is_shown_beside_the_problems_of_the_config(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text("pooling: {}\nchannels: {desk: console}\n", encoding="utf-8")
    rule = home / "rules" / "arms.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("Nordkorea", "Norwegen"), encoding="utf-8")
    kinds = {problem["kind"] for problem in json.loads(run("check", "--json").stdout)}
    assert {"unknown-key", "failing-test"} <= kinds


@pytest.mark.parametrize(
    ("alert", "config", "why"),
    [
        pytest.param("alert: {to: [desk]}", "", "", id="it names a channel"),
        pytest.param(
            "", "", "it names no channel, and no route in config.yaml holds for it → name a channel", id="nobody"
        ),
        pytest.param("status: shadow", "", "", id="a rule on trial tells nobody anyway"),
        pytest.param("", "routes: [{to: [desk]}]\n", "", id="a route for everything"),
        pytest.param("", "routes: [{when: {rules: [arm*]}, to: [desk]}]\n", "", id="a route for the rule"),
        pytest.param("", "routes: [{when: {languages: [fa]}, to: [desk]}]\n", "", id="a route for some of its alerts"),
        pytest.param("", "routes: [{when: {severity: critical}, to: [desk]}]\n", "", id="once it escalates"),
        pytest.param("", "routes: [{when: {rules: [x]}, to: [desk]}]\n", "no route in config.yaml", id="other routes"),
        pytest.param(
            "alert: {to: [off]}", "", "“off” is not enabled → name a channel under", id="a channel switched off"
        ),
    ],
)
def test_a_live_rule_that_reaches_nobody_is_warned_about(
    run: Run, home: Path, alert: str, config: str, why: str
) -> None:
    channels = CONFIG.replace("desk: console", "desk: console, off: {type: console, enabled: false}")
    (home / "config.yaml").write_text(channels + config, encoding="utf-8")
    (home / "rules" / "arms.yaml").write_text(RULE.replace("alert: {to: [desk]}", alert), encoding="utf-8")
    result = run("check")
    assert result.exit_code == 0
    said = [line for line in result.stderr.splitlines() if "reaches nobody" in line]
    assert bool(said) is bool(why)
    if why:
        assert said[0].startswith(f"{home}/rules/arms.yaml:1:1: warning: this live rule reaches nobody: ")
        assert why in said[0]


def test_warnings_fail_only_a_strict_check(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text("feeds: [https://example.org/feed]\nchannels: {desk: console}\n")
    assert run("check").exit_code == 0
    assert run("check", "--strict").exit_code == 1
    assert "warning" in run("check").stderr


def test_problems_come_as_json(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text("feeds: [https://example.org/feed]\nchannels: {desk: console}\n")
    (problem,) = json.loads(run("check", "--json").stdout)
    assert problem == {
        "file": f"{home}/config.yaml",
        "line": 1,
        "column": 1,
        "kind": "no-operations",
        "gravity": "warning",
        "sentence": "nobody is told when a feed or a channel fails",
        "fix": "add `operations:` with the name of a channel",
    }


def test_a_directory_of_rules_is_checked_without_a_config(run: Run, home: Path) -> None:
    (home / "config.yaml").unlink()
    assert run("check").exit_code == 1
    assert run("check", "--rules", str(home / "rules")).exit_code == 0


def test_names_in_a_directory_of_somebody_else_are_held_against_the_config_as_advice(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    rule.write_text(RULE.replace("to: [desk]", "to: [dsk], quiet: nights"), encoding="utf-8")
    (home / "rules").rename(home / "drafts")
    result = run("check", "--rules", str(home / "drafts"))
    assert result.exit_code == 0, result.stderr
    assert f"{home}/drafts/arms.yaml:13:14: warning: config.yaml has no channel “dsk” → did you mean “desk”?" in (
        result.stderr.splitlines()
    )
    assert "warning: config.yaml has no quiet hours “nights”" in result.stderr
    assert run("check", "--rules", str(home / "drafts"), "--strict").exit_code == 1


def test_the_own_rules_are_the_own_rules_by_whatever_path(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    rule.write_text(RULE.replace("to: [desk]", "to: [dsk]"), encoding="utf-8")
    result = run("check", "--rules", str(home / "rules" / "concepts" / ".."))
    assert result.exit_code == 1
    assert "error: config.yaml has no channel “dsk”" in result.stderr


def test_rules_are_listed(run: Run) -> None:
    (rule,) = json.loads(run("rules", "--json").stdout)
    assert (rule["id"], rule["status"], rule["severity"], rule["to"]) == ("arms", "live", "high", ["desk"])
    assert rule["languages"] == ["de", "en", "ko"]
    assert rule["tests"] == {"match": 2, "no_match": 1, "known_miss": 0}
    assert "arms" in run("rules").stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["match", "no-such-file"], 2, "cannot read no-such-file", id="missing-file"),
        pytest.param(["test", "nobody"], 2, "there is no rule “nobody”", id="missing-rule"),
        pytest.param(["backtest"], 2, "name either --articles FILE or --since", id="nothing-to-test"),
        pytest.param(["rules", "--rules", "nowhere"], 1, "there is no such directory", id="missing-directory"),
    ],
)
def test_a_command_that_cannot_be_done_ends_in_one_line(words: list[str], code: int, said: str, home: Path) -> None:
    result = newsmonitor(*words, cwd=home)
    assert result.returncode == code
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_the_line_of_a_problem_in_a_rule_is_shown_with_a_caret_under_its_column(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("ko: [미사일]", "ko: [미사일, $weapn]"), encoding="utf-8")
    shown = run("check").stderr.splitlines()
    assert shown[0].startswith(f"{rule}:5:58: error: ")
    assert shown[1] == "     5 │ …{en: [missile, shell], de: [Rakete], ko: [미사일, $weapn]}"
    assert shown[2].index("^") == shown[1].index("$weapn") + 3, "a Korean syllable is two cells wide"


def test_no_line_of_the_configuration_is_shown(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text("pooling: t0p-s3cret\nchannels: {desk: console}\n", encoding="utf-8")
    result = run("check")
    assert "pooling" in result.stderr
    assert "t0p-s3cret" not in result.stderr


def test_a_long_line_is_cut_around_the_column(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    before, after = (", ".join(f"{word}{n}" for n in range(60)) for word in ("left", "right"))
    text = rule.read_text(encoding="utf-8").replace("shell]", f"shell, {before}, x*, {after}]")
    rule.write_text(text, encoding="utf-8")
    place, line, caret, *_ = run("check").stderr.splitlines()
    assert "error" in place
    assert line.count("…") == 2
    assert len(line) <= 115
    assert line[caret.index("^") :].startswith("x*, right0")
