"""Orders as mail: prose and lists, tables in HTML, and mails that carry the order as an attachment."""

from __future__ import annotations

import html
import mimetypes
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions, draw_conventions
from extraction.model.synth.form import Form
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.form_table import Cell
from extraction.model.synth.orders import Order, OrderLine

Attachment = tuple[str, bytes]      # file name and content
_MIMES = {
    ".pdf": "application/pdf",
    ".edi": "application/edi-x12",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(slots=True)
class Letter:
    """A mail being written: lines of the body and the truth of what they say."""

    subject: str
    lines: list[str] = field(default_factory=list)
    printed: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The text part."""
        return "\n".join(self.lines) + "\n"


def text_letter(rng: random.Random, order: Order) -> Letter:
    """An order written by hand: greeting, a sentence, items, wishes, signature; sometimes quoted history or a forward."""
    language = order.customer.language
    con = draw_conventions(rng, language=language, number_style=order.customer.number_style,
                           date_order=order.customer.date_order, currency=order.currency)
    letter = Letter(_subject(rng, order))
    if order.po_number in letter.subject:
        letter.printed["po_number"] = order.po_number
    letter.lines += [_greeting(rng, order), "", _opening(rng, order, letter), ""]
    if order.doc_type != "cancellation" or len(order.lines) > 1:
        _items(rng, order, con, letter)
    _wishes(rng, order, con, letter)
    _signature(rng, order, letter)
    _history(rng, order, con, letter)
    return letter


def html_letter(rng: random.Random, order: Order, form: Form) -> tuple[Letter, str]:
    """An order with its lines in an HTML table; returns the plain alternative with the truth, and the HTML."""
    letter = Letter(_subject(rng, order))
    if order.po_number in letter.subject:
        letter.printed["po_number"] = order.po_number
    opening = [_greeting(rng, order), _opening(rng, order, letter)]
    parts = [f"<p>{html.escape(text)}</p>" for text in opening]
    if number := form.po_beside_title:
        parts.append(f"<h3>{html.escape(form.title)} {html.escape(number.text)}</h3>")
        letter.printed["po_number"] = number.value
    for pair in form.info:
        parts.append(f"<div><b>{html.escape(pair.label)}:</b> {html.escape(pair.value.text)}</div>")
        if pair.value.tag:
            letter.printed.setdefault(pair.value.tag, pair.value.value)
    parts.append(_html_table(rng, form, letter))
    letter.lines += [*opening, ""]
    wishes, signature = Letter(""), Letter("")
    _wishes(rng, order, form.conventions, wishes, dated="requested_date" not in letter.printed)
    _signature(rng, order, signature)
    letter.printed.update(wishes.printed | signature.printed)
    if form.conventions.currency_place != "none" and any(
        tag.endswith(("total", "unit_price", "amount")) for tag in letter.printed
    ):
        letter.printed.setdefault("currency", order.currency)
    parts += [f"<p>{html.escape(text)}</p>" for text in wishes.lines if text]
    parts.append("<p>" + "<br>".join(html.escape(text) for text in signature.lines) + "</p>")
    return letter, f"<html><body style=\"font-family:Calibri,sans-serif\">{''.join(parts)}</body></html>"


def chatter_letter(rng: random.Random, order: Order, topic: int | None = None) -> Letter:
    """A mail of the same people that orders nothing: a chaser (topic 0), an absence note (1), news (2), a question."""
    topics = words.chatter(order.customer.language)
    subject, text = topics[topic] if topic is not None else rng.choice(topics)
    if "{po}" in text:
        text = text.format(po=order.po_number)
    letter = Letter(subject, [_greeting(rng, order), "", text.replace("{sku}", order.lines[0].supplier_sku or "")])
    if order.po_number in text:
        letter.printed["po_number"] = order.po_number
    _signature(rng, order, letter)
    return letter


def cover_letter(rng: random.Random, order: Order) -> Letter:
    """A short text that goes with an attachment and says nothing that the attachment does not."""
    phrase = words.phrase(rng, order.customer.language, "attached" if order.doc_type == "purchase_order" else "attached_doc")
    letter = Letter(_subject(rng, order), [_greeting(rng, order), "", phrase, ""])
    _signature(rng, order, letter)
    return letter


def write_mail(
    rng: random.Random,
    order: Order,
    letter: Letter,
    *,
    html_body: str = "",
    attachments: Sequence[Attachment] = (),
    forwarded: bool = False,
) -> bytes:
    """The .eml as the customer's mail system sends it; a forwarded one comes from our own sales desk with the customer inside."""
    mail = EmailMessage()
    inner = f"{order.contact.name} <{order.contact.email}>"
    sender = f"Sales Desk <sales@{order.company.email_domain}>" if forwarded else inner
    mail["From"], mail["To"] = sender, order.company.order_mailbox
    mail["Subject"] = f"Fwd: {letter.subject}" if forwarded else letter.subject
    sent = datetime.combine(order.order_date, time(rng.randrange(6, 19), rng.randrange(60), rng.randrange(60)), UTC)
    mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{rng.getrandbits(64):016x}@{order.customer.email_domain}>"
    text = _forward(order, letter, inner) if forwarded else letter.body
    mail.set_content(text, cte=rng.choice(("quoted-printable", "base64", "8bit")), charset="utf-8")
    if html_body:
        mail.add_alternative(html_body, subtype="html", cte="quoted-printable")
    for name, content in attachments:
        kind, _, subtype = _mime(rng, name).partition("/")
        mail.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    for part in mail.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{rng.getrandbits(64):016x}")
    return mail.as_bytes()


def _mime(rng: random.Random, name: str) -> str:
    """The usual type of a file; one in ten mail programs only says that it is bytes."""
    extension = name[name.rfind("."):]
    known = _MIMES.get(extension) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "application/octet-stream" if rng.random() < 0.1 else known


def _subject(rng: random.Random, order: Order) -> str:
    pattern = rng.choice(words.subjects(order.customer.language, order.doc_type))
    return pattern.format(po=order.po_number, buyer=order.customer.name)


def _greeting(rng: random.Random, order: Order) -> str:
    return words.phrase(rng, order.customer.language, "greeting").format(name=rng.choice(("Sales", "Team", "Tom", "Ms Vale")))


def _opening(rng: random.Random, order: Order, letter: Letter) -> str:
    key = {"order_change": "change", "cancellation": "cancel", "quote": "quote"}.get(order.doc_type, "order")
    pattern = words.phrase(rng, order.customer.language, key)
    if "{po}" in pattern:
        letter.printed["po_number"] = order.po_number
    return pattern.format(po=order.po_number)


def _items(rng: random.Random, order: Order, con: Conventions, letter: Letter) -> None:
    """One text line per order line in one style: bulleted, numbered, bare, or code and quantity in columns parted by tabs."""
    lead = rng.choice(("- ", "* ", "", "", "{n}. ", "{n}) "))
    patterns = words.phrases(order.customer.language, "qty_each")
    pattern = rng.choice((*patterns, "{code}\t{text}\t{quantity}\t{uom}", "{quantity} {uom} {text}", "{quantity} x {code}"))
    owner = rng.choice(("supplier_sku", "supplier_sku", "buyer_sku"))
    with_price = rng.random() < 0.25
    for number, line in enumerate(order.lines):
        shown = pattern if getattr(line, owner) else "{quantity} {uom} {text}"
        letter.lines.append(
            lead.format(n=number + 1) + _item(rng, con, letter, number, line, shown, owner, with_price=with_price)
        )


def _item(
    rng: random.Random,
    con: Conventions,
    letter: Letter,
    number: int,
    line: OrderLine,
    pattern: str,
    owner: str,
    *,
    with_price: bool,
) -> str:
    unit = words.unit_spellings(line.uom, con.language)[0]
    texts = {"quantity": con.number(line.quantity, 0), "uom": unit, "code": getattr(line, owner) or "", "text": line.text}
    values = {"quantity": number_of(line.quantity), "uom": unit, owner: texts["code"], "description": line.text}
    names = {"quantity": "quantity", "uom": "uom", "code": owner, "text": "description"}
    for placeholder, name in names.items():
        if f"{{{placeholder}}}" in pattern:
            letter.printed[f"lines.{number}.{name}"] = values[name]
    text = pattern.format(**texts)
    if with_price and line.price_unit == 1 and line.price:
        letter.printed[f"lines.{number}.unit_price"] = number_of(line.net_price)
        text += f" @ {con.number(line.net_price, 2)} {line_currency(letter, con)}"
    return text


def line_currency(letter: Letter, con: Conventions) -> str:
    """The currency behind a price in running text, noted as printed."""
    letter.printed["currency"] = con.currency
    return con.currency


def _wishes(rng: random.Random, order: Order, con: Conventions, letter: Letter, *, dated: bool = True) -> None:
    language = order.customer.language
    letter.lines.append("")
    if dated and order.requested_date and rng.random() < 0.6:
        letter.lines.append(words.phrase(rng, language, "wish").format(date=con.date(order.requested_date)))
        letter.printed["requested_date"] = order.requested_date.isoformat()
    if "po_number" not in letter.printed and order.doc_type != "quote" and rng.random() < 0.7:
        letter.lines.append(words.phrase(rng, language, "po").format(po=order.po_number))
        letter.printed["po_number"] = order.po_number
    if rng.random() < 0.4:
        site = order.ship_to
        address = ", ".join(part for part in (site.name, site.extra, site.street, site.city_line) if part)
        letter.lines.append(words.phrase(rng, language, "ship").format(address=address))
        letter.printed["ship_to"] = address
    if rng.random() < 0.1:
        letter.lines.append(words.phrase(rng, language, "notice"))


def _signature(rng: random.Random, order: Order, letter: Letter) -> None:
    language, contact = order.customer.language, order.contact
    letter.lines += ["", words.phrase(rng, language, "close"), contact.name]
    if rng.random() < 0.8:
        letter.lines.append(order.customer.name)
        letter.printed["buyer_name"] = order.customer.name
        about = (
            order.bill_to.street,
            order.bill_to.city_line,
            f"{words.phrases(language, 'phone')[0]} {contact.phone}",
            contact.email,
        )
        letter.lines += about[: rng.randrange(len(about) + 1)]
    if rng.random() < 0.12:
        letter.lines += ["", words.phrases(language, "sent_from")[0]]
    if rng.random() < 0.3:
        letter.lines += ["", words.phrase(rng, language, "disclaimer")]


def _history(rng: random.Random, order: Order, con: Conventions, letter: Letter) -> None:
    """An older mail below, quoted; its words say nothing about this order."""
    if rng.random() > 0.2:
        return
    wrote = words.phrases(order.customer.language, "wrote")[0].format(
        date=con.date(order.order_date), name=f"orders@{order.company.email_domain}"
    )
    letter.lines += ["", wrote, *(f"> {text}" for text in words.phrases(order.customer.language, "disclaimer"))]


def _forward(order: Order, letter: Letter, inner: str) -> str:
    language = order.customer.language
    head = [words.phrases(language, "forward")[0], "", "-----Original Message-----", f"From: {inner}",
            f"To: sales@{order.company.email_domain}", f"Subject: {letter.subject}", ""]
    return "\n".join(head) + "\n" + letter.body


def _html_table(rng: random.Random, form: Form, letter: Letter) -> str:
    border = rng.choice((' border="1" cellspacing="0"', ' style="border-collapse:collapse" border="1"', ""))
    rows = ["<tr>" + "".join(f"<th>{html.escape(' '.join(c.titles))}</th>" for c in form.columns) + "</tr>"]
    for line in form.lines:
        for row in line.rows:
            if row.text:
                rows.append(f'<tr><td colspan="{len(form.columns)}">{html.escape(_joined(row.text))}</td></tr>')
            else:
                rows.append(
                    "<tr>"
                    + "".join(f"<td>{html.escape(_joined(row.cells.get(c.key, ())))}</td>" for c in form.columns)
                    + "</tr>"
                )
        letter.printed.update(line.values)
    for pair in form.totals:
        span = max(len(form.columns) - 1, 1)
        rows.append(f'<tr><td colspan="{span}">{html.escape(pair.label)}</td><td>{html.escape(pair.value.text)}</td></tr>')
        if pair.value.tag:
            letter.printed[pair.value.tag] = pair.value.value
    return f"<table{border}>{''.join(rows)}</table>"


def _joined(cell: Cell) -> str:
    return "".join(text for text, _ in cell)
