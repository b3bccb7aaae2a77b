"""Hours of outage in seconds: the outbox with a clock that the test moves, a real database and a real end."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.content import NoticeContent
from monitor.alerts.snapshot import to_json
from monitor.channels import ChannelSpec, load_templates, open_channel
from monitor.delivery import Outbox
from monitor.post import Pace, Post
from monitor.rules.model import Severity
from monitor.secret import Secret
from monitor.store import Store, Transaction, alerts, channels, deliveries
from monitor.store.values import DeliveryState, NewAlert, NewDelivery
from tests.alerts.samples import CONTENT
from tests.channels.ends.http import Answer, HttpEnd, Request

FULL = os.environ.get("NEWSMONITOR_TORTURE") == "1"
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STEP = timedelta(seconds=15)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Errand:
    """One outbox with one channel, and what came to its end when: (time, uid, status)."""

    store: Store
    outbox: Outbox
    now: datetime = START
    answer: Callable[[Request], Answer] = lambda _: Answer(200)
    came: list[tuple[datetime, str, int]] = field(default_factory=list)
    notices: list[NoticeContent] = field(default_factory=list)

    def owe(self, number: int) -> None:
        content = replace(CONTENT, uid=f"alert-{number}", title=f"Meldung {number}")
        made = NewAlert(content.uid, "arms", "1", None, None, Severity.HIGH, "first", to_json(content), self.now)
        self.store.write_now(lambda tx: alerts.add(tx, made, [NewDelivery("hook", "", self.now)]))

    def take(self, request: Request) -> Answer:
        answer = self.answer(request)
        self.came.append((self.now, request.headers["X-Newsmonitor-Message"], answer.status))
        return answer

    async def let_pass(self, time: timedelta, each: Callable[[], None] | None = None) -> None:
        """Time goes by, with the daemon's turns; ``each`` is done before each. Where nothing is due none is made."""
        until = self.now + time
        while self.now < until:
            if each is not None:
                each()
            await self.outbox.turn()
            await self.outbox.idle()
            self.now = min(until, max(self.now + STEP, self._next(until) if each is None else self.now))

    def _next(self, until: datetime) -> datetime:
        """The daemon's turn at which something is due."""
        due = self.store.read_now(deliveries.next_due).get("hook", until)
        silent = self.store.read_now(lambda tx: channels.load(tx, "hook")).silenced_until or due
        return START + -((START - max(due, silent)) // STEP) * STEP

    def arrived(self) -> list[str]:
        """The alerts that were taken, in order."""
        return [uid for _, uid, status in self.came if status < 300 and uid.startswith("alert")]

    def tries(self) -> Counter[str]:
        return Counter(uid for _, uid, _ in self.came if uid.startswith("alert"))

    def probes(self) -> list[tuple[datetime, int]]:
        return [(at, status) for at, uid, status in self.came if uid.startswith("probe")]


@cache
def empty_database() -> bytes:
    """A new database, made once: its migrations take longer than most tests."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "news.db"
        Store.open(path, now=START, exclusive=True).close()
        return path.read_bytes()


@contextmanager
def errand(directory: Path, *, pace: Pace | None = None, jitter: float = 0.5, **post: object) -> Iterator[Errand]:
    made: list[Errand] = []
    (directory / "news.db").write_bytes(empty_database())
    with (
        Store.open(directory / "news.db", now=START, exclusive=True) as store,
        HttpEnd(lambda request: made[0].take(request)) as end,  # noqa: PLW0108 - it is made below
    ):
        spec = ChannelSpec("hook", Secret(f"webhook+http://127.0.0.1:{end.port}/in"), timeout=timedelta(seconds=20))
        house = Post(
            channels={"hook": open_channel(spec, clock=lambda: made[0].now)},
            templates={"hook": load_templates()},
            pace=pace or Pace(),
            **post,  # type: ignore[arg-type]  # whatever a test says of the post
        )

        def notify(_: Transaction, notice: NoticeContent) -> None:
            made[0].notices.append(notice)

        outbox = Outbox(store, house, now=lambda: made[0].now, jitter=lambda: jitter, notify=notify)
        made.append(Errand(store, outbox))
        yield made[0]


def down(status: int) -> Callable[[Request], Answer]:
    return lambda _: Answer(status, b"upstream is away")


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("waiting", [1, 12])
def test_six_hours_of_errors_cost_few_tries_and_end_within_ten_minutes(
    tmp_path: Path, status: int, waiting: int
) -> None:
    with errand(tmp_path) as one:
        one.answer = down(status)
        for number in range(waiting):
            one.owe(number)

        async def work() -> None:
            await one.let_pass(6 * HOUR)
            one.answer = lambda _: Answer(200)
            await one.let_pass(10 * MINUTE)

        asyncio.run(work())
    assert one.arrived() == [f"alert-{number}" for number in range(waiting)], (
        "nothing lost, the oldest first, each once"
    )
    assert max(one.tries().values()) <= 20
    assert [status for _, status in one.probes()].count(200) == 1, "people are told once that it works again"


@settings(max_examples=100 if FULL else 6, derandomize=not FULL, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    hours=st.floats(0.05, 6),
    status=st.sampled_from([429, 500, 502, 503, 504]),
    jitter=st.floats(0, 0.999),
    every=st.integers(1, 90),
    flaps=st.booleans(),
)
def test_however_an_outage_goes_it_costs_few_tries_and_ends_soon(
    tmp_path_factory: pytest.TempPathFactory, *, hours: float, status: int, jitter: float, every: int, flaps: bool
) -> None:
    """News comes in while the channel is down. One that flaps lets one in forty through, and may mislead us longer."""
    with errand(tmp_path_factory.mktemp("outage"), jitter=jitter) as one:
        count = 0

        def flapping(request: Request) -> Answer:
            return Answer(200) if flaps and len(one.came) % 40 == 39 else down(status)(request)

        def news() -> None:
            nonlocal count
            if count < 30 and (one.now - START) // (every * MINUTE) >= count:
                one.owe(count)
                count += 1

        async def work() -> None:
            await one.let_pass(hours * HOUR / 2, news)
            await one.let_pass(hours * HOUR / 2)
            one.answer = lambda _: Answer(200)
            await one.let_pass(40 * MINUTE if flaps else 10 * MINUTE)

        one.answer = flapping
        asyncio.run(work())
    assert Counter(one.arrived()) == {f"alert-{number}": 1 for number in range(count)}
    assert max(one.tries().values()) <= 20
    if not flaps:
        assert one.arrived() == [f"alert-{number}" for number in range(count)]


def test_a_channel_is_not_probed_more_often_the_longer_it_is_down(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = down(503)
        one.owe(0)
        asyncio.run(one.let_pass(30 * HOUR))
    times = [at - START for at, _ in one.probes()]
    assert sum(time <= 6 * HOUR for time in times) <= 6 * 12 * 4 / 3 + 1
    assert sum(time > 24 * HOUR for time in times) <= 6 * 60 / 15


def test_one_poisonous_message_holds_up_no_other_and_is_tried_at_its_own_pace(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = lambda request: Answer(500 if request.headers["X-Newsmonitor-Message"] == "alert-0" else 200)
        one.owe(0)

        async def work() -> None:
            await one.let_pass(HOUR)
            for number in range(1, 4):
                one.owe(number)
                before = one.now
                await one.let_pass(STEP)
                assert (before, f"alert-{number}", 200) in one.came
                await one.let_pass(HOUR)
            await one.let_pass(2 * HOUR)

        asyncio.run(work())
    assert one.tries()["alert-0"] <= 20
    assert len(one.probes()) == 1, "one probe got through and showed whose fault it is"
    assert not one.notices


def test_three_poisonous_messages_are_known_as_such_in_the_end(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = lambda request: Answer(
            500 if request.headers["X-Newsmonitor-Message"].startswith("alert") else 200
        )
        for number in range(3):
            one.owe(number)
        asyncio.run(one.let_pass(12 * HOUR))
        silent = len(one.probes())
        asyncio.run(one.let_pass(12 * HOUR))
    assert silent <= 12
    assert len(one.probes()) == silent, "nobody is told again and again that it works"


def test_a_message_that_is_put_off_for_itself_ends_the_outage_and_is_not_hammered(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = down(503)
        for number in range(3):
            one.owe(number)

        async def work() -> None:
            await one.let_pass(2 * MINUTE)
            one.answer = lambda request: Answer(408 if request.headers["X-Newsmonitor-Message"] == "alert-0" else 200)
            await one.let_pass(HOUR)

        asyncio.run(work())
    assert one.arrived() == ["alert-1", "alert-2"]
    assert one.tries()["alert-0"] <= 12


def test_a_wait_that_the_service_asks_for_is_kept_by_probes_too(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = lambda _: Answer(429, b"", {"Retry-After": "1200"})
        for number in range(3):
            one.owe(number)
        asyncio.run(one.let_pass(6 * HOUR))
    gaps = [after - before for (before, *_), (after, *_) in zip(one.came, one.came[1:], strict=False)]
    assert min(gaps) >= 20 * MINUTE
    assert set(one.tries()) == {"alert-0"}, "the others wait without spending a try"


def test_a_refused_token_is_tried_once_an_hour_and_works_again_without_a_restart(tmp_path: Path) -> None:
    with errand(tmp_path) as one:
        one.answer = down(401)
        for number in range(3):
            one.owe(number)

        async def work() -> None:
            await one.let_pass(9.5 * HOUR)
            one.answer = lambda _: Answer(200)
            await one.let_pass(HOUR)

        asyncio.run(work())
    refused = [at for at, _, status in one.came if status == 401]
    assert refused == [START + hour * HOUR for hour in range(10)]
    assert one.arrived() == ["alert-0", "alert-1", "alert-2"]


def test_the_wait_after_a_refusal_is_a_setting_and_an_hour_that_a_service_asks_for_is_not(tmp_path: Path) -> None:
    with errand(tmp_path, pace=Pace(refused=10 * MINUTE)) as one:
        one.answer = down(401)
        one.owe(0)

        async def work() -> None:
            await one.let_pass(25 * MINUTE)
            assert len(one.came) == 3
            one.answer = lambda _: Answer(503, b"", {"Retry-After": "3600"})
            await one.let_pass(2 * HOUR)

        asyncio.run(work())
    assert [status for _, _, status in one.came] == [401, 401, 401, 503, 503]


def test_what_cannot_be_sent_for_days_is_given_up_and_told(tmp_path: Path) -> None:
    with errand(tmp_path, pace=Pace(give_up_after=5 * HOUR)) as one:
        one.answer = down(503)
        one.owe(0)
        asyncio.run(one.let_pass(6 * HOUR))
        (dead,) = one.store.read_now(lambda tx: deliveries.listing(tx, states=[DeliveryState.DEAD]))
    assert "probes of its channel" in dead.failure
    assert any("is dead" in notice.title for notice in one.notices)


def test_a_message_has_no_more_tries_than_its_channel_gives_it(tmp_path: Path) -> None:
    with errand(tmp_path, most_tries={"hook": 3}) as one:
        one.answer = down(503)
        one.owe(0)
        asyncio.run(one.let_pass(HOUR))
        (dead,) = one.store.read_now(lambda tx: deliveries.listing(tx, states=[DeliveryState.DEAD]))
    assert dead.attempts == 3


def test_who_reads_of_outages_on_the_same_channel_is_not_told_twice(tmp_path: Path) -> None:
    with errand(tmp_path, operations="hook") as one:
        one.answer = down(503)
        one.owe(0)

        async def work() -> None:
            await one.let_pass(HOUR)
            one.store.write_now(partial(one.outbox.tell_of_outages, now=one.now))
            one.answer = lambda _: Answer(200)
            await one.let_pass(10 * MINUTE)
            assert one.store.read_now(lambda tx: channels.load(tx, "hook")).failing_since is None

        asyncio.run(work())
    assert [notice.kind.value for notice in one.notices] == ["channel-down"]
    assert one.arrived() == ["alert-0"]
