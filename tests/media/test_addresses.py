"""Which addresses are public: the ranges of both families, and the ones that hide another."""

from ipaddress import ip_address

import pytest

from app.media.addresses import is_public

CLOSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.1
169.254.169.254 169.254.170.2 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.1.2.3
::ffff:169.254.169.254 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::1 100::1 2001::1 2001:0:53aa:64c:0:fbf0:d1b3:f2e2 2001:db8::1 2002:7f00:1::
2002:a9fe:a9fe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%2 fec0::1 ff02::1
ff0e::1 4000::1
"""
OPEN = """
1.1.1.1 93.184.215.14 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.1 126.255.255.255
128.0.0.1 169.253.1.1 172.15.255.255 172.32.0.1 192.167.1.1 198.17.1.1 198.20.0.1
223.255.255.255 2606:4700::1111 2a00:1450:4001:81b::200e ::ffff:1.1.1.1 64:ff9b::101:101
"""


@pytest.mark.parametrize("text", CLOSED.split())
def test_what_is_not_public_is_closed(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", OPEN.split())
def test_what_is_public_is_open(text: str) -> None:
    assert is_public(ip_address(text))
