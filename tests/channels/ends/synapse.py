"""A Matrix homeserver (Synapse) on loopback with people and rooms; what arrived is read back as a member would."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.channels.ends.programs import free_port, running, until

_VENV = Path(__file__).parents[3] / ".venv" / "synapse"
SERVER = "matrix.example"
PASSWORD = "canary-matrix-password"
_SHARED_SECRET = "shared among the server and this test"
_CONFIG = {
    "server_name": SERVER,
    "registration_shared_secret": _SHARED_SECRET,
    "macaroon_secret_key": "macaroon",
    "form_secret": "form",
    "report_stats": False,
    "trusted_key_servers": [],
    "default_room_version": "11",
    "presence": {"enabled": False},
    "use_presence": False,
    "enable_metrics": False,
    "url_preview_enabled": False,
    "bcrypt_rounds": 4,
    "caches": {"sync_response_cache_duration": "0s"},
    "enable_registration": False,
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account, and what they can ask the server."""

    user_id: str
    token: str
    base: str

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - what the server answers
        return _call(method, f"{self.base}{path}", body, self.token)

    def make_room(self, invited: Member, **settings: object) -> str:
        """A private room with version 11 that the other is invited to; its id."""
        body = {"preset": "private_chat", "room_version": "11", "invite": [invited.user_id], **settings}
        return str(self.ask("POST", "/_matrix/client/v3/createRoom", body)["room_id"])

    def messages(self, room: str) -> list[dict[str, Any]]:
        """The room's messages, oldest first."""
        kept = quote(json.dumps({"types": ["m.room.message"]}))
        path = f"/_matrix/client/v3/rooms/{quote(room)}/messages?dir=b&limit=100&filter={kept}"
        return list(reversed(self.ask("GET", path)["chunk"]))

    def highlights(self, room: str) -> int:
        """How many messages the server tells this member to look at because they are meant."""
        joined = self.ask("GET", "/_matrix/client/v3/sync?timeout=0")["rooms"]["join"]
        return int(joined[room]["unread_notifications"]["highlight_count"])


@dataclass(frozen=True, slots=True)
class Synapse:
    """A running one. ``admin`` has no limits on how often it sends."""

    port: int
    admin: Member

    def register(self, name: str, *, limited: bool = False) -> Member:
        """A new account; ``limited`` leaves it the server's limits on how often it may send."""
        member = _registered(f"http://127.0.0.1:{self.port}", name)
        if not limited:
            self.unlimit(member)
        return member

    def unlimit(self, member: Member) -> None:
        """Take the limits away that a server has for everybody."""
        path = f"/_synapse/admin/v1/users/{quote(member.user_id)}/override_ratelimit"
        self.admin.ask("POST", path, {"messages_per_second": 0, "burst_count": 0})


@contextmanager
def synapse(directory: Path) -> Iterator[Synapse]:
    """Started with SQLite in this directory."""
    if not (_VENV / "ready").exists():
        pytest.fail("these tests need a real Matrix homeserver: make .venv/synapse/ready", pytrace=False)
    port = free_port()
    config = {
        **_CONFIG,
        "pid_file": str(directory / "pid"),
        "signing_key_path": str(directory / "signing.key"),
        "media_store_path": str(directory / "media"),
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "tls": False,
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
    }
    path = directory / "homeserver.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    (directory / "signing.key").write_text("ed25519 a_test QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY\n")
    command = [str(_VENV / "bin" / "python"), "-m", "synapse.app.homeserver", "--config-path", str(path)]
    log = directory / "log"
    base = f"http://127.0.0.1:{port}"
    with running(command, port, log, seconds=60):
        until(lambda: _is_well(base), "Synapse answers", seconds=30, log=log)
        yield Synapse(port, _registered(base, "admin", admin=True))


def _is_well(base: str) -> bool:
    try:
        _call("GET", f"{base}/_matrix/client/versions")
    except OSError:
        return False
    return True


def _registered(base: str, name: str, *, admin: bool = False) -> Member:
    """An account by the shared secret (Synapse's admin API)."""
    where = f"{base}/_synapse/admin/v1/register"
    nonce = _call("GET", where)["nonce"]
    words = "\0".join((nonce, name, PASSWORD, "admin" if admin else "notadmin"))
    mac = hmac.new(_SHARED_SECRET.encode(), words.encode(), hashlib.sha1).hexdigest()
    account = _call("POST", where, {"nonce": nonce, "username": name, "password": PASSWORD, "admin": admin, "mac": mac})
    return Member(account["user_id"], account["access_token"], base)


def _call(method: str, url: str, body: object = None, token: str = "") -> Any:  # noqa: ANN401 - JSON
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for attempt in range(5):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")
            if error.code != 429 or attempt == 4:
                raise AssertionError(f"{method} {url}: {error.code} {said}") from None
            time.sleep(json.loads(said).get("retry_after_ms", 500) / 1000)
    raise AssertionError(url)
