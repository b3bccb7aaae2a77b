"""Who wrote a text first: the agency named in a credit line, in the forms that outlets print them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.stories.model import StoryArticle

# A credit stands at the very beginning (dateline) or end of a text; the words between are the story.
_HEAD_CHARS = 160
_TAIL_CHARS = 160
_CASED_LATIN = r"(?<![\w@/.-]){}(?![\w@]|\.\w)"


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency: ``name`` for people, ``forms`` as printed. Short Latin forms are compared with their case."""

    name: str
    forms: tuple[str, ...]


AGENCIES: tuple[Agency, ...] = (
    Agency(
        "AP",
        ("AP", "Associated Press", "The Associated Press", "АП", "Ассошиэйтед Пресс", "美联社", "AP통신", "AP通信"),
    ),
    Agency("Reuters", ("Reuters", "REUTERS", "Рейтер", "Рейтерс", "路透社", "路透", "로이터", "ロイター", "رويترز")),
    Agency("AFP", ("AFP", "Agence France-Presse", "АФП", "法新社", "AFP통신", "AFP時事", "فرانس برس")),
    Agency("dpa", ("dpa", "DPA", "Deutsche Presse-Agentur", "ДПА", "德新社")),
    Agency("TASS", ("TASS", "ITAR-TASS", "ТАСС", "ИТАР-ТАСС", "塔斯社", "타스통신", "타스 통신", "タス通信")),
    Agency(
        "Interfax", ("Interfax", "INTERFAX", "Интерфакс", "ИНТЕРФАКС", "国际文传电讯社", "인테르팍스", "インタファクス")
    ),
    Agency("RIA Novosti", ("RIA Novosti", "RIA", "РИА Новости", "РИА «Новости»", "РИА", "俄新社", "리아노보스티")),
    Agency(
        "Yonhap",
        ("Yonhap", "YONHAP", "Yonhap News Agency", "연합뉴스", "聯合ニュース", "韩联社", "Ёнхап", "Рёнхап", "Ренхап"),
    ),
    Agency("Newsis", ("Newsis", "뉴시스")),
    Agency("News1", ("뉴스1",)),
    Agency("Kyodo", ("Kyodo", "Kyodo News", "KYODO", "共同通信", "共同", "共同社", "교도통신", "Киодо")),
    Agency("Jiji", ("Jiji", "Jiji Press", "時事通信", "時事", "지지통신")),
    Agency("Xinhua", ("Xinhua", "XINHUA", "新华社", "新華社", "신화통신", "Синьхуа", "Xinhuanet")),
    Agency("CNA", ("中央社", "Central News Agency")),
    Agency("EFE", ("EFE", "Agencia EFE", "ЭФЭ")),
    Agency("Europa Press", ("Europa Press", "EUROPA PRESS")),
    Agency("ANSA", ("ANSA", "АНСА")),
    Agency("Lusa", ("Lusa", "LUSA", "Agência Lusa")),
    Agency("PAP", ("PAP", "ПАП", "Polska Agencja Prasowa")),
    Agency("Ukrinform", ("Ukrinform", "Укринформ", "Укрінформ")),
    Agency("Interfax-Ukraine", ("Interfax-Ukraine", "Интерфакс-Украина", "Інтерфакс-Україна")),
    Agency("UNIAN", ("UNIAN", "УНИАН", "УНІАН")),
    Agency("KCNA", ("KCNA", "조선중앙통신", "朝中社", "朝鮮中央通信", "ЦТАК")),
    Agency("Anadolu", ("Anadolu", "Anadolu Agency", "Anadolu Ajansı", "Анадолу")),
    Agency("IRNA", ("IRNA", "ایرنا", "ИРНА")),
    Agency("Tasnim", ("Tasnim", "تسنیم")),
    Agency("SANA", ("SANA", "سانا")),
    Agency("PTI", ("PTI", "Press Trust of India")),
    Agency("ANI", ("ANI",)),
    Agency("BelTA", ("BelTA", "БелТА", "БЕЛТА")),
    Agency("STA", ("STA",)),
    Agency("APA", ("APA",)),
    Agency("ČTK", ("ČTK", "CTK", "ЧТК")),
    Agency("TT", ("TT",)),
    Agency("NTB", ("NTB",)),
    Agency("Ritzau", ("Ritzau",)),
    Agency("Belga", ("Belga", "BELGA")),
    Agency("ANP", ("ANP",)),
    Agency("SID", ("SID",)),
    Agency("Bloomberg", ("Bloomberg", "Блумберг", "彭博社", "블룸버그")),
    Agency("UPI", ("UPI",)),
    Agency("PA Media", ("PA Media", "Press Association")),
    Agency("Bernama", ("Bernama", "BERNAMA")),
    Agency("Antara", ("ANTARA",)),
    Agency("VNA", ("TTXVN", "VNA")),
)


_BRACKETED = re.compile(
    r"[(\[【/]\s*(?:[^()\[\]【】/]{0,30}?[=＝,/ ])?("
    + "|".join(re.escape(form) for agency in AGENCIES for form in agency.forms)
    + r")\s*[)\]】/]"
)
_NAMED = {form: agency.name for agency in AGENCIES for form in agency.forms}


def credited_agency(article: StoryArticle) -> str:
    """The agency whose text an article is, by its credit line; empty if it names none."""
    found = _BRACKETED.search(article.body[:_HEAD_CHARS]) or _BRACKETED.search(article.body[-_TAIL_CHARS:])
    return _NAMED[found[1]] if found else ""
