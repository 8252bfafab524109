"""Sales of Tryton that are ours: found by our key in their comment, moved by their buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oms.erp.adapters.tryton.assemble import mark, marked
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.compare import SaleState
from oms.erp.errors import ErpAway, ErpRefused
from oms.outbox.sender import OutcomeUnknown
from runtime.faults import fault_point

Sale = Mapping[str, Any]
STEPS = ("draft", "quotation", "confirmed", "processing", "done")
PLACED = frozenset({"confirmed", "processing", "done"})
_FIELDS = ["number", "state", "untaxed_amount", "shipment_state", "invoice_state", "invoice_method", "comment", "shipments",
           "invoices", "lines"]


class Sales:
    """Reads and moves sales of one installation."""

    def __init__(self, rpc: Rpc, identity: str) -> None:
        self._rpc = rpc
        self._ours = marked(identity)

    def of(self, order_no: str) -> list[dict[str, Any]]:
        """Every sale of ours for an order, the oldest first."""
        return self.search([["reference", "=", order_no], self._ours])

    def with_key(self, key: str) -> list[dict[str, Any]]:
        """Every sale that carries this key."""
        return self.search([["comment", "like", f"%{mark(key)}%"]])

    def search(self, domain: list[Any]) -> list[dict[str, Any]]:
        """Sales by a condition, the oldest first."""
        found: list[dict[str, Any]] = self._rpc.call(
            "model.sale.sale.search_read", domain, 0, None, [["id", "ASC"]], _FIELDS)
        return found

    def again(self, sale: Sale) -> dict[str, Any]:
        """The sale as it is now."""
        (found,) = self._rpc.call("model.sale.sale.read", [sale["id"]], _FIELDS)
        return dict(found)

    def press(self, button: str, sale: Sale) -> dict[str, Any]:
        """Press a button of the sale; returns the sale after it. Raises OutcomeUnknown without an answer, ErpRefused."""
        self.write("sale.sale", button, [sale["id"]])
        return self.again(sale)

    def write(self, model: str, method: str, *arguments: Any) -> None:
        """A call that changes something: without an answer, nobody knows whether it did."""
        try:
            self._rpc.call(f"model.{model}.{method}", *arguments)
        except ErpAway as e:
            raise OutcomeUnknown(e.sentence, code=e.code) from e

    def confirm(self, sale: Sale) -> str:
        """Quote and confirm a draft; returns its number. When it is processed, Tryton's own settings say. Raises ErpRefused."""
        for step, button in (("draft", "quote"), ("quotation", "confirm")):
            if sale["state"] == step:
                sale = self.press(button, sale)
                fault_point("tryton.moved")
        if sale["state"] not in PLACED:
            raise ErpRefused(
                f"The sale {called(sale)} in Tryton is {sale['state']}. Confirm it there, then resend.", code="erp_not_confirmed")
        return str(sale["number"])


def called(sale: Sale) -> str:
    """What people call a sale: its number, or its id while it has none."""
    return str(sale["number"] or f"no. {sale['id']}")


def state_of(sale: Sale) -> SaleState:
    """How far a sale is. One whose shipments and invoices were all cancelled and left is done in Tryton, and cancelled to us."""
    is_withdrawn = sale["state"] == "done" and sale["shipment_state"] == "none" and sale["invoice_state"] == "none"
    if sale["state"] == "cancelled" or is_withdrawn:
        return SaleState.CANCELLED
    return SaleState.PLACED if sale["state"] in PLACED else SaleState.DRAFT


def is_alive(sale: Sale) -> bool:
    """Whether anything may still come of the sale."""
    return state_of(sale) is not SaleState.CANCELLED
