"""Articles for the tests of stories: single ones, and drawn ones whose events resemble each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from monitor.stories.model import ArticleId, StoryArticle

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def article(name: str, title: str, hours: float = 0, lang: str = "en", body: str = "") -> StoryArticle:
    return StoryArticle(name, title, NOON + timedelta(hours=hours), body, (lang,))


# Events that share states, places and numbers, so that joining, merging and staying apart all happen.
HEADLINES = (
    ("en", "Ferry with 212 passengers sinks off Mindoro"),
    ("en", "Passenger ferry sinks off Mindoro with 212 aboard"),
    ("en", "Mindoro ferry sinking: 212 passengers were aboard, coast guard says"),
    ("de", "Fähre mit 212 Passagieren vor Mindoro gesunken"),
    ("es", "Se hunde un ferry con 212 pasajeros frente a Mindoro"),
    ("ru", "Паром с 212 пассажирами затонул у острова Миндоро"),
    ("en", "Ferry with 80 passengers runs aground off Mindoro"),
    ("en", "Senegal opposition wins presidential election"),
    ("fr", "Sénégal : l'opposition remporte l'élection présidentielle"),
    ("en", "Opposition candidate Faye wins Senegal presidential election, early results show"),
    ("en", "North Korea ships a million artillery shells to Russia, Seoul says"),
    ("de", "Seoul: Nordkorea liefert Russland eine Million Artilleriegranaten"),
    ("ko", "북한, 러시아에 포탄 100만 발 보내"),
    ("en", "Russia sends 50,000 tonnes of wheat flour to North Korea"),
    ("ru", "Россия отправила в КНДР 50 тысяч тонн пшеничной муки"),
)
BODIES = ("", "MANILA (AP) - The vessel went down at dawn. Rescuers found most of those aboard in life rafts. " * 3)


@dataclass(frozen=True)
class Written:
    headline: int
    hours: int
    outlet: int = 0
    body: int = 0
    updated: bool = False

    def article(self, name: ArticleId) -> StoryArticle:
        lang, title = HEADLINES[self.headline]
        title = f"Update: {title}" if self.updated else title
        at = NOON + timedelta(hours=self.hours)
        return StoryArticle(name, title, at, BODIES[self.body], (lang,), f"outlet-{self.outlet}")


def written(hours: st.SearchStrategy[int]) -> st.SearchStrategy[Written]:
    return st.builds(
        Written, st.integers(0, len(HEADLINES) - 1), hours, st.integers(0, 3), st.integers(0, 1), st.booleans()
    )
