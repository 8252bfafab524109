"""Named points at which a test may kill the process: `ORDERMILL_FAULT=name:n` sends SIGKILL at the n-th passing.

Costs one dictionary look-up when the variable is not set.
"""

from __future__ import annotations

import os
import signal
from itertools import count

_name, _, _nth = os.environ.get("ORDERMILL_FAULT", "").partition(":")
_passings = count(1)

POINTS: list[str] = [
    "poll.fetched",             # mail in memory, nothing stored
    "receive.stored",           # blob durable, no row yet
    "receive.committed",        # row durable, not acknowledged
    "poll.moved",               # mail moved on the server, not noted yet
    "read.begun",               # tries counted, nothing taken apart
    "read.unpacked",            # document rows stored
    "read.document_stored",     # one document's readings stored
    "read.finished",            # cases opened
    "match.begun",
    "match.finished",           # draft and doubts stored, state moved
    "handover.before_commit",   # order, reservations and outbox rows written, not committed
    "handover.committed",
    "outbox.claimed",           # a worker holds the message, nothing sent
    "erp.delivered",            # the receiver has it, we have not noted it
    "outbox.noted",             # delivery noted
    "mail.accepted",            # the SMTP server has taken the mail, we have not noted it
]
"""The names an order meets on its way through an installation as it is by default, in that order."""
POINTS_ELSEWHERE: list[str] = [
    "tryton.created",           # a draft is there, unconfirmed
    "tryton.moved",             # quoted or confirmed there
    "tryton.changed",           # a change is in the sale, or in its successor, unconfirmed
    "tryton.withdrawn",         # a sale's shipments and invoices are cancelled there, and the sale asks what to make of it
    "tryton.filled",            # a shipment there holds what we sent, and is not done
    "tryton.credited",          # the credit note is there, not posted
    "tryton.returned",          # the sale of returned goods is there, not confirmed
    "webhook.posted",           # the receiver answered, we have not noted it
]
"""Names met only with a receiver that is set up beside; tests of their own pass them."""


def fault_point(name: str) -> None:
    """Die here if the environment asks for it."""
    if _name and name == _name and next(_passings) == int(_nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
