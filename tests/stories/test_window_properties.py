"""The compact tables of the window hold exactly what plain dicts would, whatever comes and goes."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.model import ArticleId
from monitor.stories.pairs import Pairs
from monitor.stories.postings import Postings
from monitor.stories.profiles import profile_of
from monitor.stories.records import Record, Records, record_of
from monitor.stories.signature import read_signature
from tests.stories.articles import Written, written

# Keys that share a page, and their neighbours there, as well as the highest.
KEYS = st.sampled_from((0, 1, 2048, 4096, 6144, 4097, 2**32 - 2048, 2**32 - 1))
NUMBERS = st.integers(0, 2**32 - 1) | st.integers(0, 3)
IDS = st.one_of(st.integers(-3, 3), st.text(max_size=2), st.sampled_from((2**61 - 1, 2**64, "a", "b")))


@given(st.lists(st.tuples(KEYS, NUMBERS), unique=True), st.data())
def test_pairs_hold_what_a_dict_of_sorted_lists_holds(given_pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    pairs, plain = Pairs(), defaultdict[int, list[int]](list)
    for key, number in given_pairs:
        up_to = pairs.add(key, number)
        plain[key].append(number)
        assert up_to == sum(each <= number for each in plain[key])
    gone = data.draw(st.lists(st.sampled_from(given_pairs), unique=True)) if given_pairs else []
    for key, number in gone:
        pairs.remove(key, number)
        plain[key].remove(number)
    taken = data.draw(KEYS)
    assert pairs.take(taken) == sorted(plain.pop(taken, []))
    for key, _ in given_pairs:
        assert pairs.of(key) == sorted(plain[key])
        assert pairs.count(key) == len(plain[key])


def test_a_pair_that_is_not_there_cannot_be_taken_out() -> None:
    pairs = Pairs()
    pairs.add(7, 1)
    with pytest.raises(ValueError, match="2 does not belong to 7"):
        pairs.remove(7, 2)


@given(
    st.lists(st.sets(st.sampled_from((5, 5 + 2048, 6, 2**31)), min_size=1), min_size=1, max_size=150),
    st.integers(1, 150),
    st.integers(1, 40),
)
def test_a_feature_is_counted_and_its_youngest_are_listed_however_many_came_and_went(
    articles: list[set[int]], size: int, most: int
) -> None:
    postings = Postings()
    for number, features in enumerate(articles):
        postings.add(number, features, [])
        if number >= size:
            postings.remove(number - size, articles[number - size], [])
        window = range(max(0, number - size + 1), number + 1)
        for feature in (5, 5 + 2048, 6, 2**31, 99):
            having = [each for each in window if feature in articles[each]]
            assert postings.count(feature) == len(having)
            assert list(postings.latest(feature, most)) == having[-min(most, 32) :]


def test_weights_are_those_of_the_window_as_it_is() -> None:
    postings, anew = Postings(), Postings()
    postings.add(1, [5, 6], [])
    before = postings.weights[5]
    postings.add(2, [5], [])
    anew.add(2, [5], [])
    assert postings.weights[5] < before
    postings.remove(1, [5, 6], [])
    assert [postings.weights[feature] for feature in (5, 6)] == [anew.weights[feature] for feature in (5, 6)]


@given(st.lists(st.tuples(IDS, written(st.integers(0, 9))), unique_by=lambda each: each[0]), st.data())
def test_records_come_back_as_they_were_kept(articles: list[tuple[ArticleId, Written]], data: st.DataObject) -> None:
    kept, records = [_record(name, one) for name, one in articles], Records()
    numbers = [records.add(record, story) for story, record in enumerate(kept, 1)]
    gone = data.draw(st.integers(0, len(kept)))
    records.forget(gone)
    assert list(records.numbers()) == numbers[gone:]
    assert all(records.number(record.id) is None for record in kept[:gone])
    for number, record in zip(numbers[gone:], kept[gone:], strict=True):
        assert records[number] == record
        assert (records.number(record.id), records.id(number), records.at(number)) == (number, record.id, record.at)
    stories = records.stories(numbers[gone:])
    assert stories == set(range(gone + 1, len(kept) + 1))


@given(st.lists(written(st.integers(0, 9)), min_size=1, max_size=5), written(st.integers(0, 9)))
def test_beside_another_only_what_is_shared_is_counted(articles: list[Written], other: Written) -> None:
    records, beside = [_record(0, one) for one in articles], profile_of([_record(1, other)])
    whole, part = profile_of(records), profile_of(records, beside)
    for of_whole, of_part, of_other in (
        (whole.features, part.features, beside.features),
        (whole.titled, part.titled, beside.features),
        (whole.named, part.named, beside.features),
        (whole.grams, part.grams, beside.grams),
    ):
        assert of_part == {thing: count for thing, count in of_whole.items() if thing in of_other}
    assert part[4:] == whole[4:]


def _record(name: ArticleId, one: Written) -> Record:
    article = one.article(name)
    return record_of(article, read_signature(article))
