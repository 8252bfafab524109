"""Master data changed by hand or by a program, one thing at a time: the importers do it, so that the same is refused everywhere.

All or nothing, and the audit keeps each value from what to what.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from matching.masterdata.customers import ADDRESS_FIELDS, import_customers
from matching.masterdata.customers import FIELDS as CUSTOMER_FIELDS
from matching.masterdata.items import import_items
from matching.masterdata.part_numbers import import_part_numbers
from matching.masterdata.prices import import_prices
from matching.masterdata.records import ITEM_COLUMNS, load_customer, load_item
from matching.masterdata.sql import item_ids
from models.domain.codes import fold_code
from models.errors import ConflictError, InputError, NotFound
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemSubstituteRow
from models.tables.partners import CustomerEmailRow, CustomerRow
from runtime.db import Database
from runtime.imports import Change, ImportReport, Outcome, Watch, record_edit, shown
from runtime.tabular import Row

CONTACT_COLUMNS = ("contact_email", "contact_name", "contact_phone")
ADDRESS_COLUMNS = ("address_kind", "address_code", *(f.column for f in ADDRESS_FIELDS))
CUSTOMER_COLUMNS = (*(f.column for f in CUSTOMER_FIELDS), *CONTACT_COLUMNS, *ADDRESS_COLUMNS)
PRICE_COLUMNS = (
    "sku", "uom", "price", "currency", "kind", "customer_no", "group", "reference", "price_unit", "min_quantity", "valid_from",
    "valid_to")
_Importer = Callable[[Database, Iterable[Row], Watch], ImportReport]


def edit_customer(
    db: Database, customer_no: str, columns: Mapping[str, str], *, actor: str, seen: str | None = None, is_new: bool = False
) -> ImportReport:
    """Change these columns of a customer, one contact and one address among them; the others stay.

    Raises NotFound, InputError, and ConflictError when the customer is other than the one `seen`, or is there and should not be.
    """
    _check(columns, CUSTOMER_COLUMNS)
    with db.together() as one:
        with one.read() as session:
            if is_new:
                _check_free(session, CustomerRow.customer_no == customer_no, f"customer {customer_no}")
                row = {"name": ""}
            else:
                record = load_customer(session, customer_no)
                _check_seen(record.seen, seen, f"The customer {customer_no}")
                row = {"name": record.values["name"]}
        return _put(one, import_customers, [row | dict(columns) | {"customer_no": customer_no}], f"customer:{customer_no}", actor)


def edit_item(
    db: Database, sku: str, columns: Mapping[str, str], *, actor: str, seen: str | None = None, is_new: bool = False
) -> ImportReport:
    """Change these columns of an item; the others stay, and so do its units. Raises like `edit_customer`."""
    _check(columns, ITEM_COLUMNS)
    with db.together() as one:
        with one.read() as session:
            if is_new:
                _check_free(session, ItemRow.sku == sku, f"item {sku}")
                row = {"description": "", "base_uom": ""}
            else:
                record = load_item(session, sku)
                _check_seen(record.seen, seen, f"The item {sku}")
                row = {name: record.values[name] for name in ("description", "base_uom")}
        return _put(one, import_items, [row | dict(columns) | {"sku": sku}], f"item:{sku}", actor)


def edit_units(
    db: Database, sku: str, units: Sequence[Mapping[str, str]], *, actor: str, seen: str | None = None
) -> ImportReport:
    """Make these the units of an item, by the columns uom, factor and uom_gtin; the base unit stays. Raises like `edit_item`."""
    with db.together() as one:
        with one.read() as session:
            record = load_item(session, sku)
            _check_seen(record.seen, seen, f"The item {sku}")
        base = {"sku": sku} | {name: record.values[name] for name in ("description", "base_uom")}
        rows = [base | {"uom": u["uom"], "factor": u["factor"], "uom_gtin": u.get("uom_gtin", "")} for u in units]
        if not any(r["uom"].strip() == record.values["base_uom"] for r in rows):
            gtin = next((u.gtin for u in record.units if u.uom == record.values["base_uom"]), None)
            rows.insert(0, base | {"uom": record.values["base_uom"], "factor": "1", "uom_gtin": gtin or ""})
        return _put(one, import_items, rows, f"item:{sku}", actor)


def edit_price(db: Database, columns: Mapping[str, str], *, actor: str) -> ImportReport:
    """Add a price, or change the one of the same kind, owner, reference, item, unit, currency, quantity and first day. Raises
    InputError."""
    _check(columns, PRICE_COLUMNS)
    with db.together() as one:
        row = dict.fromkeys(PRICE_COLUMNS, "") | dict(columns)
        return _put(one, import_prices, [row], f"item:{row['sku'].strip()}", actor)


def edit_part_number(db: Database, customer_no: str, part_number: str, sku: str, *, actor: str) -> ImportReport:
    """Say what a customer means by a part number. Raises InputError."""
    row = {"customer_no": customer_no, "part_number": part_number, "sku": sku}
    with db.together() as one:
        return _put(one, import_part_numbers, [row], f"item:{sku.strip()}", actor)


def edit_substitutes(db: Session, sku: str, substitutes: Sequence[str], *, actor: str) -> None:
    """Say what is offered where an item cannot be had, the best first. Raises NotFound, InputError."""
    before = load_item(db, sku).substitutes
    after = tuple(dict.fromkeys(s.strip() for s in substitutes if s.strip()))
    if before == after:
        return
    ids = item_ids(db, {sku, *after})
    if unknown := next((s for s in after if s not in ids), None):
        raise InputError(f"There is no item {unknown}; look for it in the list of items.", code="unknown_item")
    if sku in after:
        raise InputError(f"{sku} cannot stand in for itself; name another item.", code="same_item")
    x = ItemSubstituteRow
    db.execute(delete(x).where(x.item_id == ids[sku]))
    db.add_all(x(item_id=ids[sku], substitute_id=ids[other], rank=rank) for rank, other in enumerate(after, 1))
    change = Change(Outcome.CHANGED, sku, "substitutes", ", ".join(before), ", ".join(after))
    record_edit(db, actor, "substitutes", f"item:{sku}", [change])


def remove_part_number(db: Session, customer_no: str, part_number: str, *, actor: str) -> None:
    """Forget what a customer calls an item. Raises NotFound."""
    n = CustomerPartNumberRow
    customer = select(CustomerRow.id).where(CustomerRow.customer_no == customer_no).scalar_subquery()
    gone = db.execute(
        delete(n).where(n.customer_id == customer, n.part_number_folded == fold_code(part_number)).returning(n.item_id)).scalar()
    if gone is None:
        raise NotFound(f"{customer_no} has no part number {part_number}. Reload the page.")
    sku = db.execute(select(ItemRow.sku).where(ItemRow.id == gone)).scalar_one()
    record_edit(db, actor, "part_numbers", f"item:{sku}", [Change(Outcome.REMOVED, f"{customer_no} {part_number}")])


def remove_contact(db: Session, customer_no: str, email: str, *, actor: str) -> None:
    """Forget a sender of a customer. Raises NotFound."""
    e = CustomerEmailRow
    customer = select(CustomerRow.id).where(CustomerRow.customer_no == customer_no).scalar_subquery()
    if not db.execute(delete(e).where(e.customer_id == customer, e.email == email.lower()).returning(e.email)).all():
        raise NotFound(f"{customer_no} has no contact {email}. Reload the page.")
    record_edit(db, actor, "customers", f"customer:{customer_no}", [Change(Outcome.REMOVED, f"{customer_no} {email}")])


def _check(columns: Mapping[str, str], known: Collection[str]) -> None:
    if unknown := sorted(set(columns) - set(known)):
        raise InputError(f"There is no field {unknown[0]}; there are {', '.join(known)}.", code="unknown_field")


def _check_free(db: Session, condition: ColumnElement[bool], what: str) -> None:
    if db.execute(select(exists().where(condition))).scalar_one():
        raise ConflictError(f"There is a {what} already; open it, or choose another number.", code="number_taken")


def _check_seen(now: str, seen: str | None, what: str) -> None:
    if seen is not None and seen != now:
        raise ConflictError(
            f"{what} was changed meanwhile. Reload the page, then make your change again.", code="changed_meanwhile")


def _put(db: Database, importer: _Importer, rows: Sequence[Row], about: str, actor: str) -> ImportReport:
    """Import these rows whole, or none of them. Raises InputError with the first refusal."""
    report = importer(db, rows, Watch(actor=actor, about=about))
    if report.refused:
        first = report.refused[0]
        said = first.sentence.removeprefix(f"Line {first.line}: ")
        raise InputError(shown(said[:1].upper() + said[1:]), code=first.code)
    return report
