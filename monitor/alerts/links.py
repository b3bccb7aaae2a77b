"""Which address a message may link to, and how it is written so that it cannot break out of any markup."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_SAFE = "/:?=&%+,!$@"  # of RFC 3986; quotes, brackets, *, ~, | mean something to a chat, and ; ends an entity
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ACTS_BY_ITSELF = re.compile(
    r"^https?://(?:[^/]*\.)?(?:matrix\.to/|discord\.gg/|discord(?:app)?\.com/(?:channels|invite|users)/)", re.IGNORECASE
)
LONGEST = 2000


@lru_cache(maxsize=4096)  # asked for by the facts, the template and the message alike
def safe_link(url: str) -> str:
    """The http or https address as plain ASCII, percent-encoded; ``""`` for anything a message must not link to.

    Refused: other schemes, user names (``https://bank.example@evil.example``), control characters, hosts that are no
    names, more than 2,000 characters, and addresses that a chat client shows as a mention, a room or an invitation.
    """
    text = url.strip()
    if _FORBIDDEN.search(text):
        return ""
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    link = f"{parts.scheme.lower()}://{host}{f':{port}' if port else ''}{_encoded(parts.path) or '/'}"
    if parts.query:
        link += f"?{_encoded(parts.query)}"
    if parts.fragment:
        link += f"#{_encoded(parts.fragment)}"
    return "" if len(link) > LONGEST or _ACTS_BY_ITSELF.match(link) else link


def _ascii_host(host: str) -> str:
    """The host in its ASCII form (IDNA), ``""`` when it is no host name. Raises ``ValueError`` as IDNA does."""
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = host.lower()
    return host if _HOST.fullmatch(host) and ".." not in host else ""


def _encoded(part: str) -> str:
    # ``quote`` leaves every ~ as it is (RFC 3986, 2.3), and two of them strike text out.
    return quote(_BAD_PERCENT.sub("%25", part), safe=_SAFE, errors="replace").replace("~", "%7E")
