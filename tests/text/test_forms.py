"""Inflected forms are found, derivations and look-alikes are not, in the languages the rule pack speaks."""

from __future__ import annotations

import pytest

from monitor.text.forms import language, same_word

FORMS = {
    "en": [("send", "sent sends sending"), ("buy", "bought"), ("supply", "supplies supplied"), ("Korean", "Koreans")],
    "de": [("liefern", "geliefert lieferte liefert"), ("Waffe", "Waffen"), ("übergeben", "übergab übergibt")],
    "fr": [("livrer", "livré livraient livrera"), ("coréen", "coréenne coréennes"), ("envoyer", "envoie enverra")],
    "es": [("enviar", "envió envían enviado"), ("proyectil", "proyectiles"), ("norcoreano", "norcoreanas")],
    "it": [("inviare", "inviato invia"), ("missile", "missili"), ("fornire", "fornisce forniti")],
    "pt": [("enviar", "enviou enviaram"), ("míssil", "mísseis"), ("coreano", "coreanas")],
    "nl": [("leveren", "levert leverde geleverd"), ("wapen", "wapens"), ("sturen", "stuurt stuurde")],
    "pl": [
        ("rakieta", "rakiet rakietami"),
        ("arsenał", "arsenału"),
        ("Putin", "Putinowi"),
        ("Pjongjang", "Pjongjangu Pjongjangiem"),
        ("dostarczać", "dostarczają"),
        ("Un", "Una Unem Unowi"),
    ],
    "ru": [
        ("поставлять", "поставляет поставляли"),
        ("снаряд", "снарядов"),
        ("Пхеньян", "Пхеньяном Пхеньяна"),
        ("Ын", "Ына Ыном"),
    ],
    "uk": [("зброя", "зброї зброєю"), ("постачати", "постачала"), ("Росія", "Росією")],
    "cs": [("raketa", "raket raketami"), ("dodat", "dodala"), ("Rusko", "Ruskem"), ("un", "una unem")],
    "tr": [("füze", "füzeleri füzesi füzenin"), ("silah", "silahlarını"), ("göndermek", "gönderdi")],
    "ar": [("صاروخ", "صواريخ والصواريخ"), ("سلاح", "أسلحة الأسلحة"), ("كوريا", "لكوريا وكوريا")],
    "fa": [("موشک", "موشکها موشکهای"), ("سلاح", "سلاحهای")],
    "sv": [("leverera", "levererade"), ("vapen", "vapnen")],
}
OTHERS = {
    "en": [
        ("send", "sender"),
        ("report", "reporters"),
        ("inspect", "inspections"),
        ("nation", "national"),
        ("universe", "university"),
        ("Korean", "Korea"),
    ],
    "de": [("liefern", "Lieferung lief"), ("Rakete", "Raketenwerfer")],
    "pl": [("Korea", "koreański")],
    "ru": [("Россия", "россиянин"), ("поставлять", "поставка"), ("ракета", "ракетный")],
    "uk": [("Корея", "корейський")],
    "tr": [("Rusya", "Rus")],
}


def rows(table: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    return [(code, word, other) for code, words in table.items() for word, others in words for other in others.split()]


@pytest.mark.parametrize(("code", "word", "other"), rows(FORMS))
def test_forms_of_a_word(code: str, word: str, other: str) -> None:
    assert same_word(code, word, other)


@pytest.mark.parametrize(("code", "word", "other"), rows(OTHERS))
def test_words_that_are_not_forms(code: str, word: str, other: str) -> None:
    assert not same_word(code, word, other)


def test_an_unknown_language_knows_case_and_accents_only() -> None:
    assert same_word("xx", "Café", "CAFE")
    assert not same_word("xx", "missile", "missiles")


def test_norwegian_and_serbo_croatian_codes_are_one_language_each() -> None:
    assert language("nb") == language("nn") == language("no")
    assert language("hr").code == language("bs-Latn").code == "sr"
