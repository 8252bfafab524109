"""Our order as a sale of Tryton. Pure.

`reference` is our order number; the first line of `comment` carries our key, by which the sale is found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.domain.money import amount_kept
from models.domain.order_work import ChargeKind
from oms.erp.errors import ErpRefused
from oms.erp.identity import prefix_of

_SIX = Decimal("0.000001")
PRICE_PLACES = Decimal("0.0001")
"""Tryton keeps four places of a price unless its configuration says otherwise."""
_MARK = "Ordermill "
_HEADER = (
    "party", "company", "currency", "warehouse", "invoice_party", "invoice_address", "shipment_party", "shipment_address",
    "payment_term", "invoice_method", "shipment_method", "price_list")
"""What Tryton knows about a sale once it knows the customer."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line with Tryton's ids; without a product and a unit it is words and an amount."""

    product: int | None
    unit: int | None
    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[int, ...]
    description: str


def mark(key: str) -> str:
    """The line of the comment that says whose sale it is."""
    return f"{_MARK}[{key}]"


def marked(identity: str) -> list[Any]:
    """The condition that a sale carries a key of this installation."""
    return ["comment", "like", f"%{_MARK}[{prefix_of(identity)}%"]


def sale_values(
    message: Mapping[str, Any], key: str, defaults: Mapping[str, Any], lines: Sequence[SaleLine], *,
    shipment_address: int | None, currency: int,
) -> dict[str, Any]:
    """The values of `sale.sale.create`. `defaults` is what Tryton itself fills in for this customer."""
    values = {name: defaults[name] for name in _HEADER if defaults.get(name) is not None}
    values |= {"currency": currency, "reference": message["order_no"], "description": f"PO {message['po_number']}"[:250]}
    values["comment"] = "\n".join(part for part in (mark(key), message.get("notes")) if part)
    if shipment_address is not None:
        values["shipment_address"] = shipment_address
    if wanted := message.get("requested_date"):
        values["shipping_date"] = date.fromisoformat(wanted)
    values["lines"] = [["create", [_line(line) for line in lines]]]
    return values


def return_mark(key: str) -> str:
    """As `mark`, of a sale that only takes returned goods back: it is none of an order."""
    return f"Ordermill return [{key}]"


def return_values(
    message: Mapping[str, Any], key: str, defaults: Mapping[str, Any], goods: Sequence[tuple[int, int, Decimal]], warehouse: int
) -> dict[str, Any]:
    """The values of a sale below zero for returned goods: (product, unit, quantity). Nothing is invoiced of it."""
    values = {name: defaults[name] for name in _HEADER if defaults.get(name) is not None}
    return values | {
        "reference": message["return_no"], "description": message["order_no"] or "", "comment": return_mark(key),
        "warehouse": warehouse, "invoice_method": "manual", "shipment_method": "order",
        "lines": [["create", [
            {"type": "line", "product": product, "unit": unit, "quantity": -float(quantity), "unit_price": Decimal(0)}
            for product, unit, quantity in goods]]]}


def net_price(line: Mapping[str, Any]) -> Decimal:
    """The price of one unit after discount, to the places Tryton keeps: it has no discount of its own on a line."""
    quantity, price, amount = (Decimal(line[name]) for name in ("quantity", "unit_price", "amount"))
    agrees = (quantity * price).quantize(amount, rounding=ROUND_HALF_UP) == amount
    return (price if agrees else amount / quantity).quantize(PRICE_PLACES, rounding=ROUND_HALF_UP)


def charges_of(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The order's discounts and charges; taxes Tryton computes itself."""
    return [charge for charge in message.get("charges", ()) if charge["kind"] != ChargeKind.TAX]


def check_total(message: Mapping[str, Any], untaxed: Decimal) -> None:
    """Raises ErpRefused when Tryton computes another total, charges included, than the customer was told."""
    agreed = sum((Decimal(charge["amount"]) for charge in charges_of(message)), Decimal(message["total"]))
    if untaxed != agreed:
        raise ErpRefused(
            f"Tryton computes {untaxed:f} {message['currency']} for {message['order_no']}, the order says {agreed:f}. The sale "
            "stays a draft in Tryton: correct its lines there and resend, or cancel the order here.", code="erp_total_differs")


def still_wanted(message: Mapping[str, Any]) -> dict[str, Any]:
    """A changed order without what was cancelled of it: quantities, amounts and total of the rest."""
    lines = []
    for line in message["lines"]:
        base, cancelled, amount = (Decimal(line[name]) for name in ("base_quantity", "cancelled", "amount"))
        if (rest := base - cancelled) > 0:
            quantity = (Decimal(line["quantity"]) * rest / base).quantize(_SIX).normalize()
            amount = amount_kept(amount, base, cancelled, message["currency"])
            lines.append({**line, "quantity": f"{quantity:f}", "amount": f"{amount:f}"})
    return {**message, "lines": lines, "total": f"{sum((Decimal(x['amount']) for x in lines), Decimal(0)):f}"}


def _line(line: SaleLine) -> dict[str, Any]:
    taxes = [["add", list(line.taxes)]] if line.taxes else []
    return {
        "type": "line", "product": line.product, "unit": line.unit, "quantity": float(line.quantity),
        "unit_price": line.unit_price, "taxes": taxes, "description": line.description}
