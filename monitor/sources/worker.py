"""A process that reads documents for the daemon and may be killed at any moment.

Protocol on stdin and stdout, all lengths in bytes: one JSON line ``{"job", "content_type", "url", "length"}`` and the
body; back come one line with a length and that many bytes of JSON. ``ready`` is the first line of all. The end of
stdin ends the process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import BinaryIO

_OVERLONG = "The document needs more memory than one feed may take."


def main() -> None:
    """Serve until stdin ends. Arguments: bytes of address space, seconds of processor time per document."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing here writes files; nothing subverted shall
    os.nice(5)  # the loop that fetches and sends goes first
    # Imported under no limit yet: a limit too low is to fail documents, not the start.
    from monitor.sources.documents import parse_document  # noqa: PLC0415
    from monitor.sources.fulltext import extract  # noqa: PLC0415
    from monitor.sources.outcomes import FailureKind, PollFailed  # noqa: PLC0415
    from monitor.sources.wire import encode_outcome, encode_text  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    _send(replies, b"ready\n")
    while line := requests.readline():
        job = json.loads(line)
        body = _read(requests, job["length"])
        _allow_processor(seconds)
        try:
            if job["job"] == "feed":
                reply = encode_outcome(parse_document(body, job["content_type"], job["url"]))
            else:
                reply = encode_text(extract(body, job["content_type"], job["url"]))
        except (MemoryError, RecursionError):
            reply = encode_outcome(PollFailed(FailureKind.PARSE_LIMIT, _OVERLONG))
        del body
        _send(replies, b"%d\n" % len(reply) + reply)


def _read(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length)
    if len(body) != length:  # the daemon has gone
        sys.exit(0)
    return body


def _send(stream: BinaryIO, reply: bytes) -> None:
    stream.write(reply)
    stream.flush()


def _allow_processor(seconds: int) -> None:
    """Give the next document so much processor time; past it the kernel ends the process, daemon or no daemon."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
