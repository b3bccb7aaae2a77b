"""The ``channels:`` of config.yaml, and what governs when they speak: quiet hours, digests, routes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from monitor.alerts.digest_times import parse_times
from monitor.alerts.wallclock import parse_days, parse_time
from monitor.config.secrets import UNKNOWN
from monitor.config.values import Hidden, Languages, Positive, Zone, by_calling
from monitor.rules.fields import Rate, Shape, Words, refuse
from monitor.rules.shapes import DigestShape, SeverityWord
from monitor.secret import Secret

ChannelType = Literal["console", "webhook", "email", "apprise"]
_EMAIL_SCHEMES = frozenset({"mailto", "mailtos", "smtp", "smtps"})


def _digest(value: Any) -> Any:  # noqa: ANN401  (anything may stand in a file)
    return {"as": value} if isinstance(value, str) else value


def _days(value: Any) -> Any:  # noqa: ANN401
    return ",".join(value) if isinstance(value, list) and all(isinstance(day, str) for day in value) else value


Days = Annotated[
    str, BeforeValidator(_days, json_schema_input_type=str | list[str]), by_calling(parse_days, "bad-days")
]
TimeOfDay = Annotated[str, by_calling(parse_time, "bad-time")]


class ChannelSettings(Shape):
    """One place messages go to. A bare URL, or the word `console`, is a channel too."""

    type: ChannelType = Field(default="apprise", description="Found from the URL if left out.")
    url: Hidden | None = Field(
        default=None, description="Apprise URL, webhook URL, or `smtp://user:password@host:587`."
    )
    secret: Hidden | None = Field(default=None, description="Key that signs webhook requests (HMAC-SHA256).")
    sender: str = Field(default="", alias="from", description="The From address of e-mail.")
    to: Words = Field(default=(), description="Recipients; each gets its own delivery.")
    min_severity: SeverityWord = Field(default="info", description="Less severe alerts do not go here.")
    quiet: str = Field(default="", description="Quiet hours: messages wait, critical ones break through.")
    digest: Annotated[DigestShape | None, BeforeValidator(_digest, json_schema_input_type=str | DigestShape)] = Field(
        default=None, description="Send together, at the times of a digest."
    )
    budget: Rate | None = Field(default=None, description="At most so many messages, then one “and N more”.")
    fallback: str = Field(default="", description="The channel that takes over when this one is down.")
    fallback_after: Positive = Field(default=timedelta(minutes=15), description="Down for so long first.")
    timeout: Positive = Field(default=timedelta(seconds=30), description="Longest that one try may take.")
    senders: int = Field(default=2, ge=1, le=32, description="How many tries may run at the same time.")
    max_attempts: int | None = Field(default=None, ge=1, description="Give up after so many tries, if time is not up.")
    timezone: Zone | None = Field(default=None, description="Zone of the times in its messages.")
    templates: Path | None = Field(default=None, description="Directory with your own message templates.")
    enabled: bool = Field(default=True, description="Whether anything is sent through it.")

    @model_validator(mode="before")
    @classmethod
    def _normal_form(cls, value: Any) -> Any:  # noqa: ANN401
        """Take a bare URL for a channel, and find the type from the URL."""
        if isinstance(value, str):
            value = {"url": value}
        if not isinstance(value, dict):
            return value
        url = value.get("url")
        shown = url.reveal() if isinstance(url, Secret) else url
        if shown == "console":
            return {**{key: item for key, item in value.items() if key != "url"}, "type": "console"}
        if "type" not in value and isinstance(shown, str):
            return {**value, "type": _type_of(shown)}
        return value

    @model_validator(mode="after")
    def _complete(self) -> ChannelSettings:
        if self.type == "console":
            return self
        if self.url is None or not self.url.reveal().strip():
            raise refuse("missing-key", "the channel has no URL", "add `url:`, or `type: console`")
        if self.url.reveal() == UNKNOWN:
            return self  # what fits to it cannot be judged
        if "://" not in self.url.reveal():
            raise refuse("bad-url", "the channel's URL has no “://” in it", "write console, or a URL with its scheme")
        if self.type == "webhook" and _scheme(self.url.reveal()) not in {"http", "https"}:
            raise refuse("bad-url", "a webhook's URL starts with https:// or http://")
        if self.secret is not None and self.type != "webhook":
            raise refuse("no-effect", f"`secret` signs webhooks, and this channel is {self.type}", "remove it")
        if self.sender and self.type != "email":
            raise refuse("no-effect", f"`from` is for e-mail, and this channel is {self.type}", "remove it")
        if self.type == "email" and not self.to and "to=" not in self.url.reveal():
            raise refuse("missing-key", "the e-mail channel has no recipients", "add `to: [name@example.org]`")
        return self


class QuietSettings(Shape):
    """Hours in which messages wait."""

    start: TimeOfDay = Field(alias="from", description="When it begins: `22:00`.")
    end: TimeOfDay = Field(alias="to", description="When it ends; the next day if that is earlier: `07:00`.")
    days: Days = Field(default="daily", description="Days on which it begins: `mon-fri`, `[sat, sun]`, `daily`.")
    timezone: Zone | None = Field(default=None, description="Zone of these times; the top-level one if left out.")


class DigestSettings(Shape):
    """When alerts that wait for a digest are sent together."""

    at: Annotated[str, by_calling(parse_times, "bad-time")] = Field(
        default="", description="Times: `07:00`, `mon-fri 07:00,17:00; sat 10:00`, `*:00` for every full hour."
    )
    count: int | None = Field(default=None, ge=1, description="Also once so many alerts wait.")
    timezone: Zone | None = Field(default=None, description="Zone of these times; the top-level one if left out.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:  # noqa: ANN401
        return {"at": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ever(self) -> DigestSettings:
        if not self.at and self.count is None:
            raise refuse("missing-key", "the digest never goes out", "add `at: 07:00` or `count: 20`")
        return self


class WhenSettings(Shape):
    """What an alert must be like for a route; every line that is given must hold."""

    severity: SeverityWord = Field(default="info", description="This severity or a higher one.")
    tags: Words = Field(default=(), description="The rule has any of these tags.")
    languages: Languages = Field(default=(), description="The story is told in any of these languages.")
    rules: Words = Field(default=(), description="Rule ids; `dprk-*` is every id that begins so.")


class RouteSettings(Shape):
    """Sends alerts to channels beyond those the rule names."""

    when: WhenSettings = Field(default=WhenSettings(), description="Which alerts; all if left out.")
    to: Words = Field(min_length=1, description="Channel names.")
    otherwise: bool = Field(default=False, description="Only for alerts that would reach nobody.")


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def _type_of(url: str) -> ChannelType:
    scheme = _scheme(url)
    if scheme in {"http", "https"}:
        return "webhook"
    return "email" if scheme in _EMAIL_SCHEMES else "apprise"
