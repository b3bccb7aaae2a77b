"""Articles are matched in several threads at once, with one set of rules."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.model import HasTerm, Rule, Term, TermKind
from monitor.text.article import Article

THREADS = 6
WORDS = [f"Kennwort{number}" for number in range(200)]


@pytest.fixture
def _hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def matches(compiled: CompiledRules, text: str, together: Barrier | None = None) -> int:
    if together:
        together.wait(20)
    return len(compiled.match(Article("key", "", body=text, languages=("de",))))


@pytest.mark.usefixtures("_hasty")
def test_a_word_that_several_threads_meet_for_the_first_time_is_found_by_each_and_from_then_on() -> None:
    rule = Rule("arms", "", HasTerm(Term("Haubitze", TermKind.FORMS, "Haubitze", "de")))
    text = " ".join([*WORDS, "Haubitzen,", *reversed(WORDS)])
    together = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(60):
            compiled = compile_rules([rule], ["de"])
            begun = [pool.submit(matches, compiled, text, together) for _ in range(THREADS)]
            assert [one.result() for one in begun] == [1] * THREADS
            assert matches(compiled, text) == 1
