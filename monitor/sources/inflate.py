"""Undoing Content-Encoding within bounds: a kilobyte may claim to be a gigabyte. Pure."""

from __future__ import annotations

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_OVERHEAD = 64 * 1024  # what gzip may add to data that does not compress, and padding after it
# Seen in the wild where no coding is meant.
_NO_CODING = frozenset({b"", b"identity", b"none", b"utf-8", b"binary", b"8bit"})


class BadEncodingError(Exception):
    """The body is encoded in a way that was not asked for, or is not what it says; carries a sentence."""


class TooLargeError(Exception):
    """The body is larger than allowed."""


class UnfinishedError(Exception):
    """The compressed body stops before its end."""


class Body:
    """A body as it grows: takes raw chunks, gives the decoded whole, never holds more than ``max_bytes`` of it.

    Only gzip is undone, once (RFC 1952, also of several members): nothing else was asked for.
    """

    def __init__(self, content_encoding: bytes, max_bytes: int) -> None:
        """Raises :class:`BadEncodingError` for a coding that was not asked for."""
        codings = [coding.strip().lower() for coding in content_encoding.split(b",")]
        codings = [coding for coding in codings if coding not in _NO_CODING]
        if codings not in ([], [b"gzip"], [b"x-gzip"]):
            named = b", ".join(codings).decode("ascii", "replace")[:40]
            raise BadEncodingError(f"The server compressed its answer as “{named}” although only gzip was asked for.")
        self._gunzip = zlib.decompressobj(_GZIP) if codings else None
        self._after_member = b""  # what came after a member's end: the first bytes of the next, or padding
        self._room = max_bytes
        self._most_received = max_bytes + _OVERHEAD
        self._pieces: list[bytes] = []
        self.received = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk. Raises :class:`TooLargeError` and :class:`BadEncodingError`."""
        self.received += len(chunk)
        if self.received > self._most_received:
            raise TooLargeError
        if self._gunzip is None:
            self._keep(chunk)
            return
        try:
            while chunk:
                chunk = self._inflate(self._gunzip, chunk)
        except zlib.error:
            raise BadEncodingError("The body is not the gzip data it is said to be, or it is damaged.") from None

    def _inflate(self, gunzip: zlib._Decompress, chunk: bytes) -> bytes:
        """Decode one piece; give what is left of the chunk."""
        if not gunzip.eof:
            self._keep(gunzip.decompress(chunk, self._room + 1))
            return gunzip.unused_data or gunzip.unconsumed_tail
        if len(self._after_member) < len(_GZIP_MAGIC):
            self._after_member += chunk
            if self._after_member.startswith(_GZIP_MAGIC):
                member, self._after_member = self._after_member, b""
                self._gunzip = zlib.decompressobj(_GZIP)
                return member
        return b""  # padding after the last member is ignored, as gzip itself does

    def _keep(self, piece: bytes) -> None:
        self._room -= len(piece)
        if self._room < 0:
            self._pieces.clear()
            raise TooLargeError
        if piece:
            self._pieces.append(piece)

    def whole(self) -> bytes:
        """All of it. Raises :class:`UnfinishedError`, and :class:`BadEncodingError` if it is still compressed."""
        if self._gunzip is not None and self.received and not self._gunzip.eof:
            raise UnfinishedError
        body = b"".join(self._pieces)
        self._pieces.clear()
        if body.startswith((_GZIP_MAGIC, _ZSTD_MAGIC)):
            raise BadEncodingError("The body is compressed in a way its headers do not say, or twice.")
        return body
