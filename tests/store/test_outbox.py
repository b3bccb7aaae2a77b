"""The outbox: nothing owed is forgotten, nothing is sent by two, and the oldest goes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from monitor.alerts.ledger import Message
from monitor.rules.model import Severity
from monitor.store import Store, alerts, channels, deliveries
from monitor.store.values import (
    Attempt,
    ChannelState,
    ClaimedDelivery,
    DeliveryState,
    NewAlert,
    NewDelivery,
    OutboxState,
    StoredAlert,
)

MakeAlert = Callable[..., NewAlert]
MINUTE = timedelta(minutes=1)


def _owe(store: Store, alert: NewAlert, *owed: NewDelivery | tuple[str, str, datetime]) -> StoredAlert:
    return store.write_now(lambda tx: alerts.add(tx, alert, owed))


def _claim(store: Store, channel: str, now: datetime, limit: int = 100) -> list[ClaimedDelivery]:
    return store.write_now(lambda tx: deliveries.claim(tx, channel, now, limit))


def _uids(claimed: Sequence[ClaimedDelivery]) -> list[str]:
    return [one.alert.alert.uid for one in claimed]


def _states(store: Store) -> dict[int, DeliveryState]:
    return {one.id: one.state for one in store.read_now(deliveries.listing)}


def test_an_alert_comes_back_with_what_it_says(store: Store, make_alert: MakeAlert) -> None:
    stored = _owe(store, make_alert("u1", story=7))
    assert store.read_now(lambda tx: alerts.get(tx, stored.id)) == stored
    assert store.read_now(lambda tx: alerts.get(tx, "u1")) == stored
    assert store.read_now(lambda tx: alerts.first_of_each(tx, "arms", [7, 8])) == {7: stored}
    assert store.read_now(lambda tx: alerts.get(tx, "u2")) is None


def test_an_alert_cannot_be_raised_twice(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("u1"), ("mail", "a", now))
    with pytest.raises(IntegrityError):
        _owe(store, make_alert("u1"), ("mail", "a", now))
    assert len(store.read_now(deliveries.listing)) == 1


def test_what_is_claimed_is_claimed_once_oldest_first(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(5):
        _owe(store, make_alert(f"u{number}"), ("mail", "a", now - number * MINUTE), ("chat", "", now))
    assert _uids(_claim(store, "mail", now, limit=2)) == ["u0", "u1"]
    assert _uids(_claim(store, "mail", now)) == ["u2", "u3", "u4"]
    assert _claim(store, "mail", now) == []
    assert len(_claim(store, "chat", now)) == 5


def test_nothing_is_claimed_before_its_time(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("u1"), ("mail", "a", now + MINUTE))
    assert _claim(store, "mail", now) == []
    assert store.read_now(deliveries.next_due) == {"mail": now + MINUTE}
    assert len(_claim(store, "mail", now + MINUTE)) == 1
    assert store.read_now(deliveries.next_due) == {}


def test_a_batch_is_claimed_whole_whatever_the_limit(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(4):
        _owe(store, make_alert(f"u{number}"), NewDelivery("mail", "a", now, "digest morning", "digest", "low"))
    _owe(store, make_alert("later"), ("mail", "a", now))
    claimed = _claim(store, "mail", now, limit=1)
    assert _uids(claimed) == ["u0", "u1", "u2", "u3"]
    assert {(one.delivery.batch, one.delivery.held_as, one.delivery.reason) for one in claimed} == {
        ("digest morning", "digest", "low")
    }


def test_a_batch_that_is_full_leaves_at_its_new_time(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(2):
        _owe(store, make_alert(f"u{number}"), NewDelivery("mail", "a", now + 60 * MINUTE, "digest x", "digest"))
    store.write_now(lambda tx: deliveries.move_batch(tx, "mail", "digest x", now))
    assert len(_claim(store, "mail", now)) == 2


def test_every_ending_is_recorded_with_its_trail(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("u1"), ("mail", "sent", now), ("mail", "late", now), ("mail", "lost", now))
    sent, late, lost = (one.delivery.id for one in _claim(store, "mail", now))
    store.write_now(lambda tx: deliveries.record_sent(tx, sent, now, receipt="250 2.0.0"))
    store.write_now(lambda tx: deliveries.record_retry(tx, late, now, now + MINUTE, "450 try later"))
    store.write_now(lambda tx: deliveries.record_dead(tx, lost, now, "550 no such user"))

    found = {one.recipient: one for one in store.read_now(deliveries.listing)}
    assert (found["sent"].state, found["sent"].receipt, found["sent"].finished_at) == ("sent", "250 2.0.0", now)
    assert (found["late"].state, found["late"].due_at, found["late"].failure) == ("due", now + MINUTE, "450 try later")
    assert (found["lost"].state, found["lost"].failure, found["lost"].attempts) == ("dead", "550 no such user", 1)
    trail = [store.read_now(lambda tx, one=one: deliveries.attempts(tx, one)) for one in (sent, late, lost)]  # type: ignore[misc]
    assert trail == [
        [Attempt(sent, 1, now, "sent")],
        [Attempt(late, 1, now, "retry", "450 try later")],
        [Attempt(lost, 1, now, "dead", "550 no such user")],
    ]


def test_a_batch_succeeds_or_fails_as_one_message(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(3):
        _owe(store, make_alert(f"u{number}"), NewDelivery("mail", "a", now, "digest x", "digest"))
    ids = [one.delivery.id for one in _claim(store, "mail", now)]
    store.write_now(lambda tx: deliveries.record_retry(tx, ids, now, now + MINUTE, "down"))
    assert len(_claim(store, "mail", now + MINUTE)) == 3
    store.write_now(lambda tx: deliveries.record_sent(tx, ids, now))
    assert {one.attempts for one in store.read_now(deliveries.listing)} == {2}


def test_claims_left_by_a_crash_go_out_again_marked(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("u1"), ("mail", "a", now), ("chat", "", now))
    [claimed] = _claim(store, "mail", now)
    released = store.write_now(deliveries.release_claims)
    assert [one.id for one in released] == [claimed.delivery.id]
    [again] = _claim(store, "mail", now)
    assert again.delivery.maybe_sent
    assert not _claim(store, "chat", now)[0].delivery.maybe_sent


def test_a_claim_given_up_unsent_counts_as_no_try(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("u1"), ("mail", "a", now))
    [claimed] = _claim(store, "mail", now)
    store.write_now(lambda tx: deliveries.put_back(tx, claimed.delivery.id, now + MINUTE))
    [again] = _claim(store, "mail", now + MINUTE)
    assert (again.delivery.attempts, again.delivery.maybe_sent) == (0, False)


def test_an_operator_retries_the_dead_and_drops_what_waits_but_never_what_is_on_its_way(
    store: Store, now: datetime, make_alert: MakeAlert
) -> None:
    _owe(store, make_alert("u1"), ("mail", "a", now), ("chat", "", now), ("pager", "", now))
    dead = _claim(store, "mail", now)[0].delivery.id
    on_its_way = _claim(store, "pager", now)[0].delivery.id
    store.write_now(lambda tx: deliveries.record_dead(tx, dead, now, "550"))
    everything = list(_states(store))
    assert store.write_now(lambda tx: deliveries.retry(tx, everything, now)) == 1
    assert _states(store)[dead] == "due"
    assert store.write_now(lambda tx: deliveries.drop(tx, everything, now, "no longer wanted")) == 2
    assert sorted(_states(store).values()) == ["claimed", "dropped", "dropped"]
    assert _states(store)[on_its_way] == "claimed"
    trail = store.read_now(lambda tx: deliveries.attempts(tx, dead))
    assert [one.outcome for one in trail] == ["dead", "requeued", "dropped"]


def test_the_outbox_is_summed_up_by_channel(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(3):
        _owe(store, make_alert(f"u{number}", at=now + number * MINUTE), ("mail", "a", now + number * MINUTE))
    _owe(store, make_alert("u9"), ("chat", "", now))
    first = _claim(store, "mail", now)[0].delivery.id
    done = _claim(store, "chat", now)[0].delivery.id
    store.write_now(lambda tx: deliveries.record_sent(tx, done, now))
    assert store.read_now(deliveries.outbox) == [OutboxState("mail", 2, 1, 0, now, now + MINUTE)]
    store.write_now(lambda tx: deliveries.record_dead(tx, first, now, "550"))
    assert store.read_now(deliveries.outbox) == [OutboxState("mail", 2, 0, 1, now + MINUTE, now + MINUTE)]


def test_deliveries_are_listed_by_state_channel_rule_and_page(
    store: Store, now: datetime, make_alert: MakeAlert
) -> None:
    for number in range(6):
        rule = "arms" if number % 2 else "drones"
        _owe(store, make_alert(f"u{number}", rule=rule), ("mail" if number < 4 else "chat", "", now))
    _claim(store, "chat", now)

    def ids(**filters: object) -> list[int]:
        return [one.id for one in store.read_now(lambda tx: deliveries.listing(tx, **filters))]  # type: ignore[arg-type]

    assert ids() == [6, 5, 4, 3, 2, 1]
    assert ids(states=[DeliveryState.CLAIMED]) == [6, 5]
    assert ids(channel="mail", limit=2) == [4, 3]
    assert ids(before=3) == [2, 1]
    assert ids(rule="arms") == [6, 4, 2]
    assert ids(alert=2) == [2]
    one = store.read_now(lambda tx: deliveries.get(tx, 2))
    assert one is not None
    assert (one.delivery.channel, one.alert.alert.uid) == ("mail", "u1")
    assert store.read_now(lambda tx: deliveries.get(tx, 99)) is None
    assert ids(since=now + MINUTE) == []


def test_budgets_count_messages_not_recipients_or_tries(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    _owe(store, make_alert("old"), ("mail", "a", now - 90 * MINUTE))
    _owe(store, make_alert("u1"), ("mail", "a", now), ("mail", "b", now), ("chat", "", now))
    for number, rule in enumerate(("arms", "drones")):
        alert = make_alert(f"held{number}", rule=rule)
        _owe(store, alert, *(NewDelivery("mail", to, now + 60 * MINUTE, "quiet x", "quiet") for to in "ab"))
    dropped = _owe(store, make_alert("dropped"), ("mail", "a", now))
    [one] = store.read_now(lambda tx: deliveries.listing(tx, alert=dropped.id))
    store.write_now(lambda tx: deliveries.drop(tx, [one.id], now, "no"))
    [tried] = _claim(store, "chat", now)
    late = now + 9 * MINUTE
    store.write_now(lambda tx: deliveries.record_retry(tx, tried.delivery.id, now, late, "busy"))

    assert store.read_now(lambda tx: deliveries.messages(tx, now - 60 * MINUTE)) == [
        Message("chat", now, "arms"),
        Message("mail", now, "arms"),
        Message("mail", now + 60 * MINUTE, "", "quiet x", 2),
    ]


def test_after_an_outage_the_oldest_message_goes_first_and_the_rest_at_once(
    store: Store, now: datetime, make_alert: MakeAlert
) -> None:
    for number in range(3):
        _owe(store, make_alert(f"u{number}"), ("mail", "a", now))
    digest = _owe(store, make_alert("digest"), NewDelivery("mail", "a", now + 90 * MINUTE, "digest x", "digest"))
    ids = [one.delivery.id for one in _claim(store, "mail", now)]
    for number, wait in zip(ids, (30, 10, 20), strict=True):
        store.write_now(lambda tx, n=number, w=wait: deliveries.record_retry(tx, n, now, now + w * MINUTE, "down"))  # type: ignore[misc]

    assert store.read_now(lambda tx: deliveries.waiting_for(tx, "mail", now)) == [1, 2, 3]
    probe = store.write_now(lambda tx: deliveries.claim_oldest(tx, "mail", now + MINUTE))
    assert _uids(probe) == ["u0"]
    store.write_now(lambda tx: deliveries.record_sent(tx, probe[0].delivery.id, now + MINUTE))
    assert _claim(store, "mail", now + MINUTE) == []
    store.write_now(lambda tx: deliveries.hasten(tx, "mail", now + MINUTE))
    assert _uids(_claim(store, "mail", now + MINUTE)) == ["u1", "u2"]
    assert store.write_now(lambda tx: deliveries.claim_oldest(tx, "mail", now + MINUTE)) == []
    assert _uids(_claim(store, "mail", now + 90 * MINUTE)) == [digest.alert.uid]


def test_a_probe_takes_its_batch_whole(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(2):
        _owe(store, make_alert(f"u{number}"), *(NewDelivery("mail", to, now, "quiet x", "quiet") for to in "ab"))
    probe = store.write_now(lambda tx: deliveries.claim_oldest(tx, "mail", now))
    assert [(one.alert.alert.uid, one.delivery.recipient) for one in probe] == [("u0", "a"), ("u1", "a")]


def test_alerts_are_listed_by_rule_weight_and_page(store: Store, now: datetime, make_alert: MakeAlert) -> None:
    for number in range(4):
        _owe(store, make_alert(f"u{number}", rule="arms" if number % 2 else "drones", at=now + number * MINUTE))

    def ids(**filters: object) -> list[int]:
        return [one.id for one in store.read_now(lambda tx: alerts.latest(tx, **filters))]  # type: ignore[arg-type]

    assert ids() == [4, 3, 2, 1]
    assert ids(rule="arms") == [4, 2]
    assert ids(since=now + 2 * MINUTE) == [4, 3]
    assert ids(at_least=Severity.CRITICAL) == []
    assert ids(before=3, limit=1) == [2]
    assert store.read_now(lambda tx: alerts.count(tx, now, rule="arms")) == 2


def test_a_channels_state_survives(store: Store, now: datetime) -> None:
    assert store.read_now(lambda tx: channels.load(tx, "mail")) == ChannelState("mail")
    state = ChannelState("mail", now, "no route to host", now + MINUTE, told=True, sent_at=now)
    store.write_now(lambda tx: channels.save(tx, state))
    assert store.read_now(channels.every) == [state]
    assert store.read_now(lambda tx: channels.silenced(tx, now)) == {"mail": now + MINUTE}
    assert store.read_now(lambda tx: channels.silenced(tx, now + MINUTE)) == {}
