"""Who gets an alert, who does not, and the sentence for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.routes import AlertFacts, ChannelPolicy, Route, Routing, Skipped, Target, route, stand_ins
from monitor.rules.model import AlertPolicy, Severity

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
FACTS = AlertFacts(
    "dprk-arms", Severity.MEDIUM, AlertPolicy(to=("chat",)), frozenset({"dprk", "arms"}), frozenset({"ko", "de"})
)
CHANNELS = {name: ChannelPolicy(name) for name in ("chat", "mail", "desk", "pager", "last")}
CHANNELS["pager"] = replace(CHANNELS["pager"], min_severity=Severity.CRITICAL)
UP: dict[str, datetime] = {}


@pytest.mark.parametrize(
    ("routes", "facts", "channels"),
    [
        pytest.param((), FACTS, ["chat"], id="the rule names its channels"),
        pytest.param((Route(("mail",), severity=Severity.MEDIUM),), FACTS, ["chat", "mail"], id="by severity"),
        pytest.param((Route(("mail",), severity=Severity.HIGH),), FACTS, ["chat"], id="not severe enough"),
        pytest.param((Route(("mail",), tags=frozenset({"arms", "x"})),), FACTS, ["chat", "mail"], id="by a tag"),
        pytest.param((Route(("mail",), tags=frozenset({"x"})),), FACTS, ["chat"], id="by no tag"),
        pytest.param((Route(("mail",), languages=frozenset({"ko"})),), FACTS, ["chat", "mail"], id="by a language"),
        pytest.param((Route(("mail",), languages=frozenset({"ru"})),), FACTS, ["chat"], id="by no language"),
        pytest.param((Route(("mail",), rules=("x", "dprk-*")),), FACTS, ["chat", "mail"], id="by rule"),
        pytest.param((Route(("mail",), rules=("dprk",)),), FACTS, ["chat"], id="by no rule"),
        pytest.param(
            (Route(("mail",), tags=frozenset({"arms"}), rules=("x",)),), FACTS, ["chat"], id="every condition must hold"
        ),
        pytest.param((Route(("mail", "chat")), Route(("mail",))), FACTS, ["chat", "mail"], id="nobody is told twice"),
        pytest.param((Route(("last",), otherwise=True),), FACTS, ["chat"], id="the last resort is not needed"),
        pytest.param(
            (Route(("last",), otherwise=True),),
            replace(FACTS, policy=AlertPolicy(to=("pager",))),
            ["last"],
            id="the last resort, where nobody else takes it",
        ),
        pytest.param((), replace(FACTS, policy=AlertPolicy(to=("nowhere",))), [], id="an unknown channel"),
        pytest.param((), replace(FACTS, policy=AlertPolicy()), [], id="nobody at all"),
        pytest.param(
            (),
            replace(FACTS, policy=AlertPolicy(to=("pager",)), severity=Severity.CRITICAL),
            ["pager"],
            id="severe enough",
        ),
    ],
)
def test_an_alert_goes_to_whom_rule_and_routes_name(
    routes: tuple[Route, ...], facts: AlertFacts, channels: list[str]
) -> None:
    routed = route(facts, Routing(CHANNELS, routes), UP, NOW)
    assert [target.channel for target in routed.targets] == channels
    assert all(target.why for target in routed.targets)
    assert all(skipped.why for skipped in routed.skipped)


def test_whoever_is_passed_over_is_named_with_the_reason() -> None:
    facts = replace(FACTS, policy=AlertPolicy(to=("pager", "nowhere")))
    assert route(facts, Routing(CHANNELS), UP, NOW).skipped == (
        Skipped("pager", "takes critical and above; this is medium"),
        Skipped("nowhere", "there is no such channel"),
    )


def test_an_alert_that_nobody_is_named_for_says_so() -> None:
    facts = replace(FACTS, policy=AlertPolicy())
    assert route(facts, Routing(CHANNELS), UP, NOW).skipped == (
        Skipped("", "neither rule dprk-arms nor any route names a channel"),
    )


def test_a_route_says_its_conditions() -> None:
    one = Route(("mail",), Severity.HIGH, frozenset({"arms", "dprk"}), frozenset({"ko"}), ("dprk-*",))
    assert str(one) == "route for severity high and above; tags arms, dprk; languages ko; rules dprk-*"
    assert str(Route(("mail",), otherwise=True)) == "route for everything that would reach nobody"


FALLING = {
    **CHANNELS,
    "chat": replace(CHANNELS["chat"], fallback="mail", fallback_after=timedelta(minutes=15)),
    "mail": replace(CHANNELS["mail"], fallback="pager"),
    "pager": replace(CHANNELS["pager"], fallback="chat"),
}
LONG, SHORT = NOW - timedelta(minutes=16), NOW - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("down", "channels"),
    [
        pytest.param({}, ["chat"], id="all is well"),
        pytest.param({"chat": SHORT}, ["chat"], id="down, but not for long"),
        pytest.param({"chat": LONG}, ["chat", "mail"], id="its stand-in takes over, and it keeps its own"),
        pytest.param({"chat": LONG, "mail": LONG}, ["chat", "mail", "pager"], id="the stand-in is down too"),
        pytest.param(
            {"chat": LONG, "mail": LONG, "pager": LONG}, ["chat", "mail", "pager"], id="all are down, in a circle"
        ),
    ],
)
def test_a_channel_that_is_down_for_long_has_a_stand_in(down: dict[str, datetime], channels: list[str]) -> None:
    routed = route(FACTS, Routing(FALLING), down, NOW)
    assert [target.channel for target in routed.targets] == channels


def test_a_stand_in_says_for_whom_and_takes_what_it_would_not_have_taken_itself() -> None:
    down = {"chat": LONG, "mail": LONG}
    assert route(FACTS, Routing(FALLING), down, NOW).targets[-1] == Target(
        "pager", "mail has been down for 16 min (since 2026-03-03 11:44 UTC)", "mail"
    )


def test_what_already_waits_for_a_dead_channel_is_taken_over_once() -> None:
    routing, down = Routing(FALLING), {"chat": LONG}
    assert [one.channel for one in stand_ins("chat", frozenset({"chat"}), routing, down, NOW)] == ["mail"]
    assert stand_ins("chat", frozenset({"chat", "mail"}), routing, down, NOW) == ()
    assert stand_ins("chat", frozenset({"chat"}), routing, {"chat": SHORT}, NOW) == ()
