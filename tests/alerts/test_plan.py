"""From an alert to its deliveries: now or later, alone or together, and always with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.digest_times import DigestTimes, parse_times
from monitor.alerts.ledger import Ledger, Message
from monitor.alerts.plan import Plan, explain, plan, plan_stand_ins
from monitor.alerts.quiet import parse_quiet
from monitor.alerts.routes import AlertFacts, ChannelPolicy, Routing
from monitor.alerts.slots import HeldAs
from monitor.rules.model import AlertPolicy, Budget, Severity

BERLIN = ZoneInfo("Europe/Berlin")
DAY = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = {
    "nights": parse_quiet("nights", start="22:00", end="07:00", zone=BERLIN),
    "early": parse_quiet("early", start="06:00", end="09:00", zone=BERLIN),
}
DIGESTS = {
    "morning": DigestTimes("morning", BERLIN, parse_times("07:00")),
    "three": DigestTimes("three", BERLIN, parse_times("07:00"), count=3),
}
CHAT = ChannelPolicy("chat")
FACTS = AlertFacts("arms", Severity.HIGH, AlertPolicy(to=("chat",)))
LOW = replace(FACTS, severity=Severity.LOW)
CRITICAL = replace(FACTS, severity=Severity.CRITICAL)


def routing(*channels: ChannelPolicy) -> Routing:
    return Routing({one.name: one for one in channels}, quiet=QUIET, digests=DIGESTS)


def under(facts: AlertFacts, **policy: object) -> AlertFacts:
    return replace(facts, policy=replace(facts.policy, **policy))  # type: ignore[arg-type]


def plans(facts: Sequence[AlertFacts], route: Routing, now: datetime, every: timedelta = timedelta(0)) -> list[Plan]:
    made: list[Plan] = []
    for place, one in enumerate(facts):
        made.append(plan(one, route, made[-1].ledger if made else Ledger(), now + place * every))
    return made


def only(planned: Plan) -> tuple[HeldAs, datetime, str]:
    (delivery,) = planned.deliveries
    return delivery.held_as, delivery.due_at, delivery.reason


@pytest.mark.parametrize(
    ("facts", "channel", "now", "expected"),
    [
        pytest.param(FACTS, CHAT, DAY, (HeldAs.NOW, DAY, "rule arms names it"), id="at once"),
        pytest.param(
            FACTS,
            replace(CHAT, quiet="nights"),
            NIGHT,
            (HeldAs.QUIET, MORNING, "rule arms names it; quiet hours nights until 2026-03-04 06:00 UTC"),
            id="the channel's quiet hours hold it",
        ),
        pytest.param(
            under(FACTS, quiet="nights"),
            CHAT,
            NIGHT,
            (HeldAs.QUIET, MORNING, "rule arms names it; quiet hours nights until 2026-03-04 06:00 UTC"),
            id="the rule's quiet hours hold it",
        ),
        pytest.param(
            under(FACTS, quiet="early"),
            replace(CHAT, quiet="nights"),
            NIGHT,
            (
                HeldAs.QUIET,
                MORNING + 2 * HOUR,
                "rule arms names it; quiet hours early and nights until 2026-03-04 08:00 UTC",
            ),
            id="both hold it",
        ),
        pytest.param(
            under(CRITICAL, quiet="nights"),
            replace(CHAT, quiet="nights"),
            NIGHT,
            (HeldAs.NOW, NIGHT, "rule arms names it"),
            id="critical news breaks through",
        ),
        pytest.param(
            under(LOW, digest_below=Severity.MEDIUM, digest_as="morning"),
            CHAT,
            DAY,
            (
                HeldAs.DIGEST,
                MORNING,
                "rule arms names it; low is below medium: in the digest morning of 2026-03-04 06:00 UTC",
            ),
            id="the rule's digest takes lesser news",
        ),
        pytest.param(
            LOW,
            replace(CHAT, digest_below=Severity.HIGH, digest_as="morning"),
            DAY,
            (
                HeldAs.DIGEST,
                MORNING,
                "rule arms names it; low is below high: in the digest morning of 2026-03-04 06:00 UTC",
            ),
            id="the channel's digest takes lesser news",
        ),
        pytest.param(
            FACTS,
            replace(CHAT, digest_as="morning"),
            DAY,
            (
                HeldAs.DIGEST,
                MORNING,
                "rule arms names it; high is below critical: in the digest morning of 2026-03-04 06:00 UTC",
            ),
            id="a digest without a limit takes everything",
        ),
        pytest.param(
            under(CRITICAL, digest_as="morning"),
            replace(CHAT, digest_as="morning"),
            DAY,
            (HeldAs.NOW, DAY, "rule arms names it"),
            id="but critical news",
        ),
        pytest.param(
            under(LOW, digest_below=Severity.MEDIUM),
            replace(CHAT, digest_as="morning", digest_below=Severity.INFO),
            DAY,
            (
                HeldAs.DIGEST,
                MORNING,
                "rule arms names it; low is below medium: in the digest morning of 2026-03-04 06:00 UTC",
            ),
            id="a rule's limit for the channel's digest",
        ),
        pytest.param(
            under(FACTS, digest_below=Severity.HIGH, digest_as="morning"),
            CHAT,
            DAY,
            (HeldAs.NOW, DAY, "rule arms names it"),
            id="greater news is in no digest",
        ),
        pytest.param(
            under(LOW, digest_below=Severity.MEDIUM, digest_as="morning", quiet="early"),
            CHAT,
            DAY,
            (
                HeldAs.DIGEST,
                MORNING + 2 * HOUR,
                "rule arms names it; low is below medium: in the digest morning of 2026-03-04 08:00 UTC",
            ),
            id="a digest waits for quiet hours to end",
        ),
        pytest.param(
            under(FACTS, quiet="gone", digest_below=Severity.CRITICAL, digest_as="gone"),
            CHAT,
            NIGHT,
            (HeldAs.NOW, NIGHT, "rule arms names it"),
            id="names that are gone hold nothing",
        ),
    ],
)
def test_when_an_alert_is_due(
    facts: AlertFacts, channel: ChannelPolicy, now: datetime, expected: tuple[HeldAs, datetime, str]
) -> None:
    assert only(plan(facts, routing(channel), Ledger(), now)) == expected


def test_every_recipient_has_a_delivery_of_their_own_in_one_message() -> None:
    planned = plan(FACTS, routing(replace(CHAT, recipients=("a@x", "b@x"))), Ledger(), DAY)
    assert [one.recipient for one in planned.deliveries] == ["a@x", "b@x"]
    assert planned.ledger.messages == (Message("chat", DAY, "arms"),)


def test_thirty_at_night_make_one_catch_up_and_the_critical_one_is_told_at_once() -> None:
    storm = [CRITICAL if number == 7 else FACTS for number in range(30)]
    made = plans(storm, routing(replace(CHAT, quiet="nights")), NIGHT, every=timedelta(minutes=1))
    held = [one for planned in made for one in planned.deliveries if one.held_as is HeldAs.QUIET]
    assert len(held) == 29
    assert {(one.batch, one.due_at) for one in held} == {(held[0].batch, MORNING)}
    assert only(made[7])[:2] == (HeldAs.NOW, NIGHT + timedelta(minutes=7))


def test_a_digest_collects_until_its_time_and_then_begins_anew() -> None:
    facts = under(LOW, digest_below=Severity.MEDIUM, digest_as="morning")
    made = plans([facts] * 3, routing(CHAT), DAY, every=timedelta(hours=9))
    batches = [planned.deliveries[0].batch for planned in made]
    assert batches[0] == batches[1] != batches[2]
    assert only(made[2])[1] == MORNING + timedelta(days=1)


def test_a_full_digest_goes_out_before_its_time_and_takes_all_with_it() -> None:
    facts = under(LOW, digest_below=Severity.MEDIUM, digest_as="three")
    made = plans([facts] * 4, routing(CHAT), DAY)
    assert [only(one)[1] for one in made] == [MORNING, MORNING, DAY, MORNING]
    full = made[2].deliveries[0]
    assert made[2].moved == {("chat", full.batch): DAY}
    assert "which is full with 3" in full.reason
    assert made[3].deliveries[0].batch != full.batch


def test_a_digest_that_is_full_at_night_waits_for_the_morning() -> None:
    facts = under(LOW, digest_below=Severity.MEDIUM, digest_as="three", quiet="early")
    made = plans([facts] * 3, routing(replace(CHAT, quiet="nights")), NIGHT)
    assert only(made[2])[1] == MORNING + 2 * HOUR


TEN = Budget(10, HOUR)


def messages(made: Sequence[Plan]) -> list[datetime]:
    """When the channel gets a message: alerts alone, and batches once."""
    deliveries = [one for planned in made for one in planned.deliveries]
    batches = {one.batch: one.due_at for one in deliveries if one.batch}
    return sorted([*(one.due_at for one in deliveries if not one.batch), *batches.values()])


def most_in_any_hour(times: Sequence[datetime]) -> int:
    return max((sum(start <= one < start + HOUR for one in times) for start in times), default=0)


def test_a_storm_of_5000_in_ten_seconds_keeps_to_the_budget_and_loses_nothing() -> None:
    facts = under(FACTS, budget=TEN)
    made = plans([facts] * 5000, routing(CHAT), DAY, every=timedelta(milliseconds=2))
    assert all(len(planned.deliveries) == 1 for planned in made)
    assert [only(planned)[0] for planned in made[:10]] == [HeldAs.NOW] * 10
    rest = {planned.deliveries[0].batch for planned in made[10:]}
    assert len(rest) == 1
    assert messages(made)[-1] == DAY + HOUR
    assert most_in_any_hour(messages(made)) == 10
    assert only(made[-1])[2] == (
        "rule arms names it; the budget of rule arms (10/h) is used up: among “and more” at 2026-03-03 13:00 UTC"
    )


def test_a_channel_has_a_budget_over_all_rules() -> None:
    storm = [replace(FACTS, rule=f"rule-{number % 7}") for number in range(200)]
    made = plans(storm, routing(replace(CHAT, budget=TEN)), DAY, every=timedelta(seconds=1))
    assert most_in_any_hour(messages(made)) == 10
    assert "the budget of channel chat (10/h)" in only(made[-1])[2]


def test_a_rule_that_has_spent_its_budget_leaves_the_others_theirs() -> None:
    noisy, calm = under(FACTS, budget=Budget(1, HOUR)), replace(FACTS, rule="calm")
    made = plans([noisy, noisy, calm], routing(CHAT), DAY)
    assert [only(one)[0] for one in made] == [HeldAs.NOW, HeldAs.BUDGET, HeldAs.NOW]


def test_critical_news_over_budget_does_not_wait_for_the_night_to_end() -> None:
    evening = DAY + timedelta(hours=8, minutes=50)
    facts = under(FACTS, budget=Budget(1, HOUR), quiet="nights")
    made = plans([facts, facts, replace(facts, severity=Severity.CRITICAL)], routing(CHAT), evening)
    assert only(made[1])[1] == MORNING
    assert only(made[2])[:2] == (HeldAs.BUDGET, evening + HOUR)


kinds = st.builds(
    lambda rule, severity, budget, quiet: AlertFacts(
        rule, severity, AlertPolicy(("chat",), budget=budget, quiet=quiet, digest_below=Severity.LOW, digest_as="three")
    ),
    st.sampled_from(["arms", "ships"]),
    st.sampled_from(Severity),
    st.just(Budget(2, HOUR)),
    st.sampled_from(["", "nights", "early"]),
)


@given(st.lists(st.tuples(kinds, st.integers(0, 5400)), max_size=40), st.integers(1, 5))
@settings(deadline=None)
def test_no_hour_ever_has_more_messages_than_the_channels_budget_and_everything_is_planned_with_a_reason(
    storm: list[tuple[AlertFacts, int]], count: int
) -> None:
    route = routing(replace(CHAT, budget=Budget(count, HOUR)))
    ledger, now = Ledger(), NIGHT - 3 * HOUR
    due: dict[object, datetime] = {}
    about: dict[object, str] = {}
    for number, (facts, gap) in enumerate(storm):
        now += timedelta(seconds=gap)
        planned = plan(facts, route, ledger, now)
        ledger = planned.ledger
        (delivery,) = planned.deliveries
        assert delivery.reason
        assert delivery.due_at >= now
        assert bool(delivery.batch) == (delivery.held_as is not HeldAs.NOW)
        due[delivery.batch or number] = delivery.due_at
        if delivery.held_as is HeldAs.NOW or f"rule {facts.rule}" in delivery.batch:
            about[delivery.batch or number] = facts.rule
    times = list(due.values())
    assert max((sum(start <= one < start + HOUR for one in times) for start in times), default=0) <= count
    for rule in ("arms", "ships"):
        own = [due[message] for message, of in about.items() if of == rule]
        assert most_in_any_hour(own) <= 2


def test_what_waits_for_a_dead_channel_goes_to_its_stand_in_by_the_stand_ins_own_hours() -> None:
    channels = routing(replace(CHAT, fallback="mail"), ChannelPolicy("mail", ("duty@x",), quiet="nights"))
    down = Ledger(down_since={"chat": NIGHT - HOUR})
    taken = plan_stand_ins(FACTS, ("chat", frozenset({"chat"})), channels, down, NIGHT)
    (delivery,) = taken.deliveries
    assert (delivery.channel, delivery.recipient, delivery.due_at) == ("mail", "duty@x", MORNING)
    assert not plan_stand_ins(FACTS, ("chat", frozenset({"chat", "mail"})), channels, down, NIGHT).deliveries


def test_a_plan_can_be_read() -> None:
    channels = routing(replace(CHAT, recipients=("a@x",)), ChannelPolicy("pager", min_severity=Severity.CRITICAL))
    planned = plan(under(FACTS, to=("chat", "pager")), channels, Ledger(), DAY)
    assert explain(planned) == (
        "→ chat (a@x): rule arms names it",
        "✗ pager: takes critical and above; this is high",
    )
    nobody = plan(under(FACTS, to=()), channels, Ledger(), DAY)
    assert explain(nobody) == ("✗ neither rule arms nor any route names a channel",)
