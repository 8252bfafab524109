"""Who gets the acknowledgement of an order, or why nobody does. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.domain.messages import MailKind

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_NOBODY = re.compile(
    r"(no|not|pas|nicht)[-_.]?(reply|repondre|antworten)|^(mailer-daemon|postmaster|bounces?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Nobody:
    """No mail is written, and why."""

    code: str
    sentence: str


def choose_recipient(
    *, kind: MailKind | None, sender: str | None, reply_to: str | None, customer_domain: str | None
) -> str | Nobody:
    """The address to answer. Reply-To is believed only within the sender's or the customer's domain, else prices could be
    drawn to a stranger. `kind` is None for what did not come by mail.
    """
    if kind is None or not (sender or reply_to):
        return Nobody("no_sender", "The order did not come by mail, so there is nobody to acknowledge it to.")
    if kind is not MailKind.ORDINARY:
        return Nobody("automatic_mail", f"The mail is of the kind {kind.value}; automatic mail is never answered.")
    trusted = {_domain(sender), (customer_domain or "").lower()} - {""}
    wanted = [reply_to] if reply_to and (not sender or _domain(reply_to) in trusted) else []
    usable = [a.strip() for a in [*wanted, sender] if a and is_address(a.strip()) and not is_nobody(a)]
    if not usable:
        return Nobody("no_reply_address", f"Nobody reads {reply_to or sender}; acknowledge this order by another way.")
    return usable[0]


def is_address(text: str) -> bool:
    """True for one plain ASCII mail address, up to 254 characters (RFC 5321, 4.5.3.1)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def is_nobody(address: str) -> bool:
    """True for no-reply, bounce and mailer addresses."""
    return bool(_NOBODY.search(address.strip().rpartition("@")[0]))


def _domain(address: str | None) -> str:
    return (address or "").strip().rpartition("@")[2].lower()
