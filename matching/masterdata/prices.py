"""Import of prices: contracts, customers' own lists, promotions, groups, and the general list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from matching.masterdata.cells import code_of, letters, need_code, one_of, text, uom_of
from matching.masterdata.price_rows import PriceKey, PriceTerms, PriceWriter, Wanted
from matching.masterdata.sql import customer_ids, item_ids
from models.domain.items import PriceKind
from models.errors import InputError
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, date_of, decimal_of

_KIND, _CURRENCY, _REFERENCE = one_of(PriceKind), letters(3), text(64)


class PriceLine(NamedTuple):
    """One row of the file, customer and item still by their numbers."""

    kind: PriceKind
    customer_no: str | None
    group: str | None
    reference: str | None
    sku: str
    uom: str
    currency: str
    min_quantity: Decimal
    valid_from: date | None
    terms: PriceTerms


def import_prices(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns sku, uom, price, currency and kind, customer_no, group, reference, price_unit, min_quantity, valid_from, valid_to.

    One price a row. An empty kind is a contract's where a customer is named, a group's where a group is, else the list's. Prices
    of one kind may overlap in time: both are kept, and where they differ on the day of an order a person is asked. Prices that
    the file does not name stay. Raises InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "sku", "uom", "price", "currency")
    writer = PriceWriter(db, tally)
    for batch in in_batches(parse_rows(rest, _parse, tally), tally):
        with db.write() as session:
            items = item_ids(session, {line.sku for _, line in batch})
            customers = customer_ids(session, {line.customer_no for _, line in batch if line.customer_no})
            tally.count(writer.write(session, _wanted(batch, items, customers, tally)).values())
    return tally.finish(db, "prices")


def _parse(row: Row) -> PriceLine:
    price_unit = decimal_of(row, "price_unit", Decimal(1))
    valid_from, valid_to = date_of(row, "valid_from"), date_of(row, "valid_to")
    if price_unit == 0:
        raise InputError("price_unit is 0; write 1, 100 or 1000.", code="out_of_range")
    if valid_from and valid_to and valid_to < valid_from:
        raise InputError(f"valid_to {valid_to} lies before valid_from {valid_from}.", code="out_of_range")
    currency = _CURRENCY(row, "currency")
    if currency is None:
        raise InputError("currency is empty; fill it in.", code="missing_value")
    customer_no, group = code_of(row, "customer_no"), _REFERENCE(row, "group")
    kind = _KIND(row, "kind") or (PriceKind.CONTRACT if customer_no else PriceKind.GROUP if group else PriceKind.LIST)
    _check_owner(kind, customer_no, group)
    return PriceLine(
        kind, customer_no, group, _REFERENCE(row, "reference"), need_code(row, "sku"), uom_of(row, "uom"), currency,
        decimal_of(row, "min_quantity", Decimal(0)), valid_from, PriceTerms(decimal_of(row, "price"), price_unit, valid_to))


def _check_owner(kind: PriceKind, customer_no: str | None, group: str | None) -> None:
    """Raises InputError for a price that names too many or too few whom it is for."""
    if customer_no and group:
        raise InputError(f"the row names customer {customer_no} and group {group}; keep one of them.", code="two_owners")
    if kind in {PriceKind.CONTRACT, PriceKind.CUSTOMER} and not customer_no:
        raise InputError(f"a {kind} price needs a customer_no; fill it in, or write another kind.", code="missing_value")
    if kind is PriceKind.GROUP and not group:
        raise InputError("a group price needs a group; fill it in, or write another kind.", code="missing_value")
    if kind is PriceKind.LIST and (customer_no or group):
        raise InputError("a list price is for everybody; empty customer_no and group, or write another kind.", code="two_owners")


def _wanted(
    batch: Sequence[tuple[int, PriceLine]], items: Mapping[str, int], customers: Mapping[str, int], tally: Tally
) -> dict[PriceKey, Wanted]:
    wanted: dict[PriceKey, Wanted] = {}
    for number, line in batch:
        if unknown := _unknown(line, items, customers):
            tally.refuse(number, unknown)
            continue
        customer = customers[line.customer_no] if line.customer_no else None
        key = PriceKey(
            line.kind, customer, line.group, line.reference, items[line.sku], line.uom, line.currency, line.min_quantity,
            line.valid_from)
        said = wanted.setdefault(key, Wanted(number, line.sku, line.customer_no or line.group or "", line.terms))
        if said.terms != line.terms:
            tally.refuse(number, InputError(
                f"line {said.line} gives the same price of {line.sku} otherwise ({said.terms.price:f}); keep one of them.",
                code="contradiction"))
    return wanted


def _unknown(line: PriceLine, items: Collection[str], customers: Collection[str]) -> InputError | None:
    if line.sku not in items:
        return InputError(f"There is no item {line.sku}; import the items first.", code="unknown_item")
    if line.customer_no and line.customer_no not in customers:
        return InputError(f"There is no customer {line.customer_no}; import the customers first.", code="unknown_customer")
    return None
