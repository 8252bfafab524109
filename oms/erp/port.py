"""What Ordermill asks of an ERP: take a message once, say later whether it did, and tell what changed over there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from oms.erp import payload
from oms.erp.compare import There
from oms.erp.compare_credits import NoteThere
from oms.erp.errors import ErpRefused
from oms.erp.identity import key_of
from oms.outbox.sender import Delivered, Outgoing
from runtime.faults import fault_point


class Capability(StrEnum):
    """What an adapter can do."""

    PUSH_ORDER = "push_order"
    PUSH_CHANGE = "push_change"
    PUSH_CANCEL = "push_cancel"
    PUSH_SHIPMENT = "push_shipment"
    PUSH_CREDIT = "push_credit"
    PUSH_RETURN = "push_return"
    PULL_CUSTOMERS = "pull_customers"
    PULL_ITEMS = "pull_items"
    PULL_PRICES = "pull_prices"
    PULL_SHIPMENTS = "pull_shipments"
    PULL_INVOICES = "pull_invoices"
    PULL_STOCK = "pull_stock"
    LIST_SALES = "list_sales"
    LIST_CREDITS = "list_credits"


class Noun(StrEnum):
    """What can be pulled, in the order in which it must be: later nouns name what earlier ones brought."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    PRICES = "prices"
    SHIPMENTS = "shipments"        # before stock: what left must be off the shelf here before the shelf is counted
    INVOICES = "invoices"
    STOCK = "stock"

    @property
    def capability(self) -> Capability:
        """What an adapter must be able to do for it."""
        return Capability(f"pull_{self.value}")


COMPARISON = "sales"
"""What the comparison of our orders with the ERP's sales is called beside the nouns."""
NEEDS: Mapping[str, Capability] = {
    payload.CREATED: Capability.PUSH_ORDER,
    payload.CANCELLED: Capability.PUSH_CANCEL,
    payload.SHIPPED: Capability.PUSH_SHIPMENT,
    payload.CREDITED: Capability.PUSH_CREDIT,
    payload.RETURNED: Capability.PUSH_RETURN,
}
"""Kinds of messages, and what the adapter must be able to do; any other kind is a change of an order."""
EVERY_PUSH = frozenset({
    Capability.PUSH_ORDER, Capability.PUSH_CHANGE, Capability.PUSH_CANCEL, Capability.PUSH_SHIPMENT})
"""What every adapter that writes messages as they are can do; credit memos go only to ERPs that keep the accounts, returned
goods to those that keep the stock."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """Rows of one noun, in the columns of the import file of the same name, and where to go on next time.

    Shipments: order_no, shipment, state, tracking, sku, quantity (base units). Invoices, a row a line: order_no, invoice, state
    ("issued", "paid"), currency, issued_on, tax and total of the whole, sku ("" of a charge), quantity (base units), amount
    (net), credits (the invoice that a credit note takes back, else ""). `skipped`: what was left out over there, in sentences.
    """

    rows: Iterable[Mapping[str, str]]
    cursor: str
    skipped: tuple[str, ...] = ()


class ErpPort(Protocol):
    """One ERP system. Adapters live in `oms.erp.adapters`."""

    system: str
    """What links and cursors call it."""
    capabilities: frozenset[Capability]

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Hand over a message; returns the ERP's id for it. The same key again must change nothing and return the same id.

        `confirmed` in it, where there is any, is what people said yes to of what the ERP asked in earlier tries: [{name, words}].

        Raises TransientError when nothing was taken over and a later try may succeed, InputError when a person is needed before
        another try makes sense, OutcomeUnknown when it may have been taken over.
        """

    def find(self, key: str) -> str | None:
        """The ERP's id for this key, or None when it never took it. Raises TransientError when it cannot be asked."""

    def preview(self, message: Mapping[str, Any], *, key: str) -> str:
        """What `submit` would hand over, as text; changes nothing. Raises as `submit` does."""

    def check(self) -> str:
        """One sentence that says what answers. Raises ErpMisconfigured or ErpAway."""

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """What changed since a cursor, all when it is None. Raises ErpMisconfigured or ErpAway, ErpRefused where it cannot."""

    def sales(self, since: datetime) -> Sequence[There]:
        """Every sale that came from us and was entered since then. Raises as `pull` does."""

    def credits(self, since: datetime) -> Sequence[NoteThere]:
        """Every credit note for our orders, from us or written there, that was entered since then. Raises as `pull` does."""


class ErpSender:
    """The outbox's sender for `Channel.ERP`. `identity` of the installation is part of every key that leaves."""

    can_ask = True
    blocked: str | None = None

    def __init__(self, port: ErpPort, identity: str) -> None:
        self.port = port
        self._identity = identity

    def send(self, message: Outgoing, about_to_send: Callable[[], None]) -> Delivered:
        """Submit under the message's key. Raises ErpRefused for what this ERP cannot be told."""
        needed = NEEDS.get(message.kind, Capability.PUSH_CHANGE)
        if needed not in self.port.capabilities:
            raise ErpRefused(
                f"The ERP adapter “{self.port.system}” cannot pass on “{message.kind}”. Do it by hand in the ERP, then give this "
                "message up.", code="erp_cannot_do")
        about_to_send()
        key = key_of(self._identity, message.key)
        confirmed = {"confirmed": [asdict(x) for x in message.confirmed]} if message.confirmed else {}
        external_id = self.port.submit({**message.content, **confirmed, "id": key}, key=key)
        fault_point("erp.delivered")
        return Delivered(external_id)

    def find(self, key: str) -> Delivered | None:
        """Ask the ERP whether it has the message."""
        external_id = self.port.find(key_of(self._identity, key))
        return Delivered(external_id) if external_id is not None else None


def cannot_pull(system: str, noun: Noun | str) -> ErpRefused:
    """What an adapter raises for a noun it has nothing to say about."""
    return ErpRefused(
        f"The ERP adapter “{system}” brings no {noun}. Import them as a file instead.", code="erp_cannot_do")
