"""What operators and readers decide is kept, listed and ended as they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.alerts.feedback import Feedback
from monitor.alerts.reasons import Reason
from monitor.alerts.silence import Muted
from monitor.alerts.state import Held, PastAlert, Silence, StoryCounts
from monitor.rules.model import Severity
from monitor.store import Store, alerts, feedback, silences, told
from monitor.store.told import Told, Waiting
from monitor.store.values import NewAlert

HOUR = timedelta(hours=1)


def _silence(now: datetime, start: int, end: int, **matchers: object) -> Silence:
    return Silence(0, now + end * HOUR, "kim", "podcasts", now + start * HOUR, **matchers)  # type: ignore[arg-type]


def test_a_silence_comes_back_and_holds_from_its_start_up_to_its_end(store: Store, now: datetime) -> None:
    silence = _silence(now, 1, 3, rule="dprk-*", story=7, concept="weapon", feed="wire", text="подкаст")
    stored = store.write_now(lambda tx: silences.add(tx, silence, now))
    assert store.read_now(lambda tx: silences.get(tx, stored.id)) == stored
    assert stored.id == 1
    holding = [len(store.read_now(lambda tx, at=now + hour * HOUR: silences.active(tx, at))) for hour in range(5)]  # type: ignore[misc]
    assert holding == [0, 1, 1, 0, 0]


def test_an_ended_silence_does_not_hold_and_is_still_listed(store: Store, now: datetime) -> None:
    store.write_now(lambda tx: silences.add(tx, _silence(now, 0, 9, rule="arms"), now))
    store.write_now(lambda tx: silences.add(tx, _silence(now, 5, 9, rule="drones"), now))
    at = now + HOUR

    def expire(number: int) -> bool:
        return store.write_now(lambda tx: silences.expire(tx, number, at))

    assert [expire(1), expire(2), expire(1), expire(3)] == [True, True, False, False]
    assert store.read_now(lambda tx: silences.active(tx, at)) == []
    assert store.read_now(lambda tx: silences.active(tx, now + 6 * HOUR)) == []
    assert [silence.rule for silence in store.read_now(silences.every)] == ["drones", "arms"]


def test_what_a_silence_kept_back_is_listed(store: Store, now: datetime) -> None:
    stored = store.write_now(lambda tx: silences.add(tx, _silence(now, 0, 9, rule="arms"), now))
    muted = [Muted(stored.id, now + number * HOUR, "arms", 7, f"Title {number}") for number in range(3)]
    store.write_now(lambda tx: silences.record_muted(tx, [(one, None) for one in muted]))
    assert store.read_now(lambda tx: silences.muted(tx, silence=stored.id)) == muted[::-1]
    assert store.read_now(lambda tx: silences.muted(tx, silence=99)) == []


def test_verdicts_come_back_with_the_rule_of_their_alert(
    store: Store, now: datetime, make_alert: Callable[..., NewAlert]
) -> None:
    for alert in (make_alert("u1", rule="arms"), make_alert("u2", rule="drones")):
        store.write_now(lambda tx, alert=alert: alerts.add(tx, alert))  # type: ignore[misc]
    good, bad = Feedback(1, "arms", True, now), Feedback(2, "drones", False, now + HOUR, "a film review")
    for one in (good, bad):
        store.write_now(lambda tx, one=one: feedback.add(tx, one, author="kim"))  # type: ignore[misc]
    assert store.read_now(feedback.every) == [good, bad]
    assert store.read_now(lambda tx: feedback.every(tx, rule="drones")) == [bad]
    assert store.read_now(lambda tx: feedback.every(tx, since=now + HOUR)) == [bad]


def test_what_was_told_comes_back_by_rule_and_story_in_order(store: Store, now: datetime) -> None:
    counts = StoryCounts(2, 5, frozenset({"de", "ko"}), official=True)
    first = PastAlert(now, Reason.FIRST, "k1", Severity.HIGH, counts, frozenset({"k1 @1"}))
    again = PastAlert(now + HOUR, Reason.FIRST, "k2", Severity.HIGH, shadow=True)
    for rule, story, past in (("arms", 7, first), ("arms", 7, again), ("drones", 7, first), ("arms", 8, first)):
        store.write_now(lambda tx, r=rule, s=story, p=past: told.add(tx, [Told(r, s, p)]))  # type: ignore[misc]
    assert store.read_now(lambda tx: told.of_stories(tx, [7])) == {
        ("arms", 7): (first, again),
        ("drones", 7): (first,),
    }


def test_what_waits_is_held_until_its_time_and_then_released(store: Store, now: datetime) -> None:
    early, late = (Held(f"k{number}", "token", Severity.LOW, now) for number in range(2))
    store.write_now(lambda tx: told.hold(tx, [Waiting("arms", 7, late, now + 2 * HOUR)]))
    store.write_now(lambda tx: told.hold(tx, [Waiting("arms", 8, early, now + HOUR)]))
    assert store.read_now(told.next_until) == now + HOUR
    assert store.read_now(lambda tx: told.overdue(tx, now)) == []
    assert store.read_now(lambda tx: told.overdue(tx, now + 2 * HOUR)) == [("arms", 8, early), ("arms", 7, late)]
    assert [row[3] for row in store.read_now(told.waiting)] == [now + HOUR, now + 2 * HOUR]

    store.write_now(lambda tx: told.hold(tx, [Waiting("arms", 8, late, now + 3 * HOUR)]))
    store.write_now(lambda tx: told.release(tx, [("arms", 7)]))
    assert store.read_now(lambda tx: told.held_of(tx, [7, 8])) == {("arms", 8): late}
