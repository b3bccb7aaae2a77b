"""The reports of one event in five languages, ten each, and of a look-alike on the same day: other cargo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.stories.model import StoryArticle

MORNING = datetime(2023, 11, 1, 6, tzinfo=UTC)
_WRITTEN = Path(__file__).parent / "data" / "one_event.tsv"


@dataclass(frozen=True)
class Report:
    """One line of the file; ``hours`` after the first report."""

    event: str
    lang: str
    hours: float
    title: str
    body: str

    def article(self, *, body: bool = True, concepts: tuple[str, ...] = ()) -> StoryArticle:
        return StoryArticle(
            self.title,
            self.title,
            MORNING + timedelta(hours=self.hours),
            self.body if body else "",
            (self.lang,),
            f"feed-{self.lang}",
            concepts=concepts,
        )


def read_reports() -> list[Report]:
    lines = _WRITTEN.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [Report(event, lang, float(hours), title, body) for event, lang, hours, title, body in rows]
