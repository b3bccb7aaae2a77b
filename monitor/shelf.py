"""A file in the user's cache for word forms: so a dictionary is read once for each word of a rule, not in each run."""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from monitor.text import lemmas


class FormShelf:
    """A file that may be missing, broken or impossible to write: that costs time and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        """What the file holds, nothing if it cannot be read."""
        try:
            return self._path.read_bytes()
        except OSError:
            return b""

    def write(self, document: bytes) -> None:
        """Replace the file at once, so that nobody ever reads half of it."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
                try:
                    file.write(document)
                    file.flush()
                    Path(file.name).replace(self._path)
                except OSError:
                    Path(file.name).unlink()
                    raise


def keep_forms(environment: Mapping[str, str] = os.environ) -> None:
    """Keep the word forms that this process reads from dictionaries, from now on and at the latest when it ends.

    In ``$CACHE_DIRECTORY``, which systemd gives a service, or in the user's cache (XDG Base Directory Specification
    0.8); not at all if there is neither.
    """
    given = environment.get("CACHE_DIRECTORY", "").split(":")[0]
    home = environment.get("HOME", "")
    cache = environment.get("XDG_CACHE_HOME", "")
    if not cache.startswith("/"):  # a relative one counts as none, says the specification
        cache = f"{home}/.cache" if home else ""
    directory = given or (f"{cache}/newsmonitor" if cache else "")
    if directory:
        lemmas.keep_on(FormShelf(Path(directory) / "word-forms.json.gz"))
        atexit.unregister(lemmas.put_away)
        atexit.register(lemmas.put_away)
