"""Foreign errors of a fetch, told as outcomes: one sentence each that a user understands and can act on."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from http import HTTPStatus

from monitor.sources.connect import ForbiddenAddressError
from monitor.sources.inflate import BadEncodingError
from monitor.sources.lanes import ExchangeError, PeerBrokeProtocolError
from monitor.sources.outcomes import FailureKind, PollFailed
from monitor.sources.resolve import LookupOverdueError, NameNotFoundError
from monitor.sources.targets import BadUrlError

# What OpenSSL found (x509_vfy.h), in words. {host} is who was asked.
_CERTIFICATE_FAULTS = {
    9: "{host}'s certificate is not valid yet; is this machine's clock right?",
    10: "{host}'s certificate has expired.",
    18: "{host} has a certificate that it signed itself.",
    19: "{host}'s certificate comes from an authority that this machine does not trust.",
    20: "{host}'s certificate comes from an authority that this machine does not trust.",
    21: "{host} does not send all the certificates that lead to a trusted authority.",
    23: "{host}'s certificate has been revoked.",
    62: "{host}'s certificate is for another host.",
    64: "{host}'s certificate is for another address.",
}
_CONNECT_FAULTS = {
    errno.ECONNREFUSED: "{host} refused the connection; nothing listens there.",
    errno.ECONNRESET: "{host} broke the connection off.",
    errno.EHOSTUNREACH: "There is no way to {host} from this machine's network.",
    errno.ENETUNREACH: "There is no way to {host} from this machine's network; is it online?",
    errno.ETIMEDOUT: "{host} did not answer.",
    errno.EMFILE: "This machine has no file descriptors left to open a connection with.",
    errno.ENFILE: "This machine has no file descriptors left to open a connection with.",
}


def failure(error: Exception, host: str) -> PollFailed:
    """The outcome that an error of a fetch means."""
    match error:
        case BadUrlError():
            return PollFailed(FailureKind.BAD_URL, str(error))
        case ForbiddenAddressError():
            return PollFailed(FailureKind.FORBIDDEN_ADDRESS, str(error))
        case NameNotFoundError() | LookupOverdueError():
            return PollFailed(FailureKind.DNS, str(error))
        case BadEncodingError():
            return PollFailed(FailureKind.BAD_ENCODING, str(error))
        case ExchangeError():
            return _exchange_failure(error, host)
        case _:
            raise error


def _exchange_failure(error: ExchangeError, host: str) -> PollFailed:
    if error.begun:
        return PollFailed(FailureKind.CUT_SHORT, f"{host} broke off before its answer was complete.")
    causes = list(_causes(error))
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return PollFailed(FailureKind.TLS, _tls_sentence(tls, host))
    if isinstance(error, PeerBrokeProtocolError):
        if "without sending a response" in str(error):
            return PollFailed(FailureKind.PROTOCOL, f"{host} closed the connection without an answer.")
        return PollFailed(FailureKind.PROTOCOL, f"What {host} answered is not proper HTTP.")
    codes = (cause.errno for cause in causes if isinstance(cause, OSError))
    sentence = next(
        (_CONNECT_FAULTS[code] for code in codes if code in _CONNECT_FAULTS), "{host} could not be reached."
    )
    return PollFailed(FailureKind.CONNECT, sentence.format(host=host))


def _tls_sentence(error: ssl.SSLError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        fallback = f"{{host}}'s certificate could not be verified ({error.verify_message})."
        return _CERTIFICATE_FAULTS.get(error.verify_code, fallback).replace("{host}", host)
    return f"No encrypted connection to {host} could be made ({error.reason or 'TLS failed'})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it came from, and the members of any group among them; at most 50."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < 50:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        members = current.exceptions if isinstance(current, BaseExceptionGroup) else ()
        waiting += [link for link in (current.__cause__, current.__context__, *members) if link is not None]


def status_failure(status: int, host: str) -> PollFailed:
    """The outcome of a status that brings no feed and asks for no waiting."""
    if status == 410:
        return PollFailed(FailureKind.GONE, f"{host} says that this feed is gone for good (410).", status=status)
    if status in {204, 205}:
        return PollFailed(FailureKind.EMPTY, f"{host} answered without any content ({status}).", status=status)
    if status == 304:
        return PollFailed(FailureKind.HTTP_STATUS, f"{host} says that nothing is new to a first request.", status=304)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "unknown"
    meaning = {
        401: "it wants a user and password, or other ones",
        403: "it does not let this program read the feed",
        404: "the feed is not there",
        405: "it does not let the feed be fetched",
        407: "the proxy wants a user and password",
        451: "it must not show the feed for legal reasons",
    }.get(status, "the server has a fault" if status >= 500 else "that is no feed")
    return PollFailed(FailureKind.HTTP_STATUS, f"{host} answered {status} ({phrase}): {meaning}.", status=status)
