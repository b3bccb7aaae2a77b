"""A certificate for localhost that lives as long as a test."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """The certificate's file and its key's."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
            f" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {key} -out {certificate}"
        ).split(),
        check=True,
        capture_output=True,
    )
    return certificate, key
