"""Our credit memos into Tryton: a posted credit note each, of the invoice that Tryton wrote.

`reference` is our memo's number; the first line of `comment` carries our key, by which the note is found again. As with sales, a
lost answer may leave a second draft behind: one is posted, the others are deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.assemble import mark, net_price
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.sales import Sales
from oms.erp.adapters.tryton.units import FIELDS as UNIT_FIELDS
from oms.erp.adapters.tryton.units import Units
from oms.erp.errors import ErpRefused
from runtime.faults import fault_point

_INVOICE = "account.invoice"
_POSTED = frozenset({"posted", "paid"})
_SAME = ("company", "party", "invoice_address", "currency", "journal", "account", "payment_term")
"""What a credit note has of its invoice."""
_LINE = ["type", "product", "product.code", "product.default_uom", "unit", "unit_price", "account", "taxes", "description"]


class TrytonCredits:
    """Enters credit notes. `house_units` as in `Units`; `charge_item` as in `SaleValues`."""

    def __init__(self, rpc: Rpc, sales: Sales, house_units: Mapping[str, str], charge_item: str) -> None:
        self._rpc = rpc
        self._sales = sales
        self._house_units = house_units
        self._charge_item = charge_item

    def issue(self, message: Mapping[str, Any], key: str) -> str:
        """The number of the posted credit note. Raises ErpRefused when Tryton has no such invoice or computes another total."""
        notes = self._with_key(key)
        if not notes:
            self._sales.write(_INVOICE, "create", [self._values(message, key)])
            fault_point("tryton.credited")
            notes = self._with_key(key)
        note = self._only(notes)
        agreed = Decimal(message["total"])
        if -note["total_amount"] != agreed:
            raise ErpRefused(
                f"Tryton computes {-note['total_amount']:f} {message['currency']} for {message['credit_memo']}, the memo says "
                f"{agreed:f}. The note stays a draft in Tryton: correct its lines there and resend.", code="erp_total_differs")
        if note["state"] not in _POSTED:
            self._sales.write(_INVOICE, "post", [note["id"]])
            (note,) = self._with_key(key)
        return str(note["number"])

    def find(self, key: str) -> str | None:
        """The number of the posted credit note that carries this key."""
        return next((str(note["number"]) for note in self._with_key(key) if note["state"] in _POSTED), None)

    def _with_key(self, key: str) -> list[dict[str, Any]]:
        domain = [["comment", "like", f"%{mark(key)}%"], ["state", "!=", "cancelled"]]
        found: list[dict[str, Any]] = self._rpc.call(
            f"model.{_INVOICE}.search_read", domain, 0, None, [["id", "ASC"]], ["number", "state", "total_amount"])
        return found

    def _only(self, notes: list[dict[str, Any]]) -> dict[str, Any]:
        first = min(notes, key=lambda note: (note["state"] not in _POSTED, note["id"]))
        surplus = [note["id"] for note in notes if note is not first and note["state"] == "draft"]
        if surplus:
            self._sales.write(_INVOICE, "delete", surplus)
        return first

    def _values(self, message: Mapping[str, Any], key: str) -> dict[str, Any]:
        invoice = self._invoice(message)
        lines = [
            row for row in self._rpc.call("model.account.invoice.line.read", invoice["lines"], _LINE) if row["type"] == "line"]
        units = Units(self._rpc.call("model.product.uom.search_read", [], 0, None, None, UNIT_FIELDS), self._house_units)
        values = {name: invoice[name] for name in _SAME if invoice[name] is not None}
        return values | {
            "type": "out", "reference": message["credit_memo"], "comment": mark(key), "description": message["reason"][:250],
            "lines": [["create", [
                *(self._line(line, lines, units, message) for line in message["lines"]), *self._others(message, lines)]]]}

    def _invoice(self, message: Mapping[str, Any]) -> dict[str, Any]:
        domain = [["type", "=", "out"], ["number", "=", message["invoice"]], ["state", "in", list(_POSTED)]]
        found = self._rpc.call(f"model.{_INVOICE}.search_read", domain, 0, 1, None, [*_SAME, "lines"])
        if not found:
            raise ErpRefused(
                f"Tryton has no posted invoice {message['invoice']} that {message['credit_memo']} could credit. Enter the credit "
                "note there, then give this message up.", code="erp_no_invoice")
        return dict(found[0])

    def _line(
        self, line: Mapping[str, Any], lines: list[dict[str, Any]], units: Units, message: Mapping[str, Any]
    ) -> dict[str, Any]:
        billed = next((row for row in lines if (row["product."] or {}).get("code") == line["sku"]), None)
        if billed is None:
            raise ErpRefused(
                f"Tryton's invoice {message['invoice']} does not bill {line['sku']}. Enter the credit note there, then give this "
                "message up.", code="erp_no_invoice")
        quantity = Decimal(line["quantity"]) / units.factor(billed["unit"], billed["product."]["default_uom"])
        price = net_price({"quantity": quantity, "unit_price": billed["unit_price"], "amount": line["amount"]})
        return _taken_back(billed, quantity, price, billed["taxes"]) | {"product": billed["product"], "unit": billed["unit"]}

    def _others(self, message: Mapping[str, Any], lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What comes back of the invoice's charges, with their taxes; what is kept, without."""
        is_charge = [row for row in lines if (row["product."] or {}).get("code") in {None, self._charge_item}]
        like, one = (is_charge or lines)[0], Decimal(1)
        charges, fee = Decimal(message["charges"]), Decimal(message["fee"])
        return [
            *([_taken_back(like, one, charges, like["taxes"])] if charges else []),
            *([_taken_back(like, -one, fee, ()) | {"description": "Fee"}] if fee else [])]


def _taken_back(billed: Mapping[str, Any], quantity: Decimal, price: Decimal, taxes: Any) -> dict[str, Any]:
    return {
        "type": "line", "origin": f"account.invoice.line,{billed['id']}", "account": billed["account"],
        "description": billed["description"], "quantity": -float(quantity), "unit_price": price,
        "taxes": [["add", list(taxes)]] if taxes else []}
