"""What an article is about in a form that no language owns: numbers, dates, names, places, news words."""

from __future__ import annotations

import pytest

from monitor.stories.numbers import canonical_number, scale_of, written_out
from monitor.stories.signature import HASH_BITS, Kind, feature, read_signature
from monitor.stories.words import fold, skeleton, stem, without_outlet
from tests.stories.articles import article


def features(title: str, kind: Kind, body: str = "") -> set[int]:
    return {each for each in read_signature(article("a", title, body=body)).features if each >> HASH_BITS == kind}


def numbers(title: str) -> set[str]:
    labels = read_signature(article("a", title)).labels
    return {label for each, label in labels.items() if each >> HASH_BITS == Kind.NUMBER}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("1,000,000 shells", id="English grouping"),
        pytest.param("1.000.000 Granaten", id="German grouping"),
        pytest.param("1 000 000 obus", id="French grouping"),
        pytest.param("1 000\u202f000 obus", id="narrow spaces"),
        pytest.param("1 million shells", id="a scale in English"),
        pytest.param("1 Mio. Granaten", id="a scale, abbreviated"),
        pytest.param("1 млн снарядов", id="a scale in Russian"),
        pytest.param("1 millón de proyectiles", id="a scale in Spanish"),
        pytest.param("포탄 100만 발", id="ten thousands in Korean"),
        pytest.param("砲弾100万発", id="ten thousands in Japanese"),
        pytest.param("100万枚炮弹", id="ten thousands in Chinese"),
        pytest.param("A million shells", id="in words, English"),
        pytest.param("Eine Million Granaten", id="in words, German"),
        pytest.param("Un million d'obus", id="in words, French"),
        pytest.param("Миллиона снарядов", id="in words, Russian, declined"),
        pytest.param("Milion pocisków", id="in words, Polish"),
    ],
)
def test_a_number_is_one_number_in_whatever_language_it_is_written(written: str) -> None:
    assert feature(Kind.NUMBER, "1000000") in features(written, Kind.NUMBER)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("2.5 bn euros", "2500000000", id="decimals of a scale"),
        pytest.param("1,5 млрд рублей", "1500000000", id="decimals with a comma"),
        pytest.param("50 тысяч тонн", "50000", id="thousands in Russian"),
        pytest.param("5만 톤", "50000", id="ten thousands"),
        pytest.param("Three million shells", "3000000", id="a numeral before a scale"),
        pytest.param("Zwei Millionen Granaten", "2000000", id="a numeral before a scale, German"),
        pytest.param("120-66", "120-66", id="a score"),
        pytest.param("14:30", "14:30", id="a time of day"),
        pytest.param("01.11.2023", "01.11.2023", id="a date in figures"),
        pytest.param("170 mm", "170", id="a calibre"),
    ],
)
def test_other_numbers_times_and_dates_keep_what_they_say(written: str, found: str) -> None:
    assert feature(Kind.NUMBER, found) in features(written, Kind.NUMBER)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Millions of shells", id="millions"),
        pytest.param("Millionen Granaten", id="Millionen"),
        pytest.param("Миллионы снарядов", id="миллионы"),
    ],
)
def test_a_plural_alone_is_no_number(written: str) -> None:
    assert numbers(written) == set()


def test_a_scale_counts_once_with_its_number() -> None:
    assert numbers("5 million shells") == {"5,000,000"}
    assert (canonical_number("1.5", 1000), canonical_number("1.500")) == ("1500", "1500")
    assert (scale_of("million", "million"), scale_of("shells", "shells")) == (10**6, 1)
    assert (written_out("million", 2), written_out("million", None), written_out("shells", 2)) == (
        "2000000",
        "1000000",
        None,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Putin", "Путин", id="Russian"),
        pytest.param("Nishiya", "Нисия", id="Japanese through Russian"),
        pytest.param("Selenskyj", "Zelenskyy", id="German and English"),
        pytest.param("Vostochny", "Восточный", id="a place"),
        pytest.param("Poutine", "Putin", id="French"),
        pytest.param("Peskow", "Песков", id="German and Russian"),
        pytest.param("Schoigu", "Шойгу", id="German sch"),
        pytest.param("Lavrov", "Lawrow", id="German w"),
    ],
)
def test_a_name_is_one_name_in_most_transliterations(one: str, other: str) -> None:
    assert skeleton(fold(one)) == skeleton(fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Putin", "Biden", id="other consonants"),
        pytest.param("Rason", "Busan", id="ports"),
        pytest.param("Lavrov", "Peskov", id="one ending"),
    ],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert skeleton(fold(one)) != skeleton(fold(other))


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Nordkorea liefert Granaten", id="de"),
        pytest.param("North Korea sends artillery shells", id="en"),
        pytest.param("КНДР поставила снаряды", id="ru"),
        pytest.param("La Corée du Nord livre des obus", id="fr"),
        pytest.param("북한, 포탄 지원", id="ko"),
        pytest.param("北朝鮮、砲弾を供与", id="ja"),
        pytest.param("朝鲜提供炮弹", id="zh"),
    ],
)
def test_a_state_and_a_thing_are_one_feature_in_every_language(title: str) -> None:
    assert feature(Kind.PLACE, "kp") in features(title, Kind.PLACE)
    assert feature(Kind.IDEA, "shell") in features(title, Kind.IDEA)


def test_a_word_keeps_its_stem_when_it_is_declined() -> None:
    assert stem("tula") == stem("tuly") == stem("tule") == "tul"
    assert stem("artilleriegranaten") == stem("artillery") == "artil"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        pytest.param("Ferry sinks off Mindoro island | WTOP", "Ferry sinks off Mindoro island", id="a bar"),
        pytest.param("Ferry sinks off Mindoro island - Folha", "Ferry sinks off Mindoro island", id="a dash"),
        pytest.param("Ferry sinks - what we know", "Ferry sinks - what we know", id="too little before it"),
        pytest.param("A-level results: what to know", "A-level results: what to know", id="a hyphen"),
    ],
)
def test_the_outlets_name_behind_a_title_is_not_part_of_it(title: str, bare: str) -> None:
    assert without_outlet(title) == bare


def test_features_of_the_title_come_first_and_are_bounded() -> None:
    signature = read_signature(article("a", "Ferry sinks off Mindoro", body="Rescuers " + "ab cd ef gh ".upper() * 200))
    assert signature.named <= signature.titled <= len(signature.features) <= 96
    assert len(set(signature.features)) == len(signature.features)
    assert list(signature.grams) == sorted(set(signature.grams))
