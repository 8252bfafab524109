"""Header fields chosen by labels, looks and tags together, through the whole reading of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from extraction.assemble import assemble
from extraction.fields.names import is_no_name
from extraction.fields.po_number import two_numbers
from extraction.layout.mail_parts import mark_mail
from models.domain.evidence import Candidate, Evidence, Found, Origin, Place
from models.domain.reading import Context, Reading
from tests.support.papers import body, paper, parsed, sheet

Rows = Sequence[tuple[float, Sequence[tuple[float, str]]]]

TABLE: Rows = (
    (300, [(20, "Item No."), (110, "Description"), (300, "Qty"), (350, "Unit"), (400, "Unit Price"), (480, "Amount")]),
    (314, [(20, "BX-1001"), (110, "Brass elbow 15 mm"), (300, "12"), (350, "pcs"), (400, "4.50"), (480, "54.00")]),
    (328, [(20, "BX-2044"), (110, "Copper pipe 22 mm"), (300, "30"), (350, "m"), (400, "7.10"), (480, "213.00")]),
)


def read(*rows: tuple[float, Sequence[tuple[float, str]]], context: Context | None = None) -> Reading:
    (reading,) = assemble(parsed(paper(*rows)), context or Context())
    return reading


def places_hold(evidence: Evidence, rows: Sequence[tuple[float, Sequence[tuple[float, str]]]]) -> bool:
    """True when the words of the evidence are printed on the page."""
    printed = " ".join(text for _, texts in rows for _, text in texts).split()
    return bool(evidence.places) and all(word in printed for word in evidence.text.split())


def test_a_number_without_label_beside_the_title_is_the_orders() -> None:
    rows = (
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER"), (420, "QF-20817")]),
        (70, [(300, "Requisition No.:"), (420, "R-5512")]),
        (84, [(300, "Order Date:"), (420, "14 March 2031")]),
        *TABLE,
    )
    header = read(*rows).header
    assert header.po_number
    assert header.po_number.value == "QF-20817"
    assert places_hold(header.po_number.evidence, rows)
    assert header.order_date
    assert header.order_date.value == date(2031, 3, 14)


@pytest.mark.parametrize("said", ["Nr. QB/4711/88", "No: QB/4711/88", "N° QB/4711/88"])
def test_the_number_behind_no_alone_below_the_title_is_the_orders(said: str) -> None:
    header = read((40, [(300, "ORDER FORM")]), (54, [(20, "Lowfield, 3 May 2031")]), (66, [(300, said)]), *TABLE).header
    assert header.po_number and header.po_number.value == "QB/4711/88"


@pytest.mark.parametrize(("said", "number"), [("No. R 051204", "R 051204"), ("No. 31 /0042", "31/0042")])
def test_the_number_behind_no_beside_the_title_is_the_orders(said: str, number: str) -> None:
    for title in ("PURCHASE ORDER", "OFFICIAL ORDER"):
        header = read((40, [(20, title), (400, said)]), *TABLE).header
        assert header.po_number and header.po_number.value == number


def test_a_post_office_box_is_no_order_number() -> None:
    header = read((40, [(20, "PURCHASE ORDER")]), (54, [(20, "Hollow Water Works")]), (66, [(20, "P.O. BOX 220")]), *TABLE).header
    assert header.po_number is None


def test_a_number_that_a_colon_follows_is_read_without_it() -> None:
    number = typed("Can we get these please, PO QB-209:").header.po_number
    assert number and number.value == "QB-209"


def test_a_number_glued_to_its_label_is_a_word_of_its_own() -> None:
    header = read((40, [(300, "Purchase Order")]), (54, [(300, "PO No.:100929656")]), *TABLE).header
    assert header.po_number
    assert header.po_number.value == "100929656"


def test_a_number_glued_to_the_title_is_the_orders() -> None:
    number = read((40, [(300, "Bestellung4711-22 vom 03.03.2031")]), *TABLE).header.po_number
    assert number is not None and number.value == number.evidence.text == "4711-22"


def test_two_numbers_that_may_both_be_the_orders_are_a_question() -> None:
    proof = Evidence(Origin.READ, "4500987", (Place(0, (420.0, 84.0, 455.0, 94.0)),))
    near, far = Candidate("4500987", 0.45, proof), Candidate("4500987", 0.1, proof)
    (problem,) = two_numbers(Found("4500112", 0.7, proof, (near,)))
    assert problem.code == "two_po_numbers"
    assert "4500112 and 4500987" in problem.message
    assert problem.box == (420.0, 84.0, 455.0, 94.0)
    same_ink = replace(near, evidence=replace(proof, note="another reading of the same ink"))
    for sure in (Found("4500112", 0.9, proof, (far,)), Found("4500112", 0.9, proof, (same_ink,)), None):
        assert not list(two_numbers(sure))


def test_one_number_printed_twice_is_no_question() -> None:
    reading = read(
        (40, [(300, "PURCHASE ORDER"), (420, "4500112")]), (70, [(300, "PO Number:"), (420, "4500112")]), *TABLE)
    assert not [p for p in reading.problems if p.code == "two_po_numbers"]


def ship_to(attention: str) -> str:
    header = read(
        (40, [(300, "PURCHASE ORDER")]),
        (70, [(300, "PO Number:"), (420, "4500112")]),
        (120, [(20, "Ship To:")]),
        (132, [(20, "Quillfeather Pumps Ltd")]),
        (144, [(20, attention)]),
        (156, [(20, "7 Sallow Road")]),
        (168, [(20, "Marlow Tor GX4 2PL")]),
        (180, [(20, "Tel. 01632 960112")]),
        *TABLE,
    ).header
    assert header.ship_to
    return header.ship_to.value


def test_a_person_and_a_telephone_number_are_no_part_of_an_address_but_a_department_is() -> None:
    assert ship_to("Attn: Ann Exampleton") == "Quillfeather Pumps Ltd, 7 Sallow Road, Marlow Tor GX4 2PL"
    assert ship_to("z. Hd. Uwe Musterling") == "Quillfeather Pumps Ltd, 7 Sallow Road, Marlow Tor GX4 2PL"
    assert ship_to("Attn: Receiving") == "Quillfeather Pumps Ltd, Attn: Receiving, 7 Sallow Road, Marlow Tor GX4 2PL"


def test_a_total_at_the_end_of_a_sentence_is_one() -> None:
    header = read((40, [(300, "PURCHASE ORDER")]), *TABLE, (360, [(20, "The total of this order is GBP 267.00.")])).header
    assert header.total
    assert header.total.value == Decimal("267.00")


def test_the_only_sum_of_an_order_is_its_total() -> None:
    header = read((40, [(300, "PURCHASE ORDER")]), *TABLE, (360, [(350, "Order value excluding VAT"), (480, "267.00")])).header
    assert header.total
    assert header.total.value == Decimal("267.00")
    assert header.tax is None


def test_the_last_of_the_sums_in_a_row_is_the_total() -> None:
    sums = (360, [(300, "Total"), (400, "267.00"), (480, "328.41")])
    assert total_of(sums) == Decimal("328.41")


def test_boxes_of_sums_hold_the_values_below_in_their_order() -> None:
    labels = (360, [(20, "Taxable amount"), (150, "VAT 23%"), (280, "Order total")])
    assert total_of(labels, (374, [(90, "267.00"), (220, "61.41"), (440, "328.41")])) == Decimal("328.41")


def test_a_discount_for_early_payment_is_none_on_the_goods() -> None:
    terms = (90, [(20, "Zahlung: 10 Tage 2% Skonto, 30 Tage netto")])
    assert total_of(terms, (360, [(300, "Summe netto"), (480, "267.00")])) == Decimal("267.00")


def total_of(*rows: tuple[float, list[tuple[float, str]]]) -> Decimal:
    found = read(*sorted([(40.0, [(20.0, "Purchase Order 4711-88")]), *TABLE, *rows])).header.total
    assert found
    return found.value


def test_a_count_of_packages_is_no_money() -> None:
    rows: Rows = (
        (300, [(20, "Item No."), (110, "Description"), (300, "Qty"), (350, "Unit")]),
        (314, [(20, "BX-1001"), (110, "Brass elbow 15 mm"), (300, "12"), (350, "pcs")]),
        (328, [(20, "BX-2044"), (110, "Copper pipe 22 mm"), (300, "30"), (350, "pcs")]),
        (420, [(250, "Total packages: 42")]),
    )
    header = read((40, [(300, "PURCHASE ORDER")]), *rows).header
    assert (header.total, header.subtotal) == (None, None)


def test_digits_parted_by_blanks_are_one_total() -> None:
    header = read(
        (40, [(300, "COMMANDE")]),
        (70, [(300, "N° de commande :"), (420, "4500112")]),
        (300, [(20, "Référence"), (110, "Désignation"), (300, "Qté"), (400, "P.U. HT"), (480, "Montant HT")]),
        (314, [(20, "BX-1001"), (110, "Coude laiton"), (300, "12"), (400, "1 280,50"), (480, "15 366,00")]),
        (340, [(400, "Total HT :"), (480, "15 366,00")]),
    ).header
    total = header.total or header.subtotal
    assert total
    assert total.value == Decimal("15366.00")
    assert total.evidence.text == "15 366,00"


def test_cancel_by_and_carrier_and_notes_have_places_of_their_own() -> None:
    header = read(
        (40, [(300, "PURCHASE ORDER")]),
        (70, [(300, "PO Number:"), (420, "4500112")]),
        (84, [(300, "Delivery Date:"), (420, "2 May 2031")]),
        (98, [(300, "Cancel Date:"), (420, "16 May 2031")]),
        (112, [(300, "Ship Via:"), (420, "Fernbrook Haulage")]),
        *TABLE,
        (380, [(20, "Special Instructions:")]),
        (392, [(20, "Call the gate an hour before arrival.")]),
    ).header
    assert header.requested_date
    assert header.requested_date.value == date(2031, 5, 2)
    assert header.cancel_by
    assert header.cancel_by.value == date(2031, 5, 16)
    assert header.carrier
    assert header.carrier.value == "Fernbrook Haulage"
    assert header.notes
    assert header.notes.value == "Call the gate an hour before arrival."


def test_the_letterhead_of_an_invoice_is_the_sellers() -> None:
    header = read(
        (30, [(20, "Fernbrook Fasteners Ltd")]),
        (42, [(20, "9 Tannery Lane")]),
        (54, [(20, "Oldcrumpton LW8 8RV")]),
        (80, [(300, "INVOICE")]),
        (94, [(300, "Invoice No.:"), (420, "INV-771")]),
        (120, [(20, "Customer:")]),
        (132, [(20, "Quillfeather Pumps Ltd")]),
        (144, [(20, "7 Sallow Road")]),
        (156, [(20, "Marlow Tor GX4 2PL")]),
        *TABLE,
    ).header
    assert header.supplier_name
    assert header.supplier_name.value == "Fernbrook Fasteners Ltd"
    assert header.buyer_name
    assert header.buyer_name.value == "Quillfeather Pumps Ltd"


def test_our_own_name_is_the_suppliers_even_without_its_legal_form() -> None:
    header = read(
        (30, [(20, "Quillfeather Pumps Ltd")]),
        (80, [(300, "PURCHASE ORDER")]),
        (120, [(20, "Vendor:")]),
        (132, [(20, "Fernbrook Fasteners")]),
        (144, [(20, "9 Tannery Lane")]),
        *TABLE,
        context=Context(own_names=("Fernbrook Fasteners Ltd",)),
    ).header
    assert header.supplier_name
    assert header.supplier_name.value == "Fernbrook Fasteners"
    assert header.buyer_name
    assert header.buyer_name.value == "Quillfeather Pumps Ltd"


def test_an_address_in_a_sentence_of_a_mail_goes_on_in_the_next_line() -> None:
    text = (
        "Good morning,\nplease send 12 pcs BX-1001 brass elbow 15 mm.\n"
        "Delivery address: Quillfeather Pumps Ltd, 7 Sallow Road,\nMarlow Tor GX4 2PL\nBest regards,\nAnn Exampleton"
    )
    (reading,) = assemble(parsed(body(text)), Context(is_body=True))
    assert reading.header.ship_to
    assert reading.header.ship_to.value.endswith("7 Sallow Road, Marlow Tor GX4 2PL")


def test_a_quoted_mail_address_of_ours_is_no_suppliers_name() -> None:
    text = "Good morning,\nplease send 12 pcs BX-1001.\nRegards\nAnn\nFrom: sales@fernbrook-fasteners.example"
    (reading,) = assemble(parsed(body(text)), Context(is_body=True, own_names=("Fernbrook Fasteners Ltd",)))
    assert reading.header.supplier_name is None


def test_the_window_of_an_envelope_is_the_supplier_and_who_gets_the_goods_is_the_buyer() -> None:
    reading = read(
        (40, [(300, "Van Verzinsel Installaties B.V.")]), (52, [(300, "Kade 1")]), (64, [(300, "3011 AB Rotterdam")]),
        (100, [(20, "Namaak Groothandel Techniek")]), (112, [(20, "Demoweg 44")]), (124, [(20, "5600 XX Eindhoven")]),
        (170, [(20, "Afleveradres:"), (140, "Van Verzinsel Installaties B.V.")]), (182, [(140, "Dok 2")]),
        (194, [(140, "3045 CC Rotterdam")]), *TABLE)
    assert reading.header.buyer_name and reading.header.buyer_name.value == "Van Verzinsel Installaties B.V."
    assert reading.header.supplier_name and reading.header.supplier_name.value == "Namaak Groothandel Techniek"


def test_a_legal_form_under_a_name_in_a_narrow_cell_is_part_of_it() -> None:
    reading = read(
        (40, [(300, "Sunnyside Made-up Clinic")]), (52, [(300, "1 Balm Road")]), (64, [(300, "Ipswich QLD 4305")]),
        (100, [(20, "Supplier:")]), (112, [(20, "Pretend Gauze Supplies Pty")]), (124, [(20, "Ltd")]),
        (136, [(20, "10 Lint Street")]), (148, [(20, "Brisbane QLD 4000")]), *TABLE)
    assert reading.header.supplier_name and reading.header.supplier_name.value == "Pretend Gauze Supplies Pty Ltd"
    assert reading.header.buyer_name and reading.header.buyer_name.value == "Sunnyside Made-up Clinic"


def test_an_address_ends_with_its_town_and_country() -> None:
    rows: Rows = (
        (40, [(300, "PURCHASE ORDER")]),
        (100, [(20, "Deliver to:"), (300, "Invoice to:")]),
        (114, [(20, "Quillfeather Pumps Ltd"), (300, "Quillfeather Pumps Ltd")]),
        (128, [(20, "12 Sluice Lane (Mon-Fri 8am to 3pm)"), (300, "PO Box 31")]),
        (142, [(20, "Dampford DF1 0ZZ"), (300, "Dampford DF1 1AA")]),
        (156, [(20, "United Kingdom"), (300, "quote our number")]),
        (170, [(20, "call Ann before arrival")]),
        *TABLE,
    )
    header = read(*rows).header
    assert header.ship_to
    assert header.ship_to.value == "Quillfeather Pumps Ltd, 12 Sluice Lane, Dampford DF1 0ZZ, United Kingdom"
    assert header.bill_to
    assert header.bill_to.value == "Quillfeather Pumps Ltd, PO Box 31, Dampford DF1 1AA"


def test_the_letters_of_a_numbers_kind_belong_to_it() -> None:
    for printed in ("PLM 0417", "0041733 OB"):
        header = read((40, [(20, "Quillfeather Pumps Ltd")]), (84, [(300, "Order No."), (420, printed)]), *TABLE).header
        assert header.po_number and header.po_number.value == printed
    header = read((40, [(20, "Quillfeather Pumps Ltd")]), (84, [(300, "Order:"), (420, "PO 0041733")]), *TABLE).header
    assert header.po_number and header.po_number.value == "0041733"


def test_an_address_ends_before_a_remark_whose_bracket_closes_on_the_next_line() -> None:
    header = read(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]),
        (84, [(20, "Deliver to: North Depot, 3 Weir Road, Lowfield LF2 9AB (closed on")]), (94, [(20, "Friday afternoons)")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "North Depot, 3 Weir Road, Lowfield LF2 9AB"


def test_an_address_of_a_mail_ends_above_the_writers_name() -> None:
    header = typed(
        "Invoice address:", "Quillfeather Pumps Ltd", "PO Box 612", "Lowfield LF2 9AB", "Kind regards,", "Joan Example",
        "Buyer, Quillfeather Pumps Ltd").header
    assert header.bill_to and header.bill_to.value == "Quillfeather Pumps Ltd, PO Box 612, Lowfield LF2 9AB"


def test_dots_lead_from_a_label_to_its_value() -> None:
    header = read(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER")]), (66, [(20, "ORDER NUMBER . . 0041733")]),
        (80, [(20, "REVISION . . . . 004")]), (94, [(20, "REQUESTED"), (90, ". . 04/21/2031")]), *TABLE).header
    assert header.po_number and header.po_number.value == "0041733"
    assert header.requested_date and header.requested_date.value == date(2031, 4, 21)


@pytest.mark.parametrize(("label", "field"), [
    ("Deliv. Date", "requested_date"), ("Must arrive by", "requested_date"), ("Wunschlieferdatum", "requested_date"),
    ("Livraison souhaitée avant le", "requested_date"),
    ("Fecha límite", "requested_date"), ("Gewenste levertijd", "requested_date"),
    ("Da consegnare entro", "requested_date"), ("Planowana data dostawy", "requested_date"), ("Date placed", "order_date"),
    ("Bestelltag", "order_date"), ("Date de pièce", "order_date"), ("Opgesteld op", "order_date"), ("Emesso il", "order_date"),
    ("Data złożenia", "order_date")])
def test_a_day_is_known_by_any_of_its_labels(label: str, field: str) -> None:
    header = read((40, [(20, "Quillfeather Pumps Ltd")]), (84, [(300, f"{label}:"), (460, "21.04.2031")]), *TABLE).header
    assert [name for name in ("order_date", "requested_date") if getattr(header, name)] == [field]


def test_a_number_and_its_date_may_share_a_title() -> None:
    header = read(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "Purchase Order")]), (70, [(300, "PO number/date")]),
        (82, [(300, "7700031 / 03/21/2031")]), (94, [(300, "Req. no."), (420, "0055127")]), *TABLE).header
    assert header.po_number and header.po_number.value == "7700031"
    assert header.order_date and header.order_date.value == date(2031, 3, 21)


def test_an_address_ends_where_the_next_label_of_its_list_stands() -> None:
    header = read(
        (40, [(20, "Purchase Order 4711-9")]),
        (60, [(20, "Ship To:"), (120, "Quillfeather Boats Ltd, 12 Sluice Lane, Dampford DF1 0ZZ")]),
        (72, [(20, "Opening hours:"), (120, "8:00 - 15:00")]),
        (84, [(20, "Bill To:"), (120, "Finance Manager, Quillfeather Rowers Inc., 7 Quay Road, Dampford DF1 1AA")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "Quillfeather Boats Ltd, 12 Sluice Lane, Dampford DF1 0ZZ"
    assert header.buyer_name and header.buyer_name.value == "Quillfeather Rowers Inc."


def test_an_address_goes_on_below_the_sentence_that_names_it() -> None:
    header = read(
        (40, [(20, "Purchase Order 4711-9")]), *TABLE,
        (380, [(20, "Quote our number wherever you write to us. Send invoices to")]),
        (392, [(20, "Quillfeather Pumps Inc, Finance, 7 Quay Road, Dampford NY 10999")])).header
    assert header.bill_to and header.bill_to.value == "Quillfeather Pumps Inc, Finance, 7 Quay Road, Dampford NY 10999"


def test_a_sentence_about_invoices_is_no_address() -> None:
    header = read(
        (40, [(20, "Bon de commande 4711-9")]), *TABLE,
        (380, [(20, "Facture à transmettre par le guichet, service QF, n° 31.")])).header
    assert header.bill_to is None


def test_a_canadian_post_code_ends_an_address() -> None:
    header = read(
        (40, [(20, "Purchase Order 4711-9")]), (60, [(20, "Ship To:")]), (72, [(20, "Quillfeather Pumps Inc")]),
        (84, [(20, "12 Sluice Court")]), (96, [(20, "Dampford, Ontario K9Z 3Z3")]), *TABLE).header
    assert header.ship_to and header.ship_to.value == "Quillfeather Pumps Inc, 12 Sluice Court, Dampford, Ontario K9Z 3Z3"


def test_a_firm_is_called_by_its_whole_name() -> None:
    """The letterhead is a logo, or sets the name on two lines; the address of the goods has it whole."""
    for head in ([(40, [(20, "Quillfeather Pumps")])], [(40, [(20, "Quillfeather")]), (54, [(20, "Pumps LLC")])]):
        header = read(
            *head, (40, [(300, "Purchase Order 4711-9")]), (80, [(20, "Vendor:"), (300, "Ship To:")]),
            (92, [(20, "Mirage Bricks Co."), (300, "Quillfeather Pumps LLC")]),
            (104, [(20, "4 Kiln Road"), (300, "12 Sluice Lane")]), (116, [(20, "Crewe, OH 44999"), (300, "Dampford, NY 10999")]),
            *TABLE).header
        assert header.buyer_name and header.buyer_name.value == "Quillfeather Pumps LLC"


def test_the_firm_that_a_paper_is_signed_for_is_the_buyer() -> None:
    reading = read(
        (40, [(20, "ORDER"), (300, "Order No."), (420, "BP/1187/0042")]),
        (100, [(20, "Supplier:")]), (112, [(20, "Mirage Bricks Ltd")]), (124, [(20, "Crewe CW0 0QQ")]), *TABLE,
        (500, [(20, "for Bricklebury Pretend Builders Ltd")]))
    assert reading.header.buyer_name and reading.header.buyer_name.value == "Bricklebury Pretend Builders Ltd"
    assert reading.header.supplier_name and reading.header.supplier_name.value == "Mirage Bricks Ltd"


def typed(*lines: str, sent_on: date | None = None) -> Reading:
    text = "\n".join(("Please send 12 pcs BX-1001 brass elbow 15 mm.", "", *lines))
    (reading,) = assemble(parsed(body(text)), Context(is_body=True, sent_on=sent_on))
    return reading


def test_an_order_written_as_a_mail_is_of_the_day_it_is_sent() -> None:
    header = typed("Needed by Friday.", "Ada Example", sent_on=date(2031, 5, 1)).header
    assert header.order_date and header.requested_date
    assert (header.order_date.value, header.order_date.evidence.origin) == (date(2031, 5, 1), Origin.CONTEXT)
    assert (header.requested_date.value, header.requested_date.evidence.text) == (date(2031, 5, 2), "Friday.")
    dated = typed("Order date: 28 April 2031", sent_on=date(2031, 5, 1)).header
    assert dated.order_date and dated.order_date.value == date(2031, 4, 28)


def test_the_day_by_which_a_price_is_asked_for_is_no_delivery() -> None:
    assert typed("Kindly confirm by Friday.", sent_on=date(2031, 5, 1)).header.requested_date is None


def test_a_mail_is_signed_with_the_name_that_begins_a_line() -> None:
    signed = {
        "Hollowreed Gates & Railings Ltd | Registered office: 4 Ghost Lane": "Hollowreed Gates & Railings Ltd",
        "Hollowreed Gates SARL au capital de 1 000 €": "Hollowreed Gates SARL",
    }
    for line, name in signed.items():
        header = typed("Ada Example", line).header
        assert header.buyer_name
        assert header.buyer_name.value == name


def test_who_signs_the_mail_that_is_answered_is_no_buyer() -> None:
    assert typed("Ada Example", "> Quillfeather Boards Ltd").header.buyer_name is None


def test_an_article_or_a_department_or_a_sentence_is_no_company() -> None:
    assert is_no_name("THE")
    assert is_no_name("Stores")
    assert is_no_name("days. Deliveries are taken from Monday to Friday between eight and eleven, ask for the stores keeper")
    assert not is_no_name("The Quiet Feather Group Ltd")


def test_an_address_ends_where_another_sentence_begins() -> None:
    rows = (
        (70, [(20, "Ship To:")]), (84, [(20, "Hollowreed Clinic")]),
        (98, [(20, "Plaza del Espejo 2")]), (112, [(20, "46998 Valdenada. Horario 9 a 14 h")]), *TABLE)
    ship_to = read(*rows).header.ship_to
    assert ship_to
    assert ship_to.value.endswith("46998 Valdenada")


def test_terms_end_where_the_row_below_has_a_label_of_its_own() -> None:
    rows = (
        (40, [(300, "Purchase Order")]), (70, [(300, "Terms:"), (380, "Net 30")]),
        (82, [(300, "Ship Via:"), (380, "Example Parcels Ground")]), *TABLE)
    terms = read(*rows).header.payment_terms
    assert terms
    assert terms.value == "Net 30"


def test_terms_in_a_long_sentence_of_a_mail_are_read() -> None:
    terms = typed(
        "Please bring all of it to our new cold store before noon and call at the gate when near, terms are net 30 as always."
    ).header.payment_terms
    assert terms
    assert "net 30" in terms.value
    assert "net 30" in terms.evidence.text


def test_the_day_the_goods_are_wanted_is_not_the_orders() -> None:
    for label in ("Livraison souhaitée le :", "À livrer avant le :", "Consegnare entro il:", "Deliver on:"):
        header = read((40, [(20, "Quillfeather Pumps Ltd")]), (70, [(20, label), (180, "28/03/2031")]), *TABLE).header
        assert header.requested_date
        assert header.requested_date.value == date(2031, 3, 28)
        assert header.order_date is None


def test_a_letterhead_that_begins_with_a_comma_is_no_name_and_no_fault() -> None:
    header = read((40, [(300, ", Quillfeather Pumps Ltd")]), (52, [(300, "PURCHASE ORDER")]), *TABLE).header
    assert header.buyer_name is None or header.buyer_name.value == "Quillfeather Pumps Ltd"


def test_the_number_in_the_subject_is_the_orders_where_the_body_labels_none() -> None:
    mail = body("Hallo zusammen,\n\nwir bestellen 60 Stück Sicherungseinsatz 10x38 4.\n\nFreundliche Grüße\nAnja")
    context = Context(is_body=True, subject="Bestellung 6723/2028")
    number = assemble(parsed(mail), context)[0].header.po_number
    assert number is not None and number.value == "6723/2028"


def test_the_day_on_which_an_order_is_void_is_not_the_day_the_goods_are_wanted() -> None:
    header = read(
        (40, [(300, "Purchase Order 70031-B")]), (54, [(40, "Date: 28 Feb 2031"), (300, "Cancel if not shipped by 31 Mar 2031")]),
        *TABLE).header
    assert header.cancel_by is not None and header.cancel_by.value == date(2031, 3, 31)
    assert header.requested_date is None


def test_remarks_in_brackets_and_behind_a_dash_are_no_address() -> None:
    place = "Hollowreed Depot, 9 Weir Road, 46520 Lowfield"
    for remark in (" (call the yard 30 min. before: 0171 5550 118)", " – Hours: 7:00 to 13:30", " (Sussex) – Hours: 7:00"):
        ship_to = read((60, [(20, f"Delivery address: {place}{remark}")]), *TABLE).header.ship_to
        assert ship_to
        assert ship_to.value == place + (" (Sussex)" if "Sussex" in remark else "")


def test_an_address_in_brackets_is_what_they_hold() -> None:
    ship_to = typed("Please deliver to site (Hollowreed School, 9 Weir Road, 46520 Lowfield) before noon.").header.ship_to
    assert ship_to and ship_to.value == "Hollowreed School, 9 Weir Road, 46520 Lowfield"


def test_a_whole_address_beside_its_label_ends_with_the_line_and_its_door() -> None:
    rows = ((60, [(20, "Delivery address: Hollowreed Depot, 9 Weir Road, 46520 Lowfield, gate 3")]),
            (72, [(20, "Offer no OF/2031/778 of 12.10.2031")]), *TABLE)
    ship_to = read(*rows).header.ship_to
    assert ship_to and ship_to.value == "Hollowreed Depot, 9 Weir Road, 46520 Lowfield, gate 3"


def test_a_firm_that_follows_an_office_in_a_signature_is_the_buyer() -> None:
    for line in ("Stores Supt. | Hollowreed Gates Ltd", "Purchasing - Hollowreed Gates Ltd", "Hollowreed Gates Ltd"):
        header = typed("Ada Example", line).header
        assert header.buyer_name and header.buyer_name.value == "Hollowreed Gates Ltd"


def test_an_order_that_answers_an_offer_is_for_the_firm_that_signed_the_offer() -> None:
    text = (
        "Please send 12 pcs BX-1001 brass elbow 15 mm.\n\nRegards,\nAda Example\nHollowreed Gates Ltd\n\n"
        "From: Bert Example <bert@quillfeather.example>\nSent: Saturday, 3 May 2031 16:20\nTo: Ada Example\nSubject: Offer\n\n"
        "Dear Ada,\n\nour price is 4.50 each.\n\nRegards,\nBert Example\nQuillfeather Pumps Ltd")
    pages, _ = mark_mail([body(text)], "Re: Offer")
    (reading,) = assemble(parsed(*pages), Context(is_body=True))
    assert reading.header.buyer_name and reading.header.buyer_name.value == "Hollowreed Gates Ltd"
    assert reading.header.supplier_name and reading.header.supplier_name.value == "Quillfeather Pumps Ltd"


def test_a_name_on_two_lines_is_whole_where_the_paper_says_it_so_elsewhere() -> None:
    rows = ((40, [(20, "Hollowreed Vale"), (300, "PURCHASE ORDER 20817")]), (51, [(20, "Growers Union")]))
    where = (90, [(20, "Deliver to: Hollowreed Vale Growers Union, 9 Weir Road, 46520 Lowfield")])
    whole, short = read(*rows, where, *TABLE).header.buyer_name, read(*rows, *TABLE).header.buyer_name
    assert whole and whole.value == "Hollowreed Vale Growers Union"
    assert short is None or short.value != whole.value


def test_terms_are_read_without_as_always_and_without_the_stop() -> None:
    for said in ("Payment: as always 14 days net.", "Payment: 14 days net"):
        terms = typed(said).header.payment_terms
        assert terms and terms.value == "14 days net"
    terms = typed("Account terms 30 days EOM. Invoices by mail.").header.payment_terms
    assert terms and terms.value == "30 days EOM"


def test_of_net_tax_and_gross_in_one_row_the_gross_is_the_total() -> None:
    rows = (*TABLE, (350, [(300, "Total"), (360, "267.00"), (420, "53.40"), (480, "320.40")]),
            (376, [(20, "Order value: 320.40")]))
    header = read((40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]), *rows).header
    assert header.total and header.total.value == Decimal("320.40")
    assert header.tax and header.tax.value == Decimal("53.40")


def test_a_dollar_is_that_of_the_country_whose_numbers_a_paper_bears() -> None:
    for number, code in (("ABN 51 604 118 290", "AUD"), ("HST 88888 RT", "CAD"), ("Company no. 604", "USD")):
        rows = (40, [(20, "Quillfeather Pumps"), (300, "PURCHASE ORDER 20817")]), (60, [(20, number)])
        currency = read(*rows, *TABLE, (350, [(420, "Total"), (480, "$267.00")])).header.currency
        assert currency and currency.value == code


def test_titles_in_two_languages_are_known_by_either_and_without_their_blanks() -> None:
    rows = ((40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER 20817")]),
            (60, [(20, "Data/Date"), (160, "Grootboek/Payment"), (330, "Modalitàpagamento/Zahlweise")]),
            (71, [(20, "14/03/2031"), (160, "30 dagen netto")]))
    header = read(*rows, *TABLE).header
    assert header.order_date and header.order_date.value == date(2031, 3, 14)
    assert header.payment_terms and header.payment_terms.value == "30 dagen netto"


def mail(*lines: str, sent: date = date(2031, 3, 3)) -> Reading:
    """The reading of a mail of these lines."""
    pages, _ = mark_mail(parsed(body("\n".join(lines))).pages, "Order")
    (reading,) = assemble(parsed(*pages), Context(sent_on=sent, is_body=True))
    return reading


def test_a_day_of_delivery_is_not_the_day_of_the_order() -> None:
    header = mail("Bonjour,", "merci de livrer 4 pièces KX-4471.", "Livraison pour le 19/03/2031 s'il vous plaît.").header
    assert header.order_date
    assert header.requested_date
    assert (header.order_date.value, header.requested_date.value) == (date(2031, 3, 3), date(2031, 3, 19))


@pytest.mark.parametrize("first", [
    "Bestellung 4500-77 vom 12.03.2031", "Order #10045 (12 March 2031)", "Order 4500-77, 12 March 2031"])
@pytest.mark.parametrize("wanted", [None, "Please deliver by 20 March 2031."])
def test_the_day_behind_the_number_of_an_order_is_not_when_it_is_wanted(first: str, wanted: str | None) -> None:
    text = "\n".join((first, "", *([wanted, ""] if wanted else ()), "Item     Qty", "KX-4471  24", "KX-4472  100"))
    (reading,) = assemble(parsed(body(text)), Context())
    header = reading.header
    assert header.order_date
    assert header.order_date.value == date(2031, 3, 12)
    assert (header.requested_date.value if header.requested_date else None) == (date(2031, 3, 20) if wanted else None)


def test_the_day_on_which_a_mail_is_sent_is_a_wish_only_beside_a_word_of_delivery() -> None:
    lines = ("Please send:", "12 pcs KX-4471 hinge")
    assert mail("[Shop] (3 March 2031)", *lines).header.requested_date is None
    wanted = mail(*lines, "Please deliver on 3 March 2031.").header.requested_date
    assert wanted
    assert wanted.value == date(2031, 3, 3)


def test_the_day_of_a_mail_that_is_answered_is_not_the_day_of_the_order() -> None:
    ordered = mail(
        "Go ahead with the below please.", "Ann Example", "", "On 21 February 2031, sales@maker.example wrote:", "> Our prices:",
        "> 12 pcs KX-4471 hinge at 4.50").header.order_date
    assert ordered
    assert ordered.value == date(2031, 3, 3)


def test_a_day_and_month_without_a_year_are_a_date_behind_a_word_for_delivery_only() -> None:
    wanted = mail("Please send:", "12 pcs KX-4471 hinge", "Prosimy dostarczyć 18.3.").header.requested_date
    assert wanted
    assert wanted.value == date(2031, 3, 18)
    assert mail("Please send:", "12 pcs KX-4471 hinge", "as in clause 18.3.").header.requested_date is None


def test_a_size_in_inches_is_no_day() -> None:
    assert mail("Please send:", '12 pcs KX-4471 tee 1 1/4" brass', '3 pcs KX-4472 tee 3/4" brass').header.requested_date is None


def test_where_goods_go_is_no_buyer_and_neither_is_the_person_who_writes() -> None:
    order = ("Please send:", "12 pcs KX-4471 hinge", "Purchaser: Joan Example")
    place = "Deliver to: Quillfeather Pumps Ltd, 3 Mill Street, Oldtown OT9 4QB"
    goodbye = ("", "Kind regards,", "Joan Example", "Buyer")
    assert mail("Dear Sir,", *order, place, *goodbye).header.buyer_name is None
    signed = mail(*order, place, *goodbye, "Quillfeather Pumps Ltd").header.buyer_name
    assert signed
    assert signed.value == "Quillfeather Pumps Ltd"


def test_a_greeting_names_no_supplier() -> None:
    assert mail("Estimados señores:", "por favor envíennos 50 tornillos M5x70 y 3 rollos de cinta.").header.supplier_name is None


def test_the_number_by_which_a_sentence_refers_to_the_order_is_its_number() -> None:
    for sentence in ("Ref. pedido 161556535", "Please use 161556535 as the order reference."):
        number = mail("Please send:", "12 pcs KX-4471 hinge", sentence).header.po_number
        assert number
        assert number.value == "161556535"


def test_who_stands_over_an_address_orders_where_the_supplier_is_named_wherever_the_goods_go() -> None:
    rows = (
        (40, [(300, "Purchase Order")]),
        (54, [(20, "Marrick Doors")]),
        (68, [(20, "6 Lathe Street")]),
        (82, [(20, "Planeford PL6 3AB")]),
        (110, [(20, "Supplier:"), (300, "Order No.:"), (420, "MD-20817")]),
        (124, [(20, "Quillfeather Supply Ltd")]),
        (138, [(20, "9 Weir Road")]),
        (152, [(20, "Lowfield LF2 9AB")]),
        (180, [(20, "Deliver to:")]),
        (194, [(20, "Oldtown Fitters GmbH")]),
        (208, [(20, "3 Mill Street")]),
        (222, [(20, "Oldtown OT9 4QB")]),
    )
    header = read(*rows, *TABLE).header
    assert header.buyer_name
    assert header.supplier_name
    assert (header.buyer_name.value, header.supplier_name.value) == ("Marrick Doors", "Quillfeather Supply Ltd")


def test_who_supplies_may_stand_beside_the_word_name() -> None:
    rows = (
        (20, [(20, "Purchase Order #"), (110, "QF-2210")]),
        (50, [(20, "Ship-To Address"), (300, "Supplier")]),
        (64, [(20, "Ashmere College, Stores"), (300, "Name"), (380, "Larkfield Instruments Ltd")]),
        (78, [(20, "Lock Road"), (300, "Account"), (380, "ASH-221")]),
        (92, [(20, "Waterford X91 A1B2")]),
        *TABLE,
    )
    supplier = read(*rows).header.supplier_name
    assert supplier
    assert supplier.value == "Larkfield Instruments Ltd"


def test_a_number_and_its_day_share_a_label() -> None:
    rows = (
        (20, [(20, "Quillfeder Pumpen GmbH"), (300, "Bestellung")]),
        (50, [(300, "Bestellnummer/Datum")]),
        (64, [(300, "4500718 / 03.03.2031")]),
        (90, [(300, "Ihr Angebot")]),
        (104, [(300, "A-31-0349 vom 19.02.2031")]),
        *TABLE,
    )
    header = read(*rows).header
    assert header.po_number
    assert header.po_number.value == "4500718"
    assert header.order_date
    assert header.order_date.value == date(2031, 3, 3)


def test_a_sentence_is_nobodys_name() -> None:
    assert is_no_name("Required by Friday please. Prices as in our list.")
    assert is_no_name("Could we have the following for delivery next week please")
    assert not is_no_name("Institute of the Arts and Sciences of Oldtown Ltd")
    assert not is_no_name("Stadt. Werke Oldtown an der Aue GmbH")


@pytest.mark.parametrize(("name", "address", "supplier"), [
    ("Brackwater Fittings Ltd, T. Hale", "t.hale@post.example", "Brackwater Fittings Ltd"),
    ("Brackwater Fittings", "orders@brackwater.example", "Brackwater Fittings"),
    ("Ufficio Ordini Brackwater", "ordini@brackwater.example", "Brackwater"),
    ("Orders", "orders@brackwater.example", None),                     # a desk
    ("Tom Hale", "tom@brackwater.example", None),                      # a person
    (None, "orders@brackwater.example", None),
])
def test_the_firm_a_mail_is_written_to_supplies_where_its_text_names_none(
    name: str | None, address: str, supplier: str | None
) -> None:
    text = "Hi Tom,\n\nCould we have these by Friday please? Our\nusual ones.\n\n12 boxes of gaskets 40 mm\n\nThanks, Ann"
    (reading,) = assemble(parsed(body(text)), Context(is_body=True, recipient_name=name, recipient_address=address))
    read_as = reading.header.supplier_name
    assert (read_as.value if read_as else None) == supplier
    assert read_as is None or read_as.evidence.origin is Origin.CONTEXT


def test_who_stands_under_supplier_on_a_sheet_is_not_who_pays_and_a_letterhead_without_legal_form_orders() -> None:
    page = sheet(
        ("TOWN OF OLD MILLBROOK - ORDER FORM",), ("Works Department, 1 Mill Square, 38999 Old Millbrook",), ("PURCHASE ORDER",),
        ("Supplier:", "Brackwater Signs SARL", "Deliver to:", "Works yard"),
        ("", "Quay Park", "", "12, rue des Prés"), ("", "38998 Oldtown", "", "38999 Old Millbrook"),
        ("Item", "Description", "Qty", "Unit", "Price", "Amount"), ("KX-14", "Road sign 700 mm", "6", "pcs", "47.50", "285.00"),
        ("KX-15", "Post 3 m", "2", "pcs", "29.90", "59.80"), ("", "", "", "", "Total", "344.80"))
    (reading,) = assemble(parsed(page), Context())
    header = reading.header
    assert header.buyer_name and header.buyer_name.value == "TOWN OF OLD MILLBROOK"
    assert header.supplier_name and header.supplier_name.value == "Brackwater Signs SARL"
    assert header.bill_to is None


def test_the_day_of_the_offer_is_not_the_day_of_the_order() -> None:
    rows = (
        (20, [(20, "Quillfeder Pumpen GmbH")]),
        (48, [(300, "Oldtown, den 17.04.2031")]),
        (62, [(20, "Ihr Angebot AN-31-3391 vom 09.04.2031")]),
        (90, [(20, "Bestellung B-310417")]),
        *TABLE,
    )
    header = read(*rows).header
    assert header.order_date
    assert header.order_date.value == date(2031, 4, 17)


def test_the_number_by_which_one_of_several_is_told_belongs_to_its_name() -> None:
    rows = (
        (20, [(20, "HEATHFIELD COUNTY SCHOOL DISTRICT NO. 9"), (400, "PURCHASE ORDER")]),
        (48, [(20, "Vendor"), (300, "PO Number"), (400, "31-00217")]),
        (62, [(20, "Larkfield School Supply Co.")]),
        *TABLE,
    )
    buyer = read(*rows).header.buyer_name
    assert buyer
    assert buyer.value == "HEATHFIELD COUNTY SCHOOL DISTRICT NO. 9"


def test_an_address_stands_below_the_line_that_announces_it() -> None:
    place = "Marrow Salon, 8 Mill Square, Oldtown OT9 4QB"
    wanted = "Please send 12 pcs KX-4471"
    one = mail(f"{wanted}.", "", "Delivery by Friday if possible, to the shop's address:", place, "Payment as agreed.")
    assert one.header.ship_to and one.header.ship_to.value == place
    many = mail(f"{wanted} and deliver them to our new site:", *place.split(", "), "", "Thanks", "Joan")
    assert many.header.ship_to and many.header.ship_to.value == place
    assert mail(f"{wanted}.", "", "Deliver as usual, invoices to:", place).header.ship_to is None


def test_terms_that_had_no_room_in_their_box_go_on_below() -> None:
    header = read(
        (40, [(20, "Fournisseur"), (300, "Règlement : virement 30 jours fin")]),
        (54, [(20, "Brackwater Fittings SARL"), (300, "de mois")]),
        (68, [(20, "9, rue des Prés"), (300, "Devise : EUR")]),
        (82, [(20, "38998 Oldtown")]), *TABLE).header
    assert header.payment_terms and header.payment_terms.value == "virement 30 jours fin de mois"
