"""Matrix, spoken to a homeserver directly (spec.matrix.org, client-server API v1.11).

Apprise's plug-in logs in anew for every message (homeservers allow three log-ins in a row), registers an account when
the password is wrong, makes a new public room when an alias is mistyped and calls that a success, and leaves out
``m.mentions``, so that a member's name in a headline rings their phone.
"""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote, unquote

from monitor.channels.errand import Errand
from monitor.channels.exchange import Exchange, request
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Retry, Sent
from monitor.channels.verdict import answer_of, judge, no_refusal

_API = "/_matrix/client/v3"
_OF_THE_SERVER = frozenset({"M_UNRECOGNIZED", "M_USER_DEACTIVATED", "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]*>")


def send_to_room(errand: Errand) -> Outcome | None:
    """Send to the one room that the address names; webhooks and direct messages stay with the plug-in."""
    plugin = errand.plugin
    if plugin.mode != "off" or plugin.users or len(plugin.rooms) != 1:
        return None
    outcome = _sent(errand)
    if not isinstance(outcome, Sent):
        with errand.memory.lock:  # an alias may lead elsewhere next time
            errand.memory.notes = {key: text for key, text in errand.memory.notes.items() if key == "token"}
    return outcome


def _sent(errand: Errand) -> Outcome:
    server = _Homeserver(errand, "")
    token = str(errand.plugin.password) if not errand.plugin.user else server.logged_in()
    if not token:
        return judge(errand.watch, errand.now, _no_receipt, no_refusal)
    server = _Homeserver(errand, token)
    room = server.room()
    if room:
        server.put(room)
        if server.status == 403 and server.joined(room):
            server.put(room)
    if errand.plugin.user and server.status == 401:
        with errand.memory.lock:
            errand.memory.notes.pop("token", None)
        return Retry("its log-in has ended; it logs in again", whole_channel=True)
    return judge(errand.watch, errand.now, _receipt if room else _no_receipt, _refusal)


@dataclass(frozen=True, slots=True)
class _Homeserver:
    """The homeserver as this errand knows it."""

    errand: Errand
    token: str

    @property
    def status(self) -> int:
        """Of the last answer; 0 when the last request failed."""
        watch = self.errand.watch
        return 0 if watch.failure or not watch.exchanges else watch.exchanges[-1].status

    def ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """The answer to one request when it is a success, and nothing otherwise."""
        errand = self.errand
        headers = {"Content-Type": "application/json", "User-Agent": "newsmonitor"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        url = f"{self._address()}{_API}{path}"
        request(method, url, content, headers, errand.watch, verify=errand.plugin.verify_certificate)
        return answer_of(errand.watch.exchanges[-1]) if self.status == 200 else {}

    def _address(self) -> str:
        """Where the server is; with ``?discovery=yes`` its well-known file says it, and is asked once."""
        notes = self.errand.memory.notes
        if "address" not in notes:
            notes["address"] = str(self.errand.plugin.base_url)
        return notes["address"]

    def logged_in(self) -> str:
        """The access token: one log-in for as long as it is good. The device keeps its id, so none pile up."""
        memory, plugin = self.errand.memory, self.errand.plugin
        with memory.lock:
            if "token" not in memory.notes:
                answer = self.ask(
                    "POST",
                    "/login",
                    {
                        "type": "m.login.password",
                        "identifier": {"type": "m.id.user", "user": plugin.user},
                        "password": plugin.password,
                        "device_id": f"newsmonitor-{platform.node()}-{self.errand.channel}",
                        "initial_device_display_name": "newsmonitor",
                    },
                )
                if not (isinstance(answer.get("access_token"), str) and answer["access_token"]):
                    return ""
                memory.notes["token"] = answer["access_token"]
            return memory.notes["token"]

    def room(self) -> str:
        """The room's id. An alias is joined to learn it; one that does not exist is not made."""
        name = unquote(str(self.errand.plugin.rooms[0])).strip()
        if name.startswith("!"):
            return name
        notes = self.errand.memory.notes
        alias = name if name.startswith("#") else f"#{name}"
        if alias not in notes:
            whole = alias if ":" in alias else f"{alias}:{self._server_name()}"
            if not whole.endswith(":") and (joined := self.joined(whole)):
                notes[alias] = joined
        return notes.get(alias, "")

    def _server_name(self) -> str:
        return str(self.ask("GET", "/account/whoami", None).get("user_id", "")).partition(":")[2]

    def joined(self, room: str) -> str:
        """Join, which accepts an invitation; the room's id, empty when it cannot be."""
        return str(self.ask("POST", f"/join/{quote(room, safe='')}", {}).get("room_id", ""))

    def put(self, room: str) -> None:
        """The message, with a transaction id of ours: the homeserver itself drops a repeat."""
        errand = self.errand
        transaction = quote(f"newsmonitor-{errand.message.uid}", safe="")
        content = {
            "msgtype": f"m.{errand.plugin.msgtype}",
            "body": plain(errand.message.body),
            "format": "org.matrix.custom.html",
            "formatted_body": errand.message.body,
            "m.mentions": {},  # nobody is meant (MSC3952): without it, servers look for names in the text
        }
        self.ask("PUT", f"/rooms/{quote(room, safe='')}/send/m.room.message/{transaction}", content)


def plain(html: str) -> str:
    """Our own HTML for clients without: links behind their words, no tags."""
    text = _LINK.sub(r"\2 (\1)", html.replace("<br/>", ""))
    return unescape(_TAG.sub("", text))


def _receipt(exchange: Exchange) -> str | None:
    found = answer_of(exchange).get("event_id")
    return found if isinstance(found, str) and found else None


def _no_receipt(_: Exchange) -> str | None:
    return None


def _refusal(exchange: Exchange) -> Outcome | None:
    """A room that is not there, or not for us: the others go on. Anything else is left to the status code."""
    code = answer_of(exchange).get("errcode")
    if exchange.status in {403, 404} and isinstance(code, str) and code not in _OF_THE_SERVER:
        return Retry(f"Matrix cannot post in this room: {code[:60]}", after=BROKEN_CHANNEL)
    return None
