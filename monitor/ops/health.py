"""Is the daemon doing its work? Signs of life per part, and troubles in words. Values only; time is an argument."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True)
class Health:
    """When each part last showed life (monotonic seconds), and the troubles that are known.

    A part that has not shown life for ``patience`` is a trouble; so is whatever was reported with :meth:`trouble`
    until it is cleared.
    """

    patience: timedelta = timedelta(seconds=45)
    _alive: dict[str, float] = field(default_factory=dict)
    _troubles: dict[str, str] = field(default_factory=dict)

    def alive(self, part: str, monotonic: float) -> None:
        """``part`` (``database``, ``sender``, ``scheduler``) has just done its work."""
        self._alive[part] = monotonic
        self._troubles.pop(part, None)

    def trouble(self, part: str, sentence: str) -> None:
        """``part`` cannot do its work; cleared by its next sign of life."""
        self._troubles[part] = sentence

    def is_stuck(self, monotonic: float) -> bool:
        """Whether some part shows no life: what a restart may cure, unlike a trouble that a part reports itself."""
        return bool(self._silent(monotonic))

    def troubles(self, monotonic: float) -> tuple[str, ...]:
        """What is wrong now, in sentences; empty when all is well."""
        silent = {part: f"{part}: no sign of life for {seconds:.0f} s" for part, seconds in self._silent(monotonic)}
        told = {part: f"{part}: {sentence}" for part, sentence in self._troubles.items()}
        return tuple(sorted({**silent, **told}.values()))

    def _silent(self, monotonic: float) -> list[tuple[str, float]]:
        patience = self.patience.total_seconds()
        return [(part, monotonic - seen) for part, seen in self._alive.items() if monotonic - seen > patience]
