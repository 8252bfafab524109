"""Customers, contacts and addresses as rows: compared with what is stored, and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.masterdata.fields import Field, Values, differences, settle
from matching.masterdata.sql import chunks, insert_all, insert_for_ids, table, update_all
from models.errors import InputError
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from runtime.imports import Outcome, Tally

if TYPE_CHECKING:
    from matching.masterdata.customers import Spec

_CUSTOMERS, _CONTACTS, _ADDRESSES = table(CustomerRow), table(CustomerEmailRow), table(AddressRow)


def write_customers(
    db: Session, specs: Sequence[Spec], fields: Sequence[Field], address_fields: Sequence[Field], tally: Tally
) -> None:
    """Write one batch in the caller's transaction and count what became of it."""
    numbers = [spec.customer_no for spec in specs]
    stored = {
        row.customer_no: row for chunk in chunks(numbers)
        for row in db.execute(select(_CUSTOMERS).where(_CUSTOMERS.c.customer_no.in_(chunk)))}
    new, changes = [], []
    for spec in specs:
        settle(spec.said, fields)
        row = stored.get(spec.customer_no)
        if row is None:
            new.append({"customer_no": spec.customer_no} | spec.said)
            tally.note(Outcome.ADDED, spec.customer_no)
        elif differing := list(differences(row, spec.said)):
            changes.append({"id": row.id} | spec.said)
            for name, before, after in differing:
                tally.note(Outcome.CHANGED, spec.customer_no, name, before, after)
    ids = {number: row.id for number, row in stored.items()} | insert_for_ids(db, CustomerRow, new, "customer_no")
    update_all(db, CustomerRow, changes)
    touched = {change["id"] for change in changes}
    known = {row.id for row in stored.values()}
    touched |= _write_contacts(db, specs, ids, known, tally) | _write_addresses(db, specs, ids, known, address_fields, tally)
    tally.count(
        Outcome.ADDED if n not in stored else Outcome.CHANGED if ids[n] in touched else Outcome.UNCHANGED for n in numbers)


def _write_contacts(
    db: Session, specs: Sequence[Spec], ids: Mapping[str, int], known: Collection[int], tally: Tally
) -> set[int]:
    """Add or change contacts; one that belongs to another customer is refused. Returns the customers concerned."""
    wanted = sorted({email for spec in specs for email in spec.contacts})
    stored = {
        row.email: row for chunk in chunks(wanted)
        for row in db.execute(select(_CONTACTS).where(_CONTACTS.c.email.in_(chunk)))}
    owner = {email: row.customer_id for email, row in stored.items()}
    new, changes, touched = [], [], set()
    for spec in specs:
        customer = ids[spec.customer_no]
        for email, values in sorted(spec.contacts.items()):
            if owner.setdefault(email, customer) != customer:
                tally.refuse(spec.line, InputError(
                    f"{email} already belongs to another customer; it was not added to {spec.customer_no}.", code="email_taken"))
            elif email not in stored:
                new.append({"email": email, "customer_id": customer, "name": None, "phone": None} | values)
                touched.add(customer)
                if customer in known:
                    tally.note(Outcome.ADDED, f"{spec.customer_no} {email}")
            elif differing := list(differences(stored[email], values)):
                row = stored[email]
                changes.append({"email": email, "name": row.name, "phone": row.phone} | values)
                touched.add(customer)
                for name, before, after in differing:
                    tally.note(Outcome.CHANGED, f"{spec.customer_no} {email}", name, before, after)
    insert_all(db, CustomerEmailRow, new)
    update_all(db, CustomerEmailRow, changes, key=("email",))
    return touched


def _write_addresses(
    db: Session, specs: Sequence[Spec], ids: Mapping[str, int], known: Collection[int], fields: Sequence[Field], tally: Tally
) -> set[int]:
    """Add or change addresses; returns the customers concerned."""
    rows = (db.execute(select(_ADDRESSES).where(_ADDRESSES.c.customer_id.in_(chunk)))
            for chunk in chunks([ids[s.customer_no] for s in specs if s.addresses]))
    stored = {(r.customer_id, r.kind, r.code): r for found in rows for r in found}
    new, changes, touched = [], [], set()
    for spec in specs:
        customer = ids[spec.customer_no]
        for (kind, code), values in spec.addresses.items():
            settle(values, fields)
            row, label = stored.get((customer, kind, code)), f"{spec.customer_no} {kind} {code}"
            if row is None:
                new.append(_whole(spec, values) | {"customer_id": customer, "kind": kind, "code": code})
                if customer in known:
                    tally.note(Outcome.ADDED, label)
            elif differing := list(differences(row, values)):
                changes.append({"id": row.id} | values)
                for name, before, after in differing:
                    tally.note(Outcome.CHANGED, label, name, before, after)
            else:
                continue
            touched.add(customer)
    insert_all(db, AddressRow, new)
    update_all(db, AddressRow, changes)
    return touched


def _whole(spec: Spec, values: Values) -> Values:
    """What a new address must have, also where the file has no column for it."""
    return {"name": spec.said["name"], "street": "", "postcode": ""} | values
