"""The database: tables, queries, migrations. Rows never leave this package.

Use it through :class:`Store` and the query modules, one per subject (``feeds``, ``articles``, ``deliveries``…), whose
functions take a :class:`Transaction` and values. To add a table: its class in ``tables/``, a revision in
``migrations/versions/``, ``HEAD`` in ``migrations/__init__.py``, a query module, a line in ``docs/database.md``.
"""

from monitor.store.engine import Store
from monitor.store.transaction import Transaction

__all__ = ["Store", "Transaction"]
