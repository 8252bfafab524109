"""Import of customers with their rules, addresses and contacts: one row per address, the customer number repeating."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from matching.masterdata.cells import (
    amount,
    clock,
    code_of,
    gln_of,
    letters,
    need_code,
    one_of,
    share,
    text,
    whole,
    yes_no,
)
from matching.masterdata.customer_batch import write_customers
from matching.masterdata.fields import Field, Values, in_file, read, same_again
from models.domain.codes import clean_code
from models.domain.geography import check_coordinates
from models.domain.partners import AddressKind, ApprovalLevel, CodeKind, DateOrder, PackRule
from models.errors import InputError
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, degrees_of, need, short

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"]{1,64}@[^@\s<>()\[\],;:\"]+\.[^@\s<>()\[\],;:\"]+")
_BATCH = 2_000


def _vat(row: Row, column: str) -> str | None:
    said = code_of(row, column)
    if said is not None and len(clean_code(said)) > 32:
        raise InputError(f"{column} is longer than 32 signs; shorten it.", code="too_long")
    return clean_code(said) if said else None


def _domain(row: Row, column: str) -> str | None:
    said = (text()(row, column) or "").lower().strip().lstrip("@")
    if said and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", said):
        raise InputError(f"{column} is “{short(said)}”, which is no domain; write it as in example.com.", code="bad_domain")
    return said or None


FIELDS = (
    Field("name", "name", text()), Field("vat_id", "vat_id", _vat), Field("gln", "gln", gln_of),
    Field("group", "group_code", text(64)), Field("email_domain", "email_domain", _domain),
    Field("language", "language", letters(2, upper=False)), Field("currency", "currency", letters(3)),
    Field("payment_terms", "payment_terms", text()), Field("delivery_terms", "delivery_terms", text()),
    Field("credit_limit", "credit_limit", amount), Field("open_balance", "open_balance", amount, Decimal(0)),
    Field("overdue", "overdue", amount, Decimal(0)), Field("order_minimum", "order_minimum", amount),
    Field("pack_rule", "pack_rule", one_of(PackRule), PackRule.ASK), Field("ship_complete", "ship_complete", yes_no, False),
    Field("merge_repeated_lines", "merge_repeated_lines", yes_no, False),
    Field("partial_release", "partial_release", yes_no, False), Field("code_preference", "code_preference", one_of(CodeKind)),
    Field("target_error_rate", "target_error_rate", share), Field("date_order", "date_order", one_of(DateOrder)),
    Field("price_tolerance", "price_tolerance", amount, Decimal(2)),
    Field("approval", "approval", one_of(ApprovalLevel), ApprovalLevel.CONFIDENT), Field("cut_off", "cut_off", clock),
    Field("over_tolerance", "over_tolerance", amount, Decimal(0)), Field("active", "is_active", yes_no, True),
)
"""The columns that are simply fields of a customer."""
ADDRESS_FIELDS = (
    Field("address_name", "name", text()), Field("street", "street", text(), ""), Field("postcode", "postcode", text(32), ""),
    Field("city", "city", text(128)), Field("region", "region", text(128)), Field("country", "country", letters(2)),
    Field("address_gln", "gln", gln_of), Field("transit_days", "transit_days", whole),
    Field("ship_to_default", "is_default", yes_no, False), Field("latitude", "latitude", degrees_of),
    Field("longitude", "longitude", degrees_of),
)
"""The columns that are fields of an address."""
_KIND = one_of(AddressKind)


@dataclass(slots=True)
class Spec:
    """A customer as the file wants it; the line is that of its first row. Contacts by mail address."""

    line: int
    customer_no: str
    said: Values
    contacts: dict[str, Values] = field(default_factory=dict)
    addresses: dict[tuple[AddressKind, str], Values] = field(default_factory=dict)


def import_customers(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns customer_no, name and those of FIELDS; emails, or one contact a row as contact_email, contact_name, contact_phone;
    one address a row as address_code, address_kind and those of ADDRESS_FIELDS.

    Contacts and addresses are added or changed, never removed: orders refer to them. The report counts customers. All customers
    of the file are held until it is read. Raises InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    columns, rest = opened(rows, "customer_no", "name")
    fields, address_fields = in_file(FIELDS, columns), in_file(ADDRESS_FIELDS, columns)
    specs: dict[str, Spec] = {}
    for line, found in parse_rows(rest, lambda row: _parse(row, fields, address_fields, columns), tally):
        found.line = line
        try:
            _join(specs.setdefault(found.customer_no, found), found)
        except InputError as e:
            tally.refuse(line, e)
    for batch in in_batches(list(specs.values()), tally, _BATCH):
        with db.write() as session:
            write_customers(session, batch, fields, address_fields, tally)
    return tally.finish(db, "customers")


def _parse(row: Row, fields: tuple[Field, ...], address_fields: tuple[Field, ...], columns: Collection[str]) -> Spec:
    need(row, "name")
    spec = Spec(0, need_code(row, "customer_no"), read(row, fields), _contacts(row))
    if any(row.get(name, "").strip() for name in ("address_code", "street", "city")):
        values = read(row, address_fields)
        for name in ("city", "country"):
            if values.get(name) is None:
                raise InputError(f"{name} is empty; an address needs a city, and a country of two letters.", code="missing_value")
        check_coordinates(f"{spec.customer_no} {row.get('address_code', '')}".strip(), values)
        if ("latitude" in values) != ("longitude" in values):       # the other one would stay as it is stored
            raise InputError("latitude and longitude belong together; give both columns.", code="half_coordinates")
        if "name" in values:
            values["name"] = values["name"] or spec.said["name"]
        kind = _KIND(row, "address_kind") or AddressKind.SHIP_TO
        spec.addresses[kind, need_code(row, "address_code")] = values
    return spec


def _contacts(row: Row) -> dict[str, Values]:
    found: dict[str, Values] = {part.lower(): {} for part in re.split(r"[\s,;]+", row.get("emails", "")) if part}
    if own := (text(320)(row, "contact_email") or "").lower():
        said = {"name": text()(row, "contact_name"), "phone": text(64)(row, "contact_phone")}
        found[own] = {name: value for name, value in said.items() if value is not None}
    bad = sorted(e for e in found if not _EMAIL.fullmatch(e) or len(e) > 320 or not e.isprintable())
    if bad:
        raise InputError(
            f"“{short(bad[0])}” is no mail address; write it plainly, several in the column emails with semicolons.",
            code="bad_email")
    return found


def _join(spec: Spec, found: Spec) -> None:
    """Add a further row to the customer's first. Raises InputError when it contradicts the earlier ones."""
    if found is spec:
        return
    for name, value in spec.said.items():
        if value is None:
            spec.said[name] = found.said[name]
    same_again(spec.customer_no, spec.said, found.said)
    for (kind, code), values in found.addresses.items():
        if spec.addresses.setdefault((kind, code), values) != values:
            raise InputError(
                f"{spec.customer_no} has the {kind} address {code} otherwise in an earlier line; keep one.",
                code="contradiction")
    for email, contact in found.contacts.items():
        known: dict[str, Any] = spec.contacts.setdefault(email, contact)
        same_again(email, known | {n: v for n, v in contact.items() if n not in known}, contact)
        known.update(contact)
