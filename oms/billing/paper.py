"""Invoices, credit memos and quotes on paper, in the customer's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import minor_digits
from models.domain.order_work import ChargeKind
from models.domain.partners import AddressKind
from models.domain.states import OFFERS
from models.errors import InputError
from models.tables.orders import SalesOrderRow
from models.tables.partners import AddressRow, CustomerRow
from oms.billing.credited_goods import as_came_back
from oms.billing.repository import BilledLine, Billing
from oms.billing.terms import parse_terms
from oms.letters.ready import Attachment
from oms.letters.words import Words, fill
from oms.orders.repository import LineDetail, Orders
from oms.papers.letter import Letter, draw_letter
from oms.papers.parts import Column
from runtime.blobs import Blobs
from runtime.zone import day_at

PHRASES: Mapping[str, Mapping[str, str]] = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
"""Fixed phrases by language (ISO 639-1) and name."""
MOST = 200
"""So many papers go into one file."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: name, address with a line for each entry, VAT number, where to pay to."""

    name: str
    address: tuple[str, ...] = ()
    vat_id: str = ""
    bank: str = ""

    @classmethod
    def of(cls, name: str, address: str, vat_id: str, bank: str) -> Letterhead:
        """From the settings; a semicolon ends a line of the address."""
        return cls(name, tuple(line.strip() for line in address.split(";") if line.strip()), vat_id.strip(), bank.strip())


@dataclass(frozen=True, slots=True)
class _Party:
    """The customer of a paper, and what the order says."""

    lines: tuple[str, ...]
    vat_id: str | None
    language: str
    terms: str | None
    po_number: str


def invoice_pdf(db: Session, sender: Letterhead, *numbers: str) -> bytes:
    """Invoices as one PDF, in this order. Raises NotFound, InputError for none or for more than MOST."""
    return draw_letter(*(_invoice(db, number, sender) for number in _some(numbers)))


def credit_pdf(db: Session, sender: Letterhead, *numbers: str) -> bytes:
    """Credit memos as one PDF, in this order. Raises NotFound, InputError for none or for more than MOST."""
    return draw_letter(*(_credit(db, number, sender) for number in _some(numbers)))


def _some(numbers: Sequence[str]) -> Sequence[str]:
    if not 0 < len(numbers) <= MOST:
        raise InputError(f"Choose between 1 and {MOST} to print.", code="nothing_to_print")
    return numbers


def _invoice(db: Session, number: str, sender: Letterhead) -> Letter:
    billing = Billing(db)
    invoice = billing.invoice(number)
    party = _party(db, invoice.order_no)
    words = _Words(party.language, invoice.currency)
    issued_on = day_at(invoice.issued_at)
    terms = parse_terms(party.terms)
    notes = [words.fill("terms", terms=party.terms)] if party.terms else []
    until = terms.discount_until(issued_on) if terms else None
    if terms and terms.discount and until:
        notes.append(words.fill("discount", percent=words.number(terms.discount), date=words.day(until)))
    if sender.bank:
        notes.append(words.fill("pay_to", bank=sender.bank))
    sums = [("net", invoice.net), *([("charges", invoice.charges)] if invoice.charges else []),
            *([("tax", invoice.tax)] if invoice.tax else []), ("total", invoice.total)]
    return words.letter(
        "invoice", invoice.paper_no, sender, party,
        facts=(
            ("date", words.day(issued_on)), ("due", words.day(invoice.due_on)), ("your_order", invoice.po_number),
            ("our_order", invoice.order_no), ("shipment", invoice.shipment), ("customer", invoice.customer_no),
            ("vat_id", party.vat_id)),
        lines=billing.invoice_lines(invoice.id), sums=sums, notes=tuple(notes))


def _credit(db: Session, number: str, sender: Letterhead) -> Letter:
    billing = Billing(db)
    memo = billing.credit(number)
    party = _party(db, memo.order_no)
    words = _Words(party.language, memo.currency)
    lines = as_came_back(db, memo, billing.credit_lines(memo.id), lambda sku: words.fill("part_of", sku=sku))
    sums = [
        ("net", sum((x.amount for x in lines), Decimal(0))), *([("charges", memo.charges)] if memo.charges else []),
        *([("tax", memo.tax)] if memo.tax else []), *([("fee", -memo.fee)] if memo.fee else []), ("credited", memo.total)]
    return words.letter(
        "credit_memo", number, sender, party,
        facts=(
            ("date", words.day(day_at(memo.issued_at))), ("of_invoice", memo.invoice), ("your_order", party.po_number),
            ("our_order", memo.order_no), ("customer", memo.customer_no), ("vat_id", party.vat_id)),
        lines=lines, sums=sums, notes=(words.fill("reason", reason=memo.reason),))


def quote_pdf(db: Session, order_no: str, sender: Letterhead) -> bytes:
    """A draft or quote as PDF: what it would cost, and until when. Raises NotFound, InputError for what is no offer any more."""
    offer = Orders(db).detail(order_no)
    if offer.summary.state not in OFFERS:
        raise InputError(
            f"{order_no} is {offer.summary.state}, no offer any more; its acknowledgement and invoices are its papers.",
            code="no_offer")
    party = _party(db, order_no)
    words = _Words(party.language, offer.summary.currency)
    charges = [(charge.name, charge.amount) for charge in offer.charges]
    notes = [words.fill("valid", date=words.day(offer.valid_until))] if offer.valid_until else []
    if not any(charge.kind is ChargeKind.TAX for charge in offer.charges):
        notes.append(words.say["without_tax"])
    if party.terms:
        notes.append(words.fill("terms", terms=party.terms))
    return draw_letter(words.letter(
        "quote", order_no, sender, party,
        facts=(
            ("date", words.day(offer.changes[-1].at.date() if offer.changes else offer.summary.created_at.date())),
            ("until", words.day(offer.valid_until)), ("your_order", party.po_number),
            ("customer", offer.summary.customer_no), ("vat_id", party.vat_id)),
        lines=offer.lines, sums=[("net", offer.summary.total), *charges, ("total", offer.payable)], notes=tuple(notes)))


class _Words(Words):
    """The phrases of one language for papers about money."""

    def __init__(self, language: str, currency: str) -> None:
        known = language if language in PHRASES else "en"
        super().__init__(known, currency, PHRASES[known])
        self.digits = minor_digits(currency)

    def fill(self, name: str, **names: str | None) -> str:
        return fill(self.say[name], {key: value or "" for key, value in names.items()})

    def letter(
        self, kind: str, number: str, sender: Letterhead, party: _Party, *, facts: Sequence[tuple[str, str | None]],
        lines: Sequence[BilledLine | LineDetail], sums: Sequence[tuple[str, Decimal]], notes: tuple[str, ...],
    ) -> Letter:
        say = self.say
        vat = (f"{say['vat_id']} {sender.vat_id}",) if sender.vat_id else ()
        columns = (
            Column("#", 0.05), Column(say["item"], 0.13), Column(say["description"], 0.36), Column(say["quantity"], 0.11, True),
            Column(say["unit"], 0.08), Column(say["price"], 0.12, True), Column(f"{say['amount']} {self.currency}", 0.15, True))
        return Letter(
            title=say[kind], number=number, sender=(sender.name, *sender.address, *vat), recipient=party.lines,
            facts=tuple((say[name], value) for name, value in facts if value), columns=columns,
            rows=tuple(self._row(line) for line in lines),
            sums=tuple((say.get(name, name), self.money(amount, self.digits)) for name, amount in sums), notes=notes,
            page_words=say["page"], language=self.language)

    def _row(self, line: BilledLine | LineDetail) -> tuple[str, ...]:
        theirs = f"\n{self.fill('your_number', number=line.customer_part_number)}" if line.customer_part_number else ""
        return (
            str(line.position), line.sku, f"{line.description}{theirs}", self.number(line.quantity),
            self.unit(line.uom), self.price(line.unit_price, self.digits), self.price(line.amount, self.digits))


def _party(db: Session, order_no: str) -> _Party:
    order, customer = db.execute(
        select(SalesOrderRow, CustomerRow).join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
        .where(SalesOrderRow.order_no == order_no)).one()
    a = AddressRow
    addresses = db.execute(
        select(a).where(a.customer_id == customer.id)
        .order_by(a.kind != AddressKind.BILL_TO, a.id != order.ship_to_id, a.is_default.desc(), a.id)).scalars().all()
    lines = [customer.name]
    if addresses:
        to = addresses[0]
        lines += [*([to.name] if to.name != customer.name else []), to.street, f"{to.postcode} {to.city}", to.country]
    return _Party(
        tuple(line for line in lines if line), customer.vat_id, customer.language or "en",
        order.payment_terms or customer.payment_terms, order.po_number)


def invoice_document(db: Session, blobs: Blobs, number: str, sender: Letterhead) -> Attachment:
    """An invoice to go with a mail. Raises NotFound."""
    return Attachment(f"{number}.pdf", "application/pdf", blobs.put(invoice_pdf(db, sender, number)))


def quote_document(db: Session, blobs: Blobs, order_no: str, sender: Letterhead) -> Attachment:
    """A quote to go with a mail. Raises NotFound, InputError."""
    return Attachment(f"{order_no}.pdf", "application/pdf", blobs.put(quote_pdf(db, order_no, sender)))


def credit_document(db: Session, blobs: Blobs, number: str, sender: Letterhead) -> Attachment:
    """A credit memo to go with a mail. Raises NotFound."""
    return Attachment(f"{number}.pdf", "application/pdf", blobs.put(credit_pdf(db, sender, number)))
