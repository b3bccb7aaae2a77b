"""Whatever bytes come in, what comes out is one of the outcomes that the code names. The corpus is replayed each time.

The campaign mutates the corpus: it cuts, repeats, swaps and sprinkles, so that most inputs get past the first checks.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts import style as styles
from monitor.alerts.content import Content
from monitor.alerts.harmless import clean
from monitor.alerts.render import pages
from monitor.alerts.style import Style
from monitor.channels import load_templates
from monitor.rules.compile import compile_rules
from monitor.rules.loader import load_rule_text
from monitor.rules.model import Rule
from monitor.rules.problems import Problem, ProblemsError
from monitor.sources.addresses import AddressPolicy, literal_address, special_purpose
from monitor.sources.documents import parse_document
from monitor.sources.outcomes import ParsedFeed, PollFailed
from monitor.sources.replies import fresh_for, retry_after
from monitor.sources.targets import BadUrlError, Target
from monitor.sources.wire import decode_outcome, encode_outcome
from tests.alerts.live_markup import invisible
from tests.alerts.samples import hostile_contents
from tests.torture.conftest import FULL

DATA = Path(__file__).parents[1] / "data" / "fuzz"
FEEDS = sorted((DATA / "feeds").iterdir())
RULES = sorted((DATA / "rules").iterdir())
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEMPLATES = load_templates()
STYLES = tuple(one for one in vars(styles).values() if isinstance(one, Style))
TYPES = ("", "application/xml", "text/html; charset=utf-7", "application/feed+json", "text/xml; charset=base64")

thorough = settings(
    max_examples=5_000 if FULL else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not FULL,
)


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A seed with a few of the accidents that happen to bytes."""
    text = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        match draw(st.sampled_from(["cut", "repeat", "sprinkle", "splice"])):
            case "cut":
                del text[start:end]
            case "repeat":
                text[start:start] = bytes(text[start:end]) * draw(st.integers(1, 40))
            case "sprinkle":
                text[start:end] = draw(st.binary(max_size=8))
            case _:
                text[start:end] = draw(st.sampled_from(seeds))[start : start + 80]
    return bytes(text)


def read_feed(body: bytes, content_type: str) -> None:
    outcome = parse_document(body, content_type, "https://feeds.example/rss")
    assert isinstance(outcome, ParsedFeed | PollFailed)
    arrived = decode_outcome(encode_outcome(outcome))
    assert decode_outcome(encode_outcome(arrived)) == arrived, "it survives the way between processes"
    assert isinstance(outcome, PollFailed) or all("root:" not in entry.title for entry in outcome.entries)


def read_rule(text: str) -> None:
    refused: Sequence[Problem] = ()
    rules: list[Rule] = []
    try:
        rules = [load_rule_text(text)]
    except ProblemsError as error:
        refused = error.problems
    compile_rules(rules)
    assert rules or refused
    assert all(problem.sentence for problem in refused)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
@pytest.mark.parametrize("content_type", TYPES)
def test_the_corpus_of_feeds_comes_to_an_outcome(path: Path, content_type: str) -> None:
    read_feed(path.read_bytes(), content_type)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_corpus_of_rules_loads_or_is_refused_in_words(path: Path) -> None:
    read_rule(path.read_bytes().decode("utf-8", "replace"))


@thorough
@given(mutated([path.read_bytes() for path in FEEDS]), st.sampled_from(TYPES))
def test_any_feed_comes_to_an_outcome(body: bytes, content_type: str) -> None:
    read_feed(body, content_type)


@thorough
@given(mutated([path.read_bytes() for path in RULES]))
def test_any_rule_loads_or_is_refused_in_words(text: bytes) -> None:
    read_rule(text.decode("utf-8", "replace"))


HEADER = st.one_of(
    st.binary(max_size=40),
    st.from_regex(rb"[0-9+\-. eE]{0,30}", fullmatch=True),
    st.from_regex(
        rb"(Mon|Xyz), [0-9]{1,2} (Mar|Foo) [0-9]{1,5} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4})?", fullmatch=True
    ),
    st.from_regex(rb"(max-age|s-maxage|no-store)?=?\"?[0-9-]{0,25}\"?(,[a-z]{0,8})?", fullmatch=True),
)


@thorough
@given(HEADER, st.none() | HEADER)
def test_any_wait_that_a_server_names_is_none_or_bounded(value: bytes, date: bytes | None) -> None:
    for wait in (retry_after(value, date, NOW), fresh_for(value, value, date, date)):
        assert wait is None or timedelta(0) < wait <= timedelta(days=366)


SPELLING = st.one_of(
    st.text(max_size=30),
    st.ip_addresses().map(str),
    st.ip_addresses(v=4).map(lambda one: f"::ffff:{one}"),
    st.ip_addresses(v=4).map(lambda one: str(int(one))),
    st.ip_addresses(v=4).map(lambda one: hex(int(one))),
    st.from_regex(r"0?[0-7x]{1,12}(\.[0-9a-fx]{1,6}){0,3}", fullmatch=True),
)


@thorough
@given(SPELLING, st.integers(0, 70_000))
def test_any_spelling_of_an_address_is_read_as_one_and_judged_as_one(host: str, port: int) -> None:
    literal = literal_address(host)
    try:
        target = Target.parse(f"http://{host}:{port}/")
    except BadUrlError:
        return
    assert Target.parse(target.url) == target, "it is stable"
    if literal is not None and target.host == str(literal):
        public = literal.is_global and not literal.is_multicast
        refused = AddressPolicy().refusal(target.host, literal, target.port)
        assert refused or public, "what Python itself calls not global is never let through"
        assert bool(refused) == bool(special_purpose(literal))
        assert isinstance(literal, ipaddress.IPv4Address | ipaddress.IPv6Address)


@thorough
@given(st.text(max_size=200))
def test_any_text_is_clean_of_what_moves_or_hides_text(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert not any("\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" for character in shown)
    shown.encode("utf-8")


@settings(thorough, max_examples=1_000 if FULL else 25)  # a content is dear to make
@given(hostile_contents, st.sampled_from(STYLES))
def test_any_content_is_rendered_within_its_services_limits_and_cleanly(content: Content, style: Style) -> None:
    for message in pages(content, style, UTC, TEMPLATES):
        assert style.body.fits(message.body)
        assert style.title is None or style.title.fits(message.title)
        marks = str.maketrans("", "", "\x02\x05\x06\x0e\x0f\x10" if style.markup == "terminal" else "")
        assert not invisible(message.title + message.body.translate(marks))
        f"{message.title}{message.body}{message.link}".encode()
