"""What one message says: a delivery alone, or those of one batch put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from monitor.alerts.content import AlertContent, Content, DigestContent, MoreContent
from monitor.alerts.digest import batch_kind
from monitor.alerts.snapshot import from_json
from monitor.store.values import ClaimedDelivery

_MORE_SHOWN = 10
"""How many of "and N more" are listed; the rest is a number and in the archive."""


def compose(message: Sequence[ClaimedDelivery], now: datetime) -> Content:
    """What one message says: an alert, a notice, or a batch put together. Raises ``ValueError`` if it is unreadable."""
    contents = [from_json(one.alert.alert.content) for one in message]
    first = message[0]
    if not first.delivery.batch:
        return contents[0]
    told = tuple(content for content in contents if isinstance(content, AlertContent))
    uid = f"{told[0].uid}.{len(told)}"
    if batch_kind(first.delivery.batch) != "budget":
        return DigestContent(uid, first.delivery.batch.split(" ")[1], told, now)
    weightiest = sorted(told, key=lambda content: (-content.severity, content.found_at))[:_MORE_SHOWN]
    rules = {content.rule: content.rule_title for content in told}
    rule, title = next(iter(rules.items())) if len(rules) == 1 else ("", "")
    severity = max(content.severity for content in told)
    return MoreContent(uid, rule, title, severity, len(told), now, contents=tuple(weightiest))


def messages_of(claimed: Sequence[ClaimedDelivery]) -> list[list[ClaimedDelivery]]:
    """Deliveries of one recipient and one batch leave together, all others alone; oldest first."""

    def key(one: ClaimedDelivery) -> tuple[str, str, int]:
        batch = one.delivery.batch
        return (batch, one.delivery.recipient, 0 if batch else one.delivery.id)

    groups = [list(group) for _, group in groupby(sorted(claimed, key=key), key=key)]
    return sorted(groups, key=lambda group: min(one.delivery.id for one in group))
