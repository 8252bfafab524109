"""Customers as matching sees them: a light list of all, and full records of the few that come into question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.customer import CustomerClues, is_domain
from matching.records import AddressRecord, CustomerRecord, CustomerRules
from models.domain.codes import clean_code
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerMinimumRow, CustomerRow

BY_NAME = 25
"""How many customers are looked at because of their name alone."""


@dataclass(frozen=True, slots=True)
class LightCustomer:
    """What is looked at of every customer."""

    customer_id: int
    customer_no: str
    name: str
    vat_id: str | None
    email_domain: str | None
    gln: str | None = None


def light_customers(db: Session) -> list[LightCustomer]:
    """All active customers."""
    c = CustomerRow
    stmt = select(c.id, c.customer_no, c.name, c.vat_id, c.email_domain, c.gln).where(c.is_active)
    return [LightCustomer(*row) for row in db.execute(stmt)]


def shortlist(db: Session, clues: CustomerClues, everybody: Sequence[LightCustomer]) -> set[int]:
    """Ids of the customers that any clue points to."""
    found = pick(clues, everybody) | clues.known_form
    if clues.sender:
        found |= set(db.execute(select(CustomerEmailRow.customer_id).where(CustomerEmailRow.email == clues.sender)).scalars())
    return found


def pick(clues: CustomerClues, everybody: Sequence[LightCustomer]) -> set[int]:
    """Ids of the customers that what is known of all of them points to. Pure."""
    account, vat = clean_code(clues.account or ""), clean_code(clues.vat_id or "")
    found = {
        c.customer_id for c in everybody
        if (account and clean_code(c.customer_no) == account) or (vat and c.vat_id == vat)
        or (c.gln and c.gln in clues.glns) or (clues.domain and c.email_domain and is_domain(clues.domain, c.email_domain))}
    return found | _by_name(clues.printed_names, everybody)


def _by_name(names: Iterable[str], everybody: Sequence[LightCustomer]) -> set[int]:
    known = {c.customer_id: c.name.lower() for c in everybody}
    hits = (
        process.extract(name.lower(), known, scorer=fuzz.token_set_ratio, limit=BY_NAME, score_cutoff=60) for name in names)
    return {customer_id for found in hits for _, _, customer_id in found}


def load_customers(db: Session, ids: Collection[int]) -> list[CustomerRecord]:
    """Full records, in the order of their ids."""
    emails: dict[int, set[str]] = {}
    for row in db.execute(select(CustomerEmailRow).where(CustomerEmailRow.customer_id.in_(ids))).scalars():
        emails.setdefault(row.customer_id, set()).add(row.email)
    addresses: dict[int, list[AddressRecord]] = {}
    for a in db.execute(select(AddressRow).where(AddressRow.customer_id.in_(ids)).order_by(AddressRow.id)).scalars():
        addresses.setdefault(a.customer_id, []).append(
            AddressRecord(
                a.id, a.kind, a.code, a.name, a.street, a.postcode, a.city, a.country, a.is_default, a.gln, a.transit_days))
    minimums: dict[int, dict[str, Decimal]] = {}
    for m in db.execute(select(CustomerMinimumRow).where(CustomerMinimumRow.customer_id.in_(ids))).scalars():
        minimums.setdefault(m.customer_id, {})[m.product_line] = m.amount
    rows = db.execute(select(CustomerRow).where(CustomerRow.id.in_(ids)).order_by(CustomerRow.id)).scalars()
    return [
        CustomerRecord(
            c.id, c.customer_no, c.name, c.vat_id, c.email_domain, frozenset(emails.get(c.id, ())), c.currency, c.price_tolerance,
            c.approval, tuple(addresses.get(c.id, ())), c.gln, c.group_code, _rules(c, minimums.get(c.id, {})), c.credit_limit,
            c.open_balance, c.overdue)
        for c in rows]


def _rules(c: CustomerRow, minimums: dict[str, Decimal]) -> CustomerRules:
    return CustomerRules(
        c.order_minimum, minimums, c.pack_rule, c.ship_complete, c.merge_repeated_lines, c.partial_release, c.code_preference,
        c.target_error_rate)
