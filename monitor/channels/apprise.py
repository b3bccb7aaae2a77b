"""The hundred chat services that Apprise knows, one fresh plug-in object with one address for every send.

The plug-in's own ``send`` is called for the services in ``services``: the message is already escaped, cut and laid out,
and goes out as it is. All others get plain text through ``notify``, which escapes it for them. Nothing of Apprise's
dispatching is used: no shared pool, no waiting between sends, no second try behind our back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import apprise

from monitor.alerts.message import Message
from monitor.alerts.style import Style
from monitor.channels.errand import Errand, Memory
from monitor.channels.exchange import Watch, watching
from monitor.channels.outcomes import Outcome, Rejected, Retry, Sent
from monitor.channels.senders import Line, Senders
from monitor.channels.services import UNCONFIRMED, known_service, other_service
from monitor.channels.spec import RECIPIENT, ChannelError, ChannelSpec
from monitor.channels.verdict import judge
from monitor.rules.model import Severity

_TYPES = {
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
    Severity.HIGH: apprise.NotifyType.WARNING,
}
# These print addresses with tokens in them, some at ERROR. What matters is in the outcome.
_TALKATIVE = ("apprise", "urllib3", "requests", "charset_normalizer", "slixmpp", "paho")


def _quiet() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


class AppriseChannel:
    """One Apprise URL, or one per recipient when it holds ``{to}``."""

    def __init__(self, spec: ChannelSpec, clock: Callable[[], datetime]) -> None:
        _quiet()
        self.name = spec.name
        self.recipients = spec.recipients or ("",)
        self._spec = spec
        self._clock = clock
        self._asset = apprise.AppriseAsset(
            app_id="newsmonitor",
            app_desc="newsmonitor",
            app_url="",
            http_redirects=False,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )
        if spec.recipients and RECIPIENT not in spec.url.reveal():
            raise ChannelError(f"channel {spec.name}: write {RECIPIENT} in its URL where a recipient belongs")
        if RECIPIENT in spec.url.reveal() and not spec.recipients:
            raise ChannelError(f"channel {spec.name}: its URL has a {RECIPIENT} but no recipients are listed")
        plugin = self._plugin(self.recipients[0])
        if len(plugin) > 1:
            raise ChannelError(
                f"channel {spec.name}: its URL names {len(plugin)} places; write {RECIPIENT} there and list them under"
                " recipients, so that each is delivered to on its own"
            )
        self._service = known_service(type(plugin).__name__) or other_service(
            spec.name, plugin.body_maxlen, plugin.title_maxlen
        )
        self.style: Style = self._service.style
        self.warnings = self._warnings(spec)
        self._memory = Memory()
        self._senders = Senders(spec.name, spec.senders, spec.timeout)

    @property
    def hanging(self) -> int:
        """Attempts given up on whose thread has not come back yet."""
        return self._senders.hanging

    async def send(self, message: Message, recipient: str) -> Outcome:
        """Send to one recipient."""
        return await self._senders.run(lambda line: self._send(message, recipient, line))

    def _plugin(self, recipient: str) -> Any:  # noqa: ANN401 - Apprise's plug-ins share no useful type
        url = self._spec.url.reveal().replace(RECIPIENT, quote(recipient, safe=""))
        try:
            plugin = apprise.Apprise.instantiate(url, asset=self._asset, suppress_exceptions=True)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            plugin = None
        if plugin is None:
            raise ChannelError(
                f"channel {self.name}: Apprise cannot use its URL (a mistyped scheme, a missing part, or a package this"
                " service needs)"
            ) from None
        return plugin

    def _send(self, message: Message, recipient: str, line: Line) -> Outcome:
        plugin = self._plugin(recipient)
        plugin.redirects = False
        plugin.throttle = lambda *_args, **_settings: None  # it sleeps, up to minutes; waiting is the outbox's work
        headers = self._service.tune(plugin, message)
        proxy = self._spec.proxy.reveal() if self._spec.proxy else ""
        with watching(Watch(line, self._spec.ca_file, proxy, headers)) as watch:
            try:
                errand = Errand(self.name, plugin, message, watch, self._clock(), self._memory)
                outcome = self._service.speech(errand)
                if outcome is not None:
                    return outcome
                done = self._handed_over(plugin, message)
            except UnicodeError:
                return Rejected("the message cannot be encoded for this service")
            except Exception as error:  # noqa: BLE001 - a hundred plug-ins by many hands: none may stop the outbox
                if watch.failure:
                    return Retry(watch.failure, whole_channel=True)
                return Retry(f"its Apprise plug-in failed with {type(error).__name__}", unclear=True)
        return self._outcome(done, watch)

    def _handed_over(self, plugin: Any, message: Message) -> bool:  # noqa: ANN401 - see _plugin
        """Whether the plug-in says that it worked."""
        body_format = apprise.NotifyFormat(self._service.body_format)
        notify_type = _TYPES.get(message.severity, apprise.NotifyType.INFO)
        title = message.title if self.style.title else ""
        if known_service(type(plugin).__name__):
            return bool(plugin.send(message.body, title=title, notify_type=notify_type, body_format=body_format))
        return bool(
            plugin.notify(
                body=message.body or message.title,
                title=title,
                notify_type=notify_type,
                body_format=body_format,
                overflow=apprise.OverflowMode.TRUNCATE,
            )
        )

    def _outcome(self, done: bool, watch: Watch) -> Outcome:
        if not self._service.confirms and not watch.exchanges and not watch.failure:
            if done:
                return Sent()
            return Retry("its Apprise plug-in reports a failure without saying which", unclear=True)
        outcome = judge(watch, self._clock(), self._service.receipt, self._service.refusal)
        if isinstance(outcome, Sent) and not done:
            return Retry("its Apprise plug-in does not accept the answer", unclear=True)
        return outcome

    def _warnings(self, spec: ChannelSpec) -> tuple[str, ...]:
        scheme = spec.url.reveal().partition("://")[0].lower()
        if scheme in UNCONFIRMED:
            return (f"channel {spec.name}: {scheme}:// cannot confirm a delivery; lost messages will count as sent",)
        if not self._service.confirms:
            return (f"channel {spec.name}: {scheme}:// has not been verified with newsmonitor",)
        return ()
