"""Durations, sizes and rates as people write them: ``1h30m``, ``10MiB``, ``10/h``."""

from __future__ import annotations

import re
from datetime import timedelta

from monitor.rules.model import Budget

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_DURATION = re.compile(rf"(?:{_PART.pattern}\s*)+")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)?")
_SIZE_UNITS = {
    "": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
    "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
}  # fmt: skip
_LONGEST = timedelta(days=100 * 366)
_RATE = re.compile(r"(\d+)\s*/\s*(.+)")

DURATION_FORM = "a duration such as 30s, 15m, 1h30m or 3d"
SIZE_FORM = "a size such as 500KiB, 10MiB or 2GiB"
RATE_FORM = "a rate such as 10/h, 3/15m or 100/d"


def parse_duration(text: str) -> timedelta:
    """``90s``, ``1h30m``, ``3d``; raises ValueError with a sentence on anything else."""
    if not _DURATION.fullmatch(text.strip()):
        raise ValueError(f"“{text}” is not {DURATION_FORM}")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"“{text}” is longer than a century")
    return timedelta(seconds=seconds)


def format_duration(value: timedelta) -> str:
    """The shortest writing that :func:`parse_duration` reads back as the same: ``1h30m``."""
    left = round(value.total_seconds() * 1000)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        size = round(_UNITS[unit] * 1000)
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return "".join(parts) or "0s"


def parse_size(text: str) -> int:
    """Bytes in ``10MiB`` or ``500KB``; raises ValueError with a sentence on anything else."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"“{text}” is not {SIZE_FORM}")
    return round(float(found[1]) * _SIZE_UNITS[found[2] or ""])


def parse_rate(text: str) -> Budget:
    """``10/h`` is ten an hour, ``3/15m`` three in a quarter of one; raises ValueError on anything else."""
    found = _RATE.fullmatch(text.strip())
    if not found or int(found[1]) < 1:
        raise ValueError(f"“{text}” is not {RATE_FORM}")
    period = found[2].strip()
    try:
        return Budget(int(found[1]), parse_duration(period if period[0].isdigit() else f"1{period}"))
    except ValueError:
        raise ValueError(f"“{text}” is not {RATE_FORM}") from None


def format_rate(budget: Budget) -> str:
    """The writing :func:`parse_rate` reads back as the same."""
    period = format_duration(budget.period)
    return f"{budget.count}/{period[1:] if re.fullmatch('1[a-z]+', period) else period}"
