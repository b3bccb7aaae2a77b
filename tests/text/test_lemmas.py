"""Word forms come from the tables as they are, and are read from them once for each word."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from monitor import __version__
from monitor.text import lemmas
from monitor.text.forms import language
from monitor.text.lemmas import paradigms

MADE_WITH = {"simplemma": version("simplemma"), "pystemmer": version("pystemmer"), "newsmonitor": __version__}
NONSENSE = {"id": {"kucingzzqx": [["x"], []]}}


class Shelf:
    def __init__(self, document: bytes = b"") -> None:
        self.document = document
        self.written = 0

    def read(self) -> bytes:
        return self.document

    def write(self, document: bytes) -> None:
        self.document = document
        self.written += 1


@pytest.fixture(autouse=True)
def _no_shelf_afterwards() -> Iterator[None]:
    yield
    lemmas.keep_on(None)


def stems(words: object) -> list[str]:
    raise AssertionError(f"a table is read for {words}")


@pytest.mark.parametrize("code", ["id", "sq", "fa"])
def test_the_forms_of_a_headword_are_all_that_its_table_names(code: str) -> None:
    table = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(code)
    forms: dict[str, set[str]] = {}
    for form, lemma in table.items():
        forms.setdefault(lemma, set()).add(form)
    headwords = sorted(lemma for lemma in forms if table.get(lemma) == lemma)
    words = frozenset(random.Random(3).sample(headwords, 60))
    found = paradigms(code, words, lambda asked: [language(code).lower(word) for word in asked])
    assert {word: set(one.forms) for word, one in found.items()} == {word: forms[word] for word in words}


def test_what_was_read_from_a_table_is_put_on_the_shelf_and_not_read_again() -> None:
    shelf = Shelf()
    lemmas.keep_on(shelf)
    word = "memperhambakan"
    first = paradigms("id", frozenset([word, "kata-yang-tidak-ada"]), language("id")._raw_stems)
    lemmas.put_away()
    lemmas.put_away()
    assert shelf.written == 1, "nothing new, nothing written"
    other = json.loads(gzip.decompress(shelf.document))
    other["paradigms"]["id"]["katabaru"] = [["katabaru", "katabarunya"], []]
    lemmas.keep_on(Shelf(gzip.compress(json.dumps(other).encode())))
    assert paradigms("id", frozenset(["katabaru"]), stems)["katabaru"].forms == ("katabaru", "katabarunya")
    assert paradigms("id", frozenset([word, "kata-yang-tidak-ada"]), stems) == first


def test_what_others_put_on_the_shelf_meanwhile_stays_there() -> None:
    shelf = Shelf()
    lemmas.keep_on(shelf)
    paradigms("ms", frozenset(["meninggalkan"]), list)
    document = {**MADE_WITH, "paradigms": {"en": {"zorbing": [["zorbs"], []]}}}
    shelf.document = gzip.compress(json.dumps(document).encode())
    lemmas.put_away()
    kept = json.loads(gzip.decompress(shelf.document))["paradigms"]
    assert kept["en"] == {"zorbing": [["zorbs"], []]}
    assert "meninggalkan" in kept["ms"]


@pytest.mark.parametrize(
    "document",
    [
        b"no archive",
        gzip.compress(b"{")[:-4],
        gzip.compress(b"[]"),
        *[
            gzip.compress(json.dumps({**MADE_WITH, name: "0.0.9", "paradigms": NONSENSE}).encode())
            for name in MADE_WITH
        ],
        gzip.compress(json.dumps({**MADE_WITH, "paradigms": {"id": {"a": 1}}}).encode()),
    ],
    ids=["garbage", "cut", "another-document", *[f"another-{name}" for name in MADE_WITH], "another-shape"],
)
def test_a_shelf_that_holds_something_else_counts_as_empty(document: bytes) -> None:
    shelf = Shelf(document)
    lemmas.keep_on(shelf)
    word = "kucingzzqx"
    lemmas._remembered.pop(("id", word), None)
    assert word not in paradigms("id", frozenset([word]), list)
    lemmas.put_away()
    assert list(json.loads(gzip.decompress(shelf.document))["paradigms"]) == ["id"]


def test_words_in_another_script_than_a_language_s_are_not_looked_for() -> None:
    assert paradigms("de", frozenset(["ракета", "導彈"]), stems) == {}
    assert paradigms("el", frozenset(["Iskander"]), stems) == {}
