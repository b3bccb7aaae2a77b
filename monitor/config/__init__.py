"""config.yaml → :class:`Config`: every setting with its default, every problem at once with file:line:column."""

from monitor.config.channels import ChannelSettings, DigestSettings, QuietSettings, RouteSettings
from monitor.config.feeds import FeedSettings
from monitor.config.load import known_names, load_config
from monitor.config.routing import routing_of
from monitor.config.settings import Config, PollingSettings

__all__ = [
    "ChannelSettings",
    "Config",
    "DigestSettings",
    "FeedSettings",
    "PollingSettings",
    "QuietSettings",
    "RouteSettings",
    "known_names",
    "load_config",
    "routing_of",
]
