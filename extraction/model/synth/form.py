"""A filled-in form: which parts of an order stand on the paper, in whose words and number style, and the truth about them.

Every printed value carries the tag of the truth it proves (`po_number`, `lines.3.quantity`); the truth is made from the tags, so
nothing counts as printed that a writer does not get to see. Writers (PDF, sheets, mail) only place what is here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.columns import as_before, draw_style
from extraction.model.synth.conventions import Conventions, draw_conventions
from extraction.model.synth.form_info import info_pairs, totals_of
from extraction.model.synth.form_labels import Labels
from extraction.model.synth.form_lines import form_lines
from extraction.model.synth.form_parties import called, is_styled, letterhead, parties_of, signed_by
from extraction.model.synth.form_parts import Form, Pair, Text
from extraction.model.synth.form_table import MONEY, Style
from extraction.model.synth.headers import SELLERS_FORMS
from extraction.model.synth.layouts import Layout
from extraction.model.synth.ledger import ledger
from extraction.model.synth.orders import Order
from extraction.model.synth.papers import is_paper, titles, worded
from extraction.model.synth.party_words import PartyWords

HEADER_FIELDS = (
    "po_number", "order_date", "requested_date", "currency", "buyer_name", "supplier_name", "ship_to", "bill_to", "payment_terms",
    "total",
)
MORE_FIELDS = (
    "revision", "cancel_by", "contact", "customer_account", "vat_id", "delivery_terms", "carrier", "subtotal", "discount",
    "charges", "tax",
)
"""Header values that the truth names beside those of `ordermill read --json`."""


def make_form(rng: random.Random, order: Order, layout: Layout, like: Style | None = None) -> Form:
    """Fill a layout with an order in one language and style; with the style of another copy where it is to be `like` that."""
    customer = order.customer
    language = customer.language
    conventions = draw_conventions(
        rng, language=language, number_style=customer.number_style, date_order=customer.date_order, currency=order.currency
    )
    other = (
        rng.choice([lang for lang in words.LANGUAGES if lang != language])
        if layout.label_form in {"slash", "stacked"}
        else ""
    )
    labelled = Labels(rng, language, other)
    layout = _for_paper(rng, order, layout)
    style = draw_style(rng, order, layout, conventions, other)
    style = as_before(style, like) if like else style
    po_number = Text(order.po_number, "po_number", order.po_number)
    parties = parties_of(rng, order, labelled, layout)
    wishes = int(not order.from_seller)      # sellers have no wishes about packing and papers
    form = Form(
        layout=layout,
        language=language,
        other=other,
        conventions=conventions,
        title=_title(rng, order, language, layout),
        po_beside_title=po_number if layout.po_place != "info" and not is_paper(order.paper) else None,
        styled=is_styled(order, layout),
        letterhead=letterhead(rng, order, layout),
        parties=parties,
        info=info_pairs(rng, order, layout, conventions, labelled),
        style=style,
        columns=style.columns,
        lines=form_lines(rng, order, layout, style),
        totals=totals_of(rng, order, layout, conventions, labelled),
        notices=_notices(rng, order, layout),
        orders=not is_paper(order.paper),
        notes=tuple(words.phrase(rng, language, "notice") for _ in range(wishes * rng.choice((0, 0, 1, 2)))),
        boilerplate=tuple(rng.sample(words.phrases(language, "boiler"), wishes * rng.choice((0, 1, 2)))),
        terms=_terms_page(rng, language) if rng.random() < 0.12 * wishes else (),
        signature=_signature(rng, language),
        signed_by=signed_by(rng, order, layout),
        footer=_footer(rng, order, conventions),
        stamp=_stamp(rng, order),
        appendix=_appendix(rng, order, conventions),
    )
    return _statement(rng, order, form, labelled) if order.paper == "statement" else form


def _for_paper(rng: random.Random, order: Order, layout: Layout) -> Layout:
    """The layout as this kind of paper has it: goods on their way have no prices more often than not."""
    if order.paper == "statement":
        return replace(layout, row_shape="one_row")
    if order.paper not in {"delivery_note", "return_note", "reminder", "forecast"} or rng.random() < 0.25:
        return layout
    columns = tuple(key for key in layout.columns if key not in MONEY)
    if order.paper == "delivery_note" and rng.random() < 0.6:
        at = columns.index("quantity") + rng.randrange(2)
        columns = (*columns[:at], rng.choice(("ordered", "open")), *columns[at:])
    return replace(layout, columns=columns, totals="none")


def _stamp(rng: random.Random, order: Order) -> str:
    """What is stamped over a page: most cancellations say so, few orders are copies or confirm a call."""
    if order.doc_type == "cancellation":
        return words.phrases(order.customer.language, "cancelled")[0] if rng.random() < 0.8 else ""
    return words.phrase(rng, order.customer.language, "stamps") if rng.random() < 0.02 else ""


def _statement(rng: random.Random, order: Order, form: Form, labelled: Labels) -> Form:
    columns, lines, balance = ledger(rng, order, form.conventions)
    total = Pair(labelled.word("total", first=3), Text(form.conventions.money(balance), "total", float(balance)))
    return replace(form, columns=columns, lines=lines, totals=(total,), layout=replace(form.layout, totals="ladder"))


def _appendix(rng: random.Random, order: Order, conventions: Conventions) -> tuple[tuple[str, ...], ...]:
    """A second table that looks like order lines and is none: a heading, then date, code, text, quantity of earlier orders."""
    if rng.random() > 0.05:
        return ()
    rows = []
    for line in rng.choices(order.lines, k=rng.randrange(2, 5)):
        day = conventions.date(order.order_date - timedelta(days=rng.randrange(30, 400)))
        rows.append((day, line.supplier_sku or "", line.text[:28], conventions.quantity(line.quantity * 2)))
    return ((words.phrases(order.customer.language, "earlier")[0],), *rows)


def truth(order: Order, printed: Mapping[str, Any]) -> dict[str, Any]:
    """The order in the shape of `ordermill read --json`, from the tags that were printed; what was not printed is null."""
    found: dict[str, Any] = {"doc_type": order.doc_type, "kind": order.kind}
    found.update({name: printed.get(name) for name in HEADER_FIELDS})
    more = {name: printed[name] for name in MORE_FIELDS if printed.get(name) is not None}
    keys = ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount")
    lines = [{key: printed.get(f"lines.{n}.{key}") for key in keys} for n in range(len(order.lines))]
    found["lines"] = [line for line in lines if any(value is not None for value in line.values())]
    found["extra"] = {"header": more}
    return found


def printed_values(form: Form, order: Order) -> dict[str, Any]:
    """Tag → value of everything on the form; the first wins where a value stands twice."""
    found: dict[str, Any] = {}
    for text in _texts(form):
        if text.tag and text.tag not in found:
            found[text.tag] = text.value
    for line in form.lines:
        found.update({tag: value for tag, value in line.values.items() if value is not None})
    if form.conventions.currency_place != "none" and ("total" in found or any("unit_price" in t or "amount" in t for t in found)):
        found.setdefault("currency", order.currency)
    return found


def _texts(form: Form) -> Iterable[Text]:
    if form.po_beside_title:
        yield form.po_beside_title
    zones = form.layout.zone_names
    if "letterhead" in zones:
        yield from form.letterhead.lines
    if "letter_line" in zones:
        yield form.letterhead.lines[0]
    for name, block in form.parties.items():
        if name in zones:
            yield from block.texts
    yield from (pair.value for pair in form.info)
    if form.signed_by:
        yield form.signed_by
    yield from (pair.value for pair in form.totals)


def _title(rng: random.Random, order: Order, language: str, layout: Layout) -> str:
    """The usual titles of the kind of paper, sometimes in capitals; one order in thirty has none."""
    if order.doc_type == "purchase_order" and layout.header in SELLERS_FORMS and rng.random() < 0.7:
        return PartyWords(rng, order).pick("order_form")
    if order.doc_type == "purchase_order" and rng.random() < 0.03:
        return ""
    if order.doc_type == "purchase_order" and rng.random() < 0.015:
        return words.phrase(rng, language, "odd_title")
    if is_paper(order.paper):
        title = rng.choice(titles(order.paper, language))
    else:
        usual = {"purchase_order": 3, "order_change": 4, "cancellation": 2}[order.doc_type]
        title = rng.choice(labels(f"doc_type.{order.doc_type}", language)[:usual])
    if order.revision and rng.random() < 0.4:
        title = f"{title} {labels('revision', language)[0]} {order.revision}"
    return title.upper() if rng.random() < 0.4 else title


def _notices(rng: random.Random, order: Order, layout: Layout) -> tuple[str, ...]:
    """Lines above the table: the order's notes, and on other papers a sentence that says what they are."""
    if is_paper(order.paper) and rng.random() < 0.75:
        opener = worded(rng, order.paper, order.customer.language, "openers", layout.part)
        return (opener,) if order.from_seller else (opener, *order.notes)
    if layout.header in SELLERS_FORMS and rng.random() < 0.5:
        company = order.company
        return (PartyWords(rng, order).pick("return_to", mail=company.order_mailbox, phone=company.phone), *order.notes)
    return () if order.from_seller else order.notes


def _terms_page(rng: random.Random, language: str) -> tuple[str, ...]:
    """The small print of a separate page: a heading and a dozen or more numbered clauses."""
    clauses = words.phrases(language, "terms")
    texts = [rng.choice(clauses).format(n=rng.choice((2, 3, 5, 10, 14, 24, 30, 60))) for _ in range(rng.randrange(12, 40))]
    return (words.phrases(language, "terms_title")[0], *(f"{n}. {text}" for n, text in enumerate(texts, 1)))


def _signature(rng: random.Random, language: str) -> str:
    return words.phrase(rng, language, "signed") if rng.random() < 0.5 else ""


def _footer(rng: random.Random, order: Order, conventions: Conventions) -> tuple[str, ...]:
    """Foot lines: registration data, print time; never tagged, so a reader must not take them."""
    lines, home = [], order.customer.bill_to
    if rng.random() < 0.4:
        firm = called(order, order.customer.name) if order.strange else order.customer.name
        lines.append(f"{firm} · {home.street} · {home.city_line}")
    if rng.random() < 0.3:
        lines.append(
            f"{words.phrases(order.customer.language, 'vat')[0]} {order.customer.vat_id} · {order.customer.email_domain}"
        )
    if rng.random() < 0.12 and not is_paper(order.paper):
        lines.append(f"{labels('po_number', order.customer.language)[0]} {order.po_number}")
    if rng.random() < 0.35:
        time = f"{rng.randrange(6, 19):02d}:{rng.randrange(60):02d}"
        user = f"{order.contact.name[:1]}{order.contact.name.split()[-1][:6]}".upper()
        printed = words.phrases(order.customer.language, "printed")[0]
        lines.append(printed.format(date=conventions.date(order.order_date), time=time, user=user))
    return tuple(lines)
