"""Commands that edit config.yaml: what a person wrote there stays, and it never stops loading."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitor.bundled import bundled
from monitor.cli.feeds_file import with_feeds, without_feeds
from monitor.sources.opml import ListedFeed
from tests.cli.installed.commands import Here

URL = "https://feeds.example.org/world.xml"


@pytest.fixture
def fresh(tmp_path: Path) -> Here:
    """An installation as ``init`` makes it."""
    shutil.copytree(bundled("rules"), tmp_path / "rules")
    shutil.copy(bundled("config.example.yaml"), tmp_path / "config.yaml")
    (tmp_path / "config.yaml").chmod(0o640)
    return Here(tmp_path)


def test_a_feed_is_added_as_one_line_and_removed_without_a_trace(fresh: Here) -> None:
    before = fresh.config.read_text(encoding="utf-8")
    done = fresh("feeds", "add", URL, "--title", "World", "--tag", "wire", "--tag", "un", "--language", "fr")
    assert done.code == 0, done.err
    entry = '  - {id: feeds.example.org-world, url: "https://feeds.example.org/world.xml", title: World, language: fr, '
    assert fresh.config.read_text(encoding="utf-8").replace(entry + "tags: [wire, un]}\n", "") == before
    row = next(row for row in fresh.rows("feeds", "list") if row["title"] == "World")
    assert row["tags"] == ["wire", "un"]
    assert "it is there already" in fresh("feeds", "add", URL).out
    assert fresh.config.stat().st_mode & 0o777 == 0o640

    assert fresh("feeds", "remove", row["id"]).code == 0
    assert fresh.config.read_text(encoding="utf-8") == before
    assert fresh("feeds", "add", URL).code == 0
    assert fresh("feeds", "remove", URL).code == 0, "by its address, too"
    assert fresh.config.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("text", "added"),
    [
        pytest.param("operations: t\n", "operations: t\n\nfeeds:\n  - ENTRY\n", id="no list yet"),
        pytest.param(
            "feeds:\n- https://a.example/x # mine\n\n# next\nwatch: true\n",
            "feeds:\n- https://a.example/x # mine\n- ENTRY\n\n# next\nwatch: true\n",
            id="a list without margin, then a comment on what follows",
        ),
        pytest.param(
            "feeds:\n    - url: https://a.example/x\n      tags:\n        - wire\n    # the end",
            "feeds:\n    - url: https://a.example/x\n      tags:\n        - wire\n    - ENTRY\n    # the end",
            id="entries over several lines, no last line break",
        ),
    ],
)
def test_a_feed_is_added_in_the_way_the_list_is_written(text: str, added: str) -> None:
    feed = ListedFeed(URL, tags=("a: b", "no"))
    entry = f'{{id: feeds.example.org-world, url: "{URL}", tags: ["a: b", "no"]}}'
    assert with_feeds(text, [feed]) == added.replace("ENTRY", entry)


def test_a_feed_in_the_middle_is_removed_with_its_lines_alone() -> None:
    text = "feeds:\n  - one: 1\n    tags: [x]\n  # about two\n  - two\n  # about three\n  - three # here\nwatch: true\n"
    assert without_feeds(text, [0]) == text.replace("  - one: 1\n    tags: [x]\n", "")
    assert without_feeds(text, [2]) == text.replace("  - three # here\n", "")
    assert without_feeds(text, [0, 1, 2]).startswith("feeds: []\n")


def test_a_list_in_brackets_stays_one() -> None:
    text = "# mine\nfeeds: [https://a.example/x, https://b.example/y] # two\nwatch: true # why not\n"
    added = with_feeds(text, [ListedFeed(URL)])
    assert URL in added
    assert [line.partition("#")[2] for line in added.splitlines()] == [" mine", " two", " why not"]
    assert without_feeds(added, [2]).split() == text.split()


def test_an_exported_list_is_imported_whole_elsewhere(fresh: Here, past: Here, tmp_path: Path) -> None:
    listed = fresh("feeds", "export")
    opml = tmp_path / "feeds.opml"
    opml.write_text(listed.out, encoding="utf-8")
    assert len(list(ET.fromstring(listed.out).iter("outline"))) == len(fresh.rows("feeds", "list"))
    other = past.copy(tmp_path / "other")
    done = other("feeds", "import", str(opml))
    assert done.code == 0, done.err
    assert "47 of 47 feeds added" in done.out
    assert "0 of 47 feeds added; 47 there already" in other("feeds", "import", str(opml)).out
    there = {row["title"]: row["tags"] for row in other.rows("feeds", "list")}
    for row in fresh.rows("feeds", "list"):
        assert there[row["title"]] == row["tags"]
    assert other("check").code == 0


def test_folders_of_a_reader_become_tags_whatever_they_are_called(fresh: Here, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml version="2.0"><head/><body><outline text="Asia, Pacific / Far East">'
        f'<outline type="rss" text="{"A long title " * 5}" xmlUrl="https://one.example/a?b=c&amp;d=e"/>'
        '<outline type="rss" text="Two: &quot;quoted&quot; #1" xmlUrl="https://two.example/feed" language="de-AT"/>'
        '<outline type="rss" text="never" xmlUrl="javascript:alert(1)"/></outline></body></opml>',
        encoding="utf-8",
    )
    done = fresh("feeds", "import", str(opml))
    assert done.code == 0, done.err
    assert "2 of 3 feeds added" in done.out
    assert "there already" not in done.out
    assert done.err == "left out: javascript:alert(1); only http:// and https:// can be polled\n"
    assert {row["title"] for row in fresh.rows("feeds", "list")} >= {'Two: "quoted" #1'}
    assert fresh("check").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("add", "ftp://example.org/feed"), "http", id="a scheme that is not polled"),
        pytest.param(("add", URL, "--language", "klingon"), "language", id="a language that does not exist"),
        pytest.param(("remove", "yonhap-nk-en-typo"), "did you mean “yonhap-nk-en”?", id="a feed that is not there"),
    ],
)
def test_a_change_that_would_break_the_file_is_refused_and_changes_nothing(
    words: tuple[str, ...], said: str, fresh: Here
) -> None:
    before = fresh.config.read_text(encoding="utf-8")
    done = fresh("feeds", *words)
    assert done.code == 2
    assert said in done.err
    assert fresh.config.read_text(encoding="utf-8") == before
    assert [file.name for file in fresh.directory.glob("*.yaml")] == ["config.yaml"], "no draft is left behind"


def test_a_list_that_is_none_is_refused_in_one_sentence(fresh: Here, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text("<html><body>Sign in</body></html>", encoding="utf-8")
    done = fresh("feeds", "import", str(tmp_path / "list.opml"))
    assert done.code == 2
    assert "OPML" in done.err
