"""From an HTTP answer to an outcome: who is at fault decides who has to wait."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.alerts.harmless import clean
from monitor.alerts.phrases import shortened
from monitor.channels.exchange import Exchange, Watch
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Rejected, Retry, Sent

LONGEST_WAIT = timedelta(hours=24)
_BROKEN_STATUSES = frozenset({401, 402, 403, 404, 405, 407, 410})
_TRANSIENT_STATUSES = frozenset({408, 409, 423, 425})
_GATEWAY_STATUSES = frozenset({502, 503, 504})

Receipt = Callable[[Exchange], str | None]
"""Reads the id out of an answer: ``None`` when this is not how the service says yes."""

Refusal = Callable[[Exchange], Outcome | None]
"""Reads a service's own words of refusal; ``None`` leaves it to the status code."""


def judge(watch: Watch, now: datetime, receipt: Receipt, refusal: Refusal) -> Outcome:
    """What the last answer means. A success has to be said by the service in its own words."""
    if not watch.exchanges or watch.failure:
        return Retry(watch.failure or "nothing was sent", whole_channel=True)
    last = watch.exchanges[-1]
    refused = refusal(last)
    if refused is not None:
        return refused
    if 200 <= last.status < 300:
        given = receipt(last)
        if given is not None:
            return Sent(shortened(clean(given), 200))
        return Retry("it answered without confirming the message", after=BROKEN_CHANNEL, whole_channel=True)
    return by_status(last, now)


def by_status(last: Exchange, now: datetime) -> Outcome:
    """What the status code alone says (RFC 9110 §15, RFC 6585 §4)."""
    after = wait_asked_for(last, now)
    status = last.status
    if status == 429:
        return Retry("it asks to send less (429)", after=after, whole_channel=True)
    if 300 <= status < 400:
        return Retry(
            f"its address redirects ({status}), which is not followed", after=BROKEN_CHANNEL, whole_channel=True
        )
    if status in _BROKEN_STATUSES:
        return Retry(f"it refuses this address or token ({status})", after=BROKEN_CHANNEL, whole_channel=True)
    if status in _GATEWAY_STATUSES:
        return Retry(f"it is not available ({status})", after=after, whole_channel=True)
    if status >= 500 or status in _TRANSIENT_STATUSES:
        return Retry(f"it has an error of its own ({status})", after=after, unclear=status >= 500)
    return Rejected(f"it refuses this message ({status}){_said(last)}")


def wait_asked_for(last: Exchange, now: datetime) -> timedelta | None:
    """``Retry-After`` in seconds or as a date (RFC 9110 §10.2.3), or what chat services put into the body.

    ``None`` when nothing was asked for, or a time that is already over: the usual back-off is the politer reading.
    """
    wait = _header_wait(last.retry_after, now) or _body_wait(last)
    return min(LONGEST_WAIT, wait) if wait and wait > timedelta() else None


def _body_wait(last: Exchange) -> timedelta | None:
    answer = answer_of(last)
    parameters = answer.get("parameters")
    for value, unit in (
        (parameters.get("retry_after") if isinstance(parameters, dict) else None, timedelta(seconds=1)),
        (answer.get("retry_after"), timedelta(seconds=1)),
        (answer.get("retry_after_ms"), timedelta(milliseconds=1)),
    ):
        if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
            return unit * min(value, 1e8)
    return None


def _header_wait(text: str, now: datetime) -> timedelta | None:
    text = text.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return timedelta(seconds=min(float(text), 1e8))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now


def answer_of(exchange: Exchange) -> dict[str, Any]:
    """The answer as a JSON object, empty when it is none."""
    try:
        answer = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _said(last: Exchange) -> str:
    """The service's own words, when it gives a reason in the usual places."""
    answer = answer_of(last)
    for key in ("description", "error", "message", "errorDescription"):
        words = answer.get(key)
        if isinstance(words, str) and words.strip():
            return f": {shortened(clean(words), 160)}"
    return ""


def no_refusal(_: Exchange) -> Outcome | None:
    """For services that speak by status codes alone."""
    return None


def any_success(_: Exchange) -> str | None:
    """For services whose 2xx is the confirmation."""
    return ""
