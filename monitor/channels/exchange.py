"""HTTP as the channels see it: every request and answer of one sending, with no redirect followed.

Apprise says only whether a sending worked: a rate limit, a wrong token and a full disk at the other end look the same.
It uses ``requests``, so the answers are seen here, below it, by a session that stands in for ``requests``' own while
a sending is under way and changes nothing at other times. The same session keeps the deadline, reads no proxy, password
or certificate from the environment, and bounds what an answer may weigh.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import requests.sessions
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from monitor.channels.senders import HungUpError, Line

_LARGEST_ANSWER = 256 * 1024
_FINAL = frozenset({429, *range(300, 400)})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that was answered. ``body`` is the beginning of the answer, decoded."""

    status: int
    body: str
    retry_after: str = ""
    content_type: str = ""


@dataclass(slots=True)
class Watch:
    """What happens on the line: answers in order, and how the last request failed if it did.

    ``headers`` are added to every request.
    """

    line: Line
    ca_file: Path | None = None
    proxy: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    failure: str = ""


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextlib.contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """All that ``requests`` does in this thread goes by the watch."""
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


def post(url: str, body: bytes, headers: Mapping[str, str], watch: Watch) -> None:
    """POST once. What came of it is in the watch: an exchange, or a failure."""
    with watching(watch):
        request("POST", url, body, headers, watch)


def request(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], watch: Watch, *, verify: bool = True
) -> None:
    """One request inside ``watching``. What came of it is in the watch; nothing is raised."""
    with contextlib.suppress(requests.RequestException), requests.sessions.Session() as session:
        timeout = watch.line.remaining
        session.request(
            method, url, data=body, headers=dict(headers), timeout=timeout, allow_redirects=False, verify=verify
        )


class _Held:
    """A connection that the deadline can shut."""

    def _new_conn(self) -> Any:  # noqa: ANN401 - urllib3's hook, which gives a socket
        connection = super()._new_conn()  # type: ignore[misc]
        if watch := _watch.get():
            watch.line.hold(connection)
        return connection


class _HeldHTTP(_Held, HTTPConnection):
    pass


class _HeldHTTPS(_Held, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HeldHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HeldHTTPS


class _WatchedAdapter(HTTPAdapter):
    """Sends one request within the line's deadline and writes down what came back."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - requests' own signature
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401, ARG002
        watch = _watch.get()
        if watch is None:
            raise requests.ConnectionError("a request outside of any sending")
        if any(exchange.status in _FINAL for exchange in watch.exchanges):
            raise requests.ConnectionError("the service has answered that no more is wanted")
        request.headers.update(watch.headers)
        verify = kwargs.get("verify", True)
        if verify is True and watch.ca_file:
            verify = str(watch.ca_file)
        try:
            response = super().send(
                request,
                stream=True,
                timeout=watch.line.remaining,
                verify=verify,
                proxies={"http": watch.proxy, "https": watch.proxy} if watch.proxy else {},
            )
            content = _read(response, watch.line)
        except (requests.RequestException, urllib3.exceptions.HTTPError, HungUpError) as error:
            watch.failure = _sentence(error)
            raise requests.ConnectionError(watch.failure) from None
        response.raw = io.BytesIO(content)  # what the plug-in reads
        response.headers.pop("Location", None)
        watch.failure = ""
        watch.exchanges.append(
            Exchange(
                response.status_code,
                content.decode("utf-8", "replace"),
                response.headers.get("Retry-After", ""),
                response.headers.get("Content-Type", ""),
            )
        )
        return response


def _read(response: requests.Response, line: Line) -> bytes:
    """The beginning of the body, at most for as long as the line stands."""
    content = b""
    until = time.monotonic() + line.remaining
    while len(content) < _LARGEST_ANSWER and time.monotonic() < until:
        part = response.raw.read1(_LARGEST_ANSWER, decode_content=True)
        if not part:
            break
        content += part
    response.raw.close()
    return content[:_LARGEST_ANSWER]


_FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (requests.exceptions.SSLError, "", "its TLS certificate could not be verified"),
    (requests.exceptions.Timeout, "", "no answer in time"),
    (urllib3.exceptions.TimeoutError, "", "no answer in time"),
    (HungUpError, "", "no answer in time"),
    (requests.exceptions.ProxyError, "", "the proxy could not be reached"),
    (requests.exceptions.InvalidURL, "", "its address is no valid URL"),
    (requests.exceptions.InvalidSchema, "", "its address is no valid URL"),
    (requests.exceptions.ConnectionError, "NameResolution", "its host name does not resolve"),
    (requests.exceptions.ConnectionError, "NewConnection", "the connection was refused"),
)


def _sentence(error: Exception) -> str:
    """What went wrong, in words that hold no part of the address: tokens are in there."""
    for kind, sign, sentence in _FAILURES:
        if isinstance(error, kind) and sign in repr(error):
            return sentence
    return "the connection was lost"


class _WatchedSession(requests.Session):
    """``requests``' session, watched while a sending is under way."""

    def __init__(self) -> None:
        super().__init__()
        if _watch.get() is not None:
            self.trust_env = False
            self.mount("https://", _WatchedAdapter())
            self.mount("http://", _WatchedAdapter())


# requests.post(), which Apprise's plug-ins call, makes its session under this name and takes no other.
requests.sessions.Session = _WatchedSession  # type: ignore[misc]
