"""What people type around an order in a mail: subject, greeting, opening, items, wishes, signature, older mail below."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions, draw_conventions
from extraction.model.synth.form import Text
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.letter import Letter
from extraction.model.synth.orders import Order, OrderLine
from extraction.model.synth.papers import Part, is_paper, worded


def text_letter(rng: random.Random, order: Order, part: Part = "all") -> Letter:
    """An order written by hand: greeting, a sentence, items, wishes, signature; sometimes quoted history."""
    con = draw_conventions(rng, language=order.customer.language, number_style=order.customer.number_style,
                           date_order=order.customer.date_order, currency=order.currency)
    letter = Letter()
    letter.subject = subject(rng, order, letter, part)
    greeting(rng, order, letter)
    letter.say()
    opening(rng, order, letter, part)
    letter.say()
    if order.doc_type != "cancellation" or len(order.lines) > 1:
        _items(rng, order, con, letter)
    closing_wishes(rng, order, con, letter, known=letter.printed)
    signature(rng, order, letter)
    _history(rng, order, con, letter)
    return letter


def po_number(order: Order) -> Text:
    """The PO number as said in a mail."""
    return Text(order.po_number, "po_number", order.po_number)


def subject(rng: random.Random, order: Order, letter: Letter, part: Part) -> str:
    """A subject line; a PO number in it counts as printed."""
    language = order.customer.language
    if is_paper(order.paper):
        pattern = worded(rng, order.paper, language, "subjects", part)
    else:
        pattern = rng.choice(words.subjects(language, order.doc_type))
    if "{po}" in pattern:
        letter.note(po_number(order))
    return pattern.format(po=order.po_number, own=order.own_number, buyer=order.customer.name, seller=order.customer.name)


def greeting(rng: random.Random, order: Order, letter: Letter) -> None:
    """The first line."""
    letter.say(words.phrase(rng, order.customer.language, "greeting"), name=Text(rng.choice(("Sales", "Team", "Tom", "Ms Vale"))))


def opening(rng: random.Random, order: Order, letter: Letter, part: Part) -> None:
    """The sentence that says what the mail is about."""
    if is_paper(order.paper):
        pattern = worded(rng, order.paper, order.customer.language, "letters", part)
    else:
        key = {"order_change": "change", "cancellation": "cancel"}.get(order.doc_type, "order")
        pattern = words.phrase(rng, order.customer.language, key)
    letter.say(pattern, po=po_number(order), own=Text(order.own_number))


def _items(rng: random.Random, order: Order, con: Conventions, letter: Letter) -> None:
    """One text line per order line in one style: bulleted, numbered, bare, or code and quantity in columns parted by tabs."""
    lead = rng.choice(("- ", "* ", "", "", "{n}. ", "{n}) "))
    patterns = words.phrases(order.customer.language, "qty_each")
    pattern = rng.choice((*patterns, "{code}\t{text}\t{quantity}\t{uom}", "{quantity} {uom} {text}", "{quantity} x {code}"))
    owner = rng.choice(("supplier_sku", "supplier_sku", "buyer_sku"))
    with_price = rng.random() < 0.25
    for number, line in enumerate(order.lines):
        shown = pattern if getattr(line, owner) else "{quantity} {uom} {text}"
        letter.say(lead.format(n=number + 1) + shown, **_values(con, number, line, owner))
        if with_price and line.price_unit == 1 and line.price:
            price = Text(con.number(line.net_price, 2), f"lines.{number}.unit_price", number_of(line.net_price))
            letter.go_on(" @ {price} {currency}", price=price, currency=Text(con.currency, "currency", con.currency))


def _values(con: Conventions, number: int, line: OrderLine, owner: str) -> dict[str, Text]:
    unit, code = words.unit_spellings(line.uom, con.language)[0], getattr(line, owner) or ""
    head = f"lines.{number}."
    return {
        "quantity": Text(con.number(line.quantity, 0), f"{head}quantity", number_of(line.quantity)),
        "uom": Text(unit, f"{head}uom", unit), "code": Text(code, f"{head}{owner}", code),
        "text": Text(line.text, f"{head}description", line.text),
    }


def closing_wishes(rng: random.Random, order: Order, con: Conventions, letter: Letter, *, known: Mapping[str, Any]) -> None:
    """Date, PO number and address, as far as they are not `known` from what was said before."""
    language = order.customer.language
    letter.say()
    if order.requested_date and "requested_date" not in known and rng.random() < 0.6:
        day = Text(con.date(order.requested_date), "requested_date", order.requested_date.isoformat())
        letter.say(words.phrase(rng, language, "wish"), date=day)
    if "po_number" not in known and not is_paper(order.paper) and rng.random() < 0.7:
        letter.say(words.phrase(rng, language, "po"), po=po_number(order))
    if rng.random() < 0.4:
        site = order.ship_to
        address = ", ".join(part for part in (site.name, site.extra, site.street, site.city_line) if part)
        letter.say(words.phrase(rng, language, "ship"), address=Text(address, "ship_to", address))
    if rng.random() < 0.1:
        letter.say(words.phrase(rng, language, "notice"))


def signature(rng: random.Random, order: Order, letter: Letter) -> None:
    """A closing, a name, perhaps company, address and telephone, and what mail programs add."""
    language, contact = order.customer.language, order.contact
    letter.say()
    letter.say(words.phrase(rng, language, "close"))
    letter.say("{name}", name=Text(contact.name))
    if rng.random() < 0.8:
        letter.say("{buyer}", buyer=Text(order.customer.name, "buyer_name", order.customer.name))
        phone = f"{words.phrases(language, 'phone')[0]} {contact.phone}"
        about = (order.bill_to.street, order.bill_to.city_line, phone, contact.email)
        for line in about[: rng.randrange(len(about) + 1)]:
            letter.say("{line}", line=Text(line))
    if rng.random() < 0.12:
        letter.say("\n" + words.phrases(language, "sent_from")[0])
    if rng.random() < 0.3:
        letter.say("\n" + words.phrase(rng, language, "disclaimer"))


def _history(rng: random.Random, order: Order, con: Conventions, letter: Letter) -> None:
    """An older mail below, quoted; its words say nothing about this order."""
    if rng.random() > 0.2:
        return
    letter.say()
    letter.say(words.phrases(order.customer.language, "wrote")[0], date=Text(con.date(order.order_date)),
               name=Text(f"orders@{order.company.email_domain}"))
    for text in words.phrases(order.customer.language, "disclaimer"):
        letter.say("> {text}", text=Text(text))
