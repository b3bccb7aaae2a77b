"""Every form of term finds what a native reader would expect, in every language, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.model import Concept, HasConcept, Rule, Term
from monitor.rules.problems import Place
from monitor.rules.terms import parse_term
from monitor.text.article import Article


def term(written: str, lang: str = "any") -> Term:
    parsed = parse_term(written, lang, Place("rule.yaml"))
    assert isinstance(parsed, Term), parsed
    return parsed


def hits(written: str, lang: str, text: str, *, languages: tuple[str, ...] | None = None, no: str = "") -> list[str]:
    exclusions = (term(no, lang),) if no else ()
    rule = Rule("r", "", HasConcept("c"), concepts={"c": Concept("c", (term(written, lang),), exclusions)})
    article = Article("k", text, languages=(lang,) if languages is None else languages)
    return [hit.text for match in compile_rules([rule], ()).match(article) for hit in match.hits]


@pytest.mark.parametrize(
    ("lang", "written", "text", "found"),
    [
        pytest.param("en", "missile", "Two MISSILES fell into the sea", ["MISSILES"], id="en-plural-any-case"),
        pytest.param("en", "send", "Pyongyang sent shells", ["sent"], id="en-irregular-verb"),
        pytest.param("en", "North Korea", "North Korea's army", ["North Korea's"], id="en-possessive"),
        pytest.param("en", "North Korea", "North Korea’s army", ["North Korea’s"], id="en-typographic-possessive"),
        pytest.param("en", "anti-tank", "anti tank guns", ["anti tank"], id="en-hyphen-is-space"),
        pytest.param("en", "artillery shell", "artillery-shells", ["artillery-shells"], id="en-space-is-hyphen"),
        pytest.param("en", "Korea", "a Korean ship", [], id="en-no-derivation"),
        pytest.param("en", "nation", "the national team", [], id="en-stem-of-another-word"),
        pytest.param("en", "North Korea", "to the north, Korea", [], id="en-phrase-not-over-a-comma"),
        pytest.param("en", "U.S. Navy", "The U.S. Navy said", ["U.S. Navy"], id="en-phrase-with-initials"),
        pytest.param("de", "liefern", "Waffen wurden geliefert", ["geliefert"], id="de-participle"),
        pytest.param("de", "liefern", "Sie lieferte und lieferten", ["lieferte", "lieferten"], id="de-past"),
        pytest.param("de", "liefern", "die Lieferungen", [], id="de-no-derivation"),
        pytest.param("de", "liefern", "Das lief gut", [], id="de-not-the-verb-that-looks-like-the-stem"),
        pytest.param(
            "de", "Nordkorea", "Nordkorea-Experte über Nordkoreas", ["Nordkorea", "Nordkoreas"], id="de-hyphen"
        ),
        pytest.param("de", "nordkoreanisch", "nordkoreanischen Raketen", ["nordkoreanischen"], id="de-adjective"),
        pytest.param("de", "Geschoss", "Das GESCHOẞ, Geschosse", ["GESCHOẞ", "Geschosse"], id="de-sharp-s"),
        pytest.param("de", "Pjöngjang", "Pjongjang schweigt", ["Pjongjang"], id="de-accent-does-not-matter"),
        pytest.param("fr", "armée", "l’armée et l'Armee", ["armée", "Armee"], id="fr-elision"),
        pytest.param("fr", "livrer", "des obus livrés", ["livrés"], id="fr-participle"),
        pytest.param("fr", "nord-coréen", "les missiles nord-coréens", ["nord-coréens"], id="fr-hyphenated"),
        pytest.param("fr", "Corée du Nord", "la Corée du Nord", ["Corée du Nord"], id="fr-phrase"),
        pytest.param("es", "misil", "misiles balísticos", ["misiles"], id="es-plural"),
        pytest.param("es", "arma", "las armas", ["armas"], id="es-plural-the-stemmer-misses"),
        pytest.param("es", "enviar", "Corea del Norte envió obuses", ["envió"], id="es-past"),
        pytest.param("es", "Corea del Norte", "de Corea del Norte.", ["Corea del Norte"], id="es-phrase"),
        pytest.param("it", "arma", "le armi nordcoreane", ["armi"], id="it-plural"),
        pytest.param("it", "esercito", "dell'esercito", ["esercito"], id="it-elision"),
        pytest.param("it", "Corea del Nord", "alla Corea del Nord", ["Corea del Nord"], id="it-phrase"),
        pytest.param("pt", "míssil", "mísseis e missil", ["mísseis", "missil"], id="pt-plural"),
        pytest.param("pt", "munição", "munições", ["munições"], id="pt-plural-of-ao"),
        pytest.param("nl", "raket", "raketten en de raket", ["raketten", "raket"], id="nl-plural"),
        pytest.param("nl", "Noord-Korea", "Noord-Korea's leger", ["Noord-Korea's"], id="nl-possessive"),
        pytest.param("pl", "Korea Północna", "wojska Korei Północnej", ["Korei Północnej"], id="pl-declined-phrase"),
        pytest.param("pl", "Kim", "spotkanie z Kimem", ["Kimem"], id="pl-declined-name"),
        pytest.param("pl", "rakieta", "wystrzelili rakiety, rakietami", ["rakiety", "rakietami"], id="pl-cases"),
        pytest.param("cs", "Severní Korea", "ze Severní Koreje", ["Severní Koreje"], id="cs-declined-phrase"),
        pytest.param("cs", "zbraň", "dodávky zbraní", ["zbraní"], id="cs-cases"),
        pytest.param("ru", "ракета", "удар ракетами", ["ракетами"], id="ru-instrumental"),
        pytest.param("ru", "Северная Корея", "войска Северной Кореи", ["Северной Кореи"], id="ru-declined-phrase"),
        pytest.param("ru", "Ким", "письмо Киму от Кима", ["Киму", "Кима"], id="ru-declined-name"),
        pytest.param("ru", "Пхеньян", "переговоры с Пхеньяном", ["Пхеньяном"], id="ru-declined-city"),
        pytest.param("ru", "самолёт", "два самолета", ["самолета"], id="ru-yo-is-ye"),
        pytest.param("ru", "Корея", "корейский флот", [], id="ru-no-derivation"),
        pytest.param("uk", "Північна Корея", "з Північною Кореєю", ["Північною Кореєю"], id="uk-declined-phrase"),
        pytest.param("uk", "Кім", "з Кімом Чен Ином", ["Кімом"], id="uk-declined-name"),
        pytest.param("uk", "об'єкт", "удари по об’єктах", ["об’єктах"], id="uk-apostrophe-is-a-letter"),
        pytest.param(
            "tr", "Rusya", "Rusya'ya ve Rusya’nın", ["Rusya'ya", "Rusya’nın"], id="tr-suffix-after-apostrophe"
        ),
        pytest.param("tr", "Kuzey Kore", "Kuzey Kore'nin", ["Kuzey Kore'nin"], id="tr-phrase"),
        pytest.param("tr", "füze", "füzelerini ateşledi", ["füzelerini"], id="tr-vowel-harmony"),
        pytest.param("tr", "İran", "İRAN ve Iran", ["İRAN", "Iran"], id="tr-dotted-i"),
        pytest.param("ar", "روسيا", "إلى روسيا ولروسيا", ["روسيا", "ولروسيا"], id="ar-prefixes"),
        pytest.param("ar", "صاروخ", "أطلقت الصواريخ", ["الصواريخ"], id="ar-broken-plural-with-article"),
        pytest.param("ar", "أسلحة", "اسلحة والأسلحة", ["اسلحة", "والأسلحة"], id="ar-alef-spellings"),
        pytest.param("ar", "كوريا الشمالية", "لكوريا الشماليّة", ["لكوريا الشماليّة"], id="ar-phrase-vowel-sign"),
        pytest.param("fa", "موشک", "موشک‌های بالستیک", ["موشک"], id="fa-plural-with-non-joiner"),
        pytest.param("fa", "موشک", "موشكهای و موشکها", ["موشكهای", "موشکها"], id="fa-joined-plural-arabic-kaf"),
        pytest.param("fa", "کره شمالی", "کره‌شمالی", ["کره‌شمالی"], id="fa-non-joiner-is-space"),
        pytest.param("ko", "북한", "북한이 미사일을", ["북한"], id="ko-particle"),
        pytest.param("ko", "북한", "반북한 단체", [], id="ko-beginning-of-the-word-only"),
        pytest.param(
            "ko", "북한 미사일", "북한의 미사일을, 북한미사일", ["북한의 미사일", "북한미사일"], id="ko-phrase"
        ),
        pytest.param("ja", "ミサイル", "弾道ミサイルを発射", ["ミサイル"], id="ja-anywhere"),
        pytest.param("ja", "ミサイル", "弾道ﾐｻｲﾙ", ["ﾐｻｲﾙ"], id="ja-half-width"),
        pytest.param("ja", "ガス", "カス", [], id="ja-dakuten-is-a-letter"),
        pytest.param("zh", "朝鲜", "与朝鲜签署", ["朝鲜"], id="zh-anywhere"),
        pytest.param("zh", "火星-17", "试射火星－17导弹", ["火星－17"], id="zh-mixed-full-width-hyphen"),
        pytest.param("th", "ขีปนาวุธ", "ยิงขีปนาวุธลงทะเล", ["ขีปนาวุธ"], id="th-anywhere"),
        pytest.param("sv", "missil", "missilerna", ["missilerna"], id="sv-definite-plural"),
        pytest.param("sv", "vapen", "vapnen", ["vapnen"], id="sv-irregular"),
        pytest.param("vi", "tên lửa", "phóng Tên lửa", ["Tên lửa"], id="vi-phrase"),
        pytest.param("vi", "đạn", "người dân", [], id="vi-accents-tell-words-apart"),
        pytest.param("vi", "hòa bình", "hoà bình", ["hoà bình"], id="vi-old-and-new-tone-place"),
        pytest.param("el", "πύραυλος", "Πύραυλοι", ["Πύραυλοι"], id="el-tonos"),
        pytest.param("he", "טילים", "והטילים", ["והטילים"], id="he-prefixes"),
        pytest.param("hi", "मिसाइल", "मिसाइल दागी", ["मिसाइल"], id="hi-marks-are-letters"),
    ],
)
def test_a_plain_term_finds_the_forms_of_its_language(lang: str, written: str, text: str, found: list[str]) -> None:
    assert hits(written, lang, text) == found


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        pytest.param("=WHO", "The WHO said who", ["WHO"], id="case-matters"),
        pytest.param("=WHO", "WHO's plan", ["WHO's"], id="possessive"),
        pytest.param("=WHO", "WHOLE", [], id="whole-word"),
        pytest.param("=DPRK", "与DPRK的关系", ["DPRK"], id="inside-chinese"),
        pytest.param("=DPRK", "DPRK와 러시아", ["DPRK"], id="before-a-korean-particle"),
        pytest.param("=DPRK", "ＤＰＲＫ", ["ＤＰＲＫ"], id="full-width"),
        pytest.param("=КНДР", "в КНДР, кндр", ["КНДР"], id="cyrillic"),
        pytest.param("=Su-35", "a Su-35 and a SU-35", ["Su-35"], id="phrase"),
        pytest.param("rocket*", "rocketry and a skyrocket", ["rocketry"], id="prefix"),
        pytest.param("*rakete", "Kurzstreckenrakete, Raketenwerfer", ["Kurzstreckenrakete"], id="suffix"),
        pytest.param(
            "*rakete*", "Kurzstreckenraketen, Raketenwerfer", ["Kurzstreckenraketen", "Raketenwerfer"], id="in"
        ),
        pytest.param("*북한*", "반북한 시위", ["반북한"], id="korean-infix"),
        pytest.param("anti-tank*", "anti-tankers", ["anti-tankers"], id="wildcard-on-a-hyphenated-word"),
        pytest.param(r"/T-?72[AB]?/", "ein t72b und T-72", ["t72b", "T-72"], id="regex-ignores-case"),
        pytest.param(r"/(?-i:KN-\d+)/", "kn-23, KN-25 😀 KN-23", ["KN-25", "KN-23"], id="regex-with-case"),
        pytest.param(r"/жо.о/", "😀 это жопо", ["жопо"], id="regex-offsets-in-characters"),
    ],
)
def test_a_marked_term_is_compared_as_it_says(written: str, text: str, found: list[str]) -> None:
    assert hits(written, "any", text, languages=("en",)) == found


def test_a_term_of_a_language_is_not_tried_on_an_article_in_another() -> None:
    assert hits("Gift", "de", "a gift", languages=("en",)) == []
    assert hits("Gift", "de", "a gift", languages=("en", "de")) == ["gift"]


def test_every_list_is_tried_on_an_article_of_unknown_language() -> None:
    assert hits("Gift", "de", "das Gift", languages=()) == ["Gift"]


def test_a_term_outside_any_list_takes_the_forms_of_the_article() -> None:
    assert hits("ракета", "any", "ракетами", languages=("ru",)) == ["ракетами"]
    assert hits("send", "any", "sent", languages=("en",)) == ["sent"]


def test_a_regional_code_is_its_language() -> None:
    assert hits("missile", "en", "missiles", languages=("en-GB",)) == ["missiles"]


def test_an_exclusion_covers_the_hits_it_overlaps_and_no_others() -> None:
    assert hits("북한", "ko", "북한산에서 북한은", no="북한산") == ["북한"]
    assert hits("Korea", "en", "the Korea Times in Korea", no="Korea Times") == ["Korea"]


def test_equal_terms_of_many_rules_are_found_once() -> None:
    concept = Concept("c", (term("missile", "en"),))
    rules = [Rule(f"r{number}", "", HasConcept("c"), concepts={"c": replace(concept)}) for number in range(3)]
    matches = compile_rules(rules, ()).match(Article("k", "missiles", languages=("en",)))
    assert [match.rule for match in matches] == ["r0", "r1", "r2"]


def test_a_word_that_is_in_the_lists_of_several_languages_is_shown_in_the_order_of_these() -> None:
    langs = ["da", "de", "en", "fi", "it", "nl", "sv"]
    concept = Concept("c", tuple(term("Tank", lang) for lang in reversed(langs)))
    compiled = compile_rules([Rule("r", "", HasConcept("c"), concepts={"c": concept})], ())
    (match,) = compiled.match(Article("k", "Tank", languages=tuple(langs)))
    assert [hit.lang for hit in match.hits] == langs
