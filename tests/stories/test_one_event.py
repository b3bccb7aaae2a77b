"""One event in five languages is one story, and a look-alike of the same day is another."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from monitor.stories.index import StoryIndex
from monitor.stories.model import Placement
from tests.stories.one_event import Report, read_reports

REPORTS = read_reports()
BOTH = ("dprk", "russia")


def placed(reports: list[Report], *, body: bool = True, concepts: tuple[str, ...] = ()) -> StoryIndex:
    index = StoryIndex()
    for report in sorted(reports, key=lambda report: report.hours):
        index.place(report.article(body=body, concepts=concepts))
    return index


def stories_of(index: StoryIndex, event: str) -> Counter[int]:
    found = [index.story_of(report.title) for report in REPORTS if report.event == event]
    return Counter(story for story in found if story is not None)


def test_the_fixture_is_one_event_ten_times_in_each_of_five_languages_and_a_look_alike() -> None:
    languages = Counter(report.lang for report in REPORTS if report.event == "shells")
    assert languages == {"en": 10, "de": 10, "ru": 10, "ko": 10, "fr": 10}
    assert {report.lang for report in REPORTS if report.event == "flour"} == set(languages)
    assert len({report.title for report in REPORTS}) == len(REPORTS)


def test_fifty_reports_in_five_languages_are_one_story_and_the_look_alike_another() -> None:
    for concepts in ((), BOTH):  # all articles of a rule share its concepts: that joins nothing
        index = placed(REPORTS, concepts=concepts)
        (shells,), (flour,) = stories_of(index, "shells"), stories_of(index, "flour")
        assert shells != flour
        view = index.view(shells)
        assert view is not None
        assert (len(view.articles), set(view.languages)) == (50, {"en", "de", "ru", "ko", "fr"})
        names = {origin.name for origin in view.origins}
        assert {"Yonhap", "dpa", "TASS", "AFP"} <= names, "credit lines name the origins"


def test_by_their_headlines_alone_the_two_events_never_mix() -> None:
    index = placed(REPORTS, body=False)
    shells, flour = stories_of(index, "shells"), stories_of(index, "flour")
    assert shells.keys().isdisjoint(flour.keys())
    assert max(shells.values()) >= 25


@pytest.mark.parametrize("seed", range(6))
def test_however_the_reports_of_an_hour_arrive_they_end_in_the_same_two_stories(seed: int) -> None:
    chance, index = Random(seed), StoryIndex()
    for hour in range(14):
        reports = [report for report in REPORTS if int(report.hours) == hour]
        chance.shuffle(reports)
        for report in reports:
            index.place(report.article())
    assert sorted(stories_of(index, "shells").values()) == [50]
    assert sorted(stories_of(index, "flour").values()) == [11]


def test_every_join_states_its_evidence() -> None:
    index = StoryIndex()
    in_time = sorted(REPORTS, key=lambda report: report.hours)
    placements: list[Placement] = [index.place(report.article(concepts=BOTH)) for report in in_time]
    joined = [placement for placement in placements if placement.joined]
    assert len(joined) >= 50
    assert all(placement.evidence.shared or placement.evidence.copied for placement in joined)
    first_in_german = next(report.title for report in in_time if report.lang == "de")
    across = next(placement for placement in joined if placement.article == first_in_german)
    assert {"1,000,000", "artillery shells"} <= set(across.evidence.shared), "what it shares with the English ones"
