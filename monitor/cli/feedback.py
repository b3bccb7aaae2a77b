"""``newsmonitor feedback``: what readers thought of alerts, and what that says about the rules."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from monitor.alerts.feedback import Feedback, Precision, precision
from monitor.cli import app
from monitor.cli.known import explain_nothing
from monitor.cli.lists import archive, local, plain, show, since, utc_now
from monitor.cli.names import chosen, no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out, print_json, printable
from monitor.errors import UsageError
from monitor.store import Transaction
from monitor.store import alerts as stored_alerts
from monitor.store import feedback as verdicts
from monitor.store.values import StoredAlert


class Verdict(StrEnum):
    """What a reader says of an alert."""

    GOOD = "good"
    BAD = "bad"


class _GiveByDefault(TyperGroup):
    """``feedback 12 bad`` is short for ``feedback give 12 bad``."""

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:  # noqa: ANN401 - click's types are not public in Typer
        """What is not the name of a command is the alert that is judged."""
        if args[0] not in self.commands and not args[0].isdecimal() and not args[0].startswith("-"):
            raise no_such("command", f"feedback {args[0]}", [f"feedback {name}" for name in self.commands])
        words = list(args) if args[0] in self.commands else ["give", *args]
        return super().resolve_command(ctx, words)


feedback_app = typer.Typer(
    cls=_GiveByDefault,
    help="Judge alerts; see how precise each rule is; have exclusions proposed.",
    epilog="Examples:  newsmonitor feedback 12 bad podcast   ·   newsmonitor feedback report   ·   "
    "newsmonitor feedback propose dprk-russia-arms",
)
app.add_typer(feedback_app, name="feedback")

RuleOption = Annotated[str, typer.Option("--rule", help="Only of this rule.")]


@feedback_app.command(
    "give", epilog="Examples:  newsmonitor feedback 12 good   ·   newsmonitor feedback 12 bad podcast"
)
def give(
    alert: Annotated[int, typer.Argument(metavar="ALERT", help="Its number, as `newsmonitor alerts` lists it.")],
    verdict: Annotated[str, typer.Argument(metavar="good|bad", help="Was it worth telling?")],
    comment: Annotated[list[str] | None, typer.Argument(metavar="[COMMENT]", help="Why.")] = None,
    author: Annotated[str, typer.Option("--author", help="Who; the name you are logged in with if left out.")] = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Say whether an alert was worth telling. The last word on an alert counts; `give` itself may be left out."""
    now, who, why = utc_now(), author or getpass.getuser(), " ".join(comment or [])
    said = chosen("verdict", verdict, Verdict)

    def put_down(tx: Transaction) -> StoredAlert:
        judged = _judgeable(tx, alert)
        verdicts.add(tx, Feedback(alert, judged.alert.rule, said is Verdict.GOOD, now, why), author=who)
        return judged

    with archive(config) as (_, store):
        rule = store.write_now(put_down).alert.rule
        of_rule = precision(store.read_now(lambda tx: verdicts.every(tx, rule=rule)))[0]
    out.print(f"alert {alert} is {said.value}; {rule}: {_share(of_rule)}", markup=False)
    if said is Verdict.BAD:
        out.print(f"[dim]`newsmonitor feedback propose {rule}` looks for an exclusion[/]")


@feedback_app.command("list", epilog="Examples:  newsmonitor feedback list --rule dprk-russia-arms --since 30d --json")
def list_feedback(
    config: ConfigOption = CONFIG,
    rule: RuleOption = "",
    from_: Annotated[str, typer.Option("--since", help="Only so far back: 12h, 30d.")] = "",
    json: JsonOption = False,
) -> None:
    """List the verdicts in the order they were given."""
    with archive(config) as (settings, store):
        found = store.read_now(lambda tx: verdicts.every(tx, rule=rule, since=since(from_)))
        explain_nothing(settings, store, found, rule=rule)
        columns = {
            "at": lambda one: local(one.at, settings),
            "alert": lambda one: str(one.alert),
            "rule": lambda one: one.rule,
            "verdict": lambda one: Verdict.GOOD if one.good else Verdict.BAD,
            "comment": lambda one: one.comment,
        }
        show(found, columns, json=json, nothing="no verdicts yet: newsmonitor feedback ALERT good|bad")


@feedback_app.command(
    "report", epilog="Examples:  newsmonitor feedback report   ·   newsmonitor feedback report --json"
)
def report(config: ConfigOption = CONFIG, rule: RuleOption = "", json: JsonOption = False) -> None:
    """Show the precision of each rule, over all time and week by week, with what so few verdicts can prove."""
    with archive(config) as (settings, store):
        found = precision(store.read_now(lambda tx: verdicts.every(tx, rule=rule)))
        explain_nothing(settings, store, found, rule=rule)
    if json:
        rows = [{**plain(one), "share": one.share, "low": one.bounds[0], "high": one.bounds[1]} for one in found]
        print_json(rows)
        return
    columns = {
        "rule": lambda one: one.rule if one.week is None else "",
        "week of": lambda one: "all time" if one.week is None else one.week.isoformat(),
        "good": lambda one: str(one.good),
        "bad": lambda one: str(one.bad),
        "precision": lambda one: f"{one.share:.0%}",
        "with 95 % confidence": lambda one: f"{one.bounds[0]:.0%} to {one.bounds[1]:.0%}",
    }
    show(found, columns, json=False, nothing="no verdicts yet: newsmonitor feedback ALERT good|bad")


@feedback_app.command(
    "propose",
    epilog="Examples:  newsmonitor feedback propose dprk-russia-arms   ·   "
    "newsmonitor feedback propose dprk-russia-arms | patch -p1",
)
def propose_exclusion(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule that was wrong.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Print, as a diff, the smallest exclusion that removes the alerts judged bad and keeps every good one.

    The diff goes to standard output and everything else to standard error, so that it can be piped to `patch`.
    """
    from monitor.cli.proposal import print_proposal  # noqa: PLC0415 - the rules engine, which no other command here needs

    with archive(config) as (settings, store):
        print_proposal(settings, store, rule)


def _judgeable(tx: Transaction, number: int) -> StoredAlert:
    found = stored_alerts.get(tx, number)
    if found is None:
        raise UsageError(f"there is no alert {number}; `newsmonitor alerts` lists them")
    if found.alert.content.get("content") == "notice":
        raise UsageError(f"alert {number} is a notice about newsmonitor itself; no rule is to be judged by it")
    return found


def _share(of_rule: Precision) -> str:
    return printable(f"{of_rule.good} of {of_rule.judged} alerts judged so far are good ({of_rule.share:.0%})")
