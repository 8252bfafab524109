"""Order → JSON for the ERP. Pure. Decimals and dates are text, so nothing is rounded on the way.

`id` is the idempotency key, led by the installation's identity when it leaves: a receiver that keeps it unique may be told the
same thing any number of times. `evidence` maps the path of a value to where it was read or who typed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin
from oms.billing.repository import BilledLine, CreditListed
from oms.orders.assemble import NewCharge, NewLine, NewOrder
from runtime.zone import day_at

CREATED = "sales_order.created"
CHANGED = "sales_order.changed"
CANCELLED = "sales_order.cancelled"
SHIPPED = "shipment.shipped"
CREDITED = "credit_memo.issued"
RETURNED = "return.closed"
CREDIT_KEY = "credit:"
"""How the keys of messages about credit memos begin."""
RETURN_KEY = "return:"
"""How the keys of messages about returned goods begin."""
_ORDER_FIELDS = ("po_number", "order_date", "requested_date", "currency", "ship_to", "ship_to_text", "payment_terms")
_LINE_FIELDS = ("item", "quantity", "uom", "unit_price", "discount", "requested_date")
_GIVEN_FIELDS = ("po_number", "order_date", "requested_date", "currency", "ship_to_id", "ship_to_text", "payment_terms")
_GIVEN_LINE_FIELDS = ("sku", *_LINE_FIELDS[1:])


def created(
    order: NewOrder, *, key: str, order_no: str, customer_no: str, ship_to_code: str | None, approved_by: str,
    short: Mapping[int, Decimal], evidence: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The message "sales_order.created". `short` is what could not be reserved, by line position, in base units; `evidence` as
    `evidence_of` or `given_by` tell it."""
    return {
        "id": key, "kind": CREATED, "order_no": order_no, "customer_no": customer_no, "po_number": order.po_number,
        "order_date": _text(order.order_date), "requested_date": _text(order.requested_date), "currency": order.currency,
        "ship_to": ship_to_code, "ship_to_text": order.ship_to_text, "payment_terms": order.payment_terms, "notes": order.notes,
        "total": _text(order.total), "approved_by": approved_by,
        "lines": [_line(line, short.get(line.position, Decimal(0))) for line in order.lines],
        "charges": _charges(order.charges),
        "evidence": dict(evidence),
    }


def evidence_of(order: NewOrder, draft: Draft) -> dict[str, dict[str, Any]]:
    """Where each value of a draft was read."""
    return dict(_evidence(order, draft))


def given_by(order: NewOrder, person: str) -> dict[str, dict[str, Any]]:
    """Evidence of an order that a person or program gave: their name, for each value there is."""
    typed = {"origin": Origin.TYPED.value, "person": person}
    names = {"customer_no"} | {"ship_to" if n == "ship_to_id" else n for n in _GIVEN_FIELDS if getattr(order, n) is not None}
    lines = {f"lines.{x.position}.{n}" for x in order.lines for n in _GIVEN_LINE_FIELDS if getattr(x, n) is not None}
    return dict.fromkeys(sorted(names | lines), typed)


def changed(
    order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], charges: Iterable[NewCharge], *, key: str, reason: str,
    changes: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The message "sales_order.changed": the order whole as it is now, and what differs from the `revision` before.

    `order` and `lines` are rows, with customer_no and ship_to (code) beside the order's columns and sku beside the line's. What
    is to be delivered of a line is `base_quantity` less `cancelled`. `changes`: [{path, before, after}, …].
    """
    header = ("order_no", "customer_no", "po_number", "ship_to", "ship_to_text", "currency", "payment_terms", "notes")
    return {
        "id": key, "kind": CHANGED, "revision": order["revision"], "reason": reason, "changes": list(changes),
        **{name: order[name] for name in header}, "order_date": _text(order["order_date"]),
        "requested_date": _text(order["requested_date"]), "total": _text(order["total"]),
        "lines": [
            {"position": x["position"], "customer_line_no": x["customer_line_no"], "sku": x["sku"],
             "customer_part_number": x["customer_part_number"], "description": x["description"], "uom": x["uom"],
             "requested_date": _text(x["requested_date"]),
             **{n: _text(x[n]) for n in ("quantity", "base_quantity", "cancelled", "shipped", "unit_price", "amount")}}
            for x in lines],
        "charges": _charges(charges),
    }


def cancelled(*, key: str, order_no: str, reason: str) -> dict[str, Any]:
    """The message "sales_order.cancelled": nothing more of this order is to be shipped."""
    return {"id": key, "kind": CANCELLED, "order_no": order_no, "reason": reason}


def shipped(
    *, key: str, order_no: str, shipment_no: str, location: str, shipped_at: datetime, carrier: str | None,
    tracking_number: str | None, lines: Sequence[Mapping[str, Any]], parcels: Sequence[str],
) -> dict[str, Any]:
    """The message "shipment.shipped": these goods left. `lines`: position of the order line, sku, quantity in base units and
    lot; `parcels`: their SSCC."""
    return {
        "id": key, "kind": SHIPPED, "order_no": order_no, "shipment_no": shipment_no, "location": location,
        "shipped_at": shipped_at.isoformat(), "carrier": carrier, "tracking_number": tracking_number,
        "lines": [{**line, "quantity": _text(line["quantity"])} for line in lines], "parcels": list(parcels),
    }


def credited(memo: CreditListed, lines: Sequence[BilledLine], *, key: str, invoice: str) -> dict[str, Any]:
    """The message "credit_memo.issued": what is taken back of an invoice, which is called as its paper is. Quantities in base
    units; `total` is lines + charges + tax − fee."""
    return {
        "id": key, "kind": CREDITED, "order_no": memo.order_no, "customer_no": memo.customer_no, "credit_memo": memo.number,
        "invoice": invoice, "issued_on": _text(day_at(memo.issued_at)), "currency": memo.currency, "reason": memo.reason,
        "lines": [{"sku": x.sku, "quantity": _text(x.base_quantity), "amount": _text(x.amount)} for x in lines],
        **{name: _text(getattr(memo, name)) for name in ("charges", "tax", "fee", "total")},
    }


def returned(
    *, key: str, return_no: str, order_no: str | None, customer_no: str, location: str, closed_on: date,
    goods: Mapping[str, Decimal],
) -> dict[str, Any]:
    """The message "return.closed": these goods are on our shelf again, base units by SKU. `order_no` None: of no known order."""
    return {
        "id": key, "kind": RETURNED, "return_no": return_no, "order_no": order_no, "customer_no": customer_no,
        "location": location, "closed_on": _text(closed_on),
        "lines": [{"sku": sku, "quantity": _text(quantity)} for sku, quantity in goods.items()],
    }


def _charges(charges: Iterable[NewCharge]) -> list[dict[str, Any]]:
    return [{"kind": x.kind, "name": x.name, "rate": _text(x.rate), "amount": _text(x.amount)} for x in charges]


def _text(value: Decimal | date | None) -> str | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if value else None


def _line(line: NewLine, short: Decimal) -> dict[str, Any]:
    return {
        "position": line.position, "customer_line_no": line.customer_line_no, "sku": line.sku,
        "customer_part_number": line.customer_part_number, "description": line.description,
        "quantity": _text(line.quantity), "uom": line.uom, "base_quantity": _text(line.base_quantity), "short": _text(short),
        "unit_price": _text(line.unit_price), "amount": _text(line.amount), "requested_date": _text(line.requested_date),
    }


def _evidence(order: NewOrder, draft: Draft) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _of_fields(draft, _ORDER_FIELDS, "")
    if draft.customer:
        yield "customer_no", _small(draft.customer.evidence)
    for n, charge in enumerate((c for c in draft.charges if c.counts), 1):
        if charge.amount:
            yield f"charges.{n}.amount", _small(charge.amount.evidence)
    lines: Mapping[str, DraftLine] = {line.key: line for line in draft.lines}
    for line in order.lines:
        yield from _of_fields(lines[line.key], _LINE_FIELDS, f"lines.{line.position}.")


def _of_fields(source: Draft | DraftLine, names: tuple[str, ...], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in names:
        found: Found[Any] | None = getattr(source, name)
        if found:
            yield prefix + ("sku" if name == "item" else name), _small(found.evidence)


def _small(evidence: Evidence) -> dict[str, Any]:
    """Where from, in as few words as do: origin, document and first place, or the person, or the rule's note."""
    small: dict[str, Any]
    if evidence.places:
        place = evidence.places[0]
        small = {
            "origin": evidence.origin, "document": evidence.document_id, "page": place.page, "kind": place.kind, "box": place.box}
    else:
        small = {"origin": evidence.origin, "note": evidence.note} if evidence.note else {"origin": evidence.origin}
    if evidence.person:
        small["person"] = evidence.person
    return small
