"""Real ends on loopback for the channels to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram

from tests.channels.ends.chat import DiscordEnd, SlackEnd, TelegramEnd


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
