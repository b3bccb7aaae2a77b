"""Which addresses may be reached: feeds and redirects come from strangers, the daemon stands inside someone's network.

Pure: no look-up happens here. The blocks are those of the IANA special-purpose registries (IPv4: RFC 6890 and
updates; IPv6: the same with RFC 4291), written out so that what is refused does not change with the Python version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_IPV4_BLOCKS: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(block), name)
    for block, name in (
        ("0.0.0.0/8", "this network (RFC 791)"),
        ("10.0.0.0/8", "private use (RFC 1918)"),
        ("100.64.0.0/10", "shared address space (RFC 6598)"),
        ("127.0.0.0/8", "loopback (RFC 1122)"),
        ("169.254.0.0/16", "link local (RFC 3927)"),
        ("172.16.0.0/12", "private use (RFC 1918)"),
        ("192.0.0.0/24", "IETF protocol assignments (RFC 6890)"),
        ("192.0.2.0/24", "documentation (RFC 5737)"),
        ("192.31.196.0/24", "AS112 (RFC 7535)"),
        ("192.52.193.0/24", "AMT (RFC 7450)"),
        ("192.88.99.0/24", "6to4 relay (RFC 7526)"),
        ("192.168.0.0/16", "private use (RFC 1918)"),
        ("192.175.48.0/24", "AS112 (RFC 7534)"),
        ("198.18.0.0/15", "benchmarking (RFC 2544)"),
        ("198.51.100.0/24", "documentation (RFC 5737)"),
        ("203.0.113.0/24", "documentation (RFC 5737)"),
        ("224.0.0.0/4", "multicast (RFC 5771)"),
        ("240.0.0.0/4", "reserved or broadcast (RFC 1112)"),
    )
)

_IPV6_BLOCKS: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(block), name)
    for block, name in (
        ("::1/128", "loopback (RFC 4291)"),
        ("::/96", "unspecified or IPv4-compatible (RFC 4291)"),
        ("64:ff9b:1::/48", "local-use NAT64 (RFC 8215)"),
        ("100::/64", "discard only (RFC 6666)"),
        ("100:0:0:1::/64", "dummy prefix (RFC 9780)"),
        ("2001::/23", "IETF protocol assignments (RFC 2928)"),
        ("2001:db8::/32", "documentation (RFC 3849)"),
        ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
        ("3fff::/20", "documentation (RFC 9637)"),
        ("5f00::/16", "segment routing (RFC 9602)"),
        ("fc00::/7", "unique local (RFC 4193)"),
        ("fe80::/10", "link local (RFC 4291)"),
        ("fec0::/10", "site local (RFC 3879)"),
        ("ff00::/8", "multicast (RFC 4291)"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_IPV4_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_TEREDO = IPv6Network("2001::/32")
_SIX_TO_FOUR = IPv6Network("2002::/16")


def special_purpose(address: Address) -> str:
    """Say which special-purpose block an address lies in; empty if it is public.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is judged by what it carries.
    """
    if isinstance(address, IPv4Address):
        return next((name for block, name in _IPV4_BLOCKS if address in block), "")
    carried = _carried_ipv4(address)
    if carried:
        return next((name for name in map(special_purpose, carried) if name), "")
    named = next((name for block, name in _IPV6_BLOCKS if address in block), "")
    return named or ("" if address in _GLOBAL_UNICAST else "reserved by the IETF (RFC 4291)")


def _carried_ipv4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses a packet to this IPv6 address may end at."""
    bits = int(address)
    if address in _IPV4_MAPPED or address in _NAT64:
        return (IPv4Address(bits & 0xFFFF_FFFF),)
    if address in _SIX_TO_FOUR:
        return (IPv4Address(bits >> 80 & 0xFFFF_FFFF),)
    if address in _TEREDO:  # RFC 4380 §4: the server, and the client with its bits inverted
        return (IPv4Address(bits >> 64 & 0xFFFF_FFFF), IPv4Address(~bits & 0xFFFF_FFFF))
    return ()


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def literal_address(host: str) -> Address | None:
    """Read a host that is an address in any spelling that ``inet_aton`` takes; None if it is a name.

    ``127.1``, ``0x7f000001``, ``2130706433`` and ``0177.0.0.1`` are all 127.0.0.1; brackets and a zone are dropped
    from IPv6. A number that is no valid address is a name that no one has.
    """
    bare = host.strip("[]").partition("%")[0]
    if ":" in bare:
        try:
            return IPv6Address(bare)
        except ValueError:
            return None
    parts = bare.rstrip(".").split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        return _inet_aton([_number(part) for part in parts])
    except ValueError:
        return None


def _number(part: str) -> int:
    """One part as ``strtoul`` with base 0 reads it: hexadecimal, octal or decimal. Raises ValueError."""
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part[0] == "0" else 10)


def _inet_aton(numbers: list[int]) -> IPv4Address:
    """Put one to four numbers together: the last fills all bytes that are left. Raises ValueError."""
    *heads, last = numbers
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        raise ValueError("a part of the address is too large")
    return IPv4Address(sum(head << 8 * (3 - place) for place, head in enumerate(heads)) + last)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One entry of ``allow_networks``: a network or a host name, at one port or (None) at all."""

    network: Network | None
    host: str
    port: int | None


_BRACKETED = re.compile(r"\[([^\]]+)\](?::(\d+))?")
_PLAIN = re.compile(r"([^:\s]+)(?::(\d+))?")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")


def parse_allowance(text: str) -> Allowance:
    """Read ``10.0.0.5``, ``10.0.0.0/8``, ``127.0.0.1:8080``, ``fd00::/8``, ``[::1]:8080`` or ``localhost:8080``.

    Raises ValueError with a sentence for the user.
    """
    entry = text.strip()
    bracketed = _BRACKETED.fullmatch(entry)
    plain = _PLAIN.fullmatch(entry)
    found = bracketed or plain
    place, digits = (found[1], found[2]) if found else (entry, None)
    port = int(digits) if digits else None
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"“{entry}”: {port} is not a port; ports go from 1 to 65535")
    try:
        return Allowance(ip_network(place, strict=False), "", port)
    except ValueError:
        name = place.lower()
        if bracketed or not plain or re.fullmatch(r"[\d./x]+", name) or not _HOST_NAME.fullmatch(name):
            raise ValueError(
                f"“{entry}” is neither an address, a network nor a host; write 10.0.0.5, 10.0.0.0/8, 127.0.0.1:8080, "
                "[::1]:8080 or localhost:8080"
            ) from None
        return Allowance(None, name.rstrip("."), port)


class AddressPolicy:
    """What one feed may reach: every public address, and what its operator allows beyond that."""

    def __init__(self, allow_networks: Iterable[str] = ()) -> None:
        self.entries = frozenset(allow_networks)
        self._allowances = tuple(map(parse_allowance, self.entries))

    def refusal(self, host: str, address: Address, port: int) -> str:
        """Say why this address must not be connected to, and how to allow it; empty if it may be."""
        purpose = special_purpose(address)
        if not purpose or self.opens(host, address, port):
            return ""
        at = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
        where = f"{host} is an address" if literal_address(host) else f"{host} is at {address}, an address"
        return (
            f"{where} for {purpose}, not a public one, so it was not contacted; "
            f"if that is meant, set allow_networks: ['{at}'] for this feed."
        )

    def opens(self, host: str, address: Address | None, port: int) -> bool:
        """Whether the operator has named this place; an address inside IPv6 counts as the IPv4 one it carries."""
        name = host.lower().rstrip(".")
        faces = () if address is None else (address, *(_carried_ipv4(address) if address.version == 6 else ()))
        return any(
            allowance.port in {None, port}
            and (
                allowance.host == name
                if allowance.network is None
                else any(face in allowance.network for face in faces if face.version == allowance.network.version)
            )
            for allowance in self._allowances
        )


def parse_address(text: str) -> Address:
    """An address as the resolver writes it, a zone dropped. Raises ValueError."""
    return ip_address(text.partition("%")[0])
