"""Logging: one structured line per thing that happened, on stderr, with every secret taken out at the last moment."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog

from monitor.ops.redact import Redactor
from monitor.secret import Secret

# These print URLs, tokens or whole messages at levels an operator may switch on; what matters of them is an outcome.
_LOUD = (
    "apprise",
    "httpx",
    "httpcore",
    "urllib3",
    "requests",
    "charset_normalizer",
    "apscheduler",
    "trafilatura",
    "alembic",
    "watchfiles",
)


_redactor = Redactor()
"""The redactor of the process's one log."""


def hide(secrets: Iterable[Secret]) -> None:
    """Keep these out of every line from now on, too."""
    _redactor.learn(secrets)


def configure_logging(
    redactor: Redactor, *, level: str = "INFO", as_json: bool = False, to: TextIO | None = None
) -> None:
    """Send our own and foreign log lines through one formatter that redacts last, tracebacks included."""
    global _redactor  # noqa: PLW0603 - as there is one root logger
    _redactor = redactor
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24, sort_keys=False)

    def redact(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
        return redactor.clean(str(renderer(None, "", event)))

    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
