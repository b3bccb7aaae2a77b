"""Whether a changed text says something else: a retraction, an editor's correction, or a comma and a clock in the page.

The marks are those that agencies and newsrooms set themselves, where they set them: at the beginning of a title, of a
text or of a paragraph. A denial is none ("Опровержение", "Dementi"): whoever denies a report has not withdrawn it.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from monitor.text.article import Article

_WORD = re.compile(r"\w+")
_LIKE_BEFORE = 0.9
_MOST_WORDS = 2_000
"""Words of a text that are compared: a correction that matters stands near the top, and the cost is quadratic."""

_OPENING = r"[\W_]{0,12}"  # brackets, quotes, dashes, asterisks
_AFTER = r"\s*(?:[:：\]】\)）*|/–—]|-\s|\.\s|$)"

_TAKEN_BACK = re.compile(
    _OPENING
    + r"(?:retracted|retraction|withdrawn|story\ withdrawn|story\ retracted|article\ withdrawn|article\ retracted|kill"
    r"|zurückgezogen|meldung\ zurückgezogen|artikel\ zurückgezogen|storno"
    r"|retrait|rétractation|annulation|dépêche\ annulée|article\ retiré"
    r"|retractación|anulación|anulada|noticia\ retirada|noticia\ anulada"
    r"|retratação|notícia\ retirada|ritrattazione|annullamento|notizia\ ritirata|notizia\ annullata"
    r"|ingetrokken|bericht\ ingetrokken|wycofane|anulowane|depesza\ anulowana"
    r"|аннулировано|аннулируется|сообщение\ аннулировано|отозвано|відкликано|анульовано|повідомлення\ анульовано"
    r"|geri\ çekildi|haber\ iptal|إلغاء\ خبر|سحب\ خبر|لغو\ خبر"
    r"|전문\s?취소|기사\s?취소|기사\s?삭제|取り消し|記事取り消し|記事を取り消し|撤稿|撤回报道)" + _AFTER,
    re.IGNORECASE,
)
_THIS_IS_TAKEN_BACK = re.compile(
    _OPENING + r"(?:(?:editor['’]?s['’]?\ note\W+)?this\ (?:story|article|report|item)\ (?:has\ been|was|is)"
    r"\ (?:withdrawn|retracted|killed)"
    r"|(?:reuters|ap|the\ associated\ press|afp|dpa|upi)\ (?:has\ )?(?:withdrawn|retracted|withdraws|retracts)"
    r"\ (?:this|the|its|a)\b"
    r"|dies(?:er\ artikel|e\ meldung|er\ bericht)\ (?:wurde|ist)\ zurückgezogen"
    r"|cet(?:te\ dépêche|\ article)\ a\ été\ (?:retirée?|annulée?)"
    r"|est[ae]\ (?:artículo|noticia|información)\ ha\ sido\ (?:retirad[ao]|anulad[ao])"
    r"|(?:это\ сообщение|эта\ новость|этот\ материал)\ (?:аннулирован[оа]?|отозван[оа]?)"
    r"|이\ 기사는\ 취소|この記事は取り消|本稿已撤)",
    re.IGNORECASE,
)
_PUT_RIGHT = re.compile(
    r"^"
    + _OPENING
    + r"(?:corrected|corrects|correction|clarification|berichtigt|berichtigung|korrigiert|korrektur|richtigstellung"
    r"|rectificatif|correction|rectificación|corrección|fe\ de\ errores|errata|correção|rettifica|correzione"
    r"|rectificatie|correctie|sprostowanie|корректировка|исправлено|исправление|виправлено|düzeltme"
    r"|تصحيح|تصویب|اصلاحیه|정정|訂正|更正)" + _AFTER,
    re.IGNORECASE | re.MULTILINE,
)


def is_retraction(article: Article) -> bool:
    """True if its publisher says, at the beginning of title or text, that a report is taken back."""
    if _TAKEN_BACK.match(article.title) or _THIS_IS_TAKEN_BACK.match(article.title):
        return True
    return any(bool(_THIS_IS_TAKEN_BACK.match(text)) for text in (article.summary, article.body))


def is_correction(before: Article, after: Article) -> bool:
    """True if the title has other words, a note of correction was added, or a tenth of the text's words changed.

    Case, punctuation and markup that came or went make no correction; neither does a text where there was none.
    """
    if _words(before.title) != _words(after.title):
        return True
    old_text, new_text = f"{before.summary}\n{before.body}", f"{after.summary}\n{after.body}"
    if len(_PUT_RIGHT.findall(new_text)) > len(_PUT_RIGHT.findall(old_text)):
        return True
    old, new = _words(old_text), _words(new_text)
    if old == new or not old or not new:
        return False
    return SequenceMatcher(None, old, new, autojunk=False).ratio() < _LIKE_BEFORE


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())[:_MOST_WORDS]
