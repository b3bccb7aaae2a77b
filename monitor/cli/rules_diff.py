"""``newsmonitor rules diff``: what a rule on trial would have told, beside what its live counterpart told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli.lists import archive, local, plain
from monitor.cli.lists import since as back_from_now
from monitor.cli.names import no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, load_all
from monitor.cli.terminal import out, print_json, printable
from monitor.config import Config
from monitor.errors import UsageError
from monitor.rules.model import Rule, Status
from monitor.store import Transaction, rules, stories, told

NEXT = "-next"
"""What the id of a rule on trial ends in, after the id of the live rule that it is to replace."""
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A story, and when it was first told, or would have been."""

    story: int
    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a trial rule gains, loses and shares, by story, since both rules have run as they are."""

    shadow: str
    live: str
    since: datetime
    gained: tuple[Told, ...]
    lost: tuple[Told, ...]
    both: tuple[Told, ...]


def diff(
    rule: Annotated[str, typer.Argument(help="The rule on trial; all of them if left out.")] = "",
    beside: Annotated[str, typer.Option("--beside", help="The live rule; by default the same id without -next.")] = "",
    from_: Annotated[str, typer.Option("--since", help="Only so far back: 12h, 30d.")] = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Show which stories a rule with `status: shadow` would have told that its live counterpart did not, and others."""
    with archive(config) as (settings, store):
        found = load_all(config, None, warn=False).rules.rules
        pairs = _pairs(found, rule, beside)
        cutoff = back_from_now(from_) or _EVER
        differences = [
            store.read_now(lambda tx, one=one, live=live: difference(tx, one, live, cutoff))  # type: ignore[misc]
            for one, live in pairs
        ]
    if json:
        print_json([plain(one) for one in differences])
        return
    for one in differences:
        _show(one, settings)


def difference(tx: Transaction, shadow: str, live: str, cutoff: datetime) -> Difference:
    """Compare what was told; stories that either rule told before both ran as they are now prove nothing."""
    at_work = rules.every(tx)
    since = max([cutoff, *(at_work[rule].since for rule in (shadow, live) if rule in at_work)])
    would, did = told.first_told(tx, shadow, shadow=True), told.first_told(tx, live, shadow=False)
    fresh = {story for story in {*would, *did} if min(at[story] for at in (would, did) if story in at) >= since}

    def listed(numbers: set[int], times: Mapping[int, datetime]) -> tuple[Told, ...]:
        return tuple(Told(number, times[number], _title(tx, number)) for number in sorted(numbers))

    return Difference(
        shadow,
        live,
        since,
        gained=listed(fresh & would.keys() - did.keys(), would),
        lost=listed(fresh & did.keys() - would.keys(), did),
        both=listed(fresh & would.keys() & did.keys(), would),
    )


def _pairs(found: Sequence[Rule], rule: str, beside: str) -> list[tuple[str, str]]:
    """The trial rules to show, each with the live rule beside it."""
    ids = {one.id for one in found}
    for name in filter(None, (rule, beside)):
        if name not in ids:
            raise no_such("rule", name, ids)
    trial = [one.id for one in found if one.status is Status.SHADOW and rule in {"", one.id}]
    if not trial:
        which = f"rule {rule} does not have" if rule else "no rule has"
        raise UsageError(f"{which} `status: shadow`, so there is nothing to compare")
    return [(one, beside or one.removesuffix(NEXT)) for one in trial]


def _title(tx: Transaction, number: int) -> str:
    story = stories.get(tx, number)
    return story.title if story else f"story {number}"


def _show(one: Difference, config: Config) -> None:
    counts = f"{len(one.both)} told by both, {len(one.gained)} gained, {len(one.lost)} lost"
    since = f" since {local(one.since, config)}" if one.since > _EVER else ""
    out.print(f"[bold]{one.shadow}[/] beside [bold]{one.live}[/]{since}: {counts}")
    for sign, colour, group in (("+", "green", one.gained), ("−", "red", one.lost), (" ", "dim", one.both)):
        for item in group:
            out.print(f"  {sign} {local(item.at, config)}  story {item.story}  ", end="", style=colour)
            out.print(printable(item.title), markup=False)
