"""What is known of the services behind Apprise: their style, how they say yes, and how they say no."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor.alerts import style
from monitor.alerts.harmless import clean
from monitor.alerts.message import Message
from monitor.alerts.phrases import shortened
from monitor.alerts.style import Style
from monitor.channels import irc, matrix, mqtt
from monitor.channels.errand import Speech
from monitor.channels.exchange import Exchange
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Rejected, Retry
from monitor.channels.verdict import Receipt, Refusal, answer_of, any_success, no_refusal
from monitor.rules.model import Severity

Tuning = Callable[[Any, Message], Mapping[str, str]]
"""Sets what a plug-in object (``Any``: Apprise is untyped) knows beyond title and body; gives extra headers."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service. ``body_format`` is Apprise's word for the style's markup.

    ``confirms`` is false where the plug-in speaks no HTTP, so that only its own word tells. ``speech``, where there is
    one, sends in its place.
    """

    style: Style
    body_format: str
    receipt: Receipt = any_success
    refusal: Refusal = no_refusal
    tune: Tuning = lambda _plugin, _message: {}
    confirms: bool = True
    speech: Speech = lambda _errand: None


def _id_in(*keys: str) -> Receipt:
    """A confirmation is a JSON object with one of these keys."""

    def receipt(exchange: Exchange) -> str | None:
        answer = answer_of(exchange)
        return next((str(answer[key]) for key in keys if answer.get(key) not in {None, ""}), None)

    return receipt


def _ok_or_id(exchange: Exchange) -> str | None:
    return "" if exchange.body.strip() == "ok" else _id_in("id")(exchange)


def _telegram_receipt(exchange: Exchange) -> str | None:
    answer = answer_of(exchange)
    result = answer.get("result")
    return str(result.get("message_id", "")) if answer.get("ok") is True and isinstance(result, dict) else None


_TELEGRAM_WRONG_PLACE = re.compile(
    "chat not found|bot was|peer_id_invalid|not enough rights|have no rights|need administrator rights|upgraded"
    "|deactivated|chat_write_forbidden|topic_closed|thread not found"
)


def _telegram_refusal(exchange: Exchange) -> Outcome | None:
    answer = answer_of(exchange)
    if answer.get("ok") is not False:
        return None
    words = str(answer.get("description", "")).lower()
    code = answer.get("error_code", exchange.status)
    if code == 403 or (code == 400 and _TELEGRAM_WRONG_PLACE.search(words)):
        return Retry(f"Telegram cannot post there: {_short(words)}", after=BROKEN_CHANNEL)
    return _lie(exchange, words)


def _slack_receipt(exchange: Exchange) -> str | None:
    answer = answer_of(exchange)
    if answer.get("ok") is True:
        return str(answer.get("ts", ""))
    return "" if exchange.body.strip() == "ok" else None


_SLACK_LATER = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "internal_error", "fatal_error", "request_timeout"}
)
_SLACK_WRONG_PLACE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "user_not_found", "restricted_action"}
)
_SLACK_POISON = frozenset(
    {"msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_attachments", "invalid_payload"}
    | {"too_many_attachments", "attachment_payload_limit_exceeded"}
)


def _slack_refusal(exchange: Exchange) -> Outcome | None:
    """Slack's error words (docs.slack.dev, chat.postMessage); an incoming webhook says them as plain text."""
    answer = answer_of(exchange)
    if answer.get("ok") is True or exchange.body.strip() == "ok":
        return None
    word = str(answer.get("error") or ("" if answer else exchange.body.strip()[:60]))
    if word in _SLACK_POISON:
        return Rejected(f"Slack refuses this message: {word}")
    if word in _SLACK_WRONG_PLACE:
        return Retry(f"Slack cannot post there: {word}", after=BROKEN_CHANNEL)
    if word in _SLACK_LATER:
        return Retry(f"Slack asks to wait: {word}", whole_channel=True) if exchange.status == 200 else None
    return _lie(exchange, word)


_MATTERMOST_HOOK = "web.incoming_webhook."
_MATTERMOST_POISON = ("text", "parse", "attachment")


def _mattermost_refusal(exchange: Exchange) -> Outcome | None:
    """A deleted hook is a 400 there, as an empty text is; only the id tells (server/channels/app/webhook.go)."""
    fault = str(answer_of(exchange).get("id", ""))
    hook, _, rest = fault.partition(_MATTERMOST_HOOK)
    if not hook and rest and not rest.startswith(_MATTERMOST_POISON):
        return Retry(f"Mattermost refuses the hook: {_short(rest)}", after=BROKEN_CHANNEL, whole_channel=True)
    return _ok_is_false(exchange)


_DISCORD_FORUM = range(220_001, 220_005)


def _discord_refusal(exchange: Exchange) -> Outcome | None:
    """A hook into a forum wants a thread's name: a 400 that has nothing to do with the message."""
    answer = answer_of(exchange)
    if answer.get("code") in _DISCORD_FORUM:
        words = _short(str(answer.get("message", "")))
        return Retry(f"Discord cannot post there: {words}", after=BROKEN_CHANNEL, whole_channel=True)
    return _ok_is_false(exchange)


def _ok_is_false(exchange: Exchange) -> Outcome | None:
    """For services nobody has described: ``ok: false`` or ``success: false`` is no success whatever the status."""
    answer = answer_of(exchange)
    if answer.get("ok") is False or answer.get("success") is False:
        return _lie(exchange, str(answer.get("error") or answer.get("message") or ""))
    return None


def _lie(exchange: Exchange, words: str) -> Outcome | None:
    """A refusal under a 200: as far as one can tell the whole channel is at fault. Other codes speak for themselves."""
    if exchange.status >= 300:
        return None
    return Retry(f"it says no: {_short(words) or 'without a reason'}", after=BROKEN_CHANNEL, whole_channel=True)


def _short(words: str) -> str:
    return shortened(clean(words), 120)


def _tune_ntfy(plugin: Any, message: Message) -> Mapping[str, str]:  # noqa: ANN401 - an Apprise plug-in
    """A tap opens the article. The header is ours: the plug-in's own ``click`` encodes every ``%`` a second time."""
    plugin.include_image = False
    if plugin.priority == "default":
        plugin.priority = {
            Severity.CRITICAL: "max",
            Severity.HIGH: "high",
            Severity.LOW: "low",
            Severity.INFO: "min",
        }.get(message.severity, "default")
    return {"X-Click": message.link} if message.link and not plugin.click else {}


def _tune_gotify(plugin: Any, message: Message) -> Mapping[str, str]:  # noqa: ANN401 - an Apprise plug-in
    plugin.notify_format = "markdown"
    if plugin.priority == 5:
        plugin.priority = {Severity.CRITICAL: 10, Severity.HIGH: 8, Severity.LOW: 3, Severity.INFO: 1}.get(
            message.severity, 5
        )
    return {}


def _tune_matrix(plugin: Any, _: Message) -> Mapping[str, str]:  # noqa: ANN401 - an Apprise plug-in
    """For webhooks and direct messages; rooms are spoken to in ``matrix``."""
    plugin.include_image = False
    plugin.e2ee = False  # its sessions need a memory, which one fresh object per message has not
    plugin._room_create = lambda _room: None  # noqa: SLF001 - a mistyped alias would become a room nobody reads
    plugin._logout = lambda: True  # noqa: SLF001 - it would go out unwatched when the object is collected
    return {}


def _no_picture(plugin: Any, _: Message) -> Mapping[str, str]:  # noqa: ANN401 - an Apprise plug-in
    """No icon from somebody's server beside the message."""
    plugin.include_image = False
    plugin.avatar = bool(getattr(plugin, "avatar_url", None))
    plugin.include_footer = False
    return {}


_KNOWN: Mapping[str, Service] = {
    "NotifyTelegram": Service(style.TELEGRAM, "html", _telegram_receipt, _telegram_refusal, _no_picture),
    "NotifyDiscord": Service(
        style.DISCORD,
        "text",
        lambda exchange: "" if exchange.status == 204 else _id_in("id")(exchange),
        _discord_refusal,
        _no_picture,
    ),
    "NotifySlack": Service(style.SLACK, "markdown", _slack_receipt, _slack_refusal, _no_picture),
    "NotifyMattermost": Service(style.MATTERMOST, "markdown", _ok_or_id, _mattermost_refusal, _no_picture),
    "NotifyMatrix": Service(
        style.MATRIX, "html", _id_in("event_id"), _ok_is_false, _tune_matrix, speech=matrix.send_to_room
    ),
    "NotifyGotify": Service(style.GOTIFY, "markdown", _id_in("id"), _ok_is_false, _tune_gotify),
    "NotifyNtfy": Service(style.NTFY, "text", _id_in("id"), _ok_is_false, _tune_ntfy),
    "NotifyIRC": Service(style.IRC, "text", speech=irc.say),
    "NotifyMQTT": Service(style.MQTT, "text", speech=mqtt.publish),
}

UNCONFIRMED = frozenset({"rsyslog", "syslog", "xmpp", "xmpps", "dbus", "glib", "gnome", "macosx", "windows", "blink1"})
"""Schemes whose plug-in reports success to a dead port or for a wrong password."""


def known_service(plugin_class: str) -> Service | None:
    """The service behind this plug-in class, if it has been described here."""
    return _KNOWN.get(plugin_class)


def other_service(name: str, body_size: int, title_size: int) -> Service:
    """Any other: plain text through the plug-in's own escaping, trusted as far as its status codes go."""
    made = style.plain_style(name, body_size, title_size)
    return Service(replace(made, name=name), "text", any_success, _ok_is_false, confirms=False)
