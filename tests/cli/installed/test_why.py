"""``why``: the first thing that stopped an article, or where it was told."""

from __future__ import annotations

from tests.cli.installed.commands import Here


def test_a_told_article_shows_its_whole_way_and_where_it_did_not_arrive(past: Here) -> None:
    done = past("why", "https://news.example/told")
    assert done.code == 0
    for step in ("stored", "matched", "alerted", "sent", "dead"):
        assert step in done.out
    assert "Told on hook; not on post: its delivery is dead" in done.line
    answer = past("why", "https://news.example/told", "--json").json
    assert answer["stop"] == ""
    assert answer["article"]["article"]["url"] == "https://news.example/told"


def test_the_address_of_a_copy_leads_to_the_article_that_came_first(past: Here) -> None:
    first = past("why", "https://news.example/told", "--json").json["article"]["id"]
    assert past("why", "https://news.example/told?utm_source=mirror", "--json").json["article"]["id"] == first


def test_an_article_shows_which_other_feeds_brought_its_page(past: Here) -> None:
    events = past("why", "https://news.example/told", "--json").json["events"]
    copies = [(event["feed"], event["details"]["url"]) for event in events if event["kind"] == "duplicate"]
    assert copies == [("mirror", "https://news.example/told")]
    rain = past("why", "https://news.example/rain")
    assert "duplicate" in rain.out
    assert "Stopped by: no rule matched" in rain.line, "another feed with the same page stops nothing"


def test_the_same_text_elsewhere_joined_the_story_and_was_not_told_again(past: Here) -> None:
    done = past("why", "https://mirror.example/raketen")
    assert "Stopped by: it was decided not to tell: joined story" in done.line


def test_what_a_silence_kept_back_names_the_silence(past: Here) -> None:
    done = past("why", "https://news.example/muted")
    assert "Stopped by: it was decided not to tell: silenced by kim" in done.line
    assert "season" in done.line


def test_what_no_rule_matched_says_what_was_missing(past: Here) -> None:
    done = past("why", "https://news.example/rain", "arms")
    assert "Stopped by: no rule matched" in done.line
    assert "“Russland” not in the text" in done.line, "the rule's tree"


def test_a_rule_written_later_is_named_as_such(here: Here) -> None:
    rule = "id: rain\ntitle: Rain\nmatch: [Regen]\nalert: {to: [hook]}\n"
    tests = "tests:\n  match: [{de: Regen}]\n  no_match: [{de: Sonne}]\n"
    (here.directory / "rules" / "rain.yaml").write_text(rule + tests, encoding="utf-8")
    assert "no rule matched when it came; rain would by now" in here("why", "https://news.example/rain").line


def test_what_was_never_seen_is_said_to_be_so_with_what_to_look_at(past: Here) -> None:
    done = past("why", "https://nowhere.example/x")
    assert done.code == 2
    assert "no feed has brought it" in done.line
    assert "feeds list" in done.line
