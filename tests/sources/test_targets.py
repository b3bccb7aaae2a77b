"""URLs taken apart strictly: what two programs could read differently is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.targets import BadUrlError, Target


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://EXAMPLE.org", "http://example.org/"),
        ("https://example.org:443/a?b#c", "https://example.org/a?b"),
        ("http://example.org:8080/ä?ö=%C3%BC&x=a b", "http://example.org:8080/%C3%A4?%C3%B6=%C3%BC&x=a%20b"),
        ("http://u:p@example.org/", "http://example.org/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::1]:81/", "http://[::1]:81/"),
        ("http://a_b.example./", "http://a_b.example./"),
        ("http://example.org/a?url=http:\\\\x", "http://example.org/a?url=http:%5C%5Cx"),
    ],
)
def test_a_url_is_sent_as_it_is_meant(url: str, sent: str) -> None:
    assert Target.parse(url).url == sent


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "ftp://example.org/", "file:///etc/passwd", "gopher://x/", "http://", "http:///x", "http://x:0/",
        "http://x:65536/", "http://x:-1/", "http://x:a/", "http://a\\b/", "http://a/b\\c", "http://exa mple.org/",
        "http://ex%61mple.org/", "http://a..b/", "http://-/", "http://" + "a" * 70 + ".org/", "http://[::1/", "http://[x]/",
        "http://x/" + "a" * 9000, "http://a\x00b/", "http://\u202ex/", "http://a b@c/",
    ],
)  # fmt: skip
def test_what_cannot_be_polled_is_refused(url: str) -> None:
    with pytest.raises(BadUrlError):
        Target.parse(url)


def test_user_and_password_are_taken_out_and_never_shown() -> None:
    target = Target.parse("https://us%65r:p%3Aw@example.org/")
    assert target.authorization is not None
    assert target.authorization.reveal() == "Basic dXNlcjpwOnc="
    assert "dXNl" not in repr(target)


@given(st.text(), st.binary())
def test_any_text_is_a_target_or_refused(url: str, location: bytes) -> None:
    home = Target.parse("https://example.org/a/b")
    reads: list[Callable[[], Target]] = [
        lambda: Target.parse(url),
        lambda: Target.parse("http://" + url),
        lambda: home.join(location),
    ]
    for read in reads:
        try:
            target = read()
        except BadUrlError:
            continue
        assert Target.parse(target.url).url == target.url
        assert target.url.isascii()
