"""Real ends on loopback for the channels to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram

from tests.channels.ends.chat import DiscordEnd, SlackEnd, TelegramEnd
from tests.channels.ends.ircd import Ircd, ircd
from tests.channels.ends.mosquitto import Broker, mosquitto
from tests.channels.ends.postfix import Postfix, postfix
from tests.channels.ends.synapse import Synapse, synapse


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramEnd]:
    """Telegram's address is fixed in Apprise's plug-in; only that is pointed elsewhere."""
    with TelegramEnd() as end:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{end.port}/bot")
        yield end


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[DiscordEnd]:
    """The same for Discord."""
    with DiscordEnd() as end:
        monkeypatch.setattr(NotifyDiscord, "notify_url", f"http://127.0.0.1:{end.port}/api/webhooks")
        yield end


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackEnd]:
    """The same for Slack, for hooks and bots."""
    with SlackEnd() as end:
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{end.port}/services")
        monkeypatch.setattr(NotifySlack, "api_url", f"http://127.0.0.1:{end.port}/api/{{}}")
        yield end


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Postfix]:
    """One Postfix for all tests of a session; a test takes its mail out."""
    with postfix() as server:
        yield server


@pytest.fixture(scope="session")
def homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """One Synapse; a test makes a room of its own."""
    with synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(scope="session")
def irc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ircd]:
    """One ngIRCd."""
    with ircd(tmp_path_factory.mktemp("ngircd")) as server:
        yield server


@pytest.fixture(scope="session")
def mqtt_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One mosquitto."""
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as server:
        yield server
