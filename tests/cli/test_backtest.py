"""``newsmonitor backtest``: exactly one object per article in the order of the file, and nothing sent."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.backtest_report import plot
from tests.cli.conftest import Run

Lines = Callable[..., Path]

ARTICLES: tuple[dict[str, Any], ...] = (
    {"id": "a1", "title": "Weather in Paris", "summary": "Sunny <b>and</b> warm.", "lang": "en"},
    {
        "id": 7,
        "title": "North Korea ships missiles to Russia",
        "published": "2024-05-01T10:00:00Z",
        "feed": "wire",
        "lang": "en",
    },
    {
        "id": "a3",
        "title": "",
        "summary": "북한, 러시아에 미사일 공급",
        "published": "2024-05-03 08:00:00+00:00",
        "url": None,
    },
    {"id": "a4", "title": "Nordkorea liefert Raketen an Russland", "body": "", "published": "gestern", "lang": "de-AT"},
)


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_there_is_one_object_per_line_in_the_order_of_the_file(run: Run, lines: Lines) -> None:
    result = run("backtest", "--articles", str(lines(*ARTICLES)), "--json", "--stories", "none")
    assert result.exit_code == 0
    found = rows(result.stdout)
    assert [row["id"] for row in found] == ["a1", 7, "a3", "a4"]
    assert [row["lang"] for row in found] == ["en", "en", "ko", "de"]
    for row in found:
        assert list(row) == ["id", "lang", "duplicate_of", "story", "matches", "alerts"]
        assert (row["duplicate_of"], row["story"]) == (None, None)
    assert [[match["rule"] for match in row["matches"]] for row in found] == [[], ["arms"], ["arms"], ["arms"]]


def test_hits_index_into_the_given_strings(run: Run, lines: Lines) -> None:
    marked = {"id": 1, "title": "A &amp; B", "body": "<p>North  Korea’s missiles</p>\n\nRussia", "lang": "en"}
    (row,) = rows(run("backtest", "--articles", str(lines(marked)), "--json").stdout)
    (match,) = row["matches"]
    assert {hit["text"] for hit in match["hits"]} >= {"Russia", "missiles"}
    for hit in match["hits"]:
        assert list(hit) == ["concept", "term", "text", "field", "start", "end"]
        assert marked[hit["field"]][hit["start"] : hit["end"]] == hit["text"]  # type: ignore[index]  # its texts


def test_alerts_are_replayed_without_sending(run: Run, lines: Lines) -> None:
    found = rows(run("backtest", "--articles", str(lines(*ARTICLES)), "--json").stdout)
    assert found[0]["alerts"] == []
    assert found[1]["alerts"] == [{"rule": "arms", "to": ["desk"], "reason": "first-of-story", "suppressed": False}]


def test_copies_of_one_report_are_one_story_and_one_alert(run: Run, lines: Lines) -> None:
    text = (
        "North Korea has shipped missiles to Russia, South Korean officials said on Wednesday. The shipment left the "
        "port of Rajin in April aboard two Russian vessels, the officials told lawmakers in Seoul, who asked for more."
    )
    copies = [
        {"id": n, "title": "North Korea ships missiles to Russia", "body": text, "lang": "en", "feed": f"f{n}"}
        | {"published": f"2024-05-01T1{n}:00:00Z"}
        for n in range(3)
    ]
    found = rows(run("backtest", "--articles", str(lines(*copies)), "--json").stdout)
    assert len({row["story"] for row in found}) == 1
    assert [row["duplicate_of"] for row in found] == [None, 0, 0]
    assert [row["alerts"][0]["suppressed"] for row in found] == [False, True, True]


def test_all_articles_are_put_into_stories_when_asked(run: Run, lines: Lines) -> None:
    path = str(lines(*ARTICLES))
    assert rows(run("backtest", "--articles", path, "--json").stdout)[0]["story"] is None
    stories = [row["story"] for row in rows(run("backtest", "--articles", path, "--json", "--stories", "all").stdout)]
    assert None not in stories


def test_gzip_is_read(run: Run, lines: Lines, home: Path) -> None:
    plain = lines(*ARTICLES)
    packed = home / "news.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected = run("backtest", "--articles", str(plain), "--json").stdout
    assert run("backtest", "--articles", str(packed), "--json").stdout == expected


def test_a_comparison_shows_exactly_what_is_gained_and_lost(run: Run, lines: Lines, home: Path) -> None:
    other = home / "other"
    shutil.copytree(home / "rules", other)
    rule = other / "arms.yaml"
    changed = (
        rule.read_text(encoding="utf-8").replace("de: [Rakete]", "de: [Panzer]").replace("shell]", "shell, sunny]")
    )
    rule.write_text(changed, encoding="utf-8")
    gained = {"id": "g", "title": "Sunny North Korea and Russia", "lang": "en"}
    path = str(lines(*ARTICLES, gained))
    found = rows(run("backtest", "--articles", path, "--compare", str(other), "--json").stdout)
    assert [(row["id"], row["rule"], row["change"]) for row in found] == [
        ("a4", "arms", "lost"),
        ("g", "arms", "gained"),
    ]
    assert "1 gained, 1 lost" in run("backtest", "--articles", path, "--compare", str(other)).stdout


def test_the_report_names_matches_words_and_examples(run: Run, lines: Lines) -> None:
    shown = run("backtest", "--articles", str(lines(*ARTICLES))).stdout
    assert "3 matches" in shown
    assert "2024-05-01 █ █ 2024-05-03" in shown
    assert "missile 1" in shown
    assert "4 articles, 3 matched" in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("{broken", "news.jsonl:2: not a JSON object", id="not-json"),
        pytest.param("[1]", "news.jsonl:2: not a JSON object", id="not-an-object"),
        pytest.param('{"title": "x"}', "news.jsonl:2: the article has no “id”", id="no-id"),
        pytest.param('{"id": 1, "title": 5}', "news.jsonl:2: “title” should be a text", id="title-is-a-number"),
    ],
)
def test_a_bad_line_is_named(run: Run, lines: Lines, line: str, said: str) -> None:
    path = lines(ARTICLES[0])
    with path.open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    result = run("backtest", "--articles", str(path), "--json")
    assert said in str(result.exception)


def test_a_cut_gzip_file_is_named(run: Run, home: Path) -> None:
    path = home / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ARTICLES[0]).encode() * 500)[:40])
    assert "cut short" in str(run("backtest", "--articles", str(path)).exception)


def test_without_an_archive_since_says_so(run: Run) -> None:
    assert "there is no archive yet" in str(run("backtest", "--since", "30d").exception)


def test_a_plot_has_a_column_per_day_and_at_most_sixty() -> None:
    first = date(2024, 1, 1)
    assert plot({first: 1, date(2024, 1, 3): 8}, first, date(2024, 1, 4)) == "▁ █ "
    assert len(plot({first: 1}, first, date(2026, 1, 1))) <= 60
