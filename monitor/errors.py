"""The one tree of errors that newsmonitor raises on purpose.

::

    NewsmonitorError
    ├── ProblemsError            a config or rule file has faults; carries every located problem
    ├── ChannelError             a channel cannot be opened as configured; shows nothing of its URL
    ├── StoreError               the database cannot be used as asked
    │   ├── AlreadyRunningError  another daemon holds this database
    │   ├── NewerDatabaseError   written by a newer program
    │   ├── CorruptDatabaseError failed its integrity check
    │   └── DiskFullError        no space left; the daemon pauses and heals
    └── UsageError               the command line asks for something that is not there

What happens while polling or sending is not an error but an outcome (see ``sources.outcomes`` and ``channels``):
a dead feed is ordinary. Foreign exceptions are mapped to this tree or to an outcome at the one place where their
library is imported; anything else is a bug and is allowed to crash.
"""

from __future__ import annotations


class NewsmonitorError(Exception):
    """Root of the tree: a message for the user that says what, where and what to do."""


class StoreError(NewsmonitorError):
    """The database cannot be used as asked."""


class AlreadyRunningError(StoreError):
    """Another daemon holds this database."""


class NewerDatabaseError(StoreError):
    """The database was written by a newer program; this one must not touch it."""


class CorruptDatabaseError(StoreError):
    """The database file is not one, or failed its integrity check."""


class DiskFullError(StoreError):
    """No space is left for a write; the same write may succeed later."""


class UsageError(NewsmonitorError):
    """The command line asks for something that does not exist."""
