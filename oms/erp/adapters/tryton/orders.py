"""Orders into Tryton: one sale for each of ours, created as a draft, checked, quoted and confirmed.

Tryton cannot keep a key of ours unique, so an answer that was lost may leave a second draft behind. Drafts bind nobody: of
several with our key only one is ever confirmed, the one that is furthest, else the oldest; the other drafts are deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oms.erp import payload
from oms.erp.adapters.tryton.assemble import check_total, marked
from oms.erp.adapters.tryton.changes import TrytonChanges
from oms.erp.adapters.tryton.credits import TrytonCredits
from oms.erp.adapters.tryton.returns import TrytonReturns
from oms.erp.adapters.tryton.rpc import Rpc, confirming
from oms.erp.adapters.tryton.sales import PLACED, STEPS, Sales, called, state_of
from oms.erp.adapters.tryton.shipments import TrytonShipments
from oms.erp.adapters.tryton.values import SaleValues
from oms.erp.compare import There
from oms.erp.errors import ErpRefused
from runtime.faults import fault_point


class TrytonOrders:
    """Hands orders, their changes and shipments over. `house_units` as in `Units`, `identity` of the installation, `charge_item`
    as in `SaleValues`."""

    def __init__(self, rpc: Rpc, house_units: Mapping[str, str], identity: str, charge_item: str) -> None:
        self._rpc = rpc
        self._ours = marked(identity)
        self._sales = Sales(rpc, identity)
        self._values = SaleValues(rpc, house_units, charge_item)
        self._changes = TrytonChanges(rpc, self._sales, self._values)
        self._shipments = TrytonShipments(rpc, self._sales, house_units)
        self._returns = TrytonReturns(rpc, self._sales, self._values)
        self._credits = TrytonCredits(rpc, self._sales, house_units, charge_item)

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Do what the message says; see `ErpPort.submit`. The id given back is the number of the sale, shipment or note."""
        with confirming(message.get("confirmed", ())):
            return self._do(message, key)

    def _do(self, message: Mapping[str, Any], key: str) -> str:
        match message["kind"]:
            case payload.CREATED:
                return self._place(message, key)
            case payload.CANCELLED:
                return self._changes.cancel(message)
            case payload.CHANGED:
                return self._changes.change(message, key)
            case payload.CREDITED:
                return self._credits.issue(message, key)
            case payload.SHIPPED:
                return self._shipments.send(message)
            case payload.RETURNED:
                return self._returns.receive(message, key)
        raise ErpRefused(
            f"Tryton cannot be told of “{message['kind']}” by itself. Do it in the sale {message.get('order_no', '')} there, "
            "then give this message up.", code="erp_cannot_do")

    def find(self, key: str) -> str | None:
        """The number of the confirmed sale, posted credit note or return shipment done that carries this key; a draft is not
        delivered yet."""
        if f"/{payload.CREDIT_KEY}" in key:
            return self._credits.find(key)
        if f"/{payload.RETURN_KEY}" in key:
            return self._returns.find(key)
        placed = [sale for sale in self._sales.with_key(key) if sale["state"] in PLACED]
        return str(placed[0]["number"]) if placed else None

    def preview(self, message: Mapping[str, Any], key: str) -> str:
        """The values of the sale as JSON, ids as Tryton has them; Tryton is asked, and nothing entered."""
        if message["kind"] != payload.CREATED:
            return json.dumps(dict(message), ensure_ascii=False, indent=2)
        return json.dumps(self._values.of(message, key), ensure_ascii=False, indent=2, default=str)

    def sales(self, since: datetime) -> list[There]:
        """Every sale with a key of ours that was entered since then."""
        domain = [self._ours, ["reference", "!=", None], ["create_date", ">=", since]]
        fields = ["reference", "number", "state", "shipment_state", "invoice_state", "untaxed_amount", "currency.code"]
        found = self._rpc.call("model.sale.sale.search_read", domain, 0, None, [["id", "ASC"]], fields)
        return [There(
            sale["reference"], called(sale), state_of(sale), sale["currency."]["code"], sale["untaxed_amount"]) for sale in found]

    def _place(self, message: Mapping[str, Any], key: str) -> str:
        sales = self._sales.with_key(key)
        if not sales:
            values = self._values.of(message, key)
            self._sales.write("sale.sale", "create", [values])
            fault_point("tryton.created")
            sales = self._sales.with_key(key)
        sale = self._only(sales)
        check_total(message, sale["untaxed_amount"])
        return self._sales.confirm(sale)

    def _only(self, sales: list[dict[str, Any]]) -> dict[str, Any]:
        """The sale that counts; drafts beside it are deleted. Raises ErpRefused when a person cancelled it there."""
        alive = [sale for sale in sales if sale["state"] in STEPS]
        if not alive:
            raise ErpRefused(
                f"The sale {called(sales[0])} was cancelled in Tryton. Cancel the order here too, or set the sale back to draft "
                "there and resend.", code="erp_cancelled_there")
        first = min(alive, key=lambda sale: (-STEPS.index(sale["state"]), sale["id"]))
        surplus = [sale["id"] for sale in alive if sale is not first and sale["state"] == "draft"]
        if surplus:
            self._sales.write("sale.sale", "delete", surplus)
        return first
