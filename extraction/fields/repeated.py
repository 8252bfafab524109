"""Header fields that a sheet repeats on every row: order number, dates, ship-to. One value is the order's; several order
numbers are several orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from extraction.fields.dates import DateStyle, parse_date
from extraction.fields.numbers import currency_in
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from models.domain.evidence import Found
from models.domain.reading import Header

Shared = Mapping[str, tuple[Token, ...]]
"""Header field to the words one row has for it."""

FIELDS = (
    "po_number",
    "order_date",
    "requested_date",
    "ship_to",
    "bill_to",
    "buyer_name",
    "supplier_name",
    "payment_terms",
    "currency",
    "customer_account",
    "delivery_terms",
)
_SURE = 0.93


def groups(rows: Sequence[Shared]) -> list[list[int]]:
    """The row numbers of each order: rows with the same order number; rows without one go with the row before."""
    order: dict[str, list[int]] = {}
    current = ""
    for n, row in enumerate(rows):
        current = _text(row["po_number"]) if row.get("po_number") else current
        order.setdefault(current, []).append(n)
    if "" in order and len(order) > 1:  # rows before the first number belong to the first order
        first = next(k for k in order if k)
        order[first] = order.pop("") + order[first]
    return list(order.values())


def with_shared(header: Header, rows: Sequence[Shared], style: DateStyle) -> Header:
    """The header with every field that all rows agree on and that it lacks, or that only the rows have."""
    values: dict[str, Found[Any]] = {}
    for field in FIELDS:
        cells = [row[field] for row in rows if row.get(field)]
        if cells and len({_text(c) for c in cells}) == 1 and (value := _READ.get(field, _plain)(cells[0], style)):
            values[field] = value
    if "po_number" not in values:
        values = {k: v for k, v in values.items() if getattr(header, k) is None}
    return replace(header, **values)


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(t.text for t in tokens)


def _plain(tokens: Sequence[Token], _: DateStyle) -> Found[Any] | None:
    return found(_text(tokens), tokens, _SURE)


def _date(tokens: Sequence[Token], style: DateStyle) -> Found[Any] | None:
    match = parse_date(_text(tokens), style)
    return found(match.value, tokens, 0.6 if match.open else _SURE) if match else None


def _currency(tokens: Sequence[Token], _: DateStyle) -> Found[Any] | None:
    code = currency_in(_text(tokens))
    return found(code, tokens, _SURE) if code else None


_READ: Mapping[str, Callable[[Sequence[Token], DateStyle], Found[Any] | None]] = {
    "order_date": _date,
    "requested_date": _date,
    "currency": _currency,
}
