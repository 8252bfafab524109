"""A filled-in form: which parts of an order stand on the paper, in whose words and number style, and the truth about them.

Every printed value carries the tag of the truth it proves (`po_number`, `lines.3.quantity`); the truth is made from the tags, so
nothing counts as printed that a writer does not get to see. Writers (PDF, sheets, mail) only place what is here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.columns import draw_style
from extraction.model.synth.company import Address
from extraction.model.synth.conventions import Conventions, draw_conventions
from extraction.model.synth.form_lines import form_lines
from extraction.model.synth.form_table import MONEY, Column, FormLine
from extraction.model.synth.layouts import Layout
from extraction.model.synth.ledger import ledger
from extraction.model.synth.orders import Order
from extraction.model.synth.papers import NAMES_ORDER, is_paper, number_labels, titles, worded

HEADER_FIELDS = (
    "po_number", "order_date", "requested_date", "currency", "buyer_name", "supplier_name", "ship_to", "bill_to", "payment_terms",
    "total",
)
MORE_FIELDS = (
    "revision", "cancel_by", "contact", "customer_account", "vat_id", "delivery_terms", "carrier", "subtotal", "discount",
    "charges", "tax",
)
"""Header values that the truth names beside those of `ordermill read --json`."""
CARRIERS = ("Swiftmule Parcel", "BlueHaul", "Nordlast Spedition", "Own collection", "Fettercart Freight", "UPX Ground")


@dataclass(frozen=True, slots=True)
class Text:
    """Printed words; `tag` names the truth they show, `value` is that truth as JSON (text, number or ISO date)."""

    text: str
    tag: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value (which may be empty) and, on bilingual forms, the label in the other language."""

    label: str
    value: Text
    other: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A party or other block of lines under a label, which may be empty."""

    label: str
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that is printed, in no place yet; `other` is the second language of bilingual labels, or empty."""

    layout: Layout
    language: str
    other: str
    conventions: Conventions
    title: str
    po_beside_title: Text | None
    letterhead: Block
    parties: Mapping[str, Block]
    info: tuple[Pair, ...]
    columns: tuple[Column, ...]
    lines: tuple[FormLine, ...]
    totals: tuple[Pair, ...]
    notices: tuple[str, ...]
    notes: tuple[str, ...]
    boilerplate: tuple[str, ...]
    terms: tuple[str, ...]
    signature: str
    footer: tuple[str, ...]
    stamp: str
    appendix: tuple[tuple[str, ...], ...]


def make_form(rng: random.Random, order: Order, layout: Layout) -> Form:
    """Fill a layout with an order in one language and style."""
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
    labelled = _Labels(rng, language, other)
    layout = _for_paper(rng, order, layout)
    style = draw_style(rng, order, layout, conventions, other)
    po_number = Text(order.po_number, "po_number", order.po_number)
    parties = _parties(rng, order, labelled)
    form = Form(
        layout=layout,
        language=language,
        other=other,
        conventions=conventions,
        title=_title(rng, order, language),
        po_beside_title=po_number if layout.po_place != "info" and not is_paper(order.paper) else None,
        letterhead=_letterhead(rng, order, "supplier" if order.from_seller else "buyer"),
        parties=parties,
        info=_info(rng, order, layout, conventions, labelled),
        columns=style.columns,
        lines=form_lines(rng, order, layout, style),
        totals=_totals(rng, order, layout, conventions, labelled),
        notices=_notices(rng, order, layout),
        notes=tuple(words.phrase(rng, language, "notice") for _ in range(rng.choice((0, 0, 1, 2)))),
        boilerplate=tuple(rng.sample(words.phrases(language, "boiler"), rng.choice((0, 1, 2)))),
        terms=_terms_page(rng, language) if rng.random() < 0.12 else (),
        signature=_signature(rng, language),
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


def _statement(rng: random.Random, order: Order, form: Form, labelled: _Labels) -> Form:
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
    zones = {zone[0].removeprefix("foot:").partition(":")[0] for row in form.layout.zones for zone in row}
    if "letterhead" in zones:
        yield from form.letterhead.lines
    for name, block in form.parties.items():
        if name in zones:
            yield from block.lines
    yield from (pair.value for pair in form.info)
    yield from (pair.value for pair in form.totals)


class _Labels:
    """Draws wordings of labels, the usual ones more often; `other` is the second language of a bilingual form, or empty."""

    def __init__(self, rng: random.Random, language: str, other: str) -> None:
        self.rng, self.language, self.other = rng, language, other

    def word(self, field: str, language: str | None = None, *, first: int = 9) -> str:
        """A wording among the `first` commonest ones."""
        found = labels(field, language or self.language)[:first]
        return self.rng.choices(found, [1 / (n + 2) for n in range(len(found))])[0]

    def pair(self, field: str, value: Text, label: str | None = None) -> Pair:
        """A labelled value."""
        known = label or self.word(field)
        return Pair(known, value, self.word(field, self.other, first=3) if self.other and label is None else "")


def _title(rng: random.Random, order: Order, language: str) -> str:
    """The usual titles of the kind of paper, sometimes in capitals; one order in thirty has none."""
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
        return (worded(rng, order.paper, order.customer.language, "openers", layout.part), *order.notes)
    return order.notes


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two firms of a paper, as it presents itself."""

    name: str
    address: Address
    vat_id: str
    domain: str


def _sides(order: Order) -> tuple[_Side, _Side]:
    """Buyer and seller. On inbound papers our company buys from the customer."""
    company, customer = order.company, order.customer
    ours = _Side(company.name, company.address, company.vat_id, company.email_domain)
    theirs = _Side(customer.name, customer.bill_to, customer.vat_id, customer.email_domain)
    return (ours, theirs) if order.inbound else (theirs, ours)


def _letterhead(rng: random.Random, order: Order, side: str) -> Block:
    buyer, seller = _sides(order)
    firm = buyer if side == "buyer" else seller
    about = [Text(firm.address.street), Text(firm.address.city_line)]
    if rng.random() < 0.5:
        about.append(Text(f"{words.phrases(order.customer.language, 'phone')[0]} {order.contact.phone}"))
    if rng.random() < 0.4:
        about.append(Text(f"www.{firm.domain}"))
    if rng.random() < 0.4:
        vat = Text(firm.vat_id, "vat_id", firm.vat_id) if side == "buyer" else Text(firm.vat_id)
        about.append(replace(vat, text=f"{words.phrases(order.customer.language, 'vat')[0]} {firm.vat_id}"))
    shown = firm.name.upper() if rng.random() < 0.2 else firm.name
    return Block("", (Text(shown, f"{side}_name", shown), *about))


def _parties(rng: random.Random, order: Order, labelled: _Labels) -> dict[str, Block]:
    """Blocks by zone name. On papers that the seller wrote the buyer stands where the supplier would."""
    bought, sold = _sides(order)
    called = rng.choices((sold.name, sold.name.upper(), sold.address.name), (8, 1.5, 1.5))[0]
    supplier = Block(labelled.word("supplier_name", first=4), _named(called, sold.address, "supplier_name"))
    buyer = Block(labelled.word("buyer_name", first=5), _named(bought.name, bought.address, "buyer_name"))
    addressed = buyer if order.from_seller else supplier
    if rng.random() < 0.25:
        addressed = replace(addressed, label="")
    return {
        "supplier": addressed,
        "buyer": supplier if addressed.lines == buyer.lines else buyer,
        "ship_to": Block(labelled.word("ship_to", first=7), _address_lines(rng, order, order.ship_to, "ship_to")),
        "bill_to": Block(labelled.word("bill_to", first=5), _address_lines(rng, order, order.bill_to, "bill_to")),
    }


def _named(name: str, address: Address, tag: str) -> tuple[Text, ...]:
    return (Text(name, tag, name), Text(address.street), Text(address.city_line), Text(address.country_name))


def _address_lines(rng: random.Random, order: Order, address: Address, tag: str) -> tuple[Text, ...]:
    """Name, dock, street, city, perhaps the country; the whole address is the value of each line. A person or a telephone number
    among them is no part of it.
    """
    lines = [address.name, address.extra, address.street, address.city_line]
    if rng.random() < 0.35:
        lines.append(address.country_name)
    kept = [line for line in lines if line]
    whole = ", ".join(kept)
    found = [Text(line, tag, whole) for line in kept]
    if tag == "ship_to" and rng.random() < 0.15:
        found.insert(1, Text(words.phrases(order.customer.language, "attn")[0].format(name=order.contact.name)))
    if rng.random() < 0.15:
        found.append(Text(f"{words.phrases(order.customer.language, 'phone')[0]} {order.contact.phone}"))
    return tuple(found)


def _info(rng: random.Random, order: Order, layout: Layout, conventions: Conventions, labelled: _Labels) -> tuple[Pair, ...]:
    """The key/value pairs of the header: what the form always has, some look-alikes, some empty labels."""
    fixed = random.Random(f"info-{layout.id}")
    vat = _sides(order)[0].vat_id
    pairs = list(_numbers(order, layout, labelled))
    if fixed.random() < 0.93:
        day = Text(conventions.date(order.order_date), "order_date", order.order_date.isoformat())
        pairs.append(labelled.pair("order_date", day))
    if fixed.random() < 0.55 and order.requested_date:
        text, meant = conventions.wish(order.requested_date)
        pairs.append(labelled.pair("requested_date", Text(text, "requested_date" if meant else None, meant)))
        if rng.random() < 0.05:
            last = order.requested_date + timedelta(days=rng.choice((7, 14, 30)))
            label = words.phrases(labelled.language, "cancel_by")[0]
            pairs.append(Pair(label, Text(conventions.date(last), "cancel_by", last.isoformat())))
    terms = Text(order.payment_terms, "payment_terms", order.payment_terms)
    options: tuple[tuple[float, str, Text], ...] = (
        (0.5, "payment_terms", terms),
        (0.35, "currency", Text(order.currency, "currency", order.currency)),
        (0.35, "delivery_terms", Text(order.delivery_terms, "delivery_terms", order.delivery_terms)),
        (0.45, "buyer_contact", Text(order.contact.name, "contact", order.contact.name)),
        (0.25, "vat_id", Text(vat, "vat_id", vat)),
    )
    pairs += [labelled.pair(field, text) for chance, field, text in options if fixed.random() < chance]
    if fixed.random() < 0.2:
        carrier = rng.choice(CARRIERS)
        pairs.append(Pair(words.phrases(labelled.language, "carrier")[0], Text(carrier, "carrier", carrier)))
    pairs += [_reference(rng, order, kind, number, labelled) for kind, number in order.references]
    empty = rng.choices((0, 1, 2, 4), (6, 3, 2, 1))[0]
    shown = {pair.label for pair in pairs}
    pairs += [
        Pair(word, Text(""))
        for word in rng.sample(labels("not_po_number", labelled.language)[:9], empty)
        if word not in shown
    ]
    head, tail = pairs[:1], pairs[1:]
    fixed.shuffle(tail)
    return tuple(head + tail) if fixed.random() < 0.75 else tuple(tail[:1] + head + tail[1:])


def _numbers(order: Order, layout: Layout, labelled: _Labels) -> Iterable[Pair]:
    """The number of this paper, and on the seller's papers and quotes the number it is not."""
    number = Text(order.po_number, "po_number", order.po_number)
    if not is_paper(order.paper):
        if layout.po_place not in {"title", "box"}:
            yield labelled.pair("po_number", number)
        if order.revision:
            yield labelled.pair("revision", Text(order.revision, "revision", order.revision))
        return
    yield Pair(labelled.rng.choice(number_labels(order.paper, labelled.language)), Text(order.own_number))
    if order.paper in NAMES_ORDER:
        yield Pair(words.phrases(labelled.language, "your_order")[0], number) if order.from_seller else (
            labelled.pair("po_number", number))


def _reference(rng: random.Random, order: Order, kind: str, number: str, labelled: _Labels) -> Pair:
    match kind:
        case "customer_account":
            account = Text(order.customer.customer_no, "customer_account", order.customer.customer_no)
            return Pair(labelled.word(kind, first=4), account)
        case "phone":
            return Pair(words.phrases(labelled.language, "phone")[0], Text(order.contact.phone))
        case "vat_id":
            vat = _sides(order)[0].vat_id
            return Pair(labelled.word(kind, first=4), Text(vat, "vat_id", vat))
        case "vendor_number":
            return Pair(labelled.word(kind, first=4), Text(number))
        case _:
            return Pair(labelled.word("not_po_number", first=12), Text(number))


def _totals(rng: random.Random, order: Order, layout: Layout, conventions: Conventions, labelled: _Labels) -> tuple[Pair, ...]:
    """The rungs of the totals ladder; a misprinted total stays in the truth as printed."""
    if layout.totals == "none" or not {"amount", "unit_price"} & set(layout.columns):
        return ()
    net = order.subtotal - order.discount + order.charges
    total = order.total if layout.totals in {"ladder", "ladder_left", "horizontal", "boxes", "far_labels"} else net
    total += order.misprint
    rungs: list[Pair] = []
    if total - order.misprint != net or order.discount or order.charges:
        rungs.append(labelled.pair("subtotal", _amount(conventions, order.subtotal, "subtotal")))
    if order.discount:
        rungs.append(labelled.pair("header_discount", _amount(conventions, -order.discount, "discount")))
    if order.charges:
        rungs.append(labelled.pair("freight", _amount(conventions, order.charges, "charges")))
    if order.tax_rate and total - order.misprint != net:
        name = words.phrases(labelled.language, "taxline")[0].format(label=labelled.word("tax", first=3), rate=order.tax_rate)
        rungs.append(Pair(name, _amount(conventions, order.tax, "tax")))
    grand = labelled.pair("total", Text(conventions.money(total), "total", float(total)), labelled.word("total", first=6))
    if layout.totals in {"single", "sentence", "words", "table_row"}:
        return (grand,)
    if rng.random() < 0.1:
        pieces = sum((line.quantity for line in order.lines), Decimal(0))
        rungs.insert(0, Pair(words.phrases(labelled.language, "pieces")[0], Text(conventions.quantity(pieces))))
    return (*rungs, grand)


def _amount(conventions: Conventions, value: Decimal, tag: str) -> Text:
    return Text(conventions.money(value), tag, float(abs(value)))


def _terms_page(rng: random.Random, language: str) -> tuple[str, ...]:
    """The small print of a separate page: a heading and a dozen or more numbered clauses."""
    clauses = words.phrases(language, "terms")
    texts = [rng.choice(clauses).format(n=rng.choice((2, 3, 5, 10, 14, 24, 30, 60))) for _ in range(rng.randrange(12, 40))]
    return (words.phrases(language, "terms_title")[0], *(f"{n}. {text}" for n, text in enumerate(texts, 1)))


def _signature(rng: random.Random, language: str) -> str:
    return words.phrase(rng, language, "signed") if rng.random() < 0.5 else ""


def _footer(rng: random.Random, order: Order, conventions: Conventions) -> tuple[str, ...]:
    """Foot lines: registration data, print time; never tagged, so a reader must not take them."""
    lines = []
    if rng.random() < 0.4:
        lines.append(f"{order.customer.name} · {order.bill_to.street} · {order.bill_to.city_line}")
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
