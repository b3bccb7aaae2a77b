"""The schema, as the current program wants it; ``migrations/`` leads every older database here."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from monitor.store.columns import Row
from monitor.store.tables import archive, judging, telling, watching

METADATA: MetaData = Row.metadata


def _table(row: type[Row]) -> Table:
    return METADATA.tables[str(row.__tablename__)]


feeds = _table(archive.FeedRow)
hosts = _table(archive.HostRow)
articles = _table(archive.ArticleRow)
versions = _table(archive.VersionRow)
identities = _table(archive.IdentityRow)
matches = _table(archive.MatchRow)
events = _table(archive.EventRow)
meta = _table(archive.MetaRow)

alerts = _table(telling.AlertRow)
deliveries = _table(telling.DeliveryRow)
attempts = _table(telling.AttemptRow)
channels = _table(telling.ChannelRow)

stories = _table(judging.StoryRow)
story_members = _table(judging.MemberRow)
story_changes = _table(judging.StoryChangeRow)
stories_apart = _table(judging.ApartRow)
told = _table(judging.ToldRow)
held = _table(judging.HeldRow)
silences = _table(judging.SilenceRow)
muted = _table(judging.MutedRow)
feedback = _table(judging.FeedbackRow)

pages = _table(watching.PageRow)
uncounted = _table(watching.UncountedRow)
rules = _table(watching.RuleRow)
