"""From matched articles to what is owed: stories, policy and outbox together, in a real database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.digest_times import DigestTimes, parse_times
from monitor.alerts.quiet import parse_quiet
from monitor.alerts.reasons import Reason
from monitor.alerts.routes import ChannelPolicy, Routing
from monitor.alerts.state import Silence
from monitor.arrivals import Arrival
from monitor.composing import compose, messages_of
from monitor.desk import Setup
from monitor.rules.compile import compile_rules
from monitor.rules.loader import load_rule_set_text
from monitor.rules.model import AlertPolicy, Budget, Corroborate, Rule, Severity, Status, TellAgain
from monitor.store import Store, Transaction, alerts, articles, deliveries, journal, silences, stories
from monitor.store.values import EventKind, NewArticle, StoredAlert
from monitor.stories.identity import url_key
from monitor.storyline import Storyline
from monitor.telling import Teller
from monitor.text.article import Article

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
RULE = """
id: arms
title: Arms
severity: high
match:
  all: [$dprk, $russia, $weapon]
concepts:
  dprk: {en: [North Korea, Pyongyang], de: [Nordkorea], ko: [북한]}
  russia: {en: [Russia, Moscow], de: [Russland], ko: [러시아]}
  weapon: {en: [shell, missile, weapon], de: [Granate, Rakete], ko: [포탄, 미사일]}
alert: {to: [desk]}
tests:
  match: [{en: North Korea sends Russia shells}]
  no_match: [{en: Rain in Seoul}]
"""
SHELLS = (
    (
        "a",
        "en",
        "North Korea ships 6,700 containers of artillery shells to Russia, South Korean minister Shin Won-sik says",
    ),
    ("b", "de", "Nordkorea hat laut Minister Shin Won-sik 6.700 Container mit Granaten nach Russland verschifft"),
    ("c", "ko", "신원식 장관 “북한, 러시아에 포탄 컨테이너 6700개 보내”"),
)
OTHER = ("d", "en", "Court in Vienna jails trader who bought North Korea missile parts for a Russia museum of aviation")


class Newsdesk:
    """Brings articles before a Teller, as polls would."""

    def __init__(self, store: Store, policy: AlertPolicy, routing: Routing, status: Status = Status.LIVE) -> None:
        rule = load_rule_set_text([("arms.yaml", RULE)]).rules[0]
        self.rule: Rule = replace(rule, alert=policy, status=status)
        self.store = store
        self.teller = Teller(Setup({rule.id: self.rule}, routing), Storyline(timedelta(hours=72)))
        self._compiled = compile_rules([self.rule], ())

    def bring(self, *texts: tuple[str, str, str], at: datetime = NOW, quiet: bool = False) -> int:
        """One poll with these (feed, language, title); gives the number of alerts."""

        def work(tx: Transaction) -> int:
            new = [
                Article(key=f"{feed} {title}", title=title, url=f"https://{feed}.example/{abs(hash(title))}", feed=feed,
                        languages=(lang,), published_at=at)
                for feed, lang, title in texts
            ]  # fmt: skip
            stored = articles.add(tx, [NewArticle(one, url_key(one.url)) for one in new], at)
            arrivals = [Arrival(one, self._compiled.match(one.article), first_poll=quiet) for one in stored]
            assert all(arrival.matches for arrival in arrivals), "every article of these tests is one the rule finds"
            return self.teller.tell(tx, arrivals, at)

        return self.store.write_now(work)

    def told(self) -> list[StoredAlert]:
        return self.store.read_now(alerts.latest)[::-1]

    def reasons(self, kind: EventKind = EventKind.SUPPRESSED) -> list[object]:
        found = self.store.read_now(lambda tx: journal.last(tx, 1000, kinds=[kind]))
        return [event.details.get("reason") for event in found]

    def due(self, at: datetime, channel: str = "desk") -> list[list[int]]:
        """Claim what is due; the alerts of each message."""
        claimed = self.store.write_now(lambda tx: deliveries.claim(tx, channel, at, 10_000))
        return [[one.alert.id for one in message] for message in messages_of(claimed)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "newsmonitor.db", now=NOW, exclusive=True) as opened:
        yield opened


def routing(channels: Mapping[str, ChannelPolicy] | None = None) -> Routing:
    return Routing(channels or {"desk": ChannelPolicy("desk")})


def policy(**settings: object) -> AlertPolicy:
    return replace(AlertPolicy(to=("desk",)), **settings)  # type: ignore[arg-type]


def test_one_event_in_three_languages_is_told_once_and_another_event_by_itself(store: Store) -> None:
    desk = Newsdesk(store, policy(), routing())
    made = [desk.bring(text, at=NOW + timedelta(hours=hour)) for hour, text in enumerate(SHELLS)]
    assert made == [1, 0, 0]
    assert desk.bring(OTHER, at=NOW + timedelta(hours=4)) == 1
    found = store.read_now(stories.latest)
    assert sorted(story.articles for story in found) == [1, 3]
    assert desk.reasons() == [Reason.JOINED, Reason.JOINED]


def test_a_new_language_is_told_again_as_a_reply_that_says_so(store: Store) -> None:
    desk = Newsdesk(store, policy(tell_again=TellAgain(new_language=True)), routing())
    desk.bring(SHELLS[0])
    desk.bring(SHELLS[2], at=NOW + timedelta(hours=2))
    first, again = desk.told()
    assert again.alert.follows == first.id
    assert again.alert.content["replies_to"] == first.alert.uid
    assert "Korean" in str(again.alert.content["news"])


def test_the_articles_of_a_new_feed_are_stored_and_not_told(store: Store) -> None:
    desk = Newsdesk(store, policy(), routing())
    assert desk.bring(SHELLS[0], quiet=True) == 0
    assert desk.reasons() == [Reason.FIRST_POLL]
    assert store.read_now(articles.count) == 1


def test_an_uncorroborated_report_is_told_when_its_time_is_up_and_says_so(store: Store) -> None:
    desk = Newsdesk(store, policy(corroborate=Corroborate(2, timedelta(hours=6))), routing())
    assert desk.bring(SHELLS[0]) == 0
    assert desk.reasons(EventKind.HELD) == [Reason.CORROBORATING]
    assert store.write_now(lambda tx: desk.teller.release(tx, NOW + timedelta(hours=5))) == 0
    assert store.write_now(lambda tx: desk.teller.release(tx, NOW + timedelta(hours=6))) == 1
    (told,) = desk.told()
    assert told.alert.reason == Reason.TIME_UP
    assert "not confirmed" in str(told.alert.content["news"])
    assert store.write_now(lambda tx: desk.teller.release(tx, NOW + timedelta(hours=7))) == 0


def test_a_corroborated_report_is_told_at_once(store: Store) -> None:
    desk = Newsdesk(store, policy(corroborate=Corroborate(2, timedelta(hours=6))), routing())
    desk.bring(SHELLS[0])
    assert desk.bring(SHELLS[1], at=NOW + timedelta(hours=1)) == 1
    assert desk.told()[0].alert.reason == Reason.CORROBORATED


def test_a_silence_keeps_back_and_lists_what_it_kept(store: Store) -> None:
    desk = Newsdesk(store, policy(), routing())
    silence = Silence(0, NOW + timedelta(hours=8), "ada", "exercise week", NOW, rule="ar*")
    store.write_now(lambda tx: silences.add(tx, silence, NOW))
    assert desk.bring(SHELLS[0]) == 0
    (muted,) = store.read_now(silences.muted)
    assert muted.title == SHELLS[0][2]
    assert desk.due(NOW) == []


def test_a_shadow_rule_is_recorded_and_sends_nothing(store: Store) -> None:
    desk = Newsdesk(store, policy(), routing(), Status.SHADOW)
    assert desk.bring(SHELLS[0]) == 0
    assert desk.reasons() == [Reason.SHADOW]
    assert desk.told() == []
    assert desk.due(NOW + timedelta(days=1)) == []


def test_quiet_hours_hold_and_then_catch_up_in_one_message(store: Store) -> None:
    nights = parse_quiet("nights", start="22:00", end="07:00", zone=ZoneInfo("UTC"), days="daily")
    quiet = Routing({"desk": ChannelPolicy("desk")}, quiet={"nights": nights})
    desk = Newsdesk(store, policy(quiet="nights"), quiet)
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    desk.bring(SHELLS[0], at=late)
    desk.bring(OTHER, at=late + timedelta(hours=1))
    assert desk.due(late + timedelta(hours=7)) == []
    (message,) = desk.due(datetime(2026, 3, 5, 7, 0, tzinfo=UTC))
    assert message == [1, 2]


def test_a_digest_leaves_whole_at_its_time(store: Store) -> None:
    morning = DigestTimes("morning", ZoneInfo("UTC"), parse_times("07:00"))
    desk = Newsdesk(
        store,
        policy(digest_below=Severity.CRITICAL, digest_as="morning"),
        Routing({"desk": ChannelPolicy("desk")}, digests={"morning": morning}),
    )
    desk.bring(SHELLS[0])
    desk.bring(OTHER, at=NOW + timedelta(hours=1))
    assert desk.due(NOW + timedelta(hours=20)) == []
    claimed = store.write_now(lambda tx: deliveries.claim(tx, "desk", NOW + timedelta(hours=21), 1))
    content = compose(claimed, NOW)
    assert {one.alert.id for one in claimed} == {1, 2}
    assert type(content).__name__ == "DigestContent"


def test_a_storm_sends_the_budget_and_one_message_for_the_rest(store: Store) -> None:
    desk = Newsdesk(store, policy(budget=Budget(3, timedelta(hours=1))), routing())
    for number in range(40):
        title = f"{number * 7919} crates: North Korea shell deal with Russia, says man {chr(65 + number % 26)}{number}"
        desk.bring((f"feed{number}", "en", title), at=NOW + timedelta(seconds=number))
    raised = len(desk.told())
    now = desk.due(NOW + timedelta(minutes=1))
    later = desk.due(NOW + timedelta(hours=2))
    assert len(now) <= 3
    assert sum(map(len, now + later)) == raised, "everything that was raised is told, sooner or later"
    assert len(later) <= 1 or raised <= 3
    assert store.read_now(articles.count) == 40
