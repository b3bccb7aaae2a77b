"""Why somebody was told, or was not: the stable words the journal stores, filters and counts by."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One word per decision. The sentence beside it says the same with this case's numbers and names.

    The values are stored: never rename one, add another instead. ``docs/alerts.md`` explains each.
    """

    # Told: the story was not known to the reader.
    FIRST = "first-of-story"
    CORROBORATED = "corroborated"
    TIME_UP = "not-corroborated"
    # Told again: the strongest first, which is the one a follow-up is filed under.
    RETRACTED = "retracted"
    REMOVED = "page-removed"
    CORRECTED = "corrected"
    HIGHER_SEVERITY = "higher-severity"
    MORE_ORIGINS = "more-origins"
    NEW_LANGUAGE = "new-language"
    # Held.
    CORROBORATING = "awaiting-corroboration"
    # Not told, and nothing is lost by it: the reader knows, or the news is not for now.
    JOINED = "joined-story"
    ALREADY_TOLD = "already-told"
    NEVER_TOLD = "never-told"
    FIRST_POLL = "first-poll"
    TOO_OLD = "too-old"
    # Not told because a person asked for that.
    SILENCED = "silenced"
    MUTED = "muted-by-rule"
    DRAFT = "draft-rule"
    SHADOW = "shadow-rule"
    RETIRED = "retired-rule"


FIRST_REASONS = (Reason.FIRST, Reason.CORROBORATED, Reason.TIME_UP)
AGAIN_REASONS = (
    Reason.RETRACTED,
    Reason.REMOVED,
    Reason.CORRECTED,
    Reason.HIGHER_SEVERITY,
    Reason.MORE_ORIGINS,
    Reason.NEW_LANGUAGE,
)
