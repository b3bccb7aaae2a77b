"""Chat services on loopback: each checks a request the way the real API documents it and keeps what it accepted."""

from __future__ import annotations

import re
from typing import Any

from tests.alerts.live_markup import html_parts
from tests.channels.ends.http import Answer, HttpEnd, Request, answer_json


def _object(request: Request) -> dict[str, Any]:
    """The call's JSON, which has to be declared as such: these services take forms, too."""
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        return {}
    try:
        value = request.json
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class TelegramEnd(HttpEnd):
    """core.telegram.org/bots/api#sendmessage: 1–4096 characters after parsing, balanced tags of a short list."""

    TOKEN = "123456789:AAF0canaryTelegramTokenAAAAAAAAAAAAA"
    TAGS = frozenset({"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"})
    NAMED = frozenset({"lt", "gt", "amp", "quot"})

    def __init__(self) -> None:
        super().__init__(self._send_message)

    def _send_message(self, request: Request) -> Answer:
        if request.path != f"/bot{self.TOKEN}/sendMessage":
            return _telegram_no(401, "Unauthorized")
        call = _object(request)
        if call.get("chat_id") != 4711:
            return _telegram_no(400, "Bad Request: chat not found")
        text, _, tags, balanced = html_parts(call.get("text", ""))
        named = set(re.findall(r"&([A-Za-z]+);", call.get("text", "")))
        if call.get("parse_mode") != "HTML" or not balanced or not tags <= self.TAGS or not named <= self.NAMED:
            return _telegram_no(400, "Bad Request: can't parse entities")
        if not text.strip():
            return _telegram_no(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return _telegram_no(400, "Bad Request: message is too long")
        self.arrived.append(call["text"])
        return answer_json({"ok": True, "result": {"message_id": 100 + len(self.arrived)}})


def _telegram_no(code: int, words: str) -> Answer:
    return answer_json({"ok": False, "error_code": code, "description": words}, code)


class DiscordEnd(HttpEnd):
    """discord.com/developers/docs/resources/webhook#execute-webhook: content of 1–2000 characters, 204."""

    ID, TOKEN = "4174216298", "JHMHI8canaryDiscord0U711o3dV_js"

    def __init__(self) -> None:
        super().__init__(self._execute)

    def _execute(self, request: Request) -> Answer:
        if request.path.partition("?")[0] != f"/api/webhooks/{self.ID}/{self.TOKEN}":
            return answer_json({"message": "Unknown Webhook", "code": 10015}, 404)
        content = _object(request).get("content", "")
        if not content.strip():
            return answer_json({"message": "Cannot send an empty message", "code": 50006}, 400)
        if len(content.encode("utf-16-le")) // 2 > 2000:
            fault = {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]}
            return answer_json({"message": "Invalid Form Body", "code": 50035, "errors": {"content": fault}}, 400)
        self.arrived.append(content)
        return Answer(204)


class SlackEnd(HttpEnd):
    """docs.slack.dev: incoming webhooks answer ``ok`` or a word; chat.postMessage answers 200 with ``ok`` in JSON."""

    HOOK = "T1JJ3T3L2/A1BRTD4JD/TIcanarySlackHook0XrIdev"
    TOKEN = "xoxb-1234567890-1234567890-4ddcanarySlackBot00000000"

    def __init__(self) -> None:
        super().__init__(self._post)

    def _post(self, request: Request) -> Answer:
        call = _object(request)
        if request.path == "/api/chat.postMessage":
            if request.headers.get("Authorization") != f"Bearer {self.TOKEN}":
                return answer_json({"ok": False, "error": "invalid_auth"})
            if call.get("channel") not in {"#general", "#alerts"}:
                return answer_json({"ok": False, "error": "channel_not_found"})
            if not self._keep(call):
                return answer_json({"ok": False, "error": "no_text"})
            return answer_json({"ok": True, "channel": "C1", "ts": f"17{len(self.arrived)}.0001"})
        if request.path != f"/services/{self.HOOK}":
            return Answer(404, b"no_service")
        return Answer(200, b"ok") if self._keep(call) else Answer(400, b"no_text")

    def _keep(self, call: dict[str, Any]) -> bool:
        attachments = call.get("attachments") or [{}]
        if len(attachments) > 100 or not attachments[0].get("text", "").strip():
            return False
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}|good|warning|danger", attachments[0].get("color", "good")):
            return False
        self.arrived.append(attachments[0])
        return True


class MattermostEnd(HttpEnd):
    """developers.mattermost.com/integrate/webhooks/incoming: ``text`` of at most 16,383 characters, ``ok``."""

    TOKEN = "3ccdd113474722canaryMost0"

    def __init__(self) -> None:
        super().__init__(self._hook)

    def _hook(self, request: Request) -> Answer:
        if request.path != f"/hooks/{self.TOKEN}":
            return answer_json({"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook"}, 400)
        text = _object(request).get("text", "")
        if not text.strip():
            return answer_json({"id": "web.incoming_webhook.text.app_error", "message": "No text specified"}, 400)
        if len(text) > 16_383:
            return answer_json({"id": "web.incoming_webhook.text.length.app_error", "message": "Max length"}, 413)
        self.arrived.append(text)
        return Answer(200, b"ok", {"Content-Type": "text/plain"})


class GotifyEnd(HttpEnd):
    """gotify.net/api-docs: POST /message with a token in a header; message is required."""

    TOKEN = "AcanaryGotify00"

    def __init__(self) -> None:
        super().__init__(self._message)

    def _message(self, request: Request) -> Answer:
        if request.headers.get("X-Gotify-Key") != self.TOKEN:
            return answer_json({"error": "Unauthorized", "errorCode": 401, "errorDescription": "a token"}, 401)
        call = _object(request)
        extras = call.get("extras", {})
        if request.path != "/message" or not call.get("message") or not isinstance(call.get("priority"), int):
            words = "Field 'message' is required"
            return answer_json({"error": "Bad Request", "errorCode": 400, "errorDescription": words}, 400)
        if not isinstance(extras, dict) or not all("::" in key for key in extras):
            return answer_json({"error": "Bad Request", "errorCode": 400, "errorDescription": "extras"}, 400)
        self.arrived.append(call)
        return answer_json({**call, "id": len(self.arrived), "appid": 1})


class NtfyEnd(HttpEnd):
    """docs.ntfy.sh/publish: JSON of at most 8,192 bytes; a message over 4,096 bytes would become an attachment."""

    def __init__(self) -> None:
        super().__init__(self._publish)

    def _publish(self, request: Request) -> Answer:
        call = _object(request)
        if len(request.body) > 8192:
            return answer_json({"code": 41303, "http": 413, "error": "JSON body too large"}, 413)
        if request.path != "/" or not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", call.get("topic", "")):
            return answer_json({"code": 40009, "http": 400, "error": "invalid request: topic invalid"}, 400)
        if request.headers.get("X-Priority", "default") not in {"min", "low", "default", "high", "max", *"12345"}:
            return answer_json({"code": 40007, "http": 400, "error": "invalid request: priority invalid"}, 400)
        if len(call.get("message", "").encode()) > 4096:
            return answer_json({"code": 41301, "http": 413, "error": "message too large"}, 413)
        self.arrived.append(
            {**call, "click": request.headers.get("X-Click"), "priority": request.headers.get("X-Priority")}
        )
        return answer_json({"id": f"hwQ2YpKdmg{len(self.arrived)}", "event": "message", "topic": call["topic"]})


class MatrixEnd(HttpEnd):
    """spec.matrix.org client-server API: join, then PUT with a transaction id that makes a repeat harmless."""

    TOKEN = "syt_canaryMatrix_0000"

    def __init__(self) -> None:
        self.transactions: dict[str, str] = {}
        super().__init__(self._call)

    def _call(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {self.TOKEN}":
            return answer_json({"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token"}, 401)
        if "/join/" in request.path or request.path.endswith("/join"):
            return answer_json({"room_id": "!ops:matrix.example"})
        found = re.search(r"/rooms/([^/]+)/send/m\.room\.message/([^/?]+)", request.path)
        if request.method != "PUT" or not found:
            return answer_json({"errcode": "M_UNRECOGNIZED", "error": request.path}, 404)
        call = _object(request)
        if not isinstance(call.get("body"), str) or not isinstance(call.get("msgtype"), str):
            return answer_json({"errcode": "M_BAD_JSON", "error": "body and msgtype are required"}, 400)
        if len(request.body) > 60_000:
            return answer_json({"errcode": "M_TOO_LARGE", "error": "event too large"}, 413)
        transaction = found.group(2)
        if transaction not in self.transactions:
            self.transactions[transaction] = f"$event{len(self.transactions)}"
            self.arrived.append(call)
        return answer_json({"event_id": self.transactions[transaction]})
