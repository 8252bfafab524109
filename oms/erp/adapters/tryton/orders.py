"""Orders into Tryton: one sale for each of ours, created as a draft, checked, quoted and confirmed.

Tryton cannot keep a key of ours unique, so an answer that was lost may leave a second draft behind. Drafts bind nobody: of
several with our key only one is ever confirmed, the one that is furthest, else the oldest; the other drafts are deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from oms.erp import payload
from oms.erp.adapters.tryton.assemble import SaleLine, check_total, mark, marked, net_price, sale_values
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.units import FIELDS as UNIT_FIELDS
from oms.erp.adapters.tryton.units import Units
from oms.erp.compare import SaleState, There
from oms.erp.errors import ErpAway, ErpRefused
from oms.outbox.sender import OutcomeUnknown
from runtime.faults import fault_point

_SALE = "model.sale.sale."
_STEPS = ("draft", "quotation", "confirmed", "processing", "done")
_PLACED = frozenset({"confirmed", "processing", "done"})
_FIELDS = ["number", "state", "untaxed_amount"]


class TrytonOrders:
    """Hands orders over and takes them back. `house_units` as in `Units`, `identity` of the installation."""

    def __init__(self, rpc: Rpc, house_units: Mapping[str, str], identity: str) -> None:
        self._rpc = rpc
        self._ours = marked(identity)
        self._house_units = house_units

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Create and confirm the sale, or cancel it; see `ErpPort.submit`. The id given back is the sale's number."""
        match message["kind"]:
            case payload.CREATED:
                return self._place(message, key)
            case payload.CANCELLED:
                return self._cancel(message)
        raise ErpRefused(
            f"Tryton cannot be told of “{message['kind']}” by itself. Make the change in the sale {message.get('order_no', '')} "
            "there, then give this message up.", code="erp_cannot_do")

    def find(self, key: str) -> str | None:
        """The number of the confirmed sale that carries this key; a draft is not delivered yet."""
        placed = [sale for sale in self._sales([["comment", "like", f"%{mark(key)}%"]]) if sale["state"] in _PLACED]
        return str(placed[0]["number"]) if placed else None

    def preview(self, message: Mapping[str, Any], key: str) -> str:
        """The values of the sale as JSON, ids as Tryton has them; Tryton is asked, and nothing entered."""
        if message["kind"] != payload.CREATED:
            return f"{message['kind']} {message['order_no']}"
        return json.dumps(self._values(message, key), ensure_ascii=False, indent=2, default=str)

    def sales(self, since: datetime) -> list[There]:
        """Every sale with a key of ours that was entered since then."""
        domain = [self._ours, ["reference", "!=", None], ["create_date", ">=", since]]
        fields = ["reference", "number", "state", "untaxed_amount", "currency.code"]
        found = self._rpc.call(_SALE + "search_read", domain, 0, None, [["id", "ASC"]], fields)
        return [There(
            sale["reference"], str(sale["number"] or f"no. {sale['id']}"), _state(sale["state"]), sale["currency."]["code"],
            sale["untaxed_amount"]) for sale in found]

    def _place(self, message: Mapping[str, Any], key: str) -> str:
        ours = [["reference", "=", message["order_no"]], ["comment", "like", f"%{mark(key)}%"]]
        sales = self._sales(ours)
        if not sales:
            values = self._values(message, key)
            self._write("create", [values])
            fault_point("tryton.created")
            sales = self._sales(ours)
        sale = self._only(sales)
        check_total(message, sale["untaxed_amount"])
        for step, button in (("draft", "quote"), ("quotation", "confirm"), ("confirmed", "process")):
            if sale["state"] == step:
                self._write(button, [sale["id"]])
                (sale,) = self._rpc.call(_SALE + "read", [sale["id"]], _FIELDS)
                fault_point("tryton.moved")
        if sale["state"] not in _PLACED:
            raise ErpRefused(
                f"The sale {sale['number'] or sale['id']} in Tryton is {sale['state']}. Confirm it there, then resend.",
                code="erp_not_confirmed")
        return str(sale["number"])

    def _only(self, sales: list[dict[str, Any]]) -> dict[str, Any]:
        """The sale that counts; drafts beside it are deleted. Raises ErpRefused when a person cancelled it there."""
        alive = [sale for sale in sales if sale["state"] in _STEPS]
        if not alive:
            raise ErpRefused(
                f"The sale {sales[0]['number'] or sales[0]['id']} was cancelled in Tryton. Cancel the order here too, or set the "
                "sale back to draft there and resend.", code="erp_cancelled_there")
        first = min(alive, key=lambda sale: (-_STEPS.index(sale["state"]), sale["id"]))
        surplus = [sale["id"] for sale in alive if sale is not first and sale["state"] == "draft"]
        if surplus:
            self._write("delete", surplus)
        return first

    def _cancel(self, message: Mapping[str, Any]) -> str:
        alive = [s for s in self._sales([["reference", "=", message["order_no"]], self._ours]) if s["state"] != "cancelled"]
        for sale in alive:
            for step, button in (("confirmed", "draft"), ("draft", "cancel"), ("quotation", "cancel")):
                if sale["state"] == step:
                    self._write(button, [sale["id"]])
                    (sale,) = self._rpc.call(_SALE + "read", [sale["id"]], _FIELDS)
            if sale["state"] != "cancelled":
                raise ErpRefused(
                    f"The sale {sale['number']} is {sale['state']} in Tryton, where it cannot be cancelled any more. Cancel its "
                    "shipments and invoices there, then give this message up.", code="erp_too_late")
        return ", ".join(str(sale["number"] or sale["id"]) for sale in alive) or "none"

    def _write(self, method: str, arguments: Any) -> None:
        """A call that changes something: without an answer, nobody knows whether it did."""
        try:
            self._rpc.call(_SALE + method, arguments)
        except ErpAway as e:
            raise OutcomeUnknown(e.sentence, code=e.code) from e

    def _sales(self, domain: list[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rpc.call(_SALE + "search_read", domain, 0, None, [["id", "ASC"]], _FIELDS)
        return found

    def _values(self, message: Mapping[str, Any], key: str) -> dict[str, Any]:
        party = self._party(message["customer_no"])
        base = self._rpc.call(_SALE + "default_get", ["company", "currency", "warehouse", "invoice_method", "shipment_method"])
        defaults = {**base, **self._rpc.call(_SALE + "on_change_party", {**_plain(base), "party": party, "lines": []})}
        defaults["party"] = party
        units = Units(self._rpc.call("model.product.uom.search_read", [], 0, None, None, UNIT_FIELDS), self._house_units)
        lines = [self._line(line, units, defaults) for line in message["lines"]]
        return sale_values(
            message, key, defaults, lines, shipment_address=self._address(message, party),
            currency=self._currency(message["currency"]))

    def _party(self, customer_no: str) -> int:
        found = self._rpc.call("model.party.party.search", [["code", "=", customer_no]], 0, 2)
        if not found:
            raise ErpRefused(
                f"Tryton has no party with the code {customer_no}. Add it there, then resend.", code="erp_unknown_customer")
        return int(found[0])

    def _address(self, message: Mapping[str, Any], party: int) -> int | None:
        """The address of Tryton that goods go to; our code for an address that came from Tryton is its id there."""
        code = message.get("ship_to")
        if not code and not message.get("ship_to_text"):
            return None
        if code and code.isdecimal():
            domain = [["id", "=", int(code)], ["party", "=", party]]
            if found := self._rpc.call("model.party.address.search", domain, 0, 1):
                return int(found[0])
        raise ErpRefused(
            f"Tryton does not know the delivery address {code or message['ship_to_text']} of {message['customer_no']}. Add it "
            "there, pull customers, and choose it for the order.", code="erp_unknown_address")

    def _currency(self, code: str) -> int:
        found = self._rpc.call("model.currency.currency.search", [["code", "=", code]], 0, 1)
        if not found:
            raise ErpRefused(f"Tryton has no currency {code}. Add it there, then resend.", code="erp_unknown_currency")
        return int(found[0])

    def _line(self, line: Mapping[str, Any], units: Units, sale: Mapping[str, Any]) -> SaleLine:
        fields = ["sale_uom", "salable"]
        found = self._rpc.call("model.product.product.search_read", [["code", "=", line["sku"]]], 0, 1, None, fields)
        if not found or not found[0]["salable"]:
            raise ErpRefused(
                f"Tryton has no product {line['sku']} for sale. Add it there, or mark it as salable, then resend.",
                code="erp_unknown_item")
        product = found[0]
        unit = units.find(line["uom"], product["sale_uom"])
        return SaleLine(
            product["id"], unit, Decimal(line["quantity"]), net_price(line), self._taxes(product["id"], unit, line, sale),
            line["description"] or line["sku"])

    def _taxes(self, product: int, unit: int, line: Mapping[str, Any], sale: Mapping[str, Any]) -> tuple[int, ...]:
        """The taxes Tryton's own rules give this line."""
        values = {"type": "line", "product": product, "unit": unit, "quantity": float(line["quantity"])}
        values |= {f"_parent_sale.{name}": value for name, value in _plain(sale).items()}
        return tuple(self._rpc.call("model.sale.line.on_change_product", values).get("taxes") or ())


def _state(state: str) -> SaleState:
    if state in _PLACED:
        return SaleState.PLACED
    return SaleState.CANCELLED if state == "cancelled" else SaleState.DRAFT


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the names that Tryton sends beside ids."""
    return {name: value for name, value in values.items() if not name.endswith(".") and value is not None}
