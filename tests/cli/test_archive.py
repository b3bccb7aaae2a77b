"""Commands that read the archive: what the rules would have found in it, and which of their words never occurred."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.occurrence import ENOUGH
from monitor.store import Store, articles
from monitor.store.values import NewArticle
from monitor.text.article import Article
from tests.cli.conftest import Run

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def archive(home: Path) -> Iterator[Store]:
    """Sixty English articles of this week, one of them relevant, a German one, and a relevant one of last year."""
    store = Store.open(home / "data" / "newsmonitor.db", now=NOW, exclusive=False)

    def add(at: datetime, *new: Article) -> None:
        store.write_now(lambda tx: articles.add(tx, [NewArticle(one) for one in new], at))

    add(NOW - 400 * DAY, Article("old", "North Korea ships shells to Russia", languages=("en",)))
    weather = [Article(f"w{n}", f"Rain in town, day {n}", feed="wire", languages=("en",)) for n in range(ENOUGH + 10)]
    add(NOW - 3 * DAY, *weather)
    add(
        NOW - 2 * DAY,
        Article(
            "new", "North Korea ships missiles to Moscow", feed="wire", languages=("en",), published_at=NOW - 2 * DAY
        ),
        Article("de", "Nordkorea grüßt Russland", languages=("de",)),
    )
    yield store
    store.close()


@pytest.mark.usefixtures("archive")
def test_the_archive_is_tested_as_far_back_as_asked(run: Run) -> None:
    done = run("backtest", "--since", "30d", "--json")
    assert done.exit_code == 0, done.output
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == ENOUGH + 12
    [row] = [row for row in found if row["matches"]]
    assert row["lang"] == "en"
    assert [match["rule"] for match in row["matches"]] == ["arms"]
    assert {hit["text"] for hit in row["matches"][0]["hits"]} >= {"North Korea", "missiles", "Moscow"}
    assert row["alerts"] == [{"rule": "arms", "to": ["desk"], "reason": "first-of-story", "suppressed": False}]
    all_of_it = run("backtest", "--since", "500d", "--json").stdout.splitlines()
    assert sum(bool(json.loads(line)["matches"]) for line in all_of_it) == 2


@pytest.mark.usefixtures("archive")
def test_the_archive_gives_the_readable_report_and_the_comparison_too(run: Run, home: Path) -> None:
    shown = run("backtest", "--since", "30d")
    assert shown.exit_code == 0, shown.output
    assert "1 match" in shown.stdout
    assert "North Korea ships missiles to Moscow" in shown.stdout
    draft = home / "draft"
    draft.mkdir()
    (draft / "rain.yaml").write_text("id: rain\ntitle: Rain\nstatus: draft\nmatch: [rain]\n", encoding="utf-8")
    compared = run("backtest", "--since", "30d", "--compare", str(draft), "--json").stdout.splitlines()
    changes = [json.loads(line)["change"] for line in compared]
    assert sorted(set(changes)) == ["gained", "lost"]
    assert changes.count("gained") == ENOUGH + 10, "a draft is tried, too"


@pytest.mark.usefixtures("archive")
def test_a_term_that_never_occurred_is_warned_about_where_there_was_enough_to_read(run: Run, home: Path) -> None:
    assert "never occurred" not in run("check").stderr
    done = run("check", "--since", "30d")
    assert done.exit_code == 0
    warned = [line for line in done.stderr.splitlines() if "never occurred in the archive" in line]
    assert {line.split("“")[1].split("”")[0] for line in warned} == {"Pyongyang", "Russia", "shell"}
    assert f"{home}/rules/arms.yaml:5:26: warning: “shell” never occurred in the archive" in done.stderr
    assert "“Rakete” never" not in done.stderr, "one German article proves nothing about German words"
    assert run("check", "--since", "30d", "--strict").exit_code == 1
    assert "“shell” never" not in run("check", "--since", "500d").stderr


@pytest.mark.usefixtures("archive")
def test_coverage_leaves_out_the_terms_that_the_archive_has(run: Run) -> None:
    without = run("test", "--coverage").stdout
    assert "never hit by a test: $russia en: Moscow" in without
    shown = run("test", "--coverage", "--since", "30d").stdout
    assert "Moscow" not in shown
    assert "$dprk en: Pyongyang" in shown
    assert "$weapon ko: 미사일" in shown
    never = json.loads(run("test", "--since", "30d", "--json").stdout)["never_hit"]
    assert {"concept": "dprk", "lang": "en", "term": "Pyongyang"} in never


@pytest.mark.parametrize("words", [["check"], ["test"]], ids=["check", "test"])
def test_without_an_archive_it_is_said_that_there_is_none(run: Run, words: list[str]) -> None:
    assert "there is no archive yet" in str(run(*words, "--since", "30d").exception)
    assert "30" in str(run(*words, "--since", "30").exception)


SECRET_CONFIG = """\
operations: desk
feeds: [{url: "https://example.org/feed", headers: {X-Key: "${FEED_KEY}"}}]
channels: {desk: "${CHAT_ADDRESS}"}
"""


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["rules"], id="rules"),
        pytest.param(["test"], id="test"),
        pytest.param(["match", "-"], id="match"),
        pytest.param(["backtest", "--since", "30d"], id="backtest"),
    ],
)
def test_rules_can_be_worked_on_without_the_secrets(run: Run, home: Path, words: list[str]) -> None:
    (home / "config.yaml").write_text(SECRET_CONFIG, encoding="utf-8")
    done = run(*words, stdin="Pyongyang sends shells to Russia")
    assert done.exit_code == 0, done.output or str(done.exception)
    assert "no rule has `status: shadow`" in str(run("rules", "diff").exception), "it got as far as the rules"
    assert run("check").exit_code == 1, "whoever installs the service does need them"
