"""The languages an article is tried in: never the wrong ones alone, never all of them without need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.language import languages_of, normal_code

PACK = frozenset(
    {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ru"}
    | {"tr", "ar", "fa", "ko", "ja", "zh", "vi", "cs", "sv"}
)
WIDE = PACK | {"da", "nb", "fi", "ro", "hu", "el", "he", "hi", "id", "sr", "hr", "bg", "sk", "sl", "be"}

HEADLINES = [
    ("en", "Pyongyang denies shipping shells to the front"),
    ("de", "Bundesrat stimmt der Reform nach langem Streit zu"),
    ("fr", "Le Sénat adopte la réforme malgré la grève des enseignants"),
    ("es", "El Gobierno aprueba la reforma pese a las protestas de los sindicatos"),
    ("it", "Il Senato approva la riforma dopo una lunga notte di trattative"),
    ("pt", "Governo aprova reforma e sindicatos já falam em greve"),
    ("nl", "Kabinet wil meer geld voor het spoor, maar de Kamer twijfelt"),
    ("pl", "Sejm przyjął ustawę, opozycja zapowiada skargę do Trybunału"),
    ("uk", "Верховна Рада ухвалила закон про медичну реформу"),
    ("ru", "Госдума приняла закон о бюджете на следующий год"),
    ("tr", "Meclis yeni bütçe yasasını uzun tartışmalardan sonra kabul etti"),
    ("ar", "البرلمان يوافق على الموازنة الجديدة بعد نقاش طويل"),
    ("fa", "مجلس بودجه سال آینده را پس از بحث طولانی تصویب کرد"),
    ("ko", "국회, 내년도 예산안 진통 끝에 통과"),
    ("ja", "国会、来年度予算案を可決　野党は反発"),
    ("zh", "立法会通过明年财政预算案"),
    ("vi", "Quốc hội thông qua dự toán ngân sách năm tới"),
    ("cs", "Sněmovna schválila rozpočet, opozice hlasovala proti"),
    ("sv", "Riksdagen röstade igenom budgeten efter en lång debatt"),
]


@pytest.mark.parametrize(("lang", "title"), HEADLINES, ids=[lang for lang, _ in HEADLINES])
def test_a_headline_is_known_by_itself(lang: str, title: str) -> None:
    assert languages_of(title, "", (), PACK)[0] == lang


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        pytest.param("de", "LeBron und Kanye West vor dem Debut in San Diego", id="german"),
        pytest.param("fr", "Peter Jones furieux après le retrait de Holly Willoughby", id="french"),
        pytest.param("nl", "Boris Johnson wil van de Brexit Party geen steun", id="dutch"),
        pytest.param("it", "Elon Musk e Mark Zuckerberg: la sfida che non c'è", id="italian"),
    ],
)
def test_english_names_do_not_make_a_headline_english(lang: str, title: str) -> None:
    assert languages_of(title, "", (), PACK)[0] == lang


@pytest.mark.parametrize(
    ("title", "first"),
    [
        pytest.param('北, 러에 포탄 100만발 제공…軍 "美와 공조"', "ko", id="seoul-writes-countries-in-han"),
        pytest.param("日米韓、北朝鮮を非難する共同声明", "ja", id="hardly-any-kana"),
        pytest.param("米韓首脳会談、対北圧力強化", "ja", id="no-kana-at-all"),
        pytest.param("俄罗斯对乌克兰发动新一轮袭击", "zh", id="simplified"),
        pytest.param("南韓軍方：北韓再度試射彈道飛彈", "zh", id="traditional"),
        pytest.param("Президент України підписав указ", "uk", id="ukrainian-letters"),
        pytest.param("گزارش‌ها از پیونگ‌یانگ", "fa", id="persian-letters"),
    ],
)
def test_script_and_letters_decide_where_they_can(title: str, first: str) -> None:
    assert languages_of(title, "", (), PACK)[0] == first


def test_a_bare_headline_in_characters_is_tried_as_chinese_and_japanese() -> None:
    assert set(languages_of("北京大学", "", (), PACK)) == {"zh", "ja"}


def test_both_scripts_of_a_mixed_item_count() -> None:
    mixed = languages_of("«Зенит» объявил состав", "The club has announced the squad for the match on Sunday", (), PACK)
    assert {"ru", "en"} <= set(mixed)


def test_a_latin_name_in_a_russian_headline_adds_no_language() -> None:
    assert languages_of("Компания Google представила новый телефон для Европы", "", (), PACK) == ("ru",)


def test_a_headline_of_names_alone_is_tried_in_several_languages() -> None:
    assert len(languages_of("Putin, Lukaschenko", "", (), PACK)) > 1


@pytest.mark.parametrize("declared", [("de",), ("de-AT",), ("DE_de",), ("", "de")])
def test_a_declared_language_decides_a_headline_of_names(declared: tuple[str, ...]) -> None:
    assert languages_of("Putin, Lukaschenko", "", declared, PACK)[0] == "de"


def test_a_declared_language_does_not_overrule_a_paragraph() -> None:
    text = "Le président a annoncé que les négociations sur le budget reprendraient après les vacances d'été."
    assert languages_of("Les négociations reprendront", text, ("en",), PACK)[0] == "fr"


def test_a_language_outside_the_rules_comes_first_and_is_not_read_with_strange_terms() -> None:
    title = "Hallitus esittää uusia toimia työllisyyden parantamiseksi ensi vuonna"
    assert languages_of(title, "", (), PACK) == ("fi",)


def test_a_language_outside_the_rules_is_also_read_as_its_kin() -> None:
    title = "Урад паведаміў, што ў наступным годзе не будзе грошай на рамонт школ"
    assert languages_of(title, "", (), PACK) == ("be", "ru", "uk")


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        pytest.param("ВСУ ударили по складу с северокорейскими ракетами в РФ", "ru", id="pycld2-says-serbian"),
        pytest.param("Ukrajina pogodila rusko skladište sa severnokorejskim raketama", "sr", id="pycld2-says-slovak"),
        pytest.param("Pjongjang tienaa miljardeja kranaateilla Moskovalle", "fi", id="pycld2-says-oromo"),
        pytest.param(
            "EUA ampliam lista de empresas chinesas proibidas de comprar chips", "pt", id="pycld2-says-english"
        ),
        pytest.param("Kiev distrugge un deposito dove Mosca custodiva missili nordcoreani", "it", id="of-names"),
        pytest.param("Parade in Pjöngjang: Russische Delegation angereist", "de", id="of-words-of-many"),
    ],
)
def test_where_words_and_statistics_disagree_a_headline_is_read_as_either(title: str, wanted: str) -> None:
    assert wanted in languages_of(title, "", (), WIDE)


def test_a_latin_name_does_not_make_a_headline_of_no_telling_words_english() -> None:
    title = "Финляндия задержала танкер Eagle S, перевозивший подсанкционную нефть"
    assert languages_of(title, "", (), WIDE)[0] == "ru"
    assert "en" not in languages_of(title, "", (), WIDE)


def test_azerbaijani_without_its_own_letter_is_not_read_as_turkish_alone() -> None:
    known = frozenset({"az", "tr", "en"})
    assert {"az", "tr"} <= {*languages_of("Zelenski: Rusiya Şimali Koreyadan daha yüz raket alıb", "", (), known)}


def test_what_is_written_in_cyrillic_is_not_read_as_croatian() -> None:
    assert "hr" not in languages_of("Путин потписао споразум са Северном Корејом", "", (), WIDE)


def test_a_small_rule_set_does_not_claim_articles_of_other_languages() -> None:
    title = "The government will not say how much the new railway has cost"
    assert languages_of(title, "", (), frozenset({"de"})) == ("en",)


@pytest.mark.parametrize("title", ["", "   ", "2:1 (1:0)", "🚀🚀"])
def test_without_letters_only_the_declared_language_remains(title: str) -> None:
    assert languages_of(title, "", ("pl", "xx"), PACK) == ("pl",)
    assert languages_of(title, "", (), PACK) == ()


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("en-US", "en"), ("ZH-Hant-TW", "zh"), ("no", "nb"), ("iw", "he"), ("pt_BR", "pt"),
        ("", ""), ("und", ""), ("x-klingon", ""), ("english", ""),
    ],
)  # fmt: skip
def test_declared_tags_become_plain_codes(declared: str, code: str) -> None:
    assert normal_code(declared) == code


@given(st.text(), st.text(max_size=50), st.lists(st.text(max_size=8), max_size=2))
def test_any_text_gives_distinct_plain_codes(title: str, text: str, declared: list[str]) -> None:
    found = languages_of(title, text, declared, PACK)
    assert len(set(found)) == len(found)
    assert all(normal_code(code) == code for code in found)


@given(st.text(), st.sets(st.sampled_from(sorted(PACK)), min_size=1))
def test_more_text_than_the_sample_changes_nothing(title: str, known: set[str]) -> None:
    head = (title + " ") * 50 + "x" * 600
    assert languages_of("t", head + " Ещё одна строка", (), known) == languages_of("t", head, (), known)


def test_a_curt_headline_is_read_in_every_language_of_its_script() -> None:
    assert languages_of("Pjöngjang testet Hyperschallrakete", "", (), WIDE).count("de") == 1
