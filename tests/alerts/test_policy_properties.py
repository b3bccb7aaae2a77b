"""Whatever the world sends, in whatever order and however often: the same people are told, and nothing goes unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.decision import Decision, Suppress, Tell
from monitor.alerts.inhibit import muter
from monitor.alerts.policy import counts, decide_poll
from monitor.alerts.state import ArticleFacts, Case, Change, Held, PastAlert, Silence, StoryCounts
from monitor.rules.model import (
    AlertPolicy,
    AnyOf,
    Corroborate,
    Rule,
    Scope,
    Severity,
    Status,
    TellAgain,
)

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICIAL = "o5"
SPECIFIC = Rule("specific", "", AnyOf(()), alert=AlertPolicy(mutes=("general",)))
GENERAL = Rule("general", "", AnyOf(()))


@dataclass(frozen=True)
class Item:
    """What a feed might carry, with what stories and rules would make of it."""

    facts: ArticleFacts
    story: int
    origin: str
    rules: frozenset[str]


@dataclass
class World:
    """The memory of a daemon, in dictionaries: what the tables hold between polls."""

    rules: tuple[Rule, ...]
    silences: tuple[Silence, ...] = ()
    members: dict[int, dict[str, Item]] = field(default_factory=dict)
    told: dict[tuple[str, int], tuple[PastAlert, ...]] = field(default_factory=dict)
    held: dict[tuple[str, int], Held] = field(default_factory=dict)

    def counts(self, story: int, rule: Rule) -> StoryCounts:
        members = self.members[story].values()
        items = [item for item in members if rule.id in item.rules and counts(rule, item.facts)]
        origins = {item.origin for item in items}
        languages = frozenset(item.facts.lang for item in items)
        return StoryCounts(len(origins), len(items), languages, OFFICIAL in origins)

    def poll(self, items: Sequence[Item], now: datetime) -> tuple[Decision, ...]:
        for item in items:
            self.members.setdefault(item.story, {})[item.facts.key] = item
        cases = []
        for rule in self.rules:
            for story in dict.fromkeys(item.story for item in items):
                articles = [item.facts for item in items if item.story == story and rule.id in item.rules]
                key = (rule.id, story)
                if articles:
                    case = Case(rule, story, tuple(articles), self.counts(story, rule), self.told.get(key, ()))
                    muted_by = muter(rule.id, self.speaking(story), {one.id: one for one in self.rules})
                    cases.append(replace(case, held=self.held.get(key), silences=self.silences, muted_by=muted_by))
        decisions = decide_poll(cases, now)
        for one in decisions:
            self.remember(one)
        return decisions

    def speaking(self, story: int) -> set[str]:
        """The rules that have told this story, or hold it."""
        told = {rule for (rule, of), alerts in self.told.items() if of == story and not all(a.shadow for a in alerts)}
        return told | {rule for rule, of in self.held if of == story}

    def remember(self, decision: Decision) -> None:
        key = (decision.rule, decision.story)
        self.held.pop(key, None)
        if decision.held:
            self.held[key] = decision.held
        if decision.remembered:
            self.told[key] = (*self.told.get(key, ()), decision.remembered)


def articles(number: int) -> st.SearchStrategy[Item]:
    facts = st.builds(
        ArticleFacts,
        key=st.just(f"article-{number}"),
        seen_at=st.just(START),
        severity=st.sampled_from(Severity),
        lang=st.sampled_from(["de", "en", "ko", "und"]),
        feed=st.sampled_from(["dpa", "yonhap"]),
        published_at=st.sampled_from([None, START - timedelta(minutes=5), START - timedelta(days=5)]),
        revision=st.just("1"),
        first_poll=st.sampled_from([False, False, False, True]),
    )
    origins = st.sampled_from(["o1", "o2", "o3", "o4", OFFICIAL])
    rules = st.sampled_from([frozenset({"general"}), frozenset({"specific", "general"})])
    return st.builds(Item, facts, st.integers(1, 2), origins, rules)


@st.composite
def polls(draw: st.DrawFn) -> list[list[Item]]:
    """Up to five polls; an article comes first as new, and later as it was, changed, taken back or gone."""
    latest: dict[int, Item] = {}
    history = []
    for poll_number, size in enumerate(draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))):
        poll = []
        for number in draw(st.lists(st.integers(0, 6), min_size=size, max_size=size, unique=True)):
            if number in latest:
                change = draw(st.sampled_from(Change))
                latest[number] = revised(latest[number], change, START + poll_number * HOUR)
            else:
                latest[number] = draw(articles(number))
            poll.append(latest[number])
        history.append(poll)
    return history


def revised(item: Item, change: Change, at: datetime) -> Item:
    if change is Change.NEW:
        return item
    revision = item.facts.revision + ("'" if change is Change.CORRECTED else "")
    return replace(item, facts=replace(item.facts, change=change, revision=revision, seen_at=at))


def policies() -> st.SearchStrategy[tuple[Rule, ...]]:
    again = st.builds(
        TellAgain,
        origins=st.sampled_from([(), (2,), (2, 4)]),
        new_language=st.booleans(),
        corrected=st.booleans(),
        higher_severity=st.booleans(),
        removed=st.booleans(),
    )
    wait = st.sampled_from([None, Corroborate(2, 6 * HOUR)])

    def build(tell_again: TellAgain, corroborate: Corroborate | None, status: Status) -> tuple[Rule, ...]:
        specific = replace(SPECIFIC.alert, tell_again=tell_again, corroborate=corroborate)
        general = AlertPolicy(tell_again=tell_again)
        scope = Scope(max_age=timedelta(days=3))
        return (
            replace(SPECIFIC, alert=specific, scope=scope, status=status),
            replace(GENERAL, alert=general, scope=scope),
        )

    return st.builds(build, again, wait, st.sampled_from(Status))


def silences() -> st.SearchStrategy[tuple[Silence, ...]]:
    one = Silence(1, START + 9 * HOUR, "desk", "known", START - HOUR, story=1)
    return st.sampled_from([(), (one,)])


def silences_of_a_feed() -> st.SearchStrategy[tuple[Silence, ...]]:
    one = Silence(1, START + 9 * HOUR, "desk", "known", START - HOUR, feed="dpa")
    return st.sampled_from([(), (one,)])


def told_by(decisions: Sequence[Decision]) -> list[PastAlert | None]:
    return [one.remembered for one in decisions if isinstance(one.verdict, Tell)]


@settings(max_examples=60, deadline=None)
@given(polls(), policies(), silences(), st.data())
def test_replaying_any_prefix_of_the_polls_tells_nobody_anything(
    history: list[list[Item]], rules: tuple[Rule, ...], muted: tuple[Silence, ...], data: st.DataObject
) -> None:
    world = World(rules, muted)
    for at, poll in enumerate(history):
        world.poll(poll, START + at * HOUR)
    now = START + len(history) * HOUR
    remembered, held = dict(world.told), dict(world.held)
    for poll in history[: data.draw(st.integers(1, len(history)))]:
        before = {story: dict(members) for story, members in world.members.items()}
        decisions = world.poll([item for item in poll if known(world, item)], now)
        assert told_by(decisions) == []
        assert before == world.members
    assert (world.told, world.held) == (remembered, held)


@settings(max_examples=60, deadline=None)
@given(polls(), policies(), silences() | silences_of_a_feed(), st.randoms(use_true_random=False))
def test_the_order_of_articles_inside_a_poll_changes_nothing(
    history: list[list[Item]], rules: tuple[Rule, ...], muted: tuple[Silence, ...], random: Random
) -> None:
    one, other = World(rules, muted), World(rules, muted)
    for at, poll in enumerate(history):
        shuffled = list(poll)
        random.shuffle(shuffled)
        now = START + at * HOUR
        assert set(one.poll(poll, now)) == set(other.poll(shuffled, now))
    assert (one.told, one.held) == (other.told, other.held)


@settings(max_examples=60, deadline=None)
@given(polls(), policies(), silences() | silences_of_a_feed())
def test_every_matched_article_gets_a_reason_and_a_sentence(
    history: list[list[Item]], rules: tuple[Rule, ...], muted: tuple[Silence, ...]
) -> None:
    world = World(rules, muted)
    for at, poll in enumerate(history):
        decisions = world.poll(poll, START + at * HOUR)
        assert all(verdict.sentence for one in decisions for verdict in (one.verdict, *one.others))
        for rule in rules:
            owed = {item.facts.key for item in poll if rule.id in item.rules}
            own = [one for one in decisions if one.rule == rule.id]
            others = [verdict.article for one in own for verdict in one.others]
            assert len(others) == len(set(others))
            # A held story is told with the article that was held, which need not be in this poll.
            told = {one.verdict.article for one in own}
            assert owed <= told | set(others)
            assert set(others) <= owed


@settings(max_examples=60, deadline=None)
@given(polls(), policies())
def test_nobody_is_told_about_a_story_twice_without_news(history: list[list[Item]], rules: tuple[Rule, ...]) -> None:
    world = World(rules)
    for at, poll in enumerate(history):
        for one in world.poll(poll, START + at * HOUR):
            if isinstance(one.verdict, Tell) and one.verdict.kind == "again":
                assert one.verdict.news
            if isinstance(one.verdict, Suppress):
                assert one.remembered is None or one.remembered.shadow


def known(world: World, item: Item) -> bool:
    """The archive would recognise this very version: the article's latest, in the story it is in."""
    return world.members[item.story].get(item.facts.key) == item
