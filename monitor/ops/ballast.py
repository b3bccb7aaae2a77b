"""A few MiB of the disk held back, to be let go when it is full: then what was sent can still be written down."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 8 * 1024 * 1024
_TIGHT = 1024 * 1024


class Ballast:
    """A file of real blocks beside the database. It is there, or the disk has no room for it."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self._path = path
        self._size = size

    def take(self) -> bool:
        """Hold the space back again. False if there is no room for it, or hardly any beside it."""
        if not self._is_whole() and not self._filled():
            return False
        with suppress(OSError):
            return shutil.disk_usage(self._path.parent).free >= _TIGHT
        return False

    def release(self) -> None:
        """Give the space back; harmless if done twice."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _is_whole(self) -> bool:
        with suppress(OSError):
            return self._path.stat().st_size == self._size
        return False

    def _filled(self) -> bool:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.posix_fallocate(file, 0, self._size)
            finally:
                os.close(file)
        except OSError:
            self.release()
            return False
        return True
