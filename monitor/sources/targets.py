"""A URL taken apart once, strictly: what is checked and what is connected to are then the same thing. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import idna

from monitor.secret import Secret
from monitor.sources.addresses import literal_address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 8192
_SAFE = "/%:@!$&'()*+,;=~-._?|^[]{}"
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f-\x9f\u00a0\u2028\u2029]")
_ASCII_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")


class BadUrlError(ValueError):
    """A URL that cannot be polled; carries a sentence without the URL's secrets."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. ``host`` is in ASCII and lower case; ``resource`` is path and query as sent."""

    scheme: str
    host: str
    port: int
    resource: str
    authorization: Secret | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454): what credentials and custom headers stay within."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The URL again, without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.resource}"

    @classmethod
    def parse(cls, url: str) -> Target:
        """Take a URL apart. Raises :class:`BadUrlError`.

        Refused is what two programs could read differently: backslashes (a path to some, a host to others), control
        characters and spaces inside, percent signs in the host, ports out of range.
        """
        trimmed = url.strip()
        if len(trimmed) > _LONGEST:
            raise BadUrlError(f"The URL is longer than {_LONGEST} characters.")
        before_query = trimmed.partition("?")[0]
        if "\\" in before_query or _CONTROL_OR_SPACE.search(before_query.split("#")[0]):
            raise BadUrlError("The URL has a backslash, a space or a control character in it.")
        try:
            parts = urlsplit(trimmed)
            port = parts.port
        except ValueError:
            raise BadUrlError("The URL cannot be read: its host or port is malformed.") from None
        scheme = parts.scheme.lower()
        if scheme not in _DEFAULT_PORTS:
            raise BadUrlError(f"Only http and https can be polled, not “{scheme[:20] or 'nothing'}:”.")
        if port == 0:
            raise BadUrlError("Port 0 cannot be connected to.")
        resource = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        return cls(
            scheme, _ascii_host(parts.hostname or ""), port or _DEFAULT_PORTS[scheme], resource, _basic(parts.netloc)
        )

    def join(self, location: bytes) -> Target:
        """Where a Location header leads from here (RFC 9110 §10.2.2); its user and password are not taken over.

        Servers write raw UTF-8, and some Latin-1, where the standard wants ASCII. Raises :class:`BadUrlError`.
        """
        try:
            text = location.decode("utf-8")
        except UnicodeDecodeError:
            text = location.decode("latin-1")
        try:
            joined = urljoin(self.url, text.strip().replace(" ", "%20"))
        except ValueError:
            raise BadUrlError("The address it points to cannot be read.") from None
        led_to = Target.parse(joined)
        return Target(led_to.scheme, led_to.host, led_to.port, led_to.resource)


def _ascii_host(host: str) -> str:
    """The host as the name servers know it (RFC 5891, mapped as in UTS 46). Raises :class:`BadUrlError`."""
    if not host:
        raise BadUrlError("The URL names no host.")
    literal = literal_address(host)
    if literal is not None:
        return str(literal)
    try:
        ascii_host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadUrlError("The host's name is not a valid international name.") from None
    literal = literal_address(ascii_host)  # full-width digits become plain ones on the way
    if literal is not None:
        return str(literal)
    if not _ASCII_HOST.fullmatch(ascii_host):
        raise BadUrlError("The host's name has characters that no host has.")
    return ascii_host


def _basic(netloc: str) -> Secret | None:
    """The Authorization header's value for a URL with user and password (RFC 7617), None without."""
    user_info, at, _ = netloc.rpartition("@")
    if not at:
        return None
    user, _, password = user_info.partition(":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return Secret("Basic " + b64encode(pair).decode("ascii"))
