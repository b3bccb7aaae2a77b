"""From a body's bytes to its characters, as readers do it rather than as servers declare it. Pure.

Feeds lie about their encoding all the time; the encoding named may also be one that Python knows and that no text
has (``punycode``, ``unicode_escape``), whose decoder takes quadratic time or raises what no one expects. So the
encodings are the browsers' (WHATWG Encoding), and the bytes have the last word.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_BOM = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"\x00<\x00r", "utf-16-be"),
)
# The label as normalised → the codec that reads what such documents really hold (WHATWG Encoding §4.2).
_CODECS = {
    "utf8": "utf-8",
    "ascii": "cp1252",
    "usascii": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "windows1252": "cp1252",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "xgbk": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "cp949": "cp949",
    "windows949": "cp949",
    "shiftjis": "cp932",
    "xsjis": "cp932",
    "sjis": "cp932",
    "windows31j": "cp932",
    "eucjp": "euc_jp",
    "iso2022jp": "iso2022_jp",
    "iso2022kr": "iso2022_kr",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "ibm866": "cp866",
    "cp866": "cp866",
    "macintosh": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "utf32": "utf-32",
    **{f"iso8859{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows{page}": f"cp{page}" for page in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874)},
    **{f"cp{page}": f"cp{page}" for page in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)},
}
_STATEFUL = frozenset({"iso2022_jp", "iso2022_kr"})  # pure ASCII to look at, so valid UTF-8 whatever they say

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']", re.IGNORECASE)
_HTML_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{1,40})", re.IGNORECASE)


def decode(body: bytes, content_type: str) -> str:
    """The characters of a body. Never fails: what fits no encoding is read as UTF-8 with replacement characters.

    Order: byte order mark; UTF-8 where it is valid, whatever is declared (other encodings almost never are); the
    charset of the header; that of the document itself; windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    for beginning, codec in _WITHOUT_BOM:
        if body.startswith(beginning):
            return body.decode(codec, "replace")
    declared = _declared(body, content_type)
    candidates = [codec for codec in declared if codec in _STATEFUL] + ["utf-8", *declared]
    for codec in dict.fromkeys(candidates):
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    # A few broken bytes in a document that is mostly what it says must not turn all of it into noise.
    fallback = next((codec for codec in declared if codec != "utf-8"), "utf-8" if declared else "cp1252")
    return body.decode(fallback, "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    """The codecs that header and document name, as far as texts are written in them."""
    labels = [found[1] for found in [_CHARSET.search(content_type)] if found]
    inside = _XML_ENCODING.search(body[:1024]) or _HTML_CHARSET.search(body[:4096])
    if inside:
        labels.append(inside[1].decode("latin-1"))
    found = (_CODECS.get(re.sub(r"[^a-z0-9]", "", label.lower())) for label in labels)
    return [codec for codec in found if codec is not None]
