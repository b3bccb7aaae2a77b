"""Who wrote a text first: the agency named in a credit line, in the forms that outlets print them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# A credit stands at the very beginning (dateline) or the end of a text; what it retells is said in the first sentences.
_HEAD_CHARS = 160
_TAIL_CHARS = 160
_LEAD_CHARS = 400
_EDITED_CHARS = 300


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency: ``name`` for people, ``forms`` as they are printed (compared with their case)."""

    name: str
    forms: tuple[str, ...]


AGENCIES: tuple[Agency, ...] = (
    Agency(
        "AP",
        ("AP", "Associated Press", "АП", "Ассошиэйтед Пресс", "美联社", "AP통신", "AP通信"),
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

_NAMED = {form: agency.name for agency in AGENCIES for form in agency.forms}
_WORD = re.compile(r"\w+")
_UNSPACED = tuple(form for form in _NAMED if form[0] >= "\u0600")
_UNSPACED_CHAR = re.compile("[\u0600-\U0010ffff]")
_BY_FIRST_WORD: dict[str, list[str]] = {}
for _form in _NAMED:
    if _form[0] < "\u0600":
        _BY_FIRST_WORD.setdefault(_WORD.findall(_form)[0], []).append(_form)
_FIRST_WORDS = frozenset(_BY_FIRST_WORD)

# What stands around an agency's name when the text is the agency's own ...
_OPENED = re.compile(r"(?:[(\[（〔/]\s*(?:[^()\[\]【】（）/]{0,30}?[=＝,/ ])?|【[^】]{0,12})$")
_CLOSED = re.compile(r"^\s*(?:[/,;+ -][^()\[\]【】]{0,25})?\s*[)\]】）〕/]")
_DASHED = re.compile(r"(?:^|[-–—,.]\s*)$")
_DASH = re.compile(r"^(?:\.(?:RU|COM|NET))?\s*[-–—:]|^\.\s")
_CABLE = re.compile(r"^[^\s。，,]{0,16}?[电電]")
_NAMED_AS_SOURCE = re.compile(
    r"(?:quelle|source|fuente|fonte|источник|джерело|źródło|出典|来源|來源|출처|©|\(c\)|copyright|material von|"
    r"материал\w*|avec|agentur\w*|agencia|agência|by|por|von|par)\s*[:：]?\s*(?:the |l'|la )?(?:\d{4} )?$",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"^\s*(?:[/+,]\s*\w+)*\s*\.?\s*$")
# ... and when it retells what the agency reported.
_RETOLD_BEFORE = re.compile(
    r"(?:according to|citing|cites|cited by|reported by|told|quoted by|laut|berichte\w*|meldet\w*|meldung\w*|"
    r"unter berufung auf|selon|rapporte|indique|según|informó|segundo|secondo|riferisce|"
    r"сообща\w+|сообщил\w*|переда[её]т|пишет|"
    r"со ссылкой на|информирует|повідомля\w+|повідоми\w+|з посиланням на|podaje|informuje|podała)"
    r"\s+(?:(?:the|die|der|das|l|la|agence|agencia|agência|агентство|агентству|news|nachrichtenagentur|south|japan\w*|korean?|"
    r"russian|state|korrespondent\w*|корреспондент\w*|agencja|südkoreanische\w*|russische\w*|"
    r"официальное|информационное)[\s'’]+){0,4}[«\"„“]?$",
    re.IGNORECASE,
)
_RETOLD_AFTER = re.compile(
    r"^[»\"“”]?\s*(?:news agency\s+)?(?:reports?\b|reported|said\b|zufolge|rapporte|сообща\w+|сообщил\w*|передает|"
    r"(?:이|가|은|는)\s|에 따르면|によると|が報|は報|报道|報導|報道|消息)",
)
_EDITED = re.compile(r"\(?Reporting by .{3,120}?; (?:[Ww]riting|[Ee]diting) by ")


def credited_agency(author: str, body: str) -> str:
    """The agency that a text comes from, by its author, its credit line or the report it retells; empty if none.

    Only the beginning and the end of ``body`` are read: an agency named in between is somebody's source, not this
    text's.
    """
    named = next(_mentions(author), None)
    if named is None and body:
        edited = _EDITED.search(body, max(0, len(body) - _EDITED_CHARS)) is not None
        return "Reuters" if edited else _credited(body) or _signed(body) or _retold(body)
    return _NAMED[named[0]] if named else ""


def _credited(body: str) -> str:
    head = body[:_HEAD_CHARS]
    return _first(found for found in _mentions(head) if _is_credit(head[: found.start()], head[found.end() :]))


def _signed(body: str) -> str:
    tail = body[-_TAIL_CHARS:]
    mentions = reversed(list(_mentions(tail)))
    return _first(found for found in mentions if _is_signature(tail[: found.start()], tail[found.end() :]))


def _retold(body: str) -> str:
    lead = body[:_LEAD_CHARS]
    return _first(
        found
        for found in _mentions(lead)
        if _RETOLD_AFTER.search(lead[found.end() :]) or _RETOLD_BEFORE.search(lead[: found.start()])
    )


def _first(mentions: Iterator[re.Match[str]]) -> str:
    found = next(mentions, None)
    return _NAMED[found[0]] if found else ""


def _mentions(text: str) -> Iterator[re.Match[str]]:
    """The agencies' names in ``text``. A look at its words tells which of them it may have: mostly none."""
    forms = {form for word in _FIRST_WORDS.intersection(_WORD.findall(text)) for form in _BY_FIRST_WORD[word]}
    if _UNSPACED_CHAR.search(text):
        forms.update(form for form in _UNSPACED if form in text)
    return _any_of(frozenset(forms)).finditer(text) if forms else iter(())


@lru_cache(maxsize=256)
def _any_of(forms: frozenset[str]) -> re.Pattern[str]:
    """Finds these forms, the longest first, where they are words of their own."""
    return re.compile(
        "|".join(
            rf"(?<![\w@.-]){re.escape(form)}(?!\w|\.(?!RU\b|COM\b)\w|@|-[A-ZА-Я])"
            if form[0] < "\u0600"
            else re.escape(form)
            for form in sorted(forms, key=lambda form: (-len(form), form))
        )
    )


def _is_credit(before: str, after: str) -> bool:
    bracketed = _OPENED.search(before) is not None and _CLOSED.search(after) is not None
    dashed = _DASHED.search(before) is not None and _DASH.search(after) is not None
    return bracketed or dashed or _CABLE.search(after) is not None


def _is_signature(before: str, after: str) -> bool:
    if _OPENED.search(before) is not None and before and _CLOSED.search(after) is not None:
        return True
    if _LINE_END.search(after) is None:
        return False
    return _NAMED_AS_SOURCE.search(before) is not None or re.search(r"(?:^|\n|[-–—/.])\s*$", before) is not None
