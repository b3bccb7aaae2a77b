"""systemd, health, logging with redaction."""
