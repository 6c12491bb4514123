"""Which network addresses may be connected to: those of the public Internet, and no others.

A name that somebody else chose may resolve to anything: to this machine, to a neighbour behind the
firewall, or to the service in which a cloud keeps a machine's credentials. What is not known to be
public is closed. An IPv6 address that stands for an IPv4 one is judged by the latter.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast and reserved space
_CLOSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; one cloud keeps its metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public address by its looks: one cloud's own service
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# All that is assigned to the public so far; loopback, link-local, site-local, unique-local and
# multicast addresses lie outside.
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, benchmarking, ORCHID and other protocols' own
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address belongs to the public Internet.

    >>> from ipaddress import ip_address
    >>> [is_public(ip_address(text)) for text in ("93.184.215.14", "::ffff:10.0.0.1")]
    [True, False]
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that would be reached in the end."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
