"""Addresses that only lead to another: aggregators, social networks, AMP caches. Pure; a table to be edited."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from urllib.parse import SplitResult, parse_qs, unquote

_GOOGLE = r"(?:www\.|news\.)?google\.(?:com?\.)?[a-z]{2,3}"
# host, path, and the parameters that hold the address, the first that does wins
_BY_PARAMETER = tuple(
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (_GOOGLE, r"/url|/news/url", ("url", "q")),
        (r"(?:www\.|cn\.)?bing\.com", r"/news/apiclick\.aspx", ("url",)),
        (r"lm?\.facebook\.com", r"/l\.php", ("u",)),
        (r"l\.instagram\.com", r"/?", ("u",)),
        (r"out\.reddit\.com", r"/.*", ("url",)),
        (r"(?:away\.|m\.|www\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", ("to",)),
        (r"(?:www\.)?youtube\.com", r"/redirect", ("q",)),
        (r"duckduckgo\.com", r"/l/?", ("uddg",)),
        (r"t\.umblr\.com", r"/redirect", ("z",)),
        (r"t\.me", r"/iv", ("url",)),
        (r"getpocket\.com", r"/redirect", ("url",)),
        (r"(?:www\.)?linkedin\.com", r"/redir/redirect/?|/safety/go/?", ("url",)),
        (r"slack-redir\.net", r"/link", ("url",)),
        (r"[a-z0-9]+\.safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
        (r"cr\d*\.naver\.com", r"/.*", ("u", "url")),
        (r"go\.redirectingat\.com|go\.skimresources\.com", r"/.*", ("url",)),
        (r"redirect\.viglink\.com", r"/.*", ("u",)),
        (r"translate\.google(?:usercontent)?\.com", r"/translate(?:_c)?", ("u",)),
        (r"click\.email\..+|(?:www\.)?feedspot\.com", r"/redirect.*", ("url",)),
    )
)
_AMP_CACHE = re.compile(r"/(?:[cvi]/)(s/)?([^/]+\..+)")
_GOOGLE_AMP = re.compile(r"/amp/(s/)?([^/]+\..+)")
_GOOGLE_ARTICLE = re.compile(r"/(?:rss/|__i/rss/rd/)?articles/([\w-]{20,4000})=*")
_ADDRESS = re.compile(rb"https?://[\x21-\x7e]{4,2000}")
_YAHOO = re.compile(r"/RU=([^/]+)/RK=")


def wrapped(parts: SplitResult) -> str:
    """The address that this one leads to, as it stands in it; empty if it is no wrapper or does not say.

    Google News' newer links and FeedBurner's hold no address: they can be told apart only by asking, and stay.
    """
    host, path = (parts.hostname or "").rstrip("."), parts.path
    for host_form, path_form, names in _BY_PARAMETER:
        if host_form.fullmatch(host) and path_form.fullmatch(path):
            values = parse_qs(parts.query, max_num_fields=100)
            return next((values[name][0] for name in names if name in values), "")
    found = None
    if host.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.fullmatch(path)
    elif re.fullmatch(_GOOGLE, host):
        found = _GOOGLE_AMP.fullmatch(path)
    if found:
        query = f"?{parts.query}" if parts.query else ""
        return f"{'https' if found[1] else 'http'}://{found[2]}{query}"
    if host == "r.search.yahoo.com" and (inside := _YAHOO.search(path)):
        return unquote(inside[1])
    if host == "news.google.com" and (token := _GOOGLE_ARTICLE.fullmatch(path)):
        return _google_news(token[1])
    return ""


def _google_news(token: str) -> str:
    """The address in the older tokens: a protocol buffer whose fourth field is the article, then its AMP page."""
    try:
        message = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return ""
    found = _ADDRESS.search(message)
    return found[0].decode("ascii") if found else ""
