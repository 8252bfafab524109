"""Returned goods that are on our shelf again, into Tryton's stock: a sale below zero, whose return shipment is received.

Its `reference` is the return's number; its `comment` carries our key, by which it is found again. As with sales, a lost answer
may leave a second draft behind: one is confirmed, the others are deleted. It moves goods only; money goes back by credit notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.assemble import return_mark, return_values
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.sales import STEPS, Sale, Sales, called
from oms.erp.adapters.tryton.values import SaleValues
from oms.erp.errors import ErpRefused
from runtime.faults import fault_point

_SHIPMENT = "stock.shipment.out.return"


class TrytonReturns:
    """Takes returned goods into Tryton's warehouse of the location's code, else into its usual one."""

    def __init__(self, rpc: Rpc, sales: Sales, values: SaleValues) -> None:
        self._rpc = rpc
        self._sales = sales
        self._values = values

    def receive(self, message: Mapping[str, Any], key: str) -> str:
        """The number of the return shipment that is done. Raises ErpRefused, OutcomeUnknown."""
        found = self._with_key(key)
        if not found:
            self._sales.write("sale.sale", "create", [self._values_of(message, key)])
            fault_point("tryton.returned")
            found = self._with_key(key)
        sale = self._only(found)
        self._sales.confirm(sale)
        if (sale := self._sales.again(sale))["state"] == "confirmed":
            sale = self._sales.press("process", sale)
        for state, button in (("draft", "receive"), ("received", "do")):
            ids = [x["id"] for x in self._shipments(sale) if x["state"] == state]
            if ids:
                self._sales.write(_SHIPMENT, button, ids)
        return self._number(sale) or called(sale)

    def find(self, key: str) -> str | None:
        """The number of the return shipment that is done for this key."""
        return next((number for sale in self._with_key(key) if (number := self._number(sale))), None)

    def _number(self, sale: Sale) -> str | None:
        shipments = self._shipments(sale)
        is_done = shipments and all(x["state"] == "done" for x in shipments)
        return ", ".join(str(x["number"]) for x in shipments) if is_done else None

    def _shipments(self, sale: Sale) -> list[dict[str, Any]]:
        (found,) = self._rpc.call("model.sale.sale.read", [sale["id"]], ["shipment_returns"])
        ids = found["shipment_returns"]
        return list(self._rpc.call(f"model.{_SHIPMENT}.read", ids, ["number", "state"])) if ids else []

    def _with_key(self, key: str) -> list[dict[str, Any]]:
        return [sale for sale in self._sales.search([["comment", "like", f"%{return_mark(key)}%"]]) if sale["state"] in STEPS]

    def _only(self, sales: list[dict[str, Any]]) -> dict[str, Any]:
        first = min(sales, key=lambda sale: (-STEPS.index(sale["state"]), sale["id"]))
        surplus = [sale["id"] for sale in sales if sale is not first and sale["state"] == "draft"]
        if surplus:
            self._sales.write("sale.sale", "delete", surplus)
        return first

    def _values_of(self, message: Mapping[str, Any], key: str) -> dict[str, Any]:
        defaults = self._values.header(message["customer_no"])
        goods = [self._goods(line) for line in message["lines"]]
        return return_values(message, key, defaults, goods, self._warehouse(message["location"]) or defaults["warehouse"])

    def _warehouse(self, code: str) -> int | None:
        """As stock is pulled: by its code, or "T" and its id."""
        found: list[dict[str, Any]] = self._rpc.call(
            "model.stock.location.search_read", [["type", "=", "warehouse"]], 0, None, [["id", "ASC"]], ["code"])
        return next((x["id"] for x in found if code == (x["code"] or f"T{x['id']}")), None)

    def _goods(self, line: Mapping[str, Any]) -> tuple[int, int, Decimal]:
        found = self._rpc.call("model.product.product.search_read", [["code", "=", line["sku"]]], 0, 1, None, ["default_uom"])
        if not found:
            raise ErpRefused(f"Tryton has no product {line['sku']}. Add it there, then resend.", code="erp_unknown_item")
        return found[0]["id"], found[0]["default_uom"], Decimal(line["quantity"])
