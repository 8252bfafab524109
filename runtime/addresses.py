"""Where a server of somebody else's choosing may stand: on the public internet, never inside our own network."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from models.errors import InputError, TransientError


class ForbiddenAddress(InputError):
    """The name leads to this machine, to a private network, or to no ordinary host."""

    code = "address_forbidden"


class UnknownHost(TransientError):
    """The name leads nowhere now."""

    code = "host_unknown"


def resolve(host: str, port: int, *, allow_private: bool = False) -> str:
    """The one IP address to connect to; whoever connects must use it, or a second answer of the name server could lead elsewhere.

    Every address of the name must be public: a name with one private address is refused. Raises ForbiddenAddress, UnknownHost.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as e:
        raise UnknownHost(f"The name {host} leads nowhere. Check its spelling, and the name server.") from e
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for address in addresses:
        if not allow_private and not _is_public(address):
            raise ForbiddenAddress(
                f"{host} leads to {address}, which is not on the public internet. Use a public address, or set "
                "ORDERMILL_WEBHOOK_PRIVATE=true if receivers stand in your own network.")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return all(x.is_global and not x.is_multicast for x in (ip, mapped) if x is not None)
