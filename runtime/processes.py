"""Names of processes that hold leases, and whether such a process is gone. A lease of a process that died on this machine need
not run out: whoever comes next may take it at once."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

_HOLDER = re.compile(r"^(?P<host>.+?)-(?P<pid>\d+)(-[0-9a-f]{8})?$")


def process_name() -> str:
    """This process as a holder of leases: "host-pid"; a suffix of "-" and eight hex digits may be added to it."""
    return f"{socket.gethostname()[:32]}-{os.getpid()}"


def is_gone(holder: str) -> bool:
    """True when `holder` is a process of this machine that is not running any more; False when that cannot be told."""
    found = _HOLDER.match(holder)
    if found is None or found["host"] != socket.gethostname()[:32]:
        return False
    return not Path(f"/proc/{found['pid']}").exists()
