"""The rule language: model, loader, lint, compile, match, explain, tests. Pure but for the loader."""
