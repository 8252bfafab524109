"""Ports for servers that are told theirs before they listen."""

from __future__ import annotations

import os
import socket
from itertools import count

LOWEST, COUNT = 10_000, 20_000
"""Below those that the kernel gives to whoever asks for any: until our server listens, nobody gets its port by chance."""
_APART = 97
_NEXT = count(os.getpid() * _APART)


def free_port() -> int:
    """A loopback port that nobody listens on, given once: test processes begin at different places and never come back to one."""
    for n in _NEXT:
        port = LOWEST + n % COUNT
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("counting never ends")
