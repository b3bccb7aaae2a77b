"""``newsmonitor test``: the failing article, what hit, what failed first, and what no test proves."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_passing_tests_are_counted(run: Run) -> None:
    result = run("test")
    assert result.exit_code == 0
    assert result.stdout == "3 passed, 0 failed; 6 of 12 terms proved\n"


def test_a_failure_shows_place_article_and_nearest_miss(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace("  no_match:", "    - en: North Korea greets Russia\n  no_match:"), encoding="utf-8")
    result = run("test", "arms")
    assert result.exit_code == 1
    assert f"{rule}:18:7: ✗ failed: arms: it should match, and does not" in result.stdout
    assert "North Korea greets Russia" in result.stdout
    assert "$weapon: none of its 2 terms for en is there" in result.stdout


def test_coverage_shows_concepts_by_language_and_unproved_terms(run: Run) -> None:
    shown = run("test", "--coverage").stdout
    assert "weapon" in shown
    assert "never hit by a test: $weapon ko: 미사일" in shown


def test_results_come_as_json(run: Run) -> None:
    said = json.loads(run("test", "--json").stdout)
    assert said["ok"] is True
    assert [test["outcome"] for test in said["tests"]] == ["passed"] * 3
    assert {"concept": "weapon", "lang": "ko", "terms": 1, "hit": 0} in said["coverage"]
