"""A digest is complete, ordered by what matters, and knows which deliveries it settles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.digest import Digest, Waiting, put_together
from monitor.rules.model import Severity

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def waiting(
    number: int,
    rule: str = "arms",
    story: int = 1,
    severity: Severity = Severity.LOW,
    *,
    batch: str = "digest morning 2026",
    channel: str = "mail",
    recipient: str = "",
) -> Waiting:
    created = NOW + timedelta(minutes=number)
    return Waiting(number, number, channel, recipient, batch, rule, rule.title(), story, severity, created)


def outline(digest: Digest) -> list[tuple[str, list[tuple[int, list[int]]]]]:
    return [
        (part.rule, [(story.story, [one.delivery for one in story.waiting]) for story in part.stories])
        for part in digest.sections
    ]


def test_a_digest_is_by_rule_and_story_with_the_most_severe_first() -> None:
    (digest,) = put_together(
        [
            waiting(1, "ships", 7),
            waiting(2, "arms", 1),
            waiting(3, "ships", 8, Severity.MEDIUM),
            waiting(4, "ships", 7),
        ]
    )
    assert outline(digest) == [("ships", [(8, [3]), (7, [1, 4])]), ("arms", [(1, [2])])]
    assert (digest.headline, digest.severity, digest.since) == (
        "4 alerts in 3 stories",
        Severity.MEDIUM,
        NOW + timedelta(minutes=1),
    )


def test_a_catch_up_is_by_story_whichever_rules_saw_it() -> None:
    (digest,) = put_together(
        [
            waiting(1, "ships", 7, batch="quiet x"),
            waiting(2, "arms", 8, Severity.HIGH, batch="quiet x"),
            waiting(3, "arms", 7, batch="quiet x"),
        ]
    )
    assert outline(digest) == [("", [(8, [2]), (7, [1, 3])])]


def test_what_went_over_a_budget_says_how_many_more_there_are() -> None:
    (digest,) = put_together([waiting(number, story=number, batch="budget rule arms x") for number in range(1, 1235)])
    assert digest.headline == "and 1,234 more"


def test_recipients_and_batches_are_never_mixed() -> None:
    digests = put_together(
        [waiting(1, recipient="a"), waiting(2, recipient="b"), waiting(3, batch="quiet x"), waiting(4, channel="chat")]
    )
    assert len(digests) == 4


some = st.builds(
    waiting,
    st.integers(1, 10_000),
    st.sampled_from(["arms", "ships"]),
    st.integers(1, 4),
    st.sampled_from(Severity),
    batch=st.sampled_from(["digest a 1", "digest a 2", "quiet 1", "budget 1"]),
    channel=st.sampled_from(["mail", "chat"]),
    recipient=st.sampled_from(["", "x"]),
)


@given(st.lists(some, unique_by=lambda one: one.delivery))
def test_every_delivery_is_in_one_place_of_one_digest_whatever_the_order(many: list[Waiting]) -> None:
    digests = put_together(many)
    assert put_together(list(reversed(many))) == digests
    settled = [delivery for digest in digests for delivery in digest.deliveries]
    shown = [
        one.delivery
        for digest in digests
        for part in digest.sections
        for story in part.stories
        for one in story.waiting
    ]
    assert sorted(settled) == sorted(shown) == sorted(one.delivery for one in many)
    for digest in digests:
        for part in digest.sections:
            severities = [story.severity for story in part.stories]
            assert severities == sorted(severities, reverse=True)
