"""Import of customers with their addresses and known senders: one row per address, the customer number repeating."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from matching.masterdata.rows import Outcome, Tally, in_batches, insert_all, letters, one_of, parse_rows, table
from models.domain.codes import clean_code
from models.domain.partners import AddressKind, DateOrder
from models.errors import InputError
from models.tables.base import Base
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from runtime.db import Database
from runtime.tabular import ImportReport, Progress, Row, need, need_columns, optional

AddressKey = tuple[AddressKind, str]
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_YES = {"1", "true", "yes", "y", "x", "ja", "oui", "si", "sí"}


@dataclass(slots=True)
class Spec:
    """A customer as the file wants it; the line is that of its first row."""

    line: int
    customer_no: str
    fields: dict[str, Any]
    emails: set[str] = field(default_factory=set)
    addresses: dict[AddressKey, dict[str, Any]] = field(default_factory=dict)


def import_customers(db: Database, rows: Iterable[Row], progress: Progress = lambda _: None) -> ImportReport:
    """Columns customer_no, name, vat_id, email_domain, emails, language, currency, payment_terms, date_order and, for one
    address a row, address_code, address_kind, address_name, street, postcode, city, region, country, ship_to_default.

    Senders and addresses are added or changed, never removed: orders refer to them. The report counts customers.
    """
    tally = Tally()
    parsed = parse_rows(need_columns(rows, "customer_no", "name"), _parse, tally)
    for batch in in_batches(_gather(parsed, tally)):
        with db.write() as session:
            tally.add(_write(session, batch, tally))
        progress(len(batch))
    return tally.finish(db, "customers")


def _parse(row: Row) -> Spec:
    vat = optional(row, "vat_id", longest=32)
    fields = {
        "name": need(row, "name"), "vat_id": clean_code(vat) if vat else None,
        "email_domain": (optional(row, "email_domain") or "").lower().lstrip("@") or None,
        "language": letters(row, "language", 2, upper=False), "currency": letters(row, "currency", 3),
        "payment_terms": optional(row, "payment_terms"), "date_order": one_of(row, "date_order", DateOrder),
    }
    spec = Spec(0, need(row, "customer_no", longest=64), fields, _emails(row))
    if any(row.get(name, "").strip() for name in ("address_code", "street", "city")):
        spec.addresses = dict([_address(row)])
    return spec


def _emails(row: Row) -> set[str]:
    found = {part.lower() for part in re.split(r"[\s,;]+", row.get("emails", "")) if part}
    bad = sorted(e for e in found if not _EMAIL.fullmatch(e) or len(e) > 320)
    if bad:
        raise InputError(f"emails has “{bad[0]}”, which is no address; separate several by a semicolon.", code="bad_email")
    return found


def _address(row: Row) -> tuple[AddressKey, dict[str, Any]]:
    country = letters(row, "country", 2)
    if country is None:
        raise InputError("country is empty; write two letters such as DE.", code="missing_value")
    return (one_of(row, "address_kind", AddressKind, AddressKind.SHIP_TO), need(row, "address_code", longest=64)), {
        "name": optional(row, "address_name") or need(row, "name"), "street": optional(row, "street") or "",
        "postcode": optional(row, "postcode", longest=32) or "", "city": need(row, "city", longest=128),
        "region": optional(row, "region", longest=128), "country": country,
        "is_default": row.get("ship_to_default", "").strip().lower() in _YES,
    }


def _gather(parsed: Sequence[tuple[int, Spec]], tally: Tally) -> list[Spec]:
    specs: dict[str, Spec] = {}
    for line, found in parsed:
        spec = specs.setdefault(found.customer_no, found)
        spec.line = spec.line or line
        if found is not spec and found.addresses.keys() & spec.addresses.keys():
            kind, code = next(iter(found.addresses))
            tally.refuse(line, InputError(f"{found.customer_no} has the {kind} address {code} twice.", code="contradiction"))
            continue
        spec.fields = {name: spec.fields[name] or found.fields[name] for name in spec.fields}
        spec.emails |= found.emails
        spec.addresses |= found.addresses
    return list(specs.values())


def _write(db: Session, specs: Sequence[Spec], tally: Tally) -> list[Outcome]:
    customers = table(CustomerRow)
    numbers = [s.customer_no for s in specs]
    stored = {r.customer_no: r for r in db.execute(select(customers).where(customers.c.customer_no.in_(numbers)))}
    other = [s for s in specs if s.customer_no in stored
             and any(getattr(stored[s.customer_no], k) != v for k, v in s.fields.items())]
    ids = {number: row.id for number, row in stored.items()}
    ids |= _insert(db, [s for s in specs if s.customer_no not in stored])
    _update(db, CustomerRow, [{"row_id": ids[s.customer_no]} | s.fields for s in other])
    moved = _write_emails(db, specs, ids, tally) | _write_addresses(db, specs, ids)
    touched = {s.customer_no for s in other} | {s.customer_no for s in specs if ids[s.customer_no] in moved}
    return [
        Outcome.ADDED if n not in stored else Outcome.CHANGED if n in touched else Outcome.UNCHANGED for n in numbers]


def _insert(db: Session, specs: Sequence[Spec]) -> dict[str, int]:
    if not specs:
        return {}
    customers = table(CustomerRow)
    stmt = insert(customers).returning(customers.c.customer_no, customers.c.id)
    return dict(db.execute(stmt, [{"customer_no": s.customer_no} | s.fields for s in specs]).all())


def _update(db: Session, row: type[Base], changes: list[dict[str, Any]]) -> None:
    """Write changes: each a mapping of `row_id` and columns, all with the same columns."""
    if changes:
        target = table(row)
        values: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "row_id"}
        db.connection().execute(update(target).where(target.c.id == bindparam("row_id")).values(values), changes)


def _write_emails(db: Session, specs: Sequence[Spec], ids: dict[str, int], tally: Tally) -> set[int]:
    """Add senders; one that belongs to another customer is refused. Returns the customers that got one."""
    wanted = {email for s in specs for email in s.emails}
    stmt = select(CustomerEmailRow.email, CustomerEmailRow.customer_id).where(CustomerEmailRow.email.in_(wanted))
    owner = dict(db.execute(stmt).all())
    new: list[dict[str, Any]] = []
    for spec in specs:
        for email in sorted(spec.emails):
            if email not in owner:
                owner[email] = ids[spec.customer_no]
                new.append({"email": email, "customer_id": ids[spec.customer_no]})
            elif owner[email] != ids[spec.customer_no]:
                tally.refuse(spec.line, InputError(
                    f"{email} already belongs to another customer; it was not added to {spec.customer_no}.", code="email_taken"))
    insert_all(db, CustomerEmailRow, new)
    return {row["customer_id"] for row in new}


def _write_addresses(db: Session, specs: Sequence[Spec], ids: dict[str, int]) -> set[int]:
    """Add or change addresses; returns the customers concerned."""
    address = table(AddressRow)
    rows = db.execute(select(address).where(address.c.customer_id.in_([ids[s.customer_no] for s in specs])))
    stored = {(r.customer_id, r.kind, r.code): r for r in rows}
    new, changes, touched = [], [], set()
    for spec in specs:
        customer = ids[spec.customer_no]
        for (kind, code), fields in spec.addresses.items():
            row = stored.get((customer, kind, code))
            if row is None:
                new.append({"customer_id": customer, "kind": kind, "code": code} | fields)
            elif any(getattr(row, name) != value for name, value in fields.items()):
                changes.append({"row_id": row.id} | fields)
            else:
                continue
            touched.add(customer)
    insert_all(db, AddressRow, new)
    _update(db, AddressRow, changes)
    return touched
