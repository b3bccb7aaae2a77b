"""The kinds of values config.yaml is made of beyond durations and sizes: secrets, zones, URLs, networks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from monitor.rules.fields import Duration, Words, refuse
from monitor.rules.languages import LANGUAGES, did_you_mean, suggest_language
from monitor.secret import HIDDEN, Secret

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2, token

_OTHER_SCHEMES = frozenset({"feed", "file", "ftp", "javascript", "mailto", "rss", "data"})  # harmless to repeat


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise refuse("bad-duration", "this duration must be longer than nothing", "write 30s, say")
    return value


def _languages(codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if code not in LANGUAGES:
            meant = suggest_language(code)
            fix = f"did you mean “{meant}”?" if meant else "write an ISO 639-1 code such as en"
            raise refuse("unknown-language", f"“{code}” is not a language code known here", fix)
    return codes


def _zone(value: Any) -> Any:  # noqa: ANN401  (anything may stand in a file)
    if not isinstance(value, str):
        return value
    zones = available_timezones()
    if value not in zones:
        cities = {zone.rsplit("/", 1)[-1].lower(): zone for zone in sorted(zones, reverse=True)}
        meant = cities.get(value.strip().lower().replace(" ", "_"))
        hint = f"did you mean “{meant}”?" if meant else did_you_mean(value, zones)
        sentence = f"“{value}” is not a time zone of the IANA database"
        raise refuse("unknown-timezone", sentence, hint or "write a name such as Europe/Berlin")
    return ZoneInfo(value)


def checked_url(url: str) -> str:
    """An http or https URL that can be asked for; the sentence never repeats it, for it may hold a token."""
    fix = "write it as https://example.org/feed.xml"
    if any(character.isspace() or ord(character) < 32 for character in url):
        raise refuse("bad-url", "the URL has a space or a line break in it", fix)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refuse("bad-url", "the URL has a port or an address that cannot be", fix) from None
    if parts.scheme.lower() not in {"http", "https"}:
        found = parts.scheme.lower()
        said = f", not {found}:" if found in _OTHER_SCHEMES else ""
        raise refuse("bad-url", f"the URL should start with https:// or http://{said}", fix)
    if not parts.hostname or port == 0:
        raise refuse("bad-url", "the URL names no host", fix)
    return url


def public_url(url: str) -> str:
    """The URL without what may be secret in it: user, password, and the values of the query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    query = f"?{HIDDEN}" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{query}"


def _network(text: str) -> str:
    address, port = text, ""
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    if _is_network(address) and (not port or (port.isdecimal() and 0 < int(port) < 65536)):
        return text
    sentence = f"“{text}” is not an address or network"
    raise refuse("bad-network", sentence, "write 10.0.0.5, 10.0.0.0/8, 127.0.0.1:8080 or [::1]:8080")


def _is_network(address: str) -> bool:
    try:
        ipaddress.ip_network(address, strict=False)
    except ValueError:
        return False
    return True


def _networks(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_network(item) for item in items)


def _secret(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bool | int | float):
        raise refuse("not-text", "YAML reads this secret as a number or truth value, not as text", "put it in quotes")
    return value


def by_calling(parse: Callable[[str], object], kind: str) -> AfterValidator:
    """A text that ``parse`` takes; its ValueError is the problem's sentence."""

    def check(value: str) -> str:
        try:
            parse(value)
        except ValueError as error:
            raise refuse(kind, str(error)) from None
        return value

    return AfterValidator(check)


Positive = Annotated[Duration, AfterValidator(_positive)]
Languages = Annotated[Words, AfterValidator(_languages)]
Networks = Annotated[Words, AfterValidator(_networks)]
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_zone, json_schema_input_type=str),
    PlainSerializer(lambda zone: zone.key, return_type=str),
]
Hidden = Annotated[Secret, BeforeValidator(_secret), Field(json_schema_extra={"x-secret": True})]
FeedUrl = Annotated[str, AfterValidator(checked_url), PlainSerializer(public_url, return_type=str)]
