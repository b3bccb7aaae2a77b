"""Stories as they are kept: counts that are true, merges that lose nothing, and a window that can be taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts.reasons import Reason
from monitor.alerts.state import Held, PastAlert, Silence
from monitor.rules.model import Severity
from monitor.store import Store, alerts, articles, silences, stories, told
from monitor.store.story_values import ChangeKind, Story, StoryChange, StoryMember, WindowArticle
from monitor.store.told import Told, Waiting
from monitor.store.values import NewAlert, NewArticle

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(store: Store, now: datetime, make_article: Callable[[int], NewArticle]) -> Store:
    """Ten articles, numbered 1 to 10; the odd ones German, the even ones Korean."""
    new = [make_article(number) for number in range(1, 11)]
    for number in range(1, 10, 2):
        new[number] = replace(new[number], article=replace(new[number].article, languages=("ko",)))
    store.write_now(lambda tx: articles.add(tx, new, now))
    return store


def _member(article: int, story: int, now: datetime, **more: object) -> StoryMember:
    origin = f"text:{article}"
    member = StoryMember(article, story, now + article * HOUR, now, outlet=f"outlet-{article % 3}", origin=origin)
    return replace(member, **more)  # type: ignore[arg-type]


def _place(store: Store, *members: StoryMember) -> None:
    store.write_now(lambda tx: stories.place(tx, members))


def _get(store: Store, number: int) -> Story:
    story = store.read_now(lambda tx: stories.get(tx, number))
    assert story is not None
    return story


def _articles_of(store: Store, story: int) -> list[int]:
    return [member.article for member in store.read_now(lambda tx: stories.members(tx, story))]


def test_a_member_comes_back_with_its_evidence(archive: Store, now: datetime) -> None:
    member = _member(
        1, 5, now, origin="dpa", origin_name="dpa", duplicate_of=3, concepts=("weapon",), evidence={"shared": ["북한"]}
    )
    _place(archive, member)
    assert archive.read_now(lambda tx: stories.members(tx, 5)) == [member]
    assert archive.read_now(lambda tx: stories.of_articles(tx, [1, 2])) == {1: member}
    found = archive.read_now(lambda tx: articles.get(tx, 1))
    assert found is not None
    assert found.story == 5


def test_a_story_counts_its_articles_origins_outlets_and_languages(archive: Store, now: datetime) -> None:
    _place(archive, _member(2, 1, now), _member(1, 1, now), _member(4, 1, now, origin="text:2"))
    assert _get(archive, 1) == Story(
        id=1,
        title="Meldung 1",
        lang="de",
        started_at=now + HOUR,
        updated_at=now + 4 * HOUR,
        articles=3,
        origins=2,
        outlets=2,
        languages=("de", "ko"),
    )


def test_a_merge_hands_over_everything_and_is_on_record(
    archive: Store, now: datetime, make_alert: Callable[..., NewAlert]
) -> None:
    _place(archive, _member(1, 1, now), _member(2, 2, now), _member(3, 2, now))
    second = archive.write_now(lambda tx: alerts.add(tx, make_alert("u2", story=2)))
    past = PastAlert(now, Reason.FIRST, "key-2", Severity.HIGH)
    archive.write_now(lambda tx: told.add(tx, [Told("arms", 2, past, second.id)]))
    archive.write_now(lambda tx: stories.merge(tx, 2, 1, now, evidence={"score": 0.9}))

    assert _articles_of(archive, 1) == [1, 2, 3]
    assert _get(archive, 2) == _get(archive, 1)
    assert _get(archive, 1).articles == 3
    found = archive.read_now(lambda tx: alerts.first_of_each(tx, "arms", [1, 2]))
    assert found == {1: replace(second, alert=replace(second.alert, story=1))}
    assert archive.read_now(lambda tx: told.of_stories(tx, [1, 2])) == {("arms", 1): (past,)}
    assert archive.read_now(lambda tx: stories.changes(tx, 2)) == [
        StoryChange(1, now, ChangeKind.MERGE, 1, 2, (2, 3), "", {"score": 0.9})
    ]
    assert [story.id for story in archive.read_now(stories.latest)] == [1]


def test_of_two_waits_the_one_that_began_first_goes_on(archive: Store, now: datetime) -> None:
    _place(archive, *(_member(number, number, now) for number in (1, 2, 3)))

    def hold(rule: str, story: int, since: datetime) -> None:
        held = Held(f"key-{story}", "token", Severity.LOW, since)
        archive.write_now(lambda tx: told.hold(tx, [Waiting(rule, story, held, since + 6 * HOUR)]))

    hold("arms", 1, now)
    hold("arms", 2, now - HOUR)
    hold("drones", 1, now - HOUR)
    hold("drones", 2, now)
    hold("ships", 2, now)
    archive.write_now(lambda tx: stories.merge(tx, 2, 1, now))
    found = archive.read_now(lambda tx: told.held_of(tx, [1, 2]))
    assert {key: held.article for key, held in found.items()} == {
        ("arms", 1): "key-2",
        ("drones", 1): "key-1",
        ("ships", 1): "key-2",
    }


def test_a_silence_on_a_story_follows_it_into_a_merge(archive: Store, now: datetime) -> None:
    _place(archive, _member(1, 1, now), _member(2, 2, now))
    archive.write_now(lambda tx: silences.add(tx, Silence(0, now + HOUR, "kim", "enough", now, story=2), now))
    archive.write_now(lambda tx: stories.merge(tx, 2, 1, now))
    assert [silence.story for silence in archive.read_now(lambda tx: silences.active(tx, now))] == [1]


def test_a_split_moves_the_articles_and_keeps_the_two_apart_for_good(archive: Store, now: datetime) -> None:
    _place(archive, *(_member(number, 1, now) for number in (1, 2, 3)), _member(4, 2, now))
    new = archive.write_now(lambda tx: stories.split(tx, 1, [2, 3, 4], 3, now, author="kim"))
    assert (new.id, new.articles, new.title) == (3, 2, "Meldung 2")
    assert (_articles_of(archive, 1), _articles_of(archive, 2), _articles_of(archive, 3)) == ([1], [4], [2, 3])
    assert _get(archive, 1).articles == 1
    assert archive.read_now(stories.kept_apart) == [(1, 3)]
    [change] = archive.read_now(lambda tx: stories.changes(tx, 1))
    assert (change.kind, change.other, change.articles, change.author) == (ChangeKind.SPLIT, 3, (2, 3), "kim")

    archive.write_now(lambda tx: stories.merge(tx, 3, 2, now))
    assert archive.read_now(stories.kept_apart) == [(1, 2)]
    archive.write_now(lambda tx: stories.merge(tx, 2, 1, now, author="kim"))
    assert archive.read_now(stories.kept_apart) == []


def test_what_is_split_from_a_story_stays_apart_from_what_that_was_kept_apart_from(
    archive: Store, now: datetime
) -> None:
    _place(archive, *(_member(number, 1, now) for number in (1, 2, 3)))
    archive.write_now(lambda tx: stories.split(tx, 1, [3], 2, now, author="kim"))
    archive.write_now(lambda tx: stories.split(tx, 1, [2], 3, now, author="kim"))
    assert sorted(archive.read_now(stories.kept_apart)) == [(1, 2), (1, 3), (2, 3)]


def test_a_split_of_nothing_changes_nothing(archive: Store, now: datetime) -> None:
    _place(archive, _member(1, 1, now))
    with pytest.raises(ValueError, match="story 1"):
        archive.write_now(lambda tx: stories.split(tx, 1, [9], 2, now, author="kim"))
    assert archive.read_now(stories.kept_apart) == []


def test_the_window_comes_back_in_pages_in_the_order_of_placing(archive: Store, now: datetime) -> None:
    order = [1, 3, 7, 2, 5]
    for article in order:
        _place(archive, _member(article, article, now))
    _place(archive, _member(1, 3, now))  # placed anew by a merge: keeps its turn

    def page(after: int) -> list[WindowArticle]:
        return archive.read_now(lambda tx: stories.window(tx, now + 3 * HOUR, after=after, limit=2))

    pages = page(0)
    while more := page(pages[-1].position):
        pages += more
    assert [(one.member.article, one.article.id) for one in pages] == [(3, 3), (7, 7), (2, 2), (5, 5)]
    assert archive.read_now(stories.highest) == 7


def test_stories_are_listed_by_size_time_and_page(archive: Store, now: datetime) -> None:
    _place(archive, *(_member(number, (number + 1) // 2, now) for number in range(1, 8)))

    def ids(**filters: object) -> list[int]:
        return [story.id for story in archive.read_now(lambda tx: stories.latest(tx, **filters))]  # type: ignore[arg-type]

    assert ids() == [4, 3, 2, 1]
    assert ids(at_least=2) == [3, 2, 1]
    assert ids(since=now + 6 * HOUR) == [4, 3]
    assert ids(before=3, limit=1) == [2]
