"""What a publisher's change of a text means: a retraction, a correction, or nothing."""

from __future__ import annotations

import pytest

from monitor.stories.revision import is_correction, is_retraction
from monitor.text.article import Article

BODY = "North Korea sent a million shells to Russia, Seoul's spy agency said. " * 4


def article(title: str = "North Korea ships shells to Russia", body: str = BODY, summary: str = "") -> Article:
    return Article("k", title, summary=summary, body=body)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("RETRACTED: North Korea ships shells to Russia", id="en"),
        pytest.param("Retraction: report on shells for Russia", id="en-retraction"),
        pytest.param("WITHDRAWN - North Korea ships shells", id="en-withdrawn"),
        pytest.param("KILL: BC-NKorea-Russia", id="en-agency"),
        pytest.param("*** Meldung zurückgezogen *** Nordkorea liefert Granaten", id="de"),
        pytest.param("RETRAIT : La Corée du Nord livre des obus", id="fr"),
        pytest.param("ANULADA: Corea del Norte envía proyectiles", id="es"),
        pytest.param("АННУЛИРОВАНО: КНДР передала снаряды", id="ru"),
        pytest.param("[전문취소] 북한, 러시아에 포탄 보내", id="ko"),
        pytest.param("【取り消し】北朝鮮がロシアに砲弾", id="ja"),
        pytest.param("撤稿：朝鲜向俄罗斯运送炮弹", id="zh"),
    ],
)
def test_a_publishers_mark_before_the_title_is_a_retraction(title: str) -> None:
    assert is_retraction(article(title))


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Kill or be killed: the war through a soldier's eyes", id="kill-as-a-word"),
        pytest.param("Withdrawn troops return to barracks", id="withdrawn-as-a-word"),
        pytest.param("Russia demands retraction of arms report", id="a-demand"),
        pytest.param("Опровержение: МИД назвал сообщения ложью", id="a-denial-ru"),
        pytest.param("Dementi aus Moskau: keine Granaten aus Nordkorea", id="a-denial-de"),
        pytest.param("CORRECTED: North Korea ships shells to Russia", id="a-correction"),
        pytest.param("Retraits de troupes russes", id="longer-word"),
        pytest.param("", id="none"),
    ],
)
def test_news_about_withdrawals_and_denials_is_no_retraction(title: str) -> None:
    assert not is_retraction(article(title))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("This story has been withdrawn. An earlier version misread the report.", id="en"),
        pytest.param("Editor's note: This article has been retracted.", id="en-note"),
        pytest.param("Reuters has withdrawn this story after the ministry…", id="agency"),
        pytest.param("Diese Meldung wurde zurückgezogen.", id="de"),
        pytest.param("Cette dépêche a été annulée.", id="fr"),
        pytest.param("Это сообщение аннулировано.", id="ru"),
    ],
)
def test_a_text_that_says_it_is_taken_back_is_a_retraction(text: str) -> None:
    assert is_retraction(article(body=text))
    assert is_retraction(article(body="", summary=text))


def test_a_text_about_a_retraction_is_none() -> None:
    assert not is_retraction(article(body="The journal said that this article has been retracted twice."))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(article(), article("North Korea denies shipping shells"), True, id="another-title"),
        pytest.param(article(), article("NORTH KOREA ships shells to Russia!"), False, id="case-and-punctuation"),
        pytest.param(article(), article(body=BODY + "Updated at 10:15."), False, id="a-clock"),
        pytest.param(article(), article(body=BODY.replace("a million", "two thousand")), True, id="other-numbers"),
        pytest.param(article(), article(body=BODY * 3 + "\nCorrection: not a ship."), True, id="a-note-added"),
        pytest.param(
            article(body=BODY * 9 + "\nCorrection: not a ship."),
            article(body=BODY * 9 + "\nCorrection: not a ship!"),
            False,
            id="a-note-that-was-there",
        ),
        pytest.param(article(body=BODY * 9), article(body=BODY * 9 + "\n[정정] 숫자."), True, id="a-note-ko"),
        pytest.param(article(body=""), article(), False, id="a-text-where-none-was"),
    ],
)
def test_a_correction_says_something_else(before: Article, after: Article, expected: bool) -> None:
    assert is_correction(before, after) is expected
