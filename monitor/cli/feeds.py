"""``newsmonitor feeds``: what is watched, how it does, and moving lists of feeds in and out (OPML)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import app
from monitor.cli.feeds_file import with_feeds, without_feeds
from monitor.cli.lists import age, plain, show, utc_now
from monitor.cli.names import no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import counted, err, out, print_json, printable
from monitor.config import Config, FeedSettings, load_config
from monitor.config.feeds import feed_id
from monitor.errors import UsageError
from monitor.installation import open_archive
from monitor.rules.languages import suggest_language
from monitor.rules.problems import ProblemsError
from monitor.sources.opml import ListedFeed, read_opml, write_opml
from monitor.store import feeds as stored_feeds
from monitor.store.values import FeedState

feeds_app = typer.Typer(help="What is watched, and how it does.")
app.add_typer(feeds_app, name="feeds")


@feeds_app.command("list", epilog="Examples:  newsmonitor feeds list   ·   newsmonitor feeds list --failing --json")
def list_feeds(
    config: ConfigOption = CONFIG,
    failing: Annotated[bool, typer.Option("--failing", help="Only those that fail.")] = False,
    tag: Annotated[str, typer.Option("--tag", help="Only with this tag.")] = "",
    json: JsonOption = False,
) -> None:
    """List the feeds of config.yaml with their health: last success, newest article, what is wrong."""
    settings = load_config(config, os.environ, secrets=False)
    tags = {name for feed in settings.feeds for name in feed.tags}
    if tag and tag not in tags:
        raise no_such("feed tag", tag, tags)
    states, now = _states(settings), utc_now()
    rows = [
        (feed, states.get(feed.id))
        for feed in settings.feeds
        if (not tag or tag in feed.tags) and (not failing or _failure(states.get(feed.id)))
    ]
    if json:
        shown = [{"id": feed.id, "title": feed.title, "tags": feed.tags, "state": state} for feed, state in rows]
        print_json(plain(shown))
        return
    columns = {
        "feed": lambda row: row[0].id,
        "title": lambda row: row[0].title or (row[1].title if row[1] else ""),
        "tags": lambda row: ", ".join(row[0].tags),
        "last success": lambda row: age(row[1].succeeded_at if row[1] else None, now),
        "newest": lambda row: age(row[1].newest_at, now) if row[1] and row[1].newest_at else "",
        "state": lambda row: _health(*row),
    }
    show(rows, columns, json=False, nothing="no feeds", long=("title", "tags", "state"))


@feeds_app.command("add", epilog="Examples:  newsmonitor feeds add https://example.org/rss --tag wire --language ko")
def add(
    url: Annotated[str, typer.Argument(help="Where the feed is.")],
    title: Annotated[str, typer.Option("--title", help="What people see.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="May be repeated.")] = None,
    language: Annotated[str, typer.Option("--language", help="Language it is written in.")] = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Add a feed to config.yaml; a running daemon takes it up at `systemctl reload` or SIGHUP."""
    added = _add(config, [ListedFeed(url, title, tuple(tag or ()), language)])
    out.print(f"added {added[0]}" if added else "it is there already")


@feeds_app.command("remove", epilog="Examples:  newsmonitor feeds remove example.org-world")
def remove(
    feed: Annotated[str, typer.Argument(metavar="ID|URL", help="As `feeds list` shows.")], config: ConfigOption = CONFIG
) -> None:
    """Take a feed out of config.yaml; its articles stay in the archive."""
    there = load_config(config, os.environ, secrets=False).feeds
    places = [place for place, one in enumerate(there) if feed in (one.id, one.url)]
    if not places:
        raise no_such("feed", feed, [one.id for one in there])
    _edit(config, lambda text: without_feeds(text, places))
    out.print(f"removed {', '.join(there[place].id for place in places)}")


@feeds_app.command("import", epilog="Examples:  newsmonitor feeds import subscriptions.opml")
def import_opml(
    file: Annotated[Path, typer.Argument(help="An OPML list from any feed reader.", exists=True, dir_okay=False)],
    config: ConfigOption = CONFIG,
) -> None:
    """Add the feeds of an OPML list to config.yaml; folders become tags, and what is there already stays."""
    found = read_opml(file.read_bytes())
    listed = [replace(one, language=_known(one.language)) for one in found.feeds]
    added = _add(config, listed)
    there = f"; {len(listed) - len(added)} there already" if len(added) < len(listed) else ""
    out.print(f"{len(added)} of {counted(len(listed) + len(found.refused), 'feed')} added{there}")
    for address in found.refused:
        err.print(f"left out: {printable(address)}; only http:// and https:// can be polled", markup=False)


@feeds_app.command("export", epilog="Examples:  newsmonitor feeds export > feeds.opml")
def export_opml(config: ConfigOption = CONFIG) -> None:
    """Write the feeds as an OPML list to standard output."""
    settings = load_config(config, os.environ, secrets=False)
    listed = (
        ListedFeed(one.url, one.title, one.tags, one.language[0] if one.language else "") for one in settings.feeds
    )
    out.file.write(write_opml(listed).decode())


def _states(settings: Config) -> dict[str, FeedState]:
    try:
        store = open_archive(settings, utc_now())
    except UsageError:
        return {}  # never started: there is no health to show
    with store:
        return {state.feed: state for state in store.read_now(stored_feeds.every)}


def _failure(state: FeedState | None) -> str:
    return state.failure if state else ""


def _health(feed: FeedSettings, state: FeedState | None) -> str:
    if not feed.enabled:
        return "not enabled"
    if state is None or state.polled_at is None:
        return "not polled yet"
    if state.failing_since is not None:
        return f"fails since {state.failing_since:%Y-%m-%d %H:%M} UTC ({state.failures}×): {state.failure}"
    return "ok"


def _add(config: Path, listed: Iterable[ListedFeed]) -> list[str]:
    """Add those that are not there yet; gives their names."""
    there = {name for one in load_config(config, os.environ, secrets=False).feeds for name in (one.id, one.url)}
    added: dict[str, ListedFeed] = {}
    for one in listed:
        name = feed_id(one.url)
        if there.isdisjoint({name, one.url}):
            added[name] = one
            there |= {name, one.url}
    if added:
        _edit(config, lambda text: with_feeds(text, list(added.values())))
    return list(added)


def _known(language: str) -> str:
    """What another reader calls a language, as we call it; nothing if that is not one."""
    return suggest_language(language.partition("-")[0]) if language else ""


def _edit(config: Path, change: Callable[[str], str]) -> None:
    """Change config.yaml, and never leave one behind that does not load."""
    text = change(config.read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", dir=config.parent, suffix=".yaml", delete=False, encoding="utf-8") as draft:
        draft.write(text)
    path = Path(draft.name)
    try:
        load_config(path, os.environ, secrets=False)
        path.chmod(config.stat().st_mode & 0o777)
        path.replace(config)
    except ProblemsError as error:
        raise UsageError(
            f"the change would break {config}: {error.problems[0].sentence}; nothing was changed"
        ) from None
    finally:
        path.unlink(missing_ok=True)
