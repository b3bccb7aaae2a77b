"""MQTT (OASIS MQTT 5.0, and 3.1.1 where a broker knows no better): published with an acknowledgement, or not at all.

Apprise's plug-in publishes without one unless told otherwise, speaks 3.1.1, which has no word for "you may not", and
keeps the broker's reason to itself. It reads the URL; the talking is done here, with the library that it needs anyway.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.channels.errand import Errand
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Rejected, Retry, Sent
from monitor.channels.wire import connected, fault, trust

if TYPE_CHECKING:
    import paho.mqtt.client as paho
    from paho.mqtt.reasoncodes import ReasonCode

_PORT, _TLS_PORT = 1883, 8883
_OLDER = "3.1.1"
# MQTT 5.0 §2.4
_UNKNOWN_PROTOCOL = 0x84
_LOCKED_OUT = frozenset({0x85, 0x86, 0x87, 0x8A, 0x8C})
_NOT_THERE = frozenset({0x87, 0x90})
_POISON = frozenset({0x95, 0x99})


def publish(errand: Errand) -> Outcome:
    """Publish to the one topic that the address names; ``Sent`` means that the broker has acknowledged it."""
    notes = errand.memory.notes
    outcome = _published(errand, older=notes.get("protocol") == _OLDER)
    if outcome is None:
        notes["protocol"] = _OLDER
        outcome = _published(errand, older=True)
    return outcome or Retry("the broker speaks neither MQTT 5 nor 3.1.1", BROKEN_CHANNEL, whole_channel=True)


@dataclass(slots=True)
class _Said:
    """What the broker has said so far: to the connection, and to the message."""

    welcome: ReasonCode | None = None
    receipt: ReasonCode | None = None
    goodbye: ReasonCode | None = None
    lost: bool = False


def _published(errand: Errand, *, older: bool) -> Outcome | None:
    """One connection, one message; ``None`` when the broker does not know this version of the protocol."""
    said = _Said()
    client = _client(errand, said, older=older)
    plugin, line = errand.plugin, errand.watch.line
    try:
        client.connect(plugin.host, plugin.port or (_TLS_PORT if plugin.secure else _PORT))
        while said.receipt is None and not said.lost:
            client.loop(min(1.0, line.remaining))
            if line.remaining <= 0.01:
                return Retry("no answer in time", whole_channel=True)
    except OSError as error:
        return Retry(fault(error), whole_channel=True)
    except ValueError:
        return Retry("its topic cannot be published to", BROKEN_CHANNEL)
    finally:
        client.disconnect()
        client.loop(0.01)  # lets it say good-bye
    return _outcome(said)


def _outcome(said: _Said) -> Outcome | None:
    if said.welcome is None:
        return Retry("the connection was lost", whole_channel=True)
    if said.welcome.is_failure:
        after = BROKEN_CHANNEL if said.welcome.value in _LOCKED_OUT else None
        refused = Retry(f"the broker refuses the connection: {said.welcome}", after, whole_channel=True)
        return None if said.welcome.value == _UNKNOWN_PROTOCOL else refused
    return _told(said.receipt, said.goodbye)


def _told(receipt: ReasonCode | None, goodbye: ReasonCode | None) -> Outcome:
    """What came of the message itself. A broker that finds it too large says so by hanging up."""
    if receipt is not None and not receipt.is_failure:
        return Sent()
    reason = receipt or goodbye
    if reason is not None and reason.value in _POISON:
        return Rejected(f"the broker refuses this message: {reason}")
    if receipt is None:
        return Retry("the connection was lost before the broker acknowledged the message", whole_channel=True)
    not_there = receipt.value in _NOT_THERE
    return Retry(
        f"the broker does not publish it: {receipt}", BROKEN_CHANNEL if not_there else None, unclear=not not_there
    )


def _client(errand: Errand, said: _Said, *, older: bool) -> paho.Client:
    """A client that publishes as soon as it is welcome and writes down what it hears."""
    # Optional: newsmonitor[mqtt]. Without it, Apprise refuses the URL before anything gets here.
    import paho.mqtt.client as paho  # noqa: PLC0415
    from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415
    from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415
    from paho.mqtt.properties import Properties  # noqa: PLC0415

    plugin, watch, message = errand.plugin, errand.watch, errand.message

    tls = trust(watch.ca_file, verify=plugin.verify_certificate) if plugin.secure else None

    class Held(paho.Client):
        """The deadline can shut its connection, and a failed TLS handshake closes it, which paho forgets."""

        def _create_socket(self) -> socket.socket:
            return connected((self._host, self._port), watch.line, tls)

    client = Held(
        CallbackAPIVersion.VERSION2,
        client_id=plugin.client_id or "",
        protocol=paho.MQTTv311 if older else paho.MQTTv5,
        reconnect_on_failure=False,
    )
    if plugin.user:
        client.username_pw_set(plugin.user, plugin.password)

    def welcome(_client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:  # noqa: ANN401
        said.welcome = reason
        if reason.is_failure:
            said.lost = True
            return
        properties = None
        if not older:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.ContentType = "text/plain; charset=utf-8"
            properties.UserProperty = ("newsmonitor-message", message.uid.encode("utf-8", "replace").decode())
        body = message.body.encode("utf-8", "replace")
        client.publish(plugin.topics[0], body, max(1, plugin.qos), plugin.retain, properties)

    def receipt(_client: Any, _data: Any, _mid: int, reason: ReasonCode, _properties: Any) -> None:  # noqa: ANN401
        said.receipt = reason

    def lost(_client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:  # noqa: ANN401
        said.goodbye, said.lost = reason, True

    client.on_connect, client.on_publish, client.on_disconnect = welcome, receipt, lost
    return client
