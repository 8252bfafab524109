"""What arrives in the demonstration: mostly clean orders, a third with a realistic doubt, some that are no orders."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from extraction.model.synth.company import Company, Customer, make_address, make_customer_name
from extraction.model.synth.generate import Document, Sample, mail_around, make_document, store, write_manifest
from extraction.model.synth.headers import COMMON_HEADERS
from extraction.model.synth.layouts import Layout, layouts
from extraction.model.synth.mails import chatter_letter, write_mail
from extraction.model.synth.orders import DocType, Order, Wishes, draw_order, priced, with_lines
from extraction.model.synth.wording import Wording

DEMO_DAY = date(2031, 3, 3)
PLAIN_SHAPES = frozenset({"one_row", "wrap_centre", "wrap_last", "sap_lower", "codes_below", "sections", "code_over_text"})


@dataclass(frozen=True, slots=True)
class Scene:
    """One arrival. `kind` is a medium, with `mail:` in front when it comes attached to a mail.

    `doubt` is what is wrong with it; `of` names the scene whose order it repeats, changes or cancels.
    """

    name: str
    kind: str
    doubt: str = ""
    doc_type: DocType = "purchase_order"
    of: str = ""
    lines: int = 3


SCENES = (
    Scene("first-pdf", "mail:pdf"), Scene("long-pdf", "mail:pdf", lines=14), Scene("single-line-pdf", "mail:pdf", lines=1),
    Scene("sheet", "mail:xlsx", lines=6), Scene("prose", "text_mail", lines=2), Scene("list", "text_mail", lines=5),
    Scene("table-mail", "html_mail", lines=4), Scene("edi", "edi850", lines=5), Scene("second-edi", "edi850", lines=2),
    Scene("scan", "mail:scan", lines=3), Scene("fax", "fax", lines=2), Scene("csv", "mail:csv", lines=7),
    Scene("upload-sheet", "xlsx", lines=9), Scene("upload-pdf", "pdf", lines=4), Scene("pdf-two", "mail:pdf", lines=5),
    Scene("pdf-three", "mail:pdf", lines=2), Scene("pdf-four", "mail:pdf", lines=8), Scene("ods", "mail:ods", lines=3),
    Scene("price-deviates", "mail:pdf", "price"), Scene("price-deviates-in-sheet", "mail:xlsx", "price", lines=4),
    Scene("unknown-code", "mail:pdf", "code"), Scene("unknown-code-in-mail", "text_mail", "code", lines=2),
    Scene("unclear-unit", "html_mail", "unit"), Scene("unclear-unit-pdf", "mail:pdf", "unit", lines=2),
    Scene("new-ship-to", "mail:pdf", "ship_to"), Scene("new-ship-to-edi", "edi850", "ship_to", lines=2),
    Scene("huge-quantity", "mail:pdf", "quantity", lines=2), Scene("wrong-total", "mail:pdf", "total", lines=4),
    Scene("sent-again", "html_mail", of="pdf-two"), Scene("change", "mail:pdf", doc_type="order_change", of="pdf-three"),
    Scene("cancellation", "text_mail", doc_type="cancellation", of="pdf-four"), Scene("invoice", "mail:pdf", doc_type="invoice"),
    Scene("newsletter", "chatter:2", doc_type="other"), Scene("out-of-office", "chatter:1", doc_type="other"),
    Scene("where-is-it", "chatter:0", doc_type="other", of="list"), Scene("quote-request", "text_mail", doc_type="quote"),
)


def demo_samples(company: Company, out: Path, seed: int, *, today: date = DEMO_DAY) -> list[Sample]:
    """Write the demonstration's arrivals to OUT (as `generate` does) and return them in the order in which they come.

    Mails come from the customers' domains to the company's order mailbox; the documents are dated up to ten days before `today`.
    """
    orders: dict[str, Order] = {}
    samples = []
    for number, scene in enumerate(SCENES):
        rng = random.Random(f"demo-{seed}-{scene.name}")
        day = today - timedelta(days=10 - number * 10 // len(SCENES))
        orders[scene.name] = order = _order(rng, company, scene, orders, company.customers[number % len(company.customers)], day)
        samples.append(store(out, f"{number + 1:02d}-{scene.name}", _document(rng, company, scene, order), seed=number))
    write_manifest(out, samples)
    return samples


def _order(
    rng: random.Random, company: Company, scene: Scene, earlier: dict[str, Order], customer: Customer, day: date
) -> Order:
    if scene.of:
        return _follow_up(earlier[scene.of], scene, day)
    wishes = Wishes(scene.doc_type, scene.lines, day, clean=True, customer=customer)
    return _doubtful(rng, draw_order(rng, company, wishes), scene.doubt)


def _follow_up(order: Order, scene: Scene, day: date) -> Order:
    """The earlier order again: unchanged, with a doubled first line, or to be cancelled or asked after."""
    if scene.doc_type != "order_change":
        return replace(order, doc_type=scene.doc_type, paper=scene.doc_type)
    first, *rest = order.lines
    changed = with_lines(order, (priced(first, quantity=first.quantity * 2), *rest))
    return replace(changed, doc_type="order_change", paper="order_change", revision="1", order_date=day)


def _doubtful(rng: random.Random, order: Order, doubt: str) -> Order:
    """The order with one thing a person has to look at."""
    first, *rest = order.lines
    match doubt:
        case "price":
            return with_lines(order, (priced(first, price=(first.price * Decimal("1.06")).quantize(Decimal("0.01"))), *rest))
        case "code":
            unknown = replace(
                first, item=None, supplier_sku="QX-99812", buyer_sku="QX-99812", gtin=None, text=f"{first.text} Mk IX"
            )
            return with_lines(order, (unknown, *rest))
        case "unit":
            return with_lines(order, (replace(first, uom="XBE"), *rest))
        case "ship_to":
            name = make_customer_name(rng, order.customer.country)
            return replace(order, ship_to=make_address(rng, order.customer.country, name, "ship_to", "NEW", default=False))
        case "quantity":
            return with_lines(order, (priced(first, quantity=first.quantity * 400), *rest))
        case "total":
            return replace(order, misprint=Decimal(100))
        case _:
            return order


def _document(rng: random.Random, company: Company, scene: Scene, order: Order) -> Document:
    if scene.kind.startswith("chatter:"):
        wording = Wording(rng, order.customer.language, "all")
        letter = chatter_letter(wording, order, int(scene.kind.removeprefix("chatter:")))
        return Document(write_mail(rng, order, letter), ".eml", ((order, letter.printed),), "text_mail")
    document = make_document(rng, scene.kind.removeprefix("mail:"), company, order, _plain_layouts(), forwards=False)
    return mail_around(rng, order, document) if scene.kind.startswith("mail:") else document


def _plain_layouts() -> tuple[Layout, ...]:
    """Layouts that show a code, a unit, a price and a total, so that a clean order has everything a reader needs."""
    return tuple(
        layout for layout in layouts()
        if {"uom", "unit_price"} <= set(layout.columns) and {"code", "supplier_sku"} & set(layout.columns)
        and layout.row_shape in PLAIN_SHAPES and layout.totals != "none"
        and layout.header in COMMON_HEADERS and layout.header != "logo_only"
    )
