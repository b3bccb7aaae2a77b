"""Finds the files that come with the program: the rule pack, the example configuration, the unit."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """``rules``, ``config.example.yaml`` or ``systemd``: from the installed package, else from the source tree."""
    packed = _HERE / "_bundled" / name
    return packed if packed.exists() else _HERE.parent / name
