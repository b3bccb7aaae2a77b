"""All of config.yaml as one frozen value; every default stands here and in docs/configuration.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from monitor.config.channels import ChannelSettings, DigestSettings, QuietSettings, RouteSettings
from monitor.config.feeds import FeedSettings
from monitor.config.values import Networks, Positive, Zone
from monitor.rules.fields import Duration, Shape, Size, refuse
from monitor.rules.problems import Problem
from monitor.rules.shapes import NAME_PATTERN

# Defaults of durations and sizes are written as in the file and parsed once (validate_default).
_AS_WRITTEN: dict[str, Any] = {"validate_default": True}


class PollingSettings(Shape):
    """How feeds are asked: manners, limits, processes."""

    interval: Positive = Field(default="15m", description="How often a feed is asked.", **_AS_WRITTEN)
    jitter: float = Field(default=0.1, ge=0, le=1, description="Share of the interval by which polls are spread.")
    spread: Duration = Field(default="15m", description="Polls due at a start are spread over it.", **_AS_WRITTEN)
    deadline: Positive = Field(default="30s", description="Longest that one fetch may take, all in all.", **_AS_WRITTEN)
    max_bytes: Size = Field(default="10MiB", description="Largest document, after decompression.", **_AS_WRITTEN)
    max_hops: int = Field(default=5, ge=0, le=20, description="Redirects followed.")
    host_gap: Duration = Field(default="1s", description="Least time between requests to one host.", **_AS_WRITTEN)
    backoff_max: Positive = Field(default="6h", description="A failing feed is asked at least so often.", **_AS_WRITTEN)
    broken_after: int = Field(default=3, ge=1, description="Failed polls in a row before an outage is told.")
    concurrency: int = Field(default=256, ge=1, le=1024, description="Fetches at the same time.")
    user_agent: str = Field(default="newsmonitor/0.1", min_length=1, description="Who we say we are; name a contact.")
    allow_networks: Networks = Field(default=(), description="Non-public addresses that feeds may be at.")
    trust_env: bool = Field(default=False, description="Obey HTTP_PROXY and its kin.")
    parse_timeout: Positive = Field(
        default="4s", description="Longest that parsing a document may take.", **_AS_WRITTEN
    )
    parse_memory: Size = Field(default="512MiB", description="Most memory a parsing process may use.", **_AS_WRITTEN)
    parse_workers: int = Field(default=2, ge=1, le=64, description="Parsing processes.")

    @field_validator("user_agent")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(character) < 32 for character in value):
            raise refuse("bad-header", "the user agent has a line break in it", "write it in one line")
        return value


class DeliverySettings(Shape):
    """How hard a message is tried."""

    backoff_first: Positive = Field(default="15s", description="Pause after the first failed try.", **_AS_WRITTEN)
    backoff_max: Positive = Field(default="30m", description="Longest pause between tries.", **_AS_WRITTEN)
    probe_every: Positive = Field(default="5m", description="Pause between probes of a failing channel.", **_AS_WRITTEN)
    refused_wait: Positive = Field(default="1h", description="Pause after a refused token or log-in.", **_AS_WRITTEN)
    give_up_after: Positive = Field(default="3d", description="Then the delivery is dead, and reported.", **_AS_WRITTEN)
    report_after: Duration = Field(default="4m", description="A channel down for so long is reported.", **_AS_WRITTEN)
    drain: Duration = Field(default="10s", description="What a stop waits for sends under way.", **_AS_WRITTEN)


class StoriesSettings(Shape):
    """How articles are made into stories."""

    window: Positive = Field(default="72h", description="How far apart two articles of a story may be.", **_AS_WRITTEN)
    watch_pages: Duration = Field(
        default="3d", description="How long told pages are watched for rules that tell removals.", **_AS_WRITTEN
    )


class RetentionSettings(Shape):
    """How long things are kept."""

    articles: Positive = Field(default="365d", description="Articles, matches and alerts.", **_AS_WRITTEN)
    size: Size | None = Field(default=None, description="Largest database; the oldest articles go first.")
    identities: Positive = Field(
        default="1095d", description="Digests of purged articles, so that none alerts again.", **_AS_WRITTEN
    )
    events: Positive = Field(default="90d", description="The journal.", **_AS_WRITTEN)


class BackupSettings(Shape):
    """Automatic backups of the database."""

    every: Positive = Field(default="24h", description="How often one is made.", **_AS_WRITTEN)
    keep: int = Field(default=7, ge=0, description="How many are kept; 0 makes none.")
    directory: Path | None = Field(default=None, description="Where to; `backups` in the data directory if left out.")


class LogSettings(Shape):
    """What the program says about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much.")
    format: Literal["auto", "console", "json"] = Field(default="auto", description="`auto` is console on a terminal.")


class Config(Shape):
    """All settings. ``warnings`` are problems that did not keep it from loading."""

    data: Path = Field(default=Path("data"), description="Directory of the database.")
    rules: Path = Field(default=Path("rules"), description="Directory of the rules.")
    timezone: Zone = Field(default=ZoneInfo("UTC"), description="Zone of times in messages, quiet hours and digests.")
    backfill: bool = Field(default=False, description="Alert on what the first poll of a feed brings, too.")
    watch: bool = Field(default=True, description="Take up saved rule files without a restart.")
    operations: str = Field(default="", description="Channel for news about newsmonitor itself.")
    polling: PollingSettings = Field(default=PollingSettings(), description="How feeds are asked.")
    feeds: tuple[FeedSettings, ...] = Field(default=(), description="What is watched.")
    channels: dict[str, ChannelSettings] = Field(default={}, description="Where messages go, by name.")
    quiet_hours: dict[str, QuietSettings] = Field(default={}, description="When messages wait, by name.")
    digests: dict[str, DigestSettings] = Field(default={}, description="When messages go together, by name.")
    routes: tuple[RouteSettings, ...] = Field(default=(), description="Who gets what, beyond what rules say.")
    delivery: DeliverySettings = Field(default=DeliverySettings(), description="How hard a message is tried.")
    stories: StoriesSettings = Field(default=StoriesSettings(), description="How articles are made into stories.")
    retention: RetentionSettings = Field(default=RetentionSettings(), description="How long things are kept.")
    backup: BackupSettings = Field(default=BackupSettings(), description="Automatic backups.")
    log: LogSettings = Field(default=LogSettings(), description="What the program says about itself.")

    _warnings: tuple[Problem, ...] = ()

    @field_validator("channels", "quiet_hours", "digests")
    @classmethod
    def _names(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if not NAME_PATTERN.fullmatch(name):
                fix = "use lower-case letters, digits and hyphens"
                raise refuse("bad-name", f"“{name}” is not a usable name", fix)
        return value

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed and probably not meant."""
        return self._warnings
