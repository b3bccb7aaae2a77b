"""Alerts on the topics of a real MQTT broker, counted at a subscriber."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.render import render
from monitor.channels import Channel, Rejected, Retry, Sent
from tests.alerts.samples import BERLIN, CONTENT, DIGEST, FOLLOW_UP, NOTICE
from tests.channels.ends.mosquitto import LARGEST, PASSWORD, USER, Broker
from tests.channels.ends.programs import until
from tests.channels.sending import TEMPLATES, patient_channel, send, send_all

HOUR = timedelta(hours=1)


@pytest.fixture
def broker(mqtt_broker: Broker) -> Broker:
    mqtt_broker.arrived.clear()
    return mqtt_broker


def to(broker: Broker, topic: str = "alerts/arms", password: str = PASSWORD, **settings: object) -> Channel:
    return patient_channel(f"mqtt://{USER}:{password}@127.0.0.1:{broker.port}/{topic}", **settings)


@pytest.mark.parametrize("content", [CONTENT, FOLLOW_UP, DIGEST, NOTICE], ids=lambda content: type(content).__name__)
def test_a_message_arrives_once_as_it_was_rendered(broker: Broker, content: object) -> None:
    wire = to(broker)
    assert send(wire, content) == Sent()  # type: ignore[arg-type]
    until(lambda: bool(broker.arrived), "the message")
    assert broker.payloads("alerts/arms") == [render(content, wire.style, BERLIN, TEMPLATES).body]  # type: ignore[arg-type]
    assert broker.arrived[0]["qos"] == 0, "the subscriber's own"
    assert broker.arrived[0]["retain"] == 0


def test_ten_at_once_are_ten_and_a_repeat_can_be_told(broker: Broker) -> None:
    assert send_all(to(broker), [replace(CONTENT, uid=f"a-{n}") for n in range(10)]) == [Sent()] * 10
    assert send(to(broker), replace(CONTENT, uid="a-3")) == Sent()
    until(lambda: len(broker.arrived) == 11, "all of them")
    ids = [one["properties"]["user-properties"]["newsmonitor-message"] for one in broker.arrived]
    assert sorted(ids) == sorted([*(f"a-{n}" for n in range(10)), "a-3"])


@pytest.mark.parametrize("title", ["Ракеты " * 9000, "🚀" * 20_000, "kaputt \ud800 Ende", "", "a\x00b"], ids=range(5))
def test_messages_too_long_or_broken_are_fitted_and_arrive(broker: Broker, title: str) -> None:
    assert send(to(broker), replace(CONTENT, title=title, why=("x " * 9000,) * 6)) == Sent()
    until(lambda: bool(broker.arrived), "the message")


def test_a_topic_that_we_may_not_publish_to_is_no_success_and_holds_up_no_other(broker: Broker) -> None:
    url = f"mqtt://{USER}:{PASSWORD}@127.0.0.1:{broker.port}/{{to}}"
    both = patient_channel(url, recipients=("private/desk", "alerts/desk"))
    refused, sent = (send(both, recipient=topic) for topic in both.recipients)
    assert refused == Retry("the broker does not publish it: Not authorized", HOUR)
    assert sent == Sent()
    until(lambda: bool(broker.payloads("alerts/desk")), "the other one")
    assert broker.payloads("private/desk") == []


def test_a_wrong_password_stops_the_channel_and_is_not_told(broker: Broker) -> None:
    outcome = send(to(broker, password="canary-wrong"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.whole_channel) == (HOUR, True)
    assert "canary" not in outcome.reason
    assert not broker.arrived


def test_a_message_that_is_too_large_for_the_broker_is_not_a_success(broker: Broker) -> None:
    wire = to(broker)
    huge = replace(render(CONTENT, wire.style, BERLIN, TEMPLATES), body="x" * (LARGEST + 1000))
    assert isinstance(asyncio.run(wire.send(huge, "")), Rejected)
    assert send(wire) == Sent()
    until(lambda: bool(broker.arrived), "the next one")
    assert len(broker.arrived) == 1


def test_tls_is_checked(broker: Broker) -> None:
    url = f"mqtts://{USER}:{PASSWORD}@localhost:{broker.tls_port}/alerts/arms"
    assert send(patient_channel(url)) == Retry("its TLS certificate could not be verified", whole_channel=True)
    assert send(patient_channel(url, ca_file=broker.certificate)) == Sent()
    until(lambda: bool(broker.arrived), "the message")
    assert len(broker.arrived) == 1


def test_a_broker_that_is_not_there_or_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcome = send(patient_channel(f"mqtt://127.0.0.1:{port}/alerts", timeout=timedelta(seconds=0.5)))
        assert isinstance(outcome, Retry)
        assert outcome.whole_channel
        assert outcome.reason.startswith("no answer")
    assert send(patient_channel(f"mqtt://127.0.0.1:{port}/alerts")) == Retry(
        "the connection was refused", whole_channel=True
    )


def test_a_broker_that_knows_only_the_older_protocol_gets_it() -> None:
    """Answers a CONNECT of version 5 as MQTT 3.1.1 §3.2.2.3 says, then acknowledges what comes in version 4."""
    published: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def older() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    if connection.recv(1000)[8] != 4:
                        connection.sendall(b"\x20\x02\x00\x01")
                        continue
                    connection.sendall(b"\x20\x02\x00\x00")
                    published.append(connection.recv(65536))
                    connection.sendall(b"\x40\x02\x00\x01")
                    connection.recv(1000)

        threading.Thread(target=older, daemon=True).start()
        assert send(patient_channel(f"mqtt://127.0.0.1:{listener.getsockname()[1]}/alerts")) == Sent()
    assert b"Nordkorea" in published[0]
