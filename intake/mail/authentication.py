"""What our own mail server found about the sender: the Authentication-Results header, RFC 8601.

Anybody can write such a header into a mail, so only the topmost one that bears the name of a server of ours is believed;
servers take headers of strangers that bear their name away (RFC 8601, section 5).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from intake.mail.headers import Headers

METHODS = ("spf", "dkim", "dmarc")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(spf|dkim|dmarc)(?:/\d+)?\s*=\s*([a-z]{1,20})")


def authentication_of(headers: Headers, servers: Collection[str]) -> str | None:
    """The results as "spf=pass dkim=fail dmarc=fail", methods in this order; of several results of one method a pass counts.

    None when no server of ours wrote any. `servers`: authserv-ids in lower case.
    """
    for name, value in headers.fields:
        if name == "authentication-results":
            plain = _COMMENT.sub(" ", value).lower()
            server, _, results = plain.partition(";")
            if server.split()[:1] and server.split()[0] in servers:
                return _joined(_RESULT.findall(results))
    return None


def _joined(found: list[tuple[str, str]]) -> str | None:
    said = {
        method: "pass" if (method, "pass") in found else next(result for m, result in found if m == method)
        for method in METHODS if any(m == method for m, _ in found)}
    return " ".join(f"{method}={result}" for method, result in said.items()) or None
