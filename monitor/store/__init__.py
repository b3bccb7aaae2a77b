"""The database: tables, queries, migrations. Rows never leave this package."""
