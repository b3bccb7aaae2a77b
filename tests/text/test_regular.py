"""Short names are declined by rule, and nothing else is."""

from __future__ import annotations

import pytest

from monitor.text.regular import name_cases


@pytest.mark.parametrize(
    ("word", "code", "cases"),
    [
        pytest.param("Ын", "ru", {"Ына", "Ыну", "Ыном", "Ыне"}, id="russian"),
        pytest.param("un", "cs", {"una", "unovi", "unem"}, id="czech-after-a-hyphen"),
        pytest.param("Un", "pl", {"Una", "Unowi", "Unem"}, id="polish"),
        pytest.param("Ун", "sr", {"Уна", "Уну", "Уном"}, id="serbian-in-cyrillic-alone"),
        pytest.param("Un", "de", set(), id="a-language-that-does-not-decline-names"),
        pytest.param("ООН", "ru", set(), id="acronym"),
        pytest.param("Си", "ru", set(), id="ends-in-a-vowel"),
        pytest.param("Путин", "ru", set(), id="long-enough-for-a-stemmer"),
    ],
)
def test_the_cases_of_a_short_name(word: str, code: str, cases: set[str]) -> None:
    assert set(name_cases(word, code)) == cases
