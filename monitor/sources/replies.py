"""What a reply's headers mean: dates, freshness and waiting times as RFC 9110 and 9111 define them. Pure.

Servers' clocks are off by years. Every date is therefore read against the Date header of the same reply; our own
clock is used only where a server sends none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"), start=1
    )
}
# RFC 9110 §5.6.7: the form to send, and the two obsolete ones (RFC 850, asctime) that must be read.
_IMF_OR_850 = re.compile(
    rb"(?:[a-z]+,\s*)?(?P<day>\d{1,2})[ -](?P<month>[a-z]{3})[a-z]*[ -](?P<year>\d{4}|\d{2})\s+"
    rb"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s*(?:gmt|utc|z|[+-]0000)?"
)
_ASCTIME = re.compile(
    rb"[a-z]+\s+(?P<month>[a-z]{3})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s+"
    rb"(?P<year>\d{4})"
)
_SECONDS = re.compile(rb"\d+(?:\.\d+)?")
_LONGEST_WAIT = timedelta(days=30)


def http_date(value: bytes | None, now: datetime) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110 §5.6.7); None if it is none.

    ``now`` settles the century of a two-digit year: never more than 50 years ahead.
    """
    text = (value or b"").strip().lower()[:64]
    found = _IMF_OR_850.fullmatch(text) or _ASCTIME.fullmatch(text)
    if not found or found["month"] not in _MONTHS:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += now.year // 100 * 100
        year -= 100 if year > now.year + 50 else 0
    try:
        day, hour, minute = int(found["day"]), int(found["hour"]), int(found["minute"])
        second = min(int(found["second"]), 59)  # a leap second is written :60
        return datetime(year, _MONTHS[found["month"]], day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def retry_after(value: bytes | None, date: bytes | None, now: datetime) -> timedelta | None:
    """How long the server asks us to stay away (RFC 9110 §10.2.3), at most 30 days; None if it says nothing usable.

    Beyond the standard's whole seconds, fractions are read too. A date that has passed asks for nothing, nor does 0.
    """
    text = (value or b"").strip()
    if _SECONDS.fullmatch(text):
        return _bounded(float(text[:20])) or None
    until = http_date(text, now)
    if until is None:
        return None
    wait = until - (http_date(date, now) or now)
    return min(wait, _LONGEST_WAIT) if wait > timedelta(0) else None


def fresh_for(cache_control: bytes, expires: bytes | None, date: bytes | None, age: bytes | None) -> timedelta | None:
    """How long the answer stays fresh (RFC 9111 §4.2.1), at most 30 days; None if that is not known or not at all.

    ``max-age`` wins over ``Expires``; ``s-maxage`` is for shared caches, which we are not. The time the answer has
    already spent in caches (``Age``) is taken off. ``Expires`` without a ``Date`` means nothing here.
    """
    directives = dict(_directive(part) for part in cache_control.lower().split(b","))
    if b"no-cache" in directives or b"no-store" in directives:
        return None
    max_age = directives.get(b"max-age")
    if max_age is not None:
        lifetime = _bounded(float(max_age[:20])) if _SECONDS.fullmatch(max_age) else timedelta(0)
    else:
        epoch = datetime(2000, 1, 1, tzinfo=UTC)
        ends, begins = http_date(expires, epoch), http_date(date, epoch)
        lifetime = min(ends - begins, _LONGEST_WAIT) if ends and begins else timedelta(0)
    spent = _bounded(float(age.strip()[:20])) if age and _SECONDS.fullmatch(age.strip()) else timedelta(0)
    left = lifetime - spent
    return left if left > timedelta(0) else None


def _directive(part: bytes) -> tuple[bytes, bytes]:
    name, _, value = part.strip().partition(b"=")
    return name.strip(), value.strip().strip(b'"')


def _bounded(seconds: float) -> timedelta:
    return min(timedelta(seconds=min(seconds, 1e9)), _LONGEST_WAIT)
