"""Orders as mail: the .eml around a letter, tables in HTML, and mails that carry the order as an attachment."""

from __future__ import annotations

import html
import mimetypes
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime

from extraction.model.synth import words
from extraction.model.synth.form_parts import Form, Pair, Text
from extraction.model.synth.form_table import Run
from extraction.model.synth.letter import Letter
from extraction.model.synth.orders import Order
from extraction.model.synth.places import Marks, Placed
from extraction.model.synth.typed_around import closing_wishes, greeting, opening, signature, subject
from extraction.model.synth.wording import Wording

Attachment = tuple[str, bytes]      # file name and content
_MIMES = {
    ".pdf": "application/pdf",
    ".edi": "application/edi-x12",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_BORDERS = (' border="1" cellspacing="0"', ' style="border-collapse:collapse" border="1"', "")


@dataclass(frozen=True, slots=True)
class HtmlBody:
    """A body in HTML as markup and tagged texts, so that it can be written for people and once more to find the places."""

    pieces: tuple[str | Run, ...]

    @property
    def text(self) -> str:
        """The HTML."""
        return self._written(lambda text, tag: text)

    def places(self) -> list[Placed]:
        """Where the tagged texts stand on the page that is read from it."""
        marks = Marks()
        return marks.places(self._written(marks.marked))

    def _written(self, shown: Callable[[str, str | None], str]) -> str:
        inner = "".join(p if isinstance(p, str) else html.escape(shown(*p)) for p in self.pieces)
        return f'<html><body style="font-family:Calibri,sans-serif">{inner}</body></html>'


def html_letter(wording: Wording, order: Order, form: Form) -> tuple[Letter, HtmlBody]:
    """An order with its lines in an HTML table; returns the plain alternative with the truth, and the HTML."""
    letter = Letter()
    subject(wording, order, letter)
    greeting(wording, letter)
    opening(wording, order, letter)
    pieces: list[str | Run] = []
    for n in range(len(letter.lines)):
        pieces += ["<p>", *letter.lines[n], "</p>"]
    if number := form.po_beside_title:
        pieces += ["<h3>", (f"{form.title} ", None), (number.text, number.tag), "</h3>"]
        letter.note(number)
    for pair in form.info:
        pieces += ["<div><b>", (f"{pair.label}:", None), "</b> ", (pair.value.text, pair.value.tag), "</div>"]
        letter.note(pair.value)
    pieces += _html_table(wording.rng, form, letter)
    wishes, name = Letter(), Letter()
    closing_wishes(wording, order, form.conventions, wishes, known=letter.printed)
    signature(wording, order, name)
    for n in range(len(wishes.lines)):
        pieces += ["<p>", *wishes.lines[n], "</p>"] if wishes.lines[n] else []
    pieces.append("<p>")
    for line in name.lines:
        pieces += [*line, "<br>"]
    pieces.append("</p>")
    for other in (wishes, name):
        letter.add(other)
    if form.conventions.currency_place != "none" and any(
        tag.endswith(("total", "unit_price", "amount")) for tag in letter.printed
    ):
        letter.note(Text("", "currency", order.currency))
    return letter, HtmlBody(tuple(pieces))


def chatter_letter(wording: Wording, order: Order, topic: int | None = None) -> Letter:
    """A mail of the same people that orders nothing: a chaser (topic 0), an absence note (1), news (2), a question."""
    topics = words.chatter(order.customer.language)
    title, text = topics[topic] if topic is not None else wording.rng.choice(topics)
    letter = Letter(title)
    greeting(wording, letter)
    letter.say()
    letter.say(text, po=Text(order.po_number, "po_number", order.po_number), sku=Text(order.lines[0].supplier_sku or ""))
    signature(wording, order, letter)
    return letter


def cover_letter(wording: Wording, order: Order) -> Letter:
    """A short text that goes with an attachment and says little that the attachment does not: who writes, the number."""
    letter = Letter()
    subject(wording, order, letter)
    greeting(wording, letter)
    letter.say()
    key = "attached" if order.doc_type == "purchase_order" else "attached_doc"
    letter.say(words.phrase(wording.rng, wording.language, key))
    signature(wording, order, letter)
    return letter


def forwarded_letter(order: Order, letter: Letter) -> Letter:
    """The letter as our own sales desk passes it on, with the customer's mail inside."""
    outer = Letter(f"Fwd: {letter.subject}")
    for line in _forward_head(order, letter.subject):
        outer.say("{line}" if line else "", line=Text(line))
    outer.add(letter)
    return outer


def forwarded_html(order: Order, subject_line: str, body: HtmlBody) -> HtmlBody:
    """The same for a body in HTML."""
    head: list[str | Run] = []
    for line in _forward_head(order, subject_line):
        head += [(line, None), "<br>"]
    return HtmlBody((*head, *body.pieces))


def _forward_head(order: Order, subject_line: str) -> list[str]:
    return [words.phrases(order.customer.language, "forward")[0], "", "-----Original Message-----",
            f"From: {order.contact.name} <{order.contact.email}>", f"To: sales@{order.company.email_domain}",
            f"Subject: {subject_line}", ""]


def write_mail(
    rng: random.Random, order: Order, letter: Letter, *, html_body: str = "", attachments: Sequence[Attachment] = (),
    forwarded: bool = False,
) -> bytes:
    """The .eml as the customer's mail system sends it; a forwarded one comes from our own sales desk."""
    mail = EmailMessage()
    sender = f"Sales Desk <sales@{order.company.email_domain}>" if forwarded else f"{order.contact.name} <{order.contact.email}>"
    mail["From"], mail["To"] = sender, order.company.order_mailbox
    mail["Subject"] = letter.subject
    sent = datetime.combine(order.order_date, time(rng.randrange(6, 19), rng.randrange(60), rng.randrange(60)), UTC)
    mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{rng.getrandbits(64):016x}@{order.customer.email_domain}>"
    mail.set_content(letter.body, cte=rng.choice(("quoted-printable", "base64", "8bit")), charset="utf-8")
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


def _html_table(rng: random.Random, form: Form, letter: Letter) -> list[str | Run]:
    pieces: list[str | Run] = [f"<table{rng.choice(_BORDERS)}>", "<tr>"]
    for column in form.columns:
        pieces += ["<th>", (" ".join(column.titles), None), "</th>"]
    pieces.append("</tr>")
    for line in form.lines:
        for row in line.rows:
            pieces.append("<tr>")
            if row.text:
                pieces += [f'<td colspan="{len(form.columns)}">', *row.text, "</td>"]
            else:
                before, after = ("<td><s>", "</s></td>") if row.struck else ("<td>", "</td>")
                for column in form.columns:
                    pieces += [before, *row.cells.get(column.key, ()), after]
            pieces.append("</tr>")
        letter.printed.update(line.values)
    for pair in form.totals:
        pieces += _html_total(pair, max(len(form.columns) - 1, 1))
        letter.note(pair.value)
    return [*pieces, "</table>"]


def _html_total(pair: Pair, span: int) -> list[str | Run]:
    return [f'<tr><td colspan="{span}">', (pair.label, None), "</td><td>", (pair.value.text, pair.value.tag), "</td></tr>"]
