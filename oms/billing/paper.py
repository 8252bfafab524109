"""Invoices and credit memos on paper, in the customer's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import minor_digits
from models.domain.partners import AddressKind
from models.tables.orders import SalesOrderRow
from models.tables.partners import AddressRow, CustomerRow
from oms.billing.repository import BilledLine, Billing
from oms.billing.terms import parse_terms
from oms.letters.ready import Attachment
from oms.papers.letter import Column, Letter, draw_letter
from runtime.blobs import Blobs

PHRASES: Mapping[str, Mapping[str, str]] = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
"""Fixed phrases by language (ISO 639-1) and name."""
_PIECES = frozenset({"C62", "EA", "H87", "PCE", "NMB"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: name, address with a line for each entry, VAT number, where to pay to."""

    name: str
    address: tuple[str, ...] = ()
    vat_id: str = ""
    bank: str = ""

    @classmethod
    def of(cls, name: str, address: str, vat_id: str, bank: str) -> Sender:
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


def invoice_pdf(db: Session, number: str, sender: Sender) -> bytes:
    """An invoice as PDF. Raises NotFound."""
    billing = Billing(db)
    invoice = billing.invoice(number)
    party = _party(db, invoice.order_no)
    words = _Words(party.language, invoice.currency)
    issued_on = invoice.issued_at.date()
    terms = parse_terms(party.terms)
    notes = [words.fill("terms", terms=party.terms)] if party.terms else []
    until = terms.discount_until(issued_on) if terms else None
    if terms and terms.discount and until:
        notes.append(words.fill("discount", percent=words.number(terms.discount), date=words.day(until)))
    if sender.bank:
        notes.append(words.fill("pay_to", bank=sender.bank))
    sums = [("net", invoice.net), *([("charges", invoice.charges)] if invoice.charges else []),
            *([("tax", invoice.tax)] if invoice.tax else []), ("total", invoice.total)]
    return draw_letter(words.letter(
        "invoice", number, sender, party,
        facts=(
            ("date", words.day(issued_on)), ("due", words.day(invoice.due_on)), ("your_order", invoice.po_number),
            ("our_order", invoice.order_no), ("shipment", invoice.shipment), ("customer", invoice.customer_no),
            ("vat_id", party.vat_id)),
        lines=billing.invoice_lines(invoice.id), sums=sums, notes=tuple(notes)))


def credit_pdf(db: Session, number: str, sender: Sender) -> bytes:
    """A credit memo as PDF. Raises NotFound."""
    billing = Billing(db)
    memo = billing.credit(number)
    party = _party(db, memo.order_no)
    words = _Words(party.language, memo.currency)
    lines = billing.credit_lines(memo.id)
    sums = [
        ("net", sum((x.amount for x in lines), Decimal(0))), *([("charges", memo.charges)] if memo.charges else []),
        *([("tax", memo.tax)] if memo.tax else []), *([("fee", -memo.fee)] if memo.fee else []), ("credited", memo.total)]
    return draw_letter(words.letter(
        "credit_memo", number, sender, party,
        facts=(
            ("date", words.day(memo.issued_at.date())), ("of_invoice", memo.invoice), ("your_order", party.po_number),
            ("our_order", memo.order_no), ("customer", memo.customer_no), ("vat_id", party.vat_id)),
        lines=lines, sums=sums, notes=(words.fill("reason", reason=memo.reason),)))


class _Words:
    """The phrases of one language, and numbers and dates as it writes them."""

    def __init__(self, language: str, currency: str) -> None:
        self.language = language if language in PHRASES else "en"
        self.currency = currency
        self.say = PHRASES[self.language]

    def number(self, value: Decimal) -> str:
        return format_decimal(value, "#,##0.######", locale=self.language)

    def money(self, value: Decimal, *, with_currency: bool = True, finer: bool = False) -> str:
        digits = minor_digits(self.currency)
        decimals = "0" * digits + ("#" * (6 - digits) if finer else "")
        text = format_decimal(value, f"#,##0{'.' if decimals else ''}{decimals}", locale=self.language)
        return f"{text} {self.currency}" if with_currency else text

    def day(self, value: date | None) -> str | None:
        return format_date(value, "medium", locale=self.language) if value else None

    def fill(self, name: str, **names: str | None) -> str:
        """A phrase with names put in. Not `str.format`: the values come from strangers."""
        phrase = self.say[name]
        for key, value in names.items():
            phrase = phrase.replace("{" + key + "}", value or "")
        return phrase

    def letter(
        self, kind: str, number: str, sender: Sender, party: _Party, *, facts: Sequence[tuple[str, str | None]],
        lines: Sequence[BilledLine], sums: Sequence[tuple[str, Decimal]], notes: tuple[str, ...],
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
            sums=tuple((say[name], self.money(amount)) for name, amount in sums), notes=notes, page_words=say["page"],
            language=self.language)

    def _row(self, line: BilledLine) -> tuple[str, ...]:
        theirs = f"\n{self.fill('your_number', number=line.customer_part_number)}" if line.customer_part_number else ""
        return (
            str(line.position), line.sku, f"{line.description}{theirs}", self.number(line.quantity),
            self.say["pieces"] if line.uom in _PIECES else line.uom,
            self.money(line.unit_price, with_currency=False, finer=True), self.money(line.amount, with_currency=False))


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


def invoice_document(db: Session, blobs: Blobs, number: str, sender: Sender) -> Attachment:
    """An invoice to go with a mail. Raises NotFound."""
    return Attachment(f"{number}.pdf", "application/pdf", blobs.put(invoice_pdf(db, number, sender)))


def credit_document(db: Session, blobs: Blobs, number: str, sender: Sender) -> Attachment:
    """A credit memo to go with a mail. Raises NotFound."""
    return Attachment(f"{number}.pdf", "application/pdf", blobs.put(credit_pdf(db, number, sender)))
