"""From settings to the values that decide who is told, and when."""

from __future__ import annotations

from monitor.alerts.digest_times import DigestTimes, parse_times
from monitor.alerts.quiet import parse_quiet
from monitor.alerts.routes import ChannelPolicy, Route, Routing
from monitor.config.channels import ChannelSettings, RouteSettings
from monitor.config.settings import Config
from monitor.rules.model import Severity


def routing_of(config: Config) -> Routing:
    """Channels, routes, quiet hours and digests; what is not enabled is left out."""
    zone = config.timezone
    return Routing(
        channels={name: _policy(name, channel) for name, channel in config.channels.items() if channel.enabled},
        routes=tuple(_route(route) for route in config.routes),
        quiet={
            name: parse_quiet(name, start=one.start, end=one.end, zone=one.timezone or zone, days=one.days)
            for name, one in config.quiet_hours.items()
        },
        digests={
            name: DigestTimes(name, one.timezone or zone, parse_times(one.at) if one.at else (), one.count)
            for name, one in config.digests.items()
        },
    )


def _policy(name: str, channel: ChannelSettings) -> ChannelPolicy:
    digest = channel.digest
    return ChannelPolicy(
        name=name,
        recipients=channel.to or ("",),
        min_severity=Severity[channel.min_severity.upper()],
        quiet=channel.quiet,
        digest_below=Severity[digest.below.upper()] if digest is not None and digest.below is not None else None,
        digest_as=digest.name if digest is not None else "",
        budget=channel.budget,
        fallback=channel.fallback,
        fallback_after=channel.fallback_after,
    )


def _route(route: RouteSettings) -> Route:
    return Route(
        to=route.to,
        severity=Severity[route.when.severity.upper()],
        tags=frozenset(route.when.tags),
        languages=frozenset(route.when.languages),
        rules=route.when.rules,
        otherwise=route.otherwise,
    )
