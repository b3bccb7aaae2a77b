"""Who wrote a text first: credit lines as outlets print them, and agencies that are only somebody's source."""

from __future__ import annotations

import pytest

from monitor.stories.index import StoryIndex
from monitor.stories.origins import credited_agency
from tests.stories.articles import article

FILLER = " The ministry gave no further details and said that it would brief reporters later in the week." * 4


@pytest.mark.parametrize(
    ("author", "body", "agency"),
    [
        pytest.param("", "SEOUL, South Korea (AP) — North Korea fired a missile.", "AP", id="AP dateline"),
        pytest.param("Associated Press", "North Korea fired a missile.", "AP", id="AP as the author"),
        pytest.param("", "SEOUL, Nov 1 (Reuters) - North Korea fired a missile.", "Reuters", id="Reuters dateline"),
        pytest.param(
            "", f"A missile flew.{FILLER} (Reporting by A. Kim; Editing by B. Lee)", "Reuters", id="Reuters, edited by"
        ),
        pytest.param("", "SÉOUL (AFP) - La Corée du Nord a tiré un missile.", "AFP", id="AFP dateline"),
        pytest.param("", f"Un missile.{FILLER}\nSource : AFP", "AFP", id="AFP at the end"),
        pytest.param("", "Seoul (dpa) - Nordkorea hat eine Rakete abgefeuert.", "dpa", id="dpa dateline"),
        pytest.param("dpa", "Nordkorea hat eine Rakete abgefeuert.", "dpa", id="dpa as the author"),
        pytest.param("", "СЕУЛ, 1 ноября. /ТАСС/. КНДР запустила ракету.", "TASS", id="ТАСС dateline"),
        pytest.param("", "Москва. 1 ноября. INTERFAX.RU - КНДР запустила ракету.", "Interfax", id="Интерфакс site"),
        pytest.param("Интерфакс", "КНДР запустила ракету.", "Interfax", id="Интерфакс as the author"),
        pytest.param("", "(서울=연합뉴스) 김철수 기자 = 북한이 미사일을 발사했다.", "Yonhap", id="연합뉴스 dateline"),
        pytest.param("", "SEOUL, Nov. 1 (Yonhap) -- North Korea fired a missile.", "Yonhap", id="Yonhap in English"),
        pytest.param("", "【ソウル共同】北朝鮮がミサイルを発射した。", "Kyodo", id="共同 dateline"),
        pytest.param("", "TOKYO (Kyodo) -- North Korea fired a missile.", "Kyodo", id="Kyodo in English"),
        pytest.param("", "新华社平壤11月1日电 朝鲜发射导弹。", "Xinhua", id="新华社 cable"),
        pytest.param("", "PYONGYANG, Nov. 1 (Xinhua) -- North Korea fired a missile.", "Xinhua", id="Xinhua dateline"),
        pytest.param("", "North Korea fired a missile, Yonhap reported on Monday.", "Yonhap", id="a report retold"),
        pytest.param("", f"A missile flew.{FILLER} Later it told Reuters more.{FILLER}", "", id="named in between"),
        pytest.param("", "APEC leaders met in Seoul.", "", id="letters of another word"),
        pytest.param("Kim Min-ji", "North Korea fired a missile.", "", id="a person as the author"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_the_agency_is_read_from_its_credit_line(author: str, body: str, agency: str) -> None:
    assert credited_agency(author, body) == agency


def test_copies_of_one_text_have_one_origin_named_after_the_agency() -> None:
    text = "SEOUL, South Korea (AP) — A freighter with crates of shells left Rason on Monday, officials said." + FILLER
    index = StoryIndex()
    first = index.place(article("a", "Freighter with shells leaves Rason", body=text))
    copy = index.place(
        article("b", "Shells leave Rason on freighter, officials say", 1, body=text.replace("(AP) ", ""))
    )
    own = index.place(article("c", "Freighter with shells seen leaving Rason", 2, body="We saw a freighter at Rason."))
    assert (copy.duplicate_of, copy.story) == ("a", first.story)
    assert first.origin == copy.origin
    assert copy.origin.name == "AP"
    assert own.origin != first.origin
