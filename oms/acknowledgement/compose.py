"""The acknowledgement in words: subject, text and HTML, in the customer's language. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.domain.money import minor_digits
from oms.acknowledgement.assemble import AckLine, Acknowledgement
from oms.letters.ready import ReadyMail
from oms.letters.words import Words, fill, one_line

ACKNOWLEDGEMENT = "acknowledgement"
_HERE = Path(__file__).parent
PHRASES: Mapping[str, Mapping[str, str]] = json.loads((_HERE / "phrases.json").read_text(encoding="utf-8"))
"""Fixed phrases by language (ISO 639-1) and name."""
_PAGES = Environment(
    loader=FileSystemLoader(_HERE), autoescape=select_autoescape(["html"]), undefined=StrictUndefined, trim_blocks=True)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line, formatted for reading. `notes` are the deviations, one sentence each."""

    position: str
    sku: str
    description: str
    customer_part_number: str
    customer_description: str
    quantity: str
    price: str
    amount: str
    wanted: str
    notes: tuple[str, ...]


def ready(ack: Acknowledgement, *, company_name: str) -> ReadyMail:
    """The mail for one order; English where the customer's language is none of ours."""
    language = ack.letter.language if ack.letter.language in PHRASES else "en"
    assert language
    words = Words(language, ack.currency, PHRASES[language])
    lines = [_shown(line, ack, words) for line in ack.lines]
    deviating = sum(1 for line in lines if line.notes)
    digits = minor_digits(ack.currency)
    names = {
        "order_no": ack.order_no, "po_number": ack.po_number, "count": str(deviating),
        "following": one_line("; ".join(ack.following))}
    page = {
        "say": {name: fill(phrase, names) for name, phrase in words.say.items()}, "language": language, "ack": ack,
        "lines": lines, "deviating": deviating, "total": words.money(ack.total, digits),
        "charges": [(one_line(c.name), words.money(c.amount, digits)) for c in ack.charges],
        "payable": words.money(ack.total + sum((c.amount for c in ack.charges), Decimal(0)), digits),
        "company_name": company_name,
    }
    return ReadyMail(
        letter=ack.letter, kind=ACKNOWLEDGEMENT, language=language, subject=one_line(fill(words.say["subject"], names)),
        text=_PAGES.get_template("mail.txt").render(page), html=_PAGES.get_template("mail.html").render(page))


def _shown(line: AckLine, ack: Acknowledgement, words: Words) -> ShownLine:
    digits = minor_digits(ack.currency)
    wanted = words.day(line.requested_date)
    return ShownLine(
        position=line.customer_line_no or str(line.position), sku=line.sku, description=line.description,
        customer_part_number=line.customer_part_number or "", customer_description=one_line(line.customer_description or ""),
        quantity=words.amount(line.quantity, line.unit), price=words.money(line.unit_price, digits),
        amount=words.money(line.amount, digits), wanted=wanted, notes=tuple(_deviations(line, ack, words, wanted)))


def _deviations(line: AckLine, ack: Acknowledgement, words: Words, wanted: str) -> Iterator[str]:
    """Every way in which what was entered differs from what was asked, agreed or is possible."""
    digits, say = minor_digits(ack.currency), words.say
    entered_price, ordered = words.money(line.unit_price, digits), words.amount(line.base_quantity, line.base_uom)
    if line.asked_quantity is not None:
        yield fill(say["quantity_entered"], {
            "asked": words.amount(line.asked_quantity, line.unit), "entered": words.amount(line.quantity, line.unit)})
    if line.base_quantity != line.quantity:
        yield fill(say["unit"], {"ordered": words.amount(line.quantity, line.unit), "base": ordered})
    if line.asked_price is not None:
        yield fill(say["price_entered"], {"asked": words.money(line.asked_price, digits), "entered": entered_price})
    if not line.price_was_given:
        yield fill(say["price_missing"], {"entered": entered_price})
    if line.agreed_price is not None:
        yield fill(say["price_agreed"], {"agreed": words.money(line.agreed_price, digits), "entered": entered_price})
    if line.short > 0:
        available = line.base_quantity - line.short
        yield fill(say["short" if available > 0 else "none"], {
            "available": words.number(available), "ordered": ordered, "short": words.number(line.short)})
    if line.requested_date and line.requested_date < ack.accepted_on:
        yield fill(say["date_passed"], {"date": wanted})
