"""The labelled values of a form: the info block with its look-alikes and empty labels, and the ladder of totals."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions
from extraction.model.synth.form_labels import Labels
from extraction.model.synth.form_parties import listed_parties, sides
from extraction.model.synth.form_parts import Pair, Text
from extraction.model.synth.headers import LISTED
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order
from extraction.model.synth.papers import NAMES_ORDER, is_paper, number_labels
from extraction.model.synth.party_words import PartyWords

CARRIERS = ("Swiftmule Parcel", "BlueHaul", "Nordlast Spedition", "Own collection", "Fettercart Freight", "UPX Ground")

_DATED = 0.3      # share of the references of strange papers that bear a date, which is not the paper's


def info_pairs(rng: random.Random, order: Order, layout: Layout, conventions: Conventions, labelled: Labels) -> tuple[Pair, ...]:
    """The key/value pairs of the header: what the form always has, some look-alikes, some empty labels."""
    fixed = random.Random(f"info-{layout.id}")
    vat = sides(order)[0].vat_id
    pairs = list(_numbers(order, layout, labelled))
    if fixed.random() < 0.93:
        day = Text(conventions.date(order.order_date), "order_date", order.order_date.isoformat())
        pairs.append(labelled.pair("order_date", day))
    if fixed.random() < 0.55 and order.requested_date:
        text, meant = conventions.wish(order.requested_date)
        pairs.append(labelled.pair("requested_date", Text(text, "requested_date" if meant else None, meant)))
        if rng.random() < 0.05 and not is_paper(order.paper):
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
    pairs += [_reference(rng, order, kind, number, labelled, conventions) for kind, number in order.references]
    empty = rng.choices((0, 1, 2, 4), (6, 3, 2, 1))[0]
    shown = {pair.label for pair in pairs}
    pairs += [
        Pair(word, Text(""))
        for word in rng.sample(labels("not_po_number", labelled.language)[:9], empty)
        if word not in shown
    ]
    if layout.header in LISTED:
        pairs += listed_parties(rng, order)
    head, tail = pairs[:1], pairs[1:]
    fixed.shuffle(tail)
    return tuple(head + tail) if fixed.random() < 0.75 else tuple(tail[:1] + head + tail[1:])


def _numbers(order: Order, layout: Layout, labelled: Labels) -> Iterable[Pair]:
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


def _reference(
    rng: random.Random, order: Order, kind: str, number: str, labelled: Labels, conventions: Conventions,
) -> Pair:
    match kind:
        case "customer_account":
            account = Text(order.customer.customer_no, "customer_account", order.customer.customer_no)
            return Pair(labelled.word(kind, first=4), account)
        case "phone":
            return Pair(words.phrases(labelled.language, "phone")[0], Text(order.contact.phone))
        case "vat_id":
            vat = sides(order)[0].vat_id
            return Pair(labelled.word(kind, first=4), Text(vat, "vat_id", vat))
        case "vendor_number":
            return Pair(labelled.word(kind, first=4), Text(number))
        case _:
            if order.strange and rng.random() < _DATED:
                day = conventions.date(order.order_date - timedelta(days=rng.randrange(3, 90)))
                number = f"{number} {PartyWords(rng, order).pick('dated', date=day)}"
            return Pair(labelled.word("not_po_number", first=12), Text(number))


def totals_of(rng: random.Random, order: Order, layout: Layout, conventions: Conventions, labelled: Labels) -> tuple[Pair, ...]:
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
