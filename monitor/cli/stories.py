"""``newsmonitor stories``: which articles are one event, on what evidence, and putting that right by hand."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from monitor.alerts.language_names import language_name
from monitor.cli import app
from monitor.cli.lists import archive, local, plain, show, since, utc_now
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import counted, out, print_json, printable
from monitor.errors import UsageError
from monitor.store import Transaction, articles, stories
from monitor.store.story_values import Story

stories_app = typer.Typer(help="The events behind the articles; split and merge them where the program is wrong.")
app.add_typer(stories_app, name="stories")
Author = Annotated[str, typer.Option("--author", help="Who; the name you are logged in with if left out.")]


@stories_app.command("list", epilog="Examples:  newsmonitor stories list --since 2d   ·   --at-least 3 --json")
def list_stories(
    config: ConfigOption = CONFIG,
    from_: Annotated[str, typer.Option("--since", help="Only with news so far back: 12h, 30d.")] = "",
    at_least: Annotated[int, typer.Option("--at-least", min=1, help="Only of so many articles or more.")] = 1,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The latest so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """List stories, the newest first: articles, outlets, independent origins, languages."""
    with archive(config) as (settings, store):
        found = store.read_now(lambda tx: stories.latest(tx, since=since(from_), at_least=at_least, limit=limit))
        columns = {
            "story": lambda one: str(one.id),
            "began": lambda one: local(one.started_at, settings),
            "articles": lambda one: str(one.articles),
            "outlets": lambda one: str(one.outlets),
            "origins": lambda one: str(one.origins),
            "languages": lambda one: ", ".join(map(language_name, one.languages)),
            "title": lambda one: one.title,
        }
        show(found, columns, json=json, nothing="no stories yet", long=("languages", "title"))


@stories_app.command("show", epilog="Examples:  newsmonitor stories show 12")
def show_story(
    story: Annotated[int, typer.Argument(help="Its number.")], config: ConfigOption = CONFIG, json: JsonOption = False
) -> None:
    """Show the articles of a story, each with the evidence that put it there."""
    with archive(config) as (settings, store):
        found = store.read_now(lambda tx: _need(tx, story))
        members = store.read_now(lambda tx: stories.members(tx, found.id))
        texts = store.read_now(lambda tx: articles.get_many(tx, [one.article for one in members]))
        changes = store.read_now(lambda tx: stories.changes(tx, found.id))
    if json:
        print_json(plain({"story": found, "members": members, "changes": changes}))
        return
    of = f"{counted(found.outlets, 'outlet')}, {counted(found.origins, 'independent origin')}"
    out.print(f"[bold]story {found.id}[/]: {of}")
    for one in members:
        text = texts[one.article].article
        out.print(f"  {local(one.at, settings)}  article {one.article}  {text.feed}  {text.lang}", highlight=False)
        out.print(f"    {printable(text.title)}", markup=False)
        shared = one.evidence.get("shared")
        named = ", ".join(map(str, shared)) if isinstance(shared, list) else ""
        origin = f"; origin {one.origin_name}" if one.origin_name else ""
        copied = f"; same text as article {one.duplicate_of}" if one.duplicate_of else ""
        out.print(f"    {printable(f'shares: {named}' if named else 'founded the story')}{origin}{copied}", style="dim")
    for change in changes:
        what = f"{change.kind.value} {change.story} and {change.other} by {change.author or 'the program'}"
        out.print(f"  {local(change.at, settings)}  {what}", style="dim", highlight=False)


@stories_app.command("split", epilog="Examples:  newsmonitor stories split 12 4711 4712")
def split(
    story: Annotated[int, typer.Argument(help="Its number.")],
    numbers: Annotated[list[int], typer.Argument(metavar="ARTICLE…", help="The articles that are another event.")],
    author: Author = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Make a story of its own of some articles; the two never merge by themselves again."""
    now, who = utc_now(), author or getpass.getuser()

    def work(tx: Transaction) -> Story:
        found = _need(tx, story)
        return stories.split(tx, found.id, numbers, stories.highest(tx) + 1, now, author=who)

    with archive(config) as (_, store):
        try:
            made = store.write_now(work)
        except ValueError as error:
            raise UsageError(str(error)) from None
    out.print(f"story {made.id} now has {made.articles} of them")


@stories_app.command("merge", epilog="Examples:  newsmonitor stories merge 14 12")
def merge(
    gone: Annotated[int, typer.Argument(help="The story that is the same event …")],
    into: Annotated[int, typer.Argument(help="… as this one.")],
    author: Author = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Make two stories one: articles, alerts and silences of the first go to the second."""
    now, who = utc_now(), author or getpass.getuser()

    def work(tx: Transaction) -> None:
        one, other = _need(tx, gone), _need(tx, into)
        if one.id == other.id:
            raise UsageError(f"both are story {one.id} already")
        stories.merge(tx, one.id, other.id, now, author=who)

    with archive(config) as (_, store):
        store.write_now(work)
    out.print(f"story {gone} is now part of story {into}")


def _need(tx: Transaction, number: int) -> Story:
    found = stories.get(tx, number)
    if found is None:
        raise UsageError(f"there is no story {number}; `newsmonitor stories list` lists them")
    return found
