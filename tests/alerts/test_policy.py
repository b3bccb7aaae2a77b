"""The decision table of the alert policy: one named row per reason, and what each decision leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.decision import Decision, Hold, Suppress, Tell
from monitor.alerts.policy import decide, decide_poll
from monitor.alerts.reasons import AGAIN_REASONS, FIRST_REASONS, Reason
from monitor.alerts.state import (
    ArticleFacts,
    Case,
    Change,
    Held,
    PastAlert,
    Silence,
    StoryCounts,
    dump_alert,
    load_alert,
)
from monitor.rules.model import (
    AlertPolicy,
    AnyOf,
    Corroborate,
    Rule,
    Scope,
    Severity,
    Status,
    TellAgain,
)

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYTHING = TellAgain(origins=(3, 10), new_language=True, corrected=True, removed=True)
HOLDS = AlertPolicy(corroborate=Corroborate(origins=2, within=timedelta(hours=6)))

RULE = Rule("arms", "Arms transfers", AnyOf(()), alert=AlertPolicy(tell_again=EVERYTHING))
HOLDING = replace(RULE, alert=HOLDS)
ARTICLE = ArticleFacts("a", NOW, lang="de", feed="dpa", published_at=NOW - HOUR, revision="1", title="Raketen")
GERMAN = StoryCounts(1, 1, frozenset({"de"}))
TOLD = PastAlert(NOW - HOUR, Reason.FIRST, "a", Severity.MEDIUM, GERMAN, frozenset({ARTICLE.token}))
HELD = Held("a", ARTICLE.token, Severity.MEDIUM, NOW - HOUR)
SILENCE = Silence(7, NOW + HOUR, "Kim Desk", "exercise season", NOW - HOUR, feed="dpa")
FIRST = Case(RULE, 12, (ARTICLE,), GERMAN)
LATER = Case(RULE, 12, (replace(ARTICLE, key="b"),), GERMAN, (TOLD,))


def changed(change: Change, key: str = "a") -> tuple[ArticleFacts, ...]:
    return (replace(ARTICLE, key=key, change=change, revision="2"),)


@dataclass(frozen=True)
class Row:
    case: Case
    reason: Reason
    sentence: str
    news: str = ""
    at: datetime = NOW


ROWS = {
    "the first report of a story is told at once": Row(FIRST, Reason.FIRST, "first report of story 12"),
    "a second origin in time confirms what was held": Row(
        replace(FIRST, rule=HOLDING, held=HELD, counts=StoryCounts(2, 5)),
        Reason.CORROBORATED,
        "confirmed by 2 independent origins 1 h after the first report; the rule asks for 2",
        "confirmed by 2 independent origins 1 h after the first report",
    ),
    "two origins in one poll need no waiting": Row(
        replace(FIRST, rule=HOLDING, counts=StoryCounts(2, 2)),
        Reason.CORROBORATED,
        "confirmed by 2 independent origins at once; the rule asks for 2",
        "confirmed by 2 independent origins at once",
    ),
    "what nobody confirmed is told when the time is up, and says so": Row(
        replace(FIRST, rule=HOLDING, held=HELD),
        Reason.TIME_UP,
        "not confirmed: 1 origin after 6 h; the rule asks for 2",
        "not confirmed: 1 origin after 6 h",
        at=HELD.since + timedelta(hours=6),
    ),
    "a lone report waits for corroboration": Row(
        replace(FIRST, rule=HOLDING),
        Reason.CORROBORATING,
        "1 origin of 2; told when confirmed, at 2026-03-03 18:00 UTC at the latest",
    ),
    "a copy of a held report does not start the wait anew": Row(
        replace(FIRST, rule=HOLDING, held=HELD, articles=(replace(ARTICLE, key="b"),)),
        Reason.CORROBORATING,
        "1 origin of 2; told when confirmed, at 2026-03-03 17:00 UTC at the latest",
    ),
    "a retraction that came before the story was told is not news": Row(
        replace(LATER, articles=(replace(changed(Change.RETRACTED)[0], seen_at=TOLD.at),)),
        Reason.NEVER_TOLD,
        "nobody had been told this story, so there is nothing to take back",
    ),
    "what is taken back makes nothing more severe": Row(
        replace(LATER, articles=(replace(changed(Change.RETRACTED)[0], severity=Severity.CRITICAL),)),
        Reason.RETRACTED,
        "a report of this story was retracted",
        "a report was retracted",
    ),
    "a retraction takes back what was told": Row(
        replace(LATER, articles=changed(Change.RETRACTED, "another")),
        Reason.RETRACTED,
        "a report of this story was retracted",
        "a report was retracted",
    ),
    "the removal of the page that was told is told": Row(
        replace(LATER, articles=changed(Change.REMOVED)),
        Reason.REMOVED,
        "the page that was told about is gone",
        "the page was removed",
    ),
    "a change of the article that was told is told": Row(
        replace(LATER, articles=changed(Change.CORRECTED)),
        Reason.CORRECTED,
        "the report that was told about was changed",
        "the report was changed",
    ),
    "a change is told however old the article is": Row(
        replace(
            LATER,
            rule=replace(RULE, scope=Scope(max_age=HOUR)),
            articles=(replace(changed(Change.CORRECTED)[0], published_at=NOW - 9 * HOUR),),
        ),
        Reason.CORRECTED,
        "the report that was told about was changed",
        "the report was changed",
    ),
    "a higher severity is told": Row(
        replace(LATER, articles=(replace(ARTICLE, key="b", severity=Severity.CRITICAL),)),
        Reason.HIGHER_SEVERITY,
        "critical now, medium when it was told",
        "now critical, was medium",
    ),
    "the third origin is told, with all that is new": Row(
        replace(LATER, counts=StoryCounts(5, 9, frozenset({"de", "ko"}), official=True)),
        Reason.MORE_ORIGINS,
        "5 independent origins; the rule tells at 3; first report in Korean",
        "now 5 origins; first official source; also in Korean",
    ),
    "a jump over two marks is told once": Row(
        replace(LATER, counts=StoryCounts(12, 60, frozenset({"de"}))),
        Reason.MORE_ORIGINS,
        "12 independent origins; the rule tells at 10",
        "now 12 origins",
    ),
    "a new language is told": Row(
        replace(LATER, counts=StoryCounts(2, 2, frozenset({"de", "ru", "uk", "ko"}))),
        Reason.NEW_LANGUAGE,
        "first report in Korean, Russian and Ukrainian",
        "now 2 origins; also in Korean, Russian and Ukrainian",
    ),
    "an article in an unknown language is no new language": Row(
        replace(LATER, counts=StoryCounts(1, 2, frozenset({"de", "und"}))),
        Reason.JOINED,
        "joined story 12, told at 2026-03-03 11:00 UTC; it adds nothing this rule is to tell again",
    ),
    "a copy joins silently": Row(
        LATER,
        Reason.JOINED,
        "joined story 12, told at 2026-03-03 11:00 UTC; it adds nothing this rule is to tell again",
    ),
    "a second origin is below the rule's marks": Row(
        replace(LATER, counts=StoryCounts(2, 2, frozenset({"de"}))),
        Reason.JOINED,
        "joined story 12, told at 2026-03-03 11:00 UTC; it adds nothing this rule is to tell again",
    ),
    "a change the rule does not ask for joins silently": Row(
        replace(LATER, rule=replace(RULE, alert=AlertPolicy()), articles=changed(Change.CORRECTED)),
        Reason.JOINED,
        "joined story 12, told at 2026-03-03 11:00 UTC; it adds nothing this rule is to tell again",
    ),
    "a change of an article nobody was shown joins silently": Row(
        replace(LATER, articles=changed(Change.CORRECTED, "b")),
        Reason.JOINED,
        "joined story 12, told at 2026-03-03 11:00 UTC; it adds nothing this rule is to tell again",
    ),
    "the same version is not told twice": Row(
        replace(LATER, articles=(ARTICLE,)), Reason.ALREADY_TOLD, "told at 2026-03-03 11:00 UTC"
    ),
    "a second retraction of one story is not told": Row(
        replace(LATER, articles=changed(Change.RETRACTED, "c"), told=(TOLD, replace(TOLD, reason=Reason.RETRACTED))),
        Reason.ALREADY_TOLD,
        "told at 2026-03-03 11:00 UTC",
    ),
    "the removal of a page nobody was sent to is not news": Row(
        replace(LATER, articles=changed(Change.REMOVED, "b")),
        Reason.NEVER_TOLD,
        "nobody was sent to this page, so its removal is not news",
    ),
    "the retraction of an untold story is not news": Row(
        replace(FIRST, articles=changed(Change.RETRACTED)),
        Reason.NEVER_TOLD,
        "nobody had been told this story, so there is nothing to take back",
    ),
    "the first poll of a new feed is stored, not told": Row(
        replace(FIRST, articles=(replace(ARTICLE, first_poll=True),)),
        Reason.FIRST_POLL,
        "came with the first poll of dpa: stored, not told",
    ),
    "an old article is stored, not told": Row(
        replace(FIRST, rule=replace(RULE, scope=Scope(max_age=timedelta(minutes=20)))),
        Reason.TOO_OLD,
        "was 1 h old when it was first seen; the rule tells up to 20 min",
    ),
    "a silence keeps back what would have been told": Row(
        replace(FIRST, silences=(SILENCE,)),
        Reason.SILENCED,
        "silenced by Kim Desk until 2026-03-03 13:00 UTC (silence 7: feed=dpa): exercise season",
    ),
    "a specific rule that speaks mutes the general one": Row(
        replace(FIRST, muted_by="dprk-arms"),
        Reason.MUTED,
        "rule dprk-arms speaks about this story, and it mutes arms",
    ),
    "a draft rule is recorded, not sent": Row(
        replace(FIRST, rule=replace(RULE, status=Status.DRAFT)),
        Reason.DRAFT,
        "the rule is draft: recorded, not sent; it would have been: first report of story 12",
    ),
    "a shadow rule is recorded, not sent": Row(
        replace(LATER, rule=replace(RULE, status=Status.SHADOW), articles=changed(Change.REMOVED)),
        Reason.SHADOW,
        "the rule is shadow: recorded, not sent; it would have been: the page that was told about is gone",
    ),
    "a retired rule is recorded, not sent": Row(
        replace(FIRST, rule=replace(RULE, status=Status.RETIRED)),
        Reason.RETIRED,
        "the rule is retired: recorded, not sent; it would have been: first report of story 12",
    ),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in ROWS.items()])
def test_each_reason_is_given_in_its_case_and_says_it_in_a_sentence(row: Row) -> None:
    verdict = decide(row.case, row.at).verdict
    assert (verdict.reason, verdict.sentence) == (row.reason, row.sentence)
    assert row.news == (verdict.news if isinstance(verdict, Tell) else "")


def test_every_reason_has_a_row() -> None:
    assert {row.reason for row in ROWS.values()} == set(Reason)


@pytest.mark.parametrize("name", ROWS)
def test_only_telling_reasons_tell_and_only_waiting_holds(name: str) -> None:
    verdict = decide(ROWS[name].case, ROWS[name].at).verdict
    match verdict:
        case Tell(kind=kind, reason=reason):
            assert reason in (FIRST_REASONS if kind == "first" else AGAIN_REASONS)
        case Hold(reason=reason):
            assert reason is Reason.CORROBORATING
        case Suppress(reason=reason):
            assert reason not in {*FIRST_REASONS, *AGAIN_REASONS, Reason.CORROBORATING}


def verdict_of(case: Case, now: datetime = NOW) -> Tell | Hold | Suppress:
    return decide(case, now).verdict


def test_a_follow_up_is_filed_under_the_strongest_of_its_reasons() -> None:
    critical = replace(changed(Change.CORRECTED)[0], severity=Severity.CRITICAL)
    verdict = verdict_of(replace(LATER, articles=(critical,), counts=StoryCounts(3, 3, frozenset({"de", "ko"}))))
    assert isinstance(verdict, Tell)
    assert verdict.reasons == (
        Reason.CORRECTED,
        Reason.HIGHER_SEVERITY,
        Reason.MORE_ORIGINS,
        Reason.NEW_LANGUAGE,
    )
    assert verdict.news == "the report was changed; now critical, was medium; now 3 origins; also in Korean"


def test_a_follow_up_keeps_the_severity_the_story_was_told_with() -> None:
    told = replace(TOLD, severity=Severity.CRITICAL)
    verdict = verdict_of(replace(LATER, told=(told,), counts=StoryCounts(3)))
    assert isinstance(verdict, Tell)
    assert verdict.severity is Severity.CRITICAL


def test_a_follow_up_about_a_language_shows_an_article_in_it() -> None:
    german, korean = replace(ARTICLE, key="b"), replace(ARTICLE, key="z", lang="ko")
    verdict = verdict_of(replace(LATER, articles=(german, korean), counts=StoryCounts(1, 3, frozenset({"de", "ko"}))))
    assert verdict.article == "z"


def test_the_most_severe_of_several_first_reports_is_shown_and_the_others_join() -> None:
    high, low = replace(ARTICLE, key="h", severity=Severity.HIGH), replace(ARTICLE, key="l", severity=Severity.LOW)
    decision = decide(replace(FIRST, articles=(low, high, ARTICLE)), NOW)
    assert decision.verdict.article == "h"
    assert {(one.article, one.reason) for one in decision.others} == {("a", Reason.JOINED), ("l", Reason.JOINED)}


def test_age_is_judged_when_the_article_was_first_seen_not_when_its_hold_ends() -> None:
    rule = replace(HOLDING, scope=Scope(max_age=timedelta(hours=2)))
    held = replace(FIRST, rule=rule, held=Held("a", ARTICLE.token, Severity.MEDIUM, NOW))
    assert verdict_of(held, NOW + timedelta(hours=6)).reason is Reason.TIME_UP


def test_an_article_without_a_date_is_not_too_old() -> None:
    rule = replace(RULE, scope=Scope(max_age=HOUR))
    assert isinstance(verdict_of(replace(FIRST, rule=rule, articles=(replace(ARTICLE, published_at=None),))), Tell)


def test_a_silenced_article_leaves_the_word_to_one_that_is_not() -> None:
    other = replace(ARTICLE, key="b", feed="yonhap")
    decision = decide(replace(FIRST, articles=(ARTICLE, other), silences=(SILENCE,)), NOW)
    assert (decision.verdict.reason, decision.verdict.article) == (Reason.FIRST, "b")
    assert [(one.article, one.reason) for one in decision.others] == [("a", Reason.SILENCED)]


def test_a_silence_says_what_it_kept_back_and_by_which_number() -> None:
    verdict = verdict_of(replace(FIRST, silences=(SILENCE,)))
    assert isinstance(verdict, Suppress)
    assert isinstance(verdict.would, Tell)
    assert verdict.by == "7"


def test_after_a_silence_the_next_report_is_the_first_that_anyone_hears() -> None:
    assert verdict_of(replace(FIRST, silences=(SILENCE,)), SILENCE.ends_at).reason is Reason.FIRST


def test_a_silence_has_no_part_in_what_would_not_have_been_told() -> None:
    assert verdict_of(replace(LATER, silences=(SILENCE,))).reason is Reason.JOINED


def test_a_shadow_alert_is_remembered_by_the_shadow_rule_and_unheard_by_the_live_one() -> None:
    shadow = replace(RULE, status=Status.SHADOW)
    remembered = decide(replace(FIRST, rule=shadow), NOW).remembered
    assert remembered is not None
    assert remembered.shadow
    again = replace(LATER, told=(remembered,))
    assert verdict_of(replace(again, rule=shadow)).reason is Reason.JOINED
    assert verdict_of(again).reason is Reason.FIRST


def test_what_a_silence_or_a_muting_rule_kept_back_is_not_remembered_as_told() -> None:
    assert decide(replace(FIRST, silences=(SILENCE,)), NOW).remembered is None
    assert decide(replace(FIRST, muted_by="x"), NOW).remembered is None
    shadow = replace(RULE, status=Status.SHADOW)
    assert decide(replace(FIRST, rule=shadow, silences=(SILENCE,)), NOW).remembered is None


def test_a_hold_survives_a_silenced_copy_and_ends_with_its_time() -> None:
    case = replace(FIRST, rule=HOLDING, held=HELD, counts=StoryCounts(2), silences=(SILENCE,))
    assert decide(case, NOW).held == HELD
    silenced_until_later = replace(case, silences=(replace(SILENCE, ends_at=NOW + 9 * HOUR),))
    assert decide(silenced_until_later, NOW + 5 * HOUR).held is None


def test_a_hold_is_forgotten_once_told_and_kept_while_it_waits() -> None:
    waiting = decide(replace(FIRST, rule=HOLDING), NOW)
    assert waiting.held == Held("a", ARTICLE.token, Severity.MEDIUM, NOW)
    assert decide(replace(FIRST, rule=HOLDING, held=waiting.held, counts=StoryCounts(2)), NOW).held is None


def test_a_held_story_is_told_with_its_first_article_and_its_highest_severity() -> None:
    worse = replace(ARTICLE, key="b", severity=Severity.CRITICAL)
    verdict = verdict_of(replace(FIRST, rule=HOLDING, held=HELD, articles=(worse,), counts=StoryCounts(2)))
    assert isinstance(verdict, Tell)
    assert (verdict.article, verdict.severity) == ("a", Severity.CRITICAL)


def test_a_held_article_that_was_changed_meanwhile_is_told_in_its_latest_version() -> None:
    changed_meanwhile = changed(Change.CORRECTED)
    decision = decide(replace(FIRST, rule=HOLDING, held=HELD, articles=changed_meanwhile, counts=StoryCounts(2)), NOW)
    assert decision.remembered is not None
    assert decision.remembered.covers == {changed_meanwhile[0].token}


def test_a_shadow_rule_holds_as_the_live_one_would() -> None:
    decision = decide(replace(FIRST, rule=replace(HOLDING, status=Status.SHADOW)), NOW)
    assert decision.verdict.reason is Reason.SHADOW
    assert decision.held is not None


def test_in_one_poll_a_specific_rule_speaks_and_the_general_one_does_not() -> None:
    specific = replace(RULE, id="z-specific", alert=AlertPolicy(mutes=("arms",)))
    decisions = decide_poll((FIRST, replace(FIRST, rule=specific)), NOW)
    assert reasons(decisions) == {"z-specific": Reason.FIRST, "arms": Reason.MUTED}


@pytest.mark.parametrize(
    "specific",
    [
        pytest.param(replace(RULE, status=Status.SHADOW), id="a shadow rule"),
        pytest.param(replace(RULE, scope=Scope(max_age=timedelta(0))), id="a rule that finds it too old"),
    ],
)
def test_a_rule_that_says_nothing_mutes_nobody(specific: Rule) -> None:
    quiet = replace(specific, id="z-specific", alert=AlertPolicy(mutes=("arms",)))
    decisions = decide_poll((FIRST, replace(FIRST, rule=quiet)), NOW)
    assert reasons(decisions)["arms"] is Reason.FIRST


def test_muting_is_for_one_story_only() -> None:
    specific = replace(RULE, id="z-specific", alert=AlertPolicy(mutes=("arms",)))
    elsewhere = replace(FIRST, rule=specific, story=99)
    assert reasons(decide_poll((FIRST, elsewhere), NOW))["arms"] is Reason.FIRST


def reasons(decisions: tuple[Decision, ...]) -> dict[str, Reason]:
    return {one.rule: one.verdict.reason for one in decisions}


def test_a_past_alert_comes_back_from_storage_as_it_went() -> None:
    alert = replace(TOLD, counts=StoryCounts(5, 9, frozenset({"de", "ko"}), official=True), shadow=True)
    assert load_alert(dump_alert(alert)) == alert
