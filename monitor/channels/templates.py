"""Reads the templates from where they lie: the bundled ones beside the renderer, the user's own in a directory."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from monitor.alerts.stationery import Templates

_LARGEST = 100_000  # bytes; a template is a page of text


def load_templates(directory: Path | None = None) -> Templates:
    """The bundled templates, and over them the ``*.j2`` files of this directory.

    Raises ``OSError`` when the directory or a file in it cannot be read. What is wrong inside the files,
    ``Templates.faults()`` says.
    """
    folder = resources.files("monitor.alerts") / "templates"
    bundled = {item.name: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".j2")}
    return Templates(bundled, _own(directory) if directory else {})


def _own(directory: Path) -> dict[str, str]:
    own = {}
    for path in sorted(directory.iterdir()):
        if path.suffix == ".j2" and path.is_file():
            with path.open("rb") as file:
                own[path.name] = file.read(_LARGEST).decode("utf-8", "replace")
    return own
