"""What counts as an address of the public network, in every spelling."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.addresses import AddressPolicy, literal_address, parse_allowance, special_purpose


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.31.196.1", "192.52.193.1",
        "192.88.99.1", "192.168.1.1", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
        "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:101::1", "2001:0:808:808::f5ff:fffe", "2001:0:a00:1::f7f7:f7f7",
        "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
        "4000::1", "8000::1", "::ffff:0:8.8.8.8",
    ],
)  # fmt: skip
def test_a_special_purpose_address_is_not_public(address: str) -> None:
    assert special_purpose(ip_address(address))
    assert "not contacted" in AddressPolicy().refusal("name.example", ip_address(address), 80)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
        "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2003::1",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:0:808:808::f7f7:f7f7", "2001:200::1",
    ],
)  # fmt: skip
def test_a_public_address_is_public(address: str) -> None:
    assert special_purpose(ip_address(address)) == ""
    assert AddressPolicy().refusal("name.example", ip_address(address), 80) == ""


@given(st.ip_addresses(v=4))
def test_nothing_that_python_calls_private_is_public(address: IPv4Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        assert special_purpose(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_ipv6_is_as_public_as_it_is_by_itself(address: IPv4Address) -> None:
    bits = int(address)
    for disguise in (0xFFFF << 32 | bits, 0x64FF9B << 96 | bits, 0x2002 << 112 | bits << 80):
        assert special_purpose(IPv6Address(disguise)) == special_purpose(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"), ("0x7f000001", "127.0.0.1"),
        ("0X7F.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("017700000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"), ("0x7f.0.0.1", "127.0.0.1"), ("0", "0.0.0.0"), ("0x", "0.0.0.0"),
        ("10.1", "10.0.0.1"), ("127.0.0.1.", "127.0.0.1"), ("[::1]", "::1"), ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1"), ("[::ffff:127.0.0.1]", "::ffff:7f00:1"),
    ],
)  # fmt: skip
def test_odd_spellings_are_read_as_the_system_reads_them(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize("host", ["a.example", "1.2.3.4.5", "256.1.1.1", "4294967296", "09.1", "1..2", "", ":", "x::y"])
def test_a_name_is_not_an_address(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "opened"),
    [
        pytest.param("10.0.0.5", "h", "10.0.0.5", 1, True, id="an address at any port"),
        pytest.param("10.0.0.5", "h", "10.0.0.6", 1, False, id="another address"),
        pytest.param("10.0.0.0/8", "h", "10.9.9.9", 80, True, id="a network"),
        pytest.param("10.0.0.5/8", "h", "10.9.9.9", 80, True, id="a network named by a host in it"),
        pytest.param("127.0.0.1:8080", "h", "127.0.0.1", 8080, True, id="a port"),
        pytest.param("127.0.0.1:8080", "h", "127.0.0.1", 8081, False, id="another port"),
        pytest.param("[::1]:8080", "h", "::1", 8080, True, id="IPv6 with a port"),
        pytest.param("::1", "h", "::1", 5, True, id="IPv6"),
        pytest.param("fd00::/8", "h", "fd12::1", 5, True, id="an IPv6 network"),
        pytest.param("127.0.0.1", "h", "::ffff:127.0.0.1", 5, True, id="IPv4 inside IPv6"),
        pytest.param("localhost:8080", "LOCALHOST", "127.0.0.1", 8080, True, id="a name"),
        pytest.param("localhost:8080", "other", "127.0.0.1", 8080, False, id="another name at that address"),
        pytest.param("localhost", "localhost.", "::1", 1, True, id="a name with the root's dot"),
    ],
)  # fmt: skip
def test_an_operator_opens_what_is_named_and_no_more(
    entry: str, host: str, address: str, port: int, opened: bool
) -> None:
    assert (AddressPolicy([entry]).refusal(host, ip_address(address), port) == "") is opened


@pytest.mark.parametrize(
    "entry",
    ["", "10.0.0.5:0", "10.0.0.5:99999", "10.0.0.0/40", "1.2.3", "a b", "http://x", "-x", "[localhost]:80"],
)
def test_a_mistaken_entry_is_refused_with_an_example(entry: str) -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.5|ports"):
        parse_allowance(entry)


def test_the_refusal_says_how_to_allow_it() -> None:
    sentence = AddressPolicy().refusal("wiki.example", ip_address("10.0.0.5"), 8080)
    assert "allow_networks: ['10.0.0.5:8080']" in sentence
    assert AddressPolicy(["10.0.0.5:8080"]).refusal("wiki.example", ip_address("10.0.0.5"), 8080) == ""
