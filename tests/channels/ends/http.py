"""An HTTP end on loopback that a test starts, checks requests as a real API would, and counts what it accepted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Request:
    """What came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. ``hang`` says nothing until the end is closed; ``drip`` sends the body byte by byte until then."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: bool = False


def answer_json(value: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


class HttpEnd:
    """Answers with ``check`` unless a test has put something else into ``instead``, which is then used up in order."""

    def __init__(self, check: Callable[[Request], Answer] = lambda _: Answer()) -> None:
        self.requests: list[Request] = []
        self.arrived: list[Any] = []
        self.instead: list[Answer] = []
        self._check = check
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.instead.pop(0) if self.instead else self._check(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        end = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
                answer = end._answer(request)
                if answer.hang:
                    end._closing.wait(60)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body) or 0))
                self.end_headers()
                if not answer.drip:
                    self.wfile.write(answer.body)
                    return
                for byte in answer.body:
                    try:
                        self.wfile.write(bytes([byte]))
                    except OSError:
                        break
                    if end._closing.wait(0.05):
                        break

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                """Silence."""

        return Handler
