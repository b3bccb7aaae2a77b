"""The stories of the window: joining, merging, undoing, restoring."""

from __future__ import annotations

from monitor.stories.index import StoryIndex
from tests.stories.articles import article

FERRY = article("a", "Ferry with 212 passengers sinks off Mindoro")
FERRY_LATER = article("b", "Passenger ferry sinks off Mindoro with 212 aboard", 2)
ELECTION = article("c", "Senegal opposition wins presidential election", 1)


def test_two_reports_of_one_event_are_one_story_and_a_third_stays_apart() -> None:
    index = StoryIndex()
    first, second, third = index.place_all([FERRY, FERRY_LATER, ELECTION])[0:3]
    stories = {placement.article: placement.story for placement in (first, second, third)}
    assert stories["a"] == stories["b"] != stories["c"]


def test_a_join_says_what_is_shared_and_how_far_apart() -> None:
    index = StoryIndex()
    index.place(FERRY)
    placement = index.place(FERRY_LATER)
    assert placement.joined
    assert "Mindoro" in placement.evidence.shared
    assert str(placement.evidence).endswith("2 h apart")


def test_a_copy_says_how_long_after_the_others_it_came() -> None:
    index = StoryIndex()
    index.place(FERRY)
    copy = index.place(article("copy", FERRY.title, 5))
    assert str(copy.evidence) == "same text (100%); 5 h apart"
