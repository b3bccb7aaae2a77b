"""The text of an article's web page without its menus, comments and advertisements. The only trafilatura import.

Runs in a worker process; the library is loaded with the first page, since most feeds bring their text along.
"""

from __future__ import annotations

from monitor.sources.charset import decode
from monitor.sources.limits import LONGEST_CONTENT
from monitor.text.html import tidy

_LONGEST_PAGE = 2_000_000


def extract(html: bytes, content_type: str, url: str) -> str:
    """The article's text, paragraphs two line feeds apart; empty if no article is found in the page."""
    import trafilatura  # noqa: PLC0415 - takes a third of a second and 40 MB that most workers never need

    text = trafilatura.extract(
        decode(html, content_type)[:_LONGEST_PAGE],
        url=url,
        output_format="txt",
        include_comments=False,
        include_tables=False,
        favor_precision=True,
    )
    return tidy((text or "").replace("\n", "\n\n"))[:LONGEST_CONTENT]
