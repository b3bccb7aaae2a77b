"""Two URLs of one article made one: to open it (:func:`clean_url`), to tell it from others (:func:`canonical_url`).

Pure. Both hold to one rule: a difference that may mean another article stays. A missed sameness costs a duplicate,
which the stories catch; a false one loses an article.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from monitor.stories.trackers import is_tracker
from monitor.stories.wrappers import wrapped

_LONGEST = 4096
_MOST_WRAPPINGS = 5
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNPRINTABLE = re.compile("[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ILLEGAL = re.compile(r"%(?![0-9a-fA-F]{2})|[^\x21-\x7e]|[\"<>\\^`{|}]")
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_VARIANTS = re.compile(r"(?:www\d?|m|mobile|amp|touch)\.(?=[^.]+\.[^.])")
_NO_VARIANT = re.compile(r"[^.]+\.(?:co|com|ne|net|or|org|go|gov|ac|edu)\.[a-z]{2}")
_WIKIPEDIA = re.compile(r"([a-z-]+)\.m\.(wikipedia\.org)")
_AMP_PATH = re.compile(r"\.amp(?=\.html?$)|\.amp$|/amp(?:\.html)?/?$|^/amp(?=/.)", re.IGNORECASE)


def clean_url(url: str) -> str:
    """The address to open: what it wraps taken out, without tracking, user, password, fragment and default port.

    Escapes are normalised (RFC 3986 §6.2.2), a fragment that is a path of its own (``#!/…``, ``#/…``) stays.
    Empty if this is no http(s) URL. Idempotent.
    """
    parts = _unwrapped(url)
    return urlunsplit(parts) if parts else ""


def canonical_url(url: str) -> str:
    """What all addresses of one article have in common; for comparing, not for opening. Idempotent.

    Beyond :func:`clean_url`: https for http, no ``www``, mobile or AMP host, no AMP path, parameters in order, no
    slash at the end. Empty if this is no http(s) URL.
    """
    parts = _unwrapped(url)
    if parts is None:
        return ""
    host, colon, port = parts.netloc.partition(":") if not parts.netloc.startswith("[") else (parts.netloc, "", "")
    path = re.sub("/{2,}", "/", parts.path)
    while (shorter := _AMP_PATH.sub("", path) or "/") != path:
        path = shorter
    query = "&".join(sorted(parts.query.split("&"), key=lambda pair: pair.partition("=")[0]))
    return urlunsplit(("https", _desktop(host) + colon + port, path.rstrip("/"), query, parts.fragment))


def _unwrapped(url: str) -> SplitResult | None:
    """The parts of the innermost address, normalised; None if there is none."""
    parts = _normalised(url)
    for _ in range(_MOST_WRAPPINGS):
        inside = _normalised(wrapped(parts)) if parts else None
        if inside is None:
            break
        parts = inside
    return parts


def _normalised(url: str) -> SplitResult | None:
    """A URL in one spelling, without what does not change the page."""
    text = _UNPRINTABLE.sub("", url)
    if len(text) > _LONGEST:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    kept = [pair for pair in parts.query.split("&") if pair and not is_tracker(*_name_and_value(pair))]
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    path = _without_dots(_escaped(_SESSION.sub("", parts.path)))
    return SplitResult(scheme, netloc, path or "/", _escaped("&".join(kept)), _escaped(fragment))


def _name_and_value(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return _escaped(name), _escaped(value)


def _ascii_host(host: str) -> str:
    """The host in ASCII and lower case; empty if it is none. Raises ValueError for an IPv6 address that is none."""
    host = host.rstrip(".")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    return host if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host) else ""


def _escaped(text: str) -> str:
    """Escapes in one form: only where needed, in capitals (RFC 3986 §6.2.2)."""

    def settle(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    def escape(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    return _ESCAPE.sub(settle, _ILLEGAL.sub(escape, text))


def _without_dots(path: str) -> str:
    """A path without ``.`` and ``..`` (RFC 3986 §5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    ending = "/" if segments[-1] in {".", ".."} else ""
    return "/" + "/".join(kept) + ending if kept else "/"


def _desktop(host: str) -> str:
    """The host without the labels of its mobile, AMP and ``www`` variants; ``m.co.kr`` keeps its name."""
    host = _WIKIPEDIA.sub(r"\1.\2", host)
    while (found := _VARIANTS.match(host)) and not _NO_VARIANT.fullmatch(host):
        host = host[found.end() :]
    return host
