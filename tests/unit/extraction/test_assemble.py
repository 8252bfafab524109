"""Pages to readings: header fields among their look-alikes, proof for every value, nothing that crashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extraction.assemble import assemble
from extraction.export import reading_to_json
from extraction.layout.mail_parts import mark_mail
from models.domain.evidence import Found, Origin, PageKind
from models.domain.order_work import ChargeKind
from models.domain.pages import Page, Word, WordFlag
from models.domain.reading import Context, DocumentType, Reading
from tests.support.papers import body, paper, parsed, table

ORDER = paper(
    (40, [(20, "Thistlemere Pumps Ltd"), (380, "PURCHASE ORDER")]),
    (54, [(20, "8 Millrace Lane"), (380, "PO Number:"), (470, "PO-2031-00077")]),
    (68, [(20, "Oldwick OW3 4QT"), (380, "Order Date:"), (470, "25/04/2031")]),
    (82, [(380, "Requisition No.:"), (470, "99120")]),
    (96, [(380, "Delivery Date:"), (470, "03/05/2031")]),
    (110, [(380, "Terms:"), (470, "Net 30 days")]),
    (140, [(20, "Supplier:"), (220, "Ship To:"), (400, "Bill To:")]),
    (154, [(20, "Cogsworth Supply GmbH"), (220, "Thistlemere Pumps Ltd"), (400, "Thistlemere Pumps Ltd")]),
    (168, [(20, "Hafenstrasse 4"), (220, "Unit 9, Weir Road"), (400, "8 Millrace Lane")]),
    (182, [(20, "20095 Hamburg"), (220, "Lowfield LF1 2AB"), (400, "Oldwick OW3 4QT")]),
    (220, [(20, "Item"), (90, "Description"), (300, "Qty"), (360, "Price"), (430, "Amount")]),
    (234, [(20, "KX-4471"), (90, "Hinge brass"), (305, "24"), (360, "£1.10"), (430, "£26.40")]),
    (248, [(20, "KX-4472"), (90, "Hinge steel"), (300, "100"), (360, "£0.90"), (430, "£90.00")]),
    (270, [(360, "Subtotal"), (430, "£116.40")]),
    (284, [(360, "VAT 20%"), (430, "£23.28")]),
    (298, [(360, "Total"), (430, "£139.68")]),
    (800, [(20, "Page 1 of 1")]),
)


def read(page: Page, context: Context | None = None) -> Reading:
    pages, _ = mark_mail((page,), context.subject if context else None)
    (reading,) = assemble(parsed(*pages), context or Context())
    return reading


def test_every_header_field_of_a_plain_order() -> None:
    order = reading_to_json(read(ORDER), file="order.pdf", seconds=0.1)
    assert {
        k: order[k]
        for k in (
            "doc_type",
            "kind",
            "po_number",
            "order_date",
            "requested_date",
            "currency",
            "buyer_name",
            "supplier_name",
            "ship_to",
            "bill_to",
            "payment_terms",
            "total",
        )
    } == {
        "doc_type": "purchase_order",
        "kind": "purchase_order",
        "po_number": "PO-2031-00077",
        "order_date": "2031-04-25",
        "requested_date": "2031-05-03",
        "currency": "GBP",
        "buyer_name": "Thistlemere Pumps Ltd",
        "supplier_name": "Cogsworth Supply GmbH",
        "ship_to": "Thistlemere Pumps Ltd, Unit 9, Weir Road, Lowfield LF1 2AB",
        "bill_to": "Thistlemere Pumps Ltd, 8 Millrace Lane, Oldwick OW3 4QT",
        "payment_terms": "Net 30 days",
        "total": 139.68,
    }
    assert [line["quantity"] for line in order["lines"]] == [24, 100]
    assert order["problems"] == []
    assert len(order["confidence"]["lines"]) == 2


def test_our_own_name_is_the_supplier_even_as_the_only_letterhead() -> None:
    page = paper((40, [(20, "Cogsworth Supply GmbH"), (380, "INVOICE")]), (60, [(380, "Your order:"), (470, "4711")]))
    reading = read(page, Context(own_names=("Cogsworth Supply GmbH",)))
    assert reading.header.supplier_name is not None and reading.header.supplier_name.value == "Cogsworth Supply GmbH"
    assert reading.header.buyer_name is None
    assert reading.doc_type.value is DocumentType.INVOICE


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Purchase Order", "purchase_order"),
        ("Purchase Order Change", "order_change"),
        ("Stornierung", "cancellation"),
        ("Anfrage", "quote"),
        ("Facture", "invoice"),
        ("Order Confirmation", "order_confirmation"),
        ("Lieferschein", "delivery_note"),
        ("Lista de precios", "other"),
    ],
)
def test_the_title_says_what_a_paper_is_for(title: str, kind: str) -> None:
    assert read(paper((40, [(200, title)]), (60, [(20, "PO Number: 4711")]))).doc_type.value.value == kind


def test_a_wrong_amount_and_a_wrong_total_are_named() -> None:
    page = table(
        100,
        "Item      Qty     Price    Amount",
        "KX-4471    10      5.00     51.00",
        "KX-4472     2      5.00     10.00",
        "                   Subtotal  60.00",
        "                   Total     99.00",
    )
    problems = {p.code: p.message for p in read(page).problems}
    assert set(problems) == {"amount_mismatch", "total_mismatch"}
    assert "51.00" in problems["amount_mismatch"]


def test_a_total_far_from_its_label_is_found_and_a_postcode_below_it_is_none() -> None:
    page = paper(
        (100, [(20, "Amount"), (70, "Price"), (120, "Qty"), (160, "Article"), (470, "Code")]),
        (112, [(20, "19.20"), (70, "1.92"), (120, "10"), (160, "Reducer of brass"), (470, "KX-4471")]),
        (124, [(20, "320.76"), (70, "8.91"), (120, "36"), (160, "Bag filter in a steel frame"), (470, "KX-4472")]),
        (136, [(20, "Totale"), (470, "339.96")]),
        (148, [(20, "Please deliver to Appleby Works, Mill Lane 7, 06713 Long Meadow.")]),
    )
    total = read(page).header.total
    assert total is not None and total.value == Decimal("339.96")


def test_a_row_named_like_a_charge_says_so_and_a_sum_keeps_its_wording() -> None:
    page = paper(
        (40, [(20, "Thistlemere Pumps Ltd"), (380, "PURCHASE ORDER")]),
        (54, [(380, "PO Number:"), (470, "PO-2031-00077")]),
        (220, [(20, "Item"), (90, "Description"), (300, "Qty"), (360, "Price"), (430, "Amount")]),
        (234, [(20, "KX-4471"), (90, "Hinge brass"), (305, "24"), (360, "£1.10"), (430, "£26.40")]),
        (248, [(20, "KX-4472"), (90, "Hinge steel"), (300, "100"), (360, "£0.90"), (430, "£90.00")]),
        (262, [(90, "Pallet charge"), (305, "1"), (360, "£9.00"), (430, "£9.00")]),
        (290, [(360, "Subtotal"), (430, "£125.40")]),
        (304, [(360, "VAT"), (430, "£25.08")]),
        (318, [(360, "Total"), (430, "£150.48")]))
    reading = read(page)
    assert [line.charge for line in reading.lines] == [None, None, ChargeKind.CHARGE]
    assert reading.header.tax and reading.header.tax.evidence.note == "VAT"


def test_missing_pages_are_counted() -> None:
    assert [p.code for p in read(paper((40, [(20, "Purchase Order 4711")]), (800, [(20, "Page 1 of 3")]))).problems] == [
        "page_missing",
        "no_lines",
    ]


@pytest.mark.parametrize(("feet", "is_missing"), [
    (["", "Page 2 of 2"], False), (["", "", "Seite 3 von 3"], False), (["", "Page 2 of 3"], True), (["", "Page 3 of 3"], True),
    (["Page 1 of 3", "", "Page 3 of 3"], False), (["Page 1 of 2", ""], True), (["Page 1 of 2 Page 2 of 2"], False)])
def test_a_page_without_a_number_is_the_one_before_the_next(feet: list[str], is_missing: bool) -> None:
    def words(number: int, top: float, line: str) -> list[Word]:
        return [Word(text, number, (20.0 + 40 * at, top, 55.0 + 40 * at, top + 10)) for at, text in enumerate(line.split())]

    pages = [
        Page(n, PageKind.PAPER, 600.0, 850.0, (*words(n, 40.0, "Purchase Order 4711"), *words(n, 800.0, foot)))
        for n, foot in enumerate(feet)]
    found = [p.code for r in assemble(parsed(*pages), Context()) for p in r.problems]
    assert ("page_missing" in found) == is_missing


def test_a_second_order_in_the_file_is_a_second_reading_and_a_second_page_is_not() -> None:
    head = "Item     Description        Qty    Price     Amount"
    one = table(40, "PURCHASE ORDER", "PO Number: 4711", head, "KX-4     Hinge brass         24     1.10      26.40")
    more = table(40, "PURCHASE ORDER", "PO Number: 4711", head, "KX-5     Hinge steel         10     1.00      10.00", number=1)
    two = table(40, "PURCHASE ORDER", "PO Number: 4712", head, "KX-6     Hinge oak            5     2.00      10.00", number=2)
    readings = assemble(parsed(one, more, two), Context())
    assert [(r.header.po_number.value if r.header.po_number else None, len(r.lines), r.pages) for r in readings] == [
        ("4711", 2, (0, 1)),
        ("4712", 1, (2,)),
    ]


def test_a_mail_is_read_from_its_newest_part_and_its_subject() -> None:
    page = body(
        "Hello,\n\nplease send 20 x KX-4471 Hinge brass.\nPlease ship to Thistlemere Pumps Ltd, 9 Weir Road, Lowfield.\n\n"
        "Best regards,\nThistlemere Pumps Ltd\n\nOn 3 May 2031 Cogsworth wrote:\n> 99 x KX-9999 Old hinge"
    )
    reading = read(page, Context(subject="Purchase order 4711", sent_on=date(2031, 5, 4)))
    assert [(str(x.quantity.value), x.buyer_sku.value) for x in reading.lines if x.quantity and x.buyer_sku] == [
        ("20", "KX-4471")
    ]
    assert reading.header.po_number is not None and reading.header.po_number.value == "4711"
    assert reading.header.ship_to is not None and reading.header.ship_to.value == "Thistlemere Pumps Ltd, 9 Weir Road, Lowfield"


def test_please_go_ahead_with_the_below_orders_the_quoted_lines() -> None:
    page = body("Please go ahead with the below.\n\nOn 3 May 2031 Cogsworth wrote:\nKX-4471 - Hinge brass - 12 pcs")
    assert [str(x.quantity.value) for x in read(page).lines if x.quantity] == ["12"]


def test_a_mail_that_only_points_at_its_attachment_orders_nothing() -> None:
    reading = read(body("Dear all,\n\nplease see the attached order.\n\nBest regards,\nAnna"), Context(subject="Order"))
    assert reading.lines == ()


def test_what_nobody_sees_is_never_a_value() -> None:
    hidden = Word("PO-6666-99999", 0, (470, 54, 535, 64), flags=frozenset({WordFlag.HIDDEN}))
    seen = tuple(hidden if w.text == "PO-2031-00077" else w for w in ORDER.words)
    order = reading_to_json(read(replace(ORDER, words=seen)), file="order.pdf", seconds=0.1, evidence=True)
    assert "PO-6666-99999" not in str(order)


def founds(reading: Reading) -> Iterator[Found[Any]]:
    yield reading.doc_type
    for part in (reading.header, *reading.lines):
        yield from (value for f in fields(part) if isinstance(value := getattr(part, f.name), Found))


WORDS = st.sampled_from(
    [
        "Qty",
        "Price",
        "Amount",
        "Item",
        "Description",
        "Total",
        "PO",
        "Number:",
        "4711",
        "KX-4471",
        "24",
        "1.10",
        "26,40",
        "EUR",
        "Date",
        "03/04/2031",
        "Ship",
        "To:",
        "Ltd",
        "x",
        "-",
        ":",
        "%",
        "(",
        "9" * 40,
        "1/0",
        "0",
        "-5.00",
        "Purchase",
        "Order",
        "\u202f",
        "Ø",
        "£",
    ]
)
PLACED = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12), WORDS), max_size=60)


@given(PLACED, st.sampled_from([PageKind.PAPER, PageKind.SHEET, PageKind.TEXT]))
@example([(0, 0, "£"), (0, 1, "Qty"), (1, 0, "9" * 40), (1, 1, "4711")], PageKind.SHEET)
def test_any_words_anywhere_give_readings_whose_values_stand_where_they_say(
    placed: list[tuple[int, int, str]], kind: PageKind
) -> None:
    wide, high = (28.0, 12.0) if kind is PageKind.PAPER else (1.0, 1.0)
    words = {(y, x): Word(text, 0, (x * wide, y * high, x * wide + wide * 0.8, y * high + high)) for y, x, text in placed}
    page = Page(0, kind, 600, 840, tuple(words.values()))
    printed = {w.box: w.text for w in page.words}
    for reading in assemble(parsed(page), Context()):
        for found in founds(reading):
            assert 0.0 <= found.confidence <= 1.0
            if found.evidence.places:
                assert found.evidence.text == " ".join(printed[p.box] for p in found.evidence.places)


def test_pages_counted_from_one_again_begin_another_order() -> None:
    head = "Item     Description      Qty      Price      Amount"
    def order(code: str, page: int) -> Page:
        row = f"{code}     Hinge oak            5     2.00      10.00"
        return table(40, "PURCHASE ORDER", "PO Number: 4711", "Page 1 of 1", head, row, number=page)

    readings = assemble(parsed(order("KX-6", 0), order("KX-6", 1)), Context())
    assert [(len(r.lines), r.pages) for r in readings] == [(1, (0,)), (1, (1,))]


def test_pages_that_bear_the_same_two_numbers_are_of_one_order() -> None:
    head = "Item     Description      Qty      Price      Amount"
    one = table(40, "PURCHASE ORDER", "PO Number: 4711", "Branch 66 10", head, "KX-4     Hinge oak      5     2.00      10.00")
    two = table(40, "PURCHASE ORDER", "Branch 4711", "PO Number: 6610", head, "KX-5     Hinge oak      5     2.00      10.00",
                number=1)
    readings = assemble(parsed(one, two), Context())
    assert [(len(r.lines), r.pages) for r in readings] == [(2, (0, 1))]


def several(text: str, subject: str | None = None) -> list[tuple[str | None, list[str]]]:
    pages, _ = mark_mail((body(text),), subject)
    readings = assemble(parsed(*pages), Context(subject=subject))
    return [(r.header.po_number.value if r.header.po_number else None, [str(x.quantity.value) for x in r.lines if x.quantity])
            for r in readings]


TWO = "PO 4711:\n20 x KX-4471 Hinge brass\n12 x KX-4472 Hinge steel\n\nPO 4712:\n5 x KX-9900 Hinge oak\n"


def test_two_orders_in_one_mail_are_two() -> None:
    assert several(f"Hello,\nplease enter two orders.\n\n{TWO}\nBest regards,\nAnn", "Orders") == [
        ("4711", ["20", "12"]), ("4712", ["5"])]
    assert several("Bestellung Nr. 81-7\n20 Stück KX-4471 Scharnier\n\nBestellung Nr. 81-8\n5 Stück KX-9900 Scharnier") == [
        ("81-7", ["20"]), ("81-8", ["5"])]


def test_a_second_number_without_goods_of_its_own_splits_nothing() -> None:
    assert len(several("PO 4711:\n20 x KX-4471 Hinge brass\nPO 4712 follows tomorrow.")) == 1
    assert len(several("PO 4711\n20 x KX-4471 Hinge brass\nPO 4711\n5 x KX-9900 Hinge oak")) == 1
    assert len(several("Order 200 x KX-4471 Hinge brass\nOrder 500 x KX-9900 Hinge oak")) == 1
    assert len(several(f"Please send 20 x KX-4471 Hinge brass\nOn 3 May 2031 Bo wrote:\n{TWO}")) == 1


def test_an_order_in_the_subject_alone_is_read_with_its_words_as_proof() -> None:
    context = Context(subject="Please send 5 boxes of blue gloves and 2 rolls of red tape", is_body=True)
    reading = read(body("Hi Ann,\n\nCheers,\nBob Invented\n"), context)
    assert [(str(x.quantity and x.quantity.value), x.description and x.description.value) for x in reading.lines] == [
        ("5", "blue gloves"), ("2", "red tape")]
    assert {x.quantity.evidence.origin for x in reading.lines if x.quantity} == {Origin.CONTEXT}
    assert read(body("5 boxes of green gloves\n"), context).lines[0].description.value == "green gloves"  # type: ignore[union-attr]


def test_a_heading_of_an_address_below_the_goods_is_no_title() -> None:
    order = read(paper(
        (40, [(20, "ORDER SHEET")]), (60, [(20, "Order No: 4711")]),
        (80, [(20, "Item"), (90, "Description"), (300, "Qty")]), (94, [(20, "KX-4471"), (90, "Hinge brass"), (305, "24")]),
        (130, [(20, "DELIVERY"), (300, "INVOICE")]), (144, [(20, "Invented School"), (300, "Invented Trust")])))
    assert order.doc_type.value is DocumentType.PURCHASE_ORDER


def test_a_question_for_stock_and_price_asks_for_a_quote() -> None:
    text = "Hi,\n\ndo you have 40 pcs of the KX-55 door closer in stock and what would be the price for 100?\n\nThanks\n"
    assert read(body(text)).doc_type.value is DocumentType.QUOTE


GOODS = ("6 pcs QX-100 @ 4.50", "8 pcs QX-200 @ 2.25", "40 pcs QX-300 @ 0.95", "2 pcs QX-400 @ 31.00")


def answer(text: str, word: str) -> Page:
    """An answer above the lines of an offer."""
    rows = (f"{word} {n}: {goods}" for n, goods in enumerate(GOODS, 1))
    wrote = {"Poste": "Le 3 mai 2031, Anne a écrit :", "Línea": "El 3 de mayo de 2031 Ana escribió:",
             "Riga": "Il giorno 3 maggio 2031 Anna ha scritto:"}
    return body("\n".join((text, "", wrote.get(word, "On 3 May 2031 Ann wrote:"), *rows)))


@pytest.mark.parametrize(
    ("subject", "text", "word", "taken"),
    [
        ("RE: Quotation 5520", "Lines 1 and 3 please, but make line 2 twenty.", "Line", {100: 6, 200: 20, 300: 40}),
        ("Re: our quote", "Please go ahead with items 2-4.", "Item", {200: 8, 300: 40, 400: 2}),
        ("RE: Quotation 5520", "We accept, but without item 4.", "Item", {100: 6, 200: 8, 300: 40}),
        ("AW: Angebot 5520", "Pos. 1 und Pos. 4 nehmen wir wie angeboten, von Pos. 2 bitte nur 5 Stück.", "Pos.",
         {100: 6, 200: 5, 400: 2}),
        ("AW: Angebot 5520", "Wir bestellen Pos. 2 und 3. Pos. 1 entfällt.", "Pos.", {200: 8, 300: 40}),
        ("RE: devis 5520", "Bon pour accord sur les postes 1, 2 et 4, mais pas le poste 3.", "Poste", {100: 6, 200: 8, 400: 2}),
        ("RE: presupuesto 5520", "Aceptamos las líneas 3 y 4.", "Línea", {300: 40, 400: 2}),
        ("R: preventivo 5520", "Confermiamo le righe 1 e 2.", "Riga", {100: 6, 200: 8}),
    ],
)
def test_an_answer_takes_lines_of_an_offer_by_their_numbers(subject: str, text: str, word: str, taken: dict[int, int]) -> None:
    reading = read(answer(text, word), Context(subject=subject, is_body=True))
    assert {x.buyer_sku and x.buyer_sku.value: x.quantity and x.quantity.value for x in reading.lines} == {
        f"QX-{code}": count for code, count in taken.items()}
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Quotation 5520", "What is the lead time for items 1 and 2?"),
        ("AW: Angebot 5520", "Wie lange ist Pos. 3 lieferbar?"),
        ("RE: devis 5520", "Quel est le délai pour le poste 2 ?"),
    ],
)
def test_a_question_about_lines_of_an_offer_takes_none(subject: str, text: str) -> None:
    reading = read(answer(text, "Line"), Context(subject=subject, is_body=True))
    assert not reading.doc_type.value.opens_case


@pytest.mark.parametrize(
    "text",
    [
        "We order as follows:\nItem 1: 3 pcs QX-100 at 4.50 each\nItem 2: 1 pcs QX-400 at 31.00 each",
        "Wir bestellen wie folgt:\nPos. 1: 3 Stück QX-100 zu 4,50 EUR\nPos. 2: 1 Stück QX-400 zu 31,00 EUR",
        "Nous commandons :\nPoste 1 : 3 pièces QX-100 à 4,50 €\nPoste 2 : 1 pièce QX-400 à 31,00 €",
    ],
)
def test_an_answer_that_names_its_goods_is_read_by_itself(text: str) -> None:
    reading = read(answer(text, "Line"), Context(subject="RE: Angebot 5520", is_body=True))
    assert [(x.buyer_sku and x.buyer_sku.value, x.quantity and x.quantity.value) for x in reading.lines] == [
        ("QX-100", 3), ("QX-400", 1)]
