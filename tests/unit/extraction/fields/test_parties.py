"""Who orders and who supplies on paper: letterheads, windows, labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.assemble import assemble
from models.domain.evidence import Found, Origin, PageKind
from models.domain.pages import Page, Word
from models.domain.reading import Context, Header
from tests.support.papers import paper, parsed, sheet
from tests.unit.extraction.fields.test_header import TABLE, Rows, read


def parties(*rows: tuple[float, list[tuple[float, str]]], table: Rows = TABLE) -> tuple[str | None, str | None]:
    """Buyer and supplier of a paper with these rows above its table."""
    header: Header = read(*rows, *table).header
    return tuple(found.value if found else None for found in (header.buyer_name, header.supplier_name))  # type: ignore[return-value]


def test_who_stands_in_the_window_below_a_letterhead_of_one_line_is_written_to() -> None:
    assert parties(
        (20, [(20, "MARROW SERVICE STATION")]),
        (31, [(20, "Uwe Musterling, 14 Mill Street, Oldtown OT9 4QB")]),
        (42, [(20, "Tel. 01632 960 177")]),
        (60, [(300, "Brackwater Parts Ltd")]),
        (71, [(300, "Unit 4, Weir Road")]),
        (82, [(300, "Lowfield LF2 9AB")]),
        (110, [(20, "Order no. 3318"), (300, "Date: 12/01/2031")]),
    ) == ("MARROW SERVICE STATION", "Brackwater Parts Ltd")


def _scanned(name: str, confidence: float | None) -> Found[str] | None:
    """The buyer of a paper with this name in its letterhead, its words read with this confidence."""
    page = paper(
        (20, [(180, name)]), (32, [(180, "9 Weir Road, Lowfield LF2 9AB")]),
        (60, [(20, "Purchase Order"), (300, "Order No.:"), (380, "R4471120")]), (80, [(20, "Supplier")]),
        (94, [(20, "Brackwater Instruments Ltd")]), (108, [(20, "4 Mill Street")]), (122, [(20, "Oldtown OT9 4QB")]), *TABLE)
    words = tuple(replace(word, confidence=confidence) for word in page.words)
    (reading,) = assemble(parsed(replace(page, words=words)), Context())
    return reading.header.buyer_name


@pytest.mark.parametrize(("read_as", "right"), [
    ("GrnbH", "GmbH"), ("S.r.I.", "S.r.l."), ("S.R.I.", "S.R.L."), ("G m b H", "GmbH"), ("Lirnited", "Limited"), ("lnc.", "Inc."),
    ("Sp. z 0.0.", "Sp. z o.o."), ("Ltcl", "Ltd")])
def test_a_legal_form_that_ocr_misread_is_mended_and_marked(read_as: str, right: str) -> None:
    buyer = _scanned(f"Marrow Werke {read_as}", 0.9)
    assert buyer and (buyer.value, buyer.evidence.origin) == (f"Marrow Werke {right}", Origin.REPAIRED)
    assert buyer.evidence.text == f"Marrow Werke {read_as}"
    assert f"Marrow Werke {read_as}" in [c.value for c in buyer.candidates]


@pytest.mark.parametrize(("form", "confidence"), [
    ("GmbH", 0.9), ("Srl", 0.9), ("S.p.A.", 0.9), ("LTD", 0.9), ("LIC", 0.9), ("GrnbH", None), ("S.r.I.", None)])
def test_a_name_that_ends_as_it_is_written_or_was_not_read_by_ocr_stays(form: str, confidence: float | None) -> None:
    buyer = _scanned(f"Marrow Werke {form}", confidence)
    assert buyer and (buyer.value, buyer.evidence.origin) == (f"Marrow Werke {form}", Origin.READ)


def test_who_stands_behind_to_supplies_and_is_no_letterhead() -> None:
    assert parties(
        (20, [(180, "ST HOLLOW'S HOSPICE")]),
        (32, [(100, "Ward Stores, Comb Rise, Oldtown OT9 4QB")]),
        (60, [(20, "TO"), (100, ": Brackwater Medical Ltd")]),
        (74, [(20, "FROM"), (100, ": Joan Example, Ward Stores")]),
        (88, [(20, "DATE"), (100, ": Tue 7 January 2031")]),
        (102, [(20, "ORDER NO"), (100, ": WK 55812")]),
    )[1] == "Brackwater Medical Ltd"


def test_the_department_behind_a_name_is_none_of_it() -> None:
    assert parties(
        (20, [(20, "Purchase Order"), (300, "Order No.:"), (380, "R4471120")]),
        (50, [(20, "Supplier"), (300, "Bill To")]),
        (64, [(20, "Brackwater Instruments Ltd"), (300, "Hollowreed University, Accounts Payable")]),
        (78, [(20, "9 Weir Road"), (300, "PO Box 118")]),
        (92, [(20, "Lowfield LF2 9AB"), (300, "Oldtown OT9 4QB")]),
    ) == ("Hollowreed University", "Brackwater Instruments Ltd")


def test_a_word_on_the_way_of_delivery_is_no_address_and_its_day_is_the_requested_one() -> None:
    header = read(*TABLE, (360, [(20, "Livraison : tournée du mercredi 14 janvier 2031.")])).header
    assert header.ship_to is None
    assert header.requested_date and header.requested_date.value.isoformat() == "2031-01-14"


def test_a_person_above_an_address_does_not_hide_whose_it_is() -> None:
    assert parties(
        (20, [(20, "Boulangerie Quillon")]),
        (33, [(20, "SARL Quillon & Fils, 3 rue du Four, 29100 Oldtown")]),
        (50, [(20, "BON DE COMMANDE N° 2031-088")]),
        (70, [(20, "À l'attention de : Mme Exemple")]),
        (81, [(20, "Minoterie de l'Aulne")]),
        (92, [(20, "Route de Lowfield")]),
        (103, [(20, "29500 Lowfield")]),
    )[1] == "Minoterie de l'Aulne"


def test_on_a_sellers_order_form_the_customer_is_who_orders() -> None:
    page = sheet(
        ("Brackwater Nursery (Wholesale) – Spring 2031 Trade Order Form",),
        ("Customer", "Hollowreed Lane Garden Centre", "", "Your order no.", "HL-S31/02"),
        ("Address", "Hollowreed Lane, Oldtown", "", "Date", "2031-02-19"), ("", "OT9 4QB"),
        ("Contact", "Joan Example 01632 960 110", "", "Account", "BW-331"), (),
        ("Code", "Plant", "Pot / tray", "Price £", "ORDER (trays)", "Value £"),
        ("QH551", "Heather mix", "P11 x 15", "21.75", "8", "174.00"), ("QH552", "Heather white", "P11 x 15", "21.75", "", ""),
        ("QY310", "Cyclamen mini", "P9 x 18", "24.30", "10", "243.00"))
    (reading,) = assemble(parsed(page), Context())
    header = reading.header
    assert header.buyer_name and header.buyer_name.value == "Hollowreed Lane Garden Centre"
    assert header.supplier_name and header.supplier_name.value == "Brackwater Nursery (Wholesale)"


def test_a_vendor_with_an_attention_line_below_a_centred_label_is_read_whole() -> None:
    assert parties(
        (20, [(20, "Marrow Brewing Co."), (350, "Purchase Order")]),
        (33, [(20, "2290 Mill Road")]), (44, [(20, "Oldtown OT9 4QB")]),
        (100, [(120, "Vendor"), (380, "Ship To")]),
        (113, [(20, "Plains Malt & Supply"), (300, "Marrow Brewing Co.")]),
        (124, [(20, "Attn: Order Desk"), (300, "118 Spur Road")]),
        (135, [(20, "7715 Weir Road"), (300, "Oldtown OT9 4QB")]),
        (146, [(20, "Lowfield LF2 9AB")]),
    ) == ("Marrow Brewing Co.", "Plains Malt & Supply")


def test_blocks_that_stand_close_side_by_side_stay_apart() -> None:
    header = read(
        (20, [(20, "Inkooporder 31-01953")]),
        (50, [(20, "Leverancier"), (161, "Afleveradres"), (300, "Factuuradres")]),
        (61, [(20, "Brackwater Leermiddelen BV"), (161, "Basisschool Het Riet"), (300, "Stichting Moerasonderwijs")]),
        (72, [(20, "Postbus 310"), (161, "t.a.v. conciërge"), (300, "Postbus 55")]),
        (83, [(20, "7300 AH Laagveld"), (161, "Dijkstraat 40"), (300, "6650 AA Oudstad")]),
        (94, [(161, "6655 CD Oudstad")]),
        (120, [(20, "Levering uiterlijk"), (150, "21-8-2031")]), *TABLE).header
    assert header.ship_to and header.ship_to.value == "Basisschool Het Riet, t.a.v. conciërge, Dijkstraat 40, 6655 CD Oudstad"
    assert header.supplier_name and header.supplier_name.value == "Brackwater Leermiddelen BV"
    assert header.requested_date and header.requested_date.value.isoformat() == "2031-08-21"


def test_a_polite_word_and_a_town_are_no_part_of_a_name() -> None:
    assert parties(
        (20, [(20, "Cantina Poggio Esempio Srl")]), (31, [(20, "Loc. Fornaci 7, 53024 Altavilla")]),
        (50, [(20, "Ordine n. 118 del 16/11/2031"), (300, "Spett.le Vetreria Brackwater S.p.A., Empoli")]),
        (61, [(300, "Via Industria 2")]), (72, [(300, "50053 Empoli")]),
    )[1] == "Vetreria Brackwater S.p.A."


def test_who_stands_behind_a_polite_word_supplies_though_its_form_was_misread() -> None:
    assert parties(
        (20, [(20, "Cantina Poggio Esempio Srl")]), (31, [(20, "Loc. Fornaci 7, 53024 Altavilla")]),
        (50, [(20, "Ordine n. 118 del 16/11/2031")]), (64, [(20, "Spett.le Vetreria Brackwater S.r.I. - Via Industria 2")]),
    )[1] == "Vetreria Brackwater S.r.I."


def test_references_are_nobodys_names() -> None:
    assert parties(
        (20, [(20, "Quillfeather Water plc"), (300, "Purchase Order")]),
        (60, [(20, "Brackwater Valves Ltd"), (300, "PO number"), (420, "4711-88")]),
        (72, [(20, "Unit 6 Mill Park"), (300, "Our ref."), (420, "B 100447")]),
        (84, [(20, "Lowfield LF6 8QN"), (300, "Your ref."), (420, "Q-26")]),
    ) == ("Quillfeather Water plc", "Brackwater Valves Ltd")


def test_a_sellers_form_may_ask_for_your_business_name() -> None:
    assert parties(
        (20, [(20, "Brackwater Bar Supplies Ltd")]), (34, [(20, "Trade order form")]),
        (60, [(20, "Your business name"), (200, "Quillfeather Garden Centre")]), (74, [(20, "Your order ref"), (200, "QI-77")]),
    ) == ("Quillfeather Garden Centre", "Brackwater Bar Supplies Ltd")


def test_a_logo_above_the_name_in_full_is_no_part_of_it() -> None:
    assert parties(
        (20, [(20, "Quillfeather & Mill Events"), (300, "Purchase Order 4711")]), (32, [(20, "Quillfeather & Mill Events LLC")]),
        (44, [(20, "2750 Larkspur Ave")]), (56, [(20, "Lowfield ID 83705")]), (80, [(20, "Vendor")]),
        (92, [(20, "Brackwater Supply Inc")]), (104, [(20, "811 Foundry Row")]), (116, [(20, "Reno NV 89502")]),
    )[0] == "Quillfeather & Mill Events LLC"


def test_a_sentence_close_below_an_address_is_none_of_it() -> None:
    assert parties(
        (20, [(20, "Quillfeather Water plc"), (300, "Purchase Order 4711")]),
        (60, [(20, "To: Brackwater Valves Ltd")]), (72, [(20, "14 Ropewalk, Lowfield LF6 8QN")]),
        (92, [(20, "Please let us know by return when all of the following goods can be with us at the yard.")]),
    )[1] == "Brackwater Valves Ltd"


def test_short_forms_with_points_do_not_end_terms() -> None:
    header = read((40, [(20, "Pagamento: Ri.Ba. 60 gg. d.f. F.M.")]), *TABLE).header
    assert header.payment_terms and header.payment_terms.value == "Ri.Ba. 60 gg. d.f. F.M."


def test_of_two_addresses_without_labels_the_head_writes_and_the_lower_one_is_written_to() -> None:
    header = read(
        (40, [(20, "Le Four de Brack"), (320, "Oldtown, 12 January 2031")]),
        (51, [(20, "14 Mill Street")]),
        (62, [(20, "Oldtown OT9 4QB")]),
        (90, [(300, "Lowfield Grain SAS")]),
        (101, [(300, "9 Weir Road")]),
        (112, [(300, "Lowfield LF2 9AB")]),
        (140, [(100, "Purchase order no. ZO/118/2031")]), *TABLE).header
    assert header.buyer_name and header.buyer_name.value == "Le Four de Brack"
    assert header.supplier_name and header.supplier_name.value == "Lowfield Grain SAS"
    assert header.ship_to is None and header.bill_to is None


def test_an_address_beside_the_label_of_another_that_stands_below_it_is_the_suppliers() -> None:
    header = read(
        (40, [(20, "Brack Bakeries")]),
        (51, [(20, "14 Mill Street")]),
        (62, [(20, "Oldtown OT9 4QB")]),
        (90, [(20, "Delivery address:"), (190, "Lowfield Grain SAS")]),
        (101, [(20, "Brack Bakeries, mill site"), (190, "9 Weir Road")]),
        (112, [(20, "3 Comb Rise"), (190, "Lowfield LF2 9AB")]),
        (123, [(20, "Oldtown OT9 7AA")]),
        (150, [(20, "Purchase order no. P00915")]), *TABLE).header
    assert header.ship_to and header.ship_to.value == "Brack Bakeries, mill site, 3 Comb Rise, Oldtown OT9 7AA"
    assert header.supplier_name and header.supplier_name.value == "Lowfield Grain SAS"
    assert header.buyer_name and header.buyer_name.value == "Brack Bakeries"


def test_to_whom_a_letter_goes_supplies_where_nobody_else_does() -> None:
    rows = (
        (40, [(20, "PHARMACIE DU HOLLOW")]),
        (51, [(20, "3 bis avenue Musterling - 71990 Oldtown")]),
        (80, [(100, "BON DE COMMANDE N° 2031-0277")]),
        (100, [(20, "Destinataire : Laboratoires Brack")]),
        (111, [(95, "18 rue des Joncs")]),
        (122, [(95, "26999 Lowfield")]),
    )
    header = read(*rows, *TABLE).header
    assert header.supplier_name and header.supplier_name.value == "Laboratoires Brack"
    assert header.buyer_name and header.buyer_name.value == "PHARMACIE DU HOLLOW"
    assert header.ship_to is None
    named = read(*rows, (140, [(20, "Fournisseur : Weir Chimie SA")]), *TABLE).header
    assert named.supplier_name and named.supplier_name.value == "Weir Chimie SA"
    assert named.ship_to and named.ship_to.value.startswith("Laboratoires Brack")


def test_a_partys_number_beside_its_label_is_no_part_of_its_address() -> None:
    for number in ("(0003310)", "70415"):
        header = read(
            (20, [(180, "HOLLOW RIDGE CHEMICAL CORP")]),
            (60, [(20, f"VENDOR {number}"), (300, "SHIP TO 3301")]),
            (71, [(25, "WEIR SAFETY SUPPLY"), (305, "PLANT 4 RECEIVING")]),
            (82, [(25, "PO BOX 8812"), (305, "17 MILL RD")]),
            (93, [(25, "LOWFIELD UT 84999"), (305, "OLDTOWN UT 84998")]),
            (120, [(20, "Purchase Order No. 31-00872")]), *TABLE).header
        assert header.supplier_name and header.supplier_name.value == "WEIR SAFETY SUPPLY"
        assert header.ship_to and header.ship_to.value == "PLANT 4 RECEIVING, 17 MILL RD, OLDTOWN UT 84998"


def test_a_supplier_is_called_by_the_label_that_names_it_not_by_that_of_its_address() -> None:
    assert parties(
        (20, [(20, "AUTO-SERWIS HOLLOW Jan Przykładny")]),
        (31, [(20, "ul. Polna 6, 87-999 Oldtown")]),
        (55, [(20, "Dostawca:"), (120, "Hurtownia Weir s.c.")]),
        (70, [(20, "Adres dostawcy:"), (120, "ul. Składowa 14, 85-999 Lowfield")]),
        (90, [(100, "ZAMÓWIENIE NR 31/2031")]),
    ) == ("AUTO-SERWIS HOLLOW Jan Przykładny", "Hurtownia Weir s.c.")


def test_a_sellers_form_tells_to_fill_it_in_and_send_it_back() -> None:
    rows = (
        (40, [(20, "Weir Motor Factors Ltd, 12 Piston Way, Lowfield LF2 9AB")]),
        (70, [(20, "Garage / Company"), (150, "MARROW LANE MOTORS"), (350, "Account No."), (430, "Q1107")]),
        (90, [(20, "Your order number"), (150, "QB-5120")]),
    )
    told = (20, [(20, "Please fill in with BLOCK CAPITALS and send to us by fax.")])
    assert parties(told, *rows) == ("MARROW LANE MOTORS", "Weir Motor Factors Ltd")
    acknowledging = (130, [(20, "Please complete the acknowledgement and return it by fax.")])
    assert parties(*rows, acknowledging)[1] != "Weir Motor Factors Ltd"


def test_a_line_of_name_address_and_mail_names_the_writer() -> None:
    assert parties(
        (20, [(150, "PARTS ORDER FORM")]),
        (34, [(20, "Weir Truck Parts Ltd · 44 Rail Road · Lowfield LF2 9AB · orders@weirparts.example")]),
        (60, [(20, "Customer: Quill Haulage LLC"), (300, "P.O. # QD-6604")]),
    ) == ("Quill Haulage LLC", "Weir Truck Parts Ltd")


def test_whose_place_it_is_and_the_site_belong_to_an_address() -> None:
    for line in ("c/o Brackwater Refurbishment", "Jobsite: Prairie School", "p/a bouwplaats Noord",
                 "Weir Road 9 (entrance from the yard)"):
        ship_to = read(
            (20, [(20, "Hollow Shopfitting Ltd"), (300, "Purchase Order 4711-B")]),
            (50, [(20, "Supplier"), (300, "Deliver to")]),
            (61, [(20, "Weir Glass Ltd"), (300, "Hollow Shopfitting Ltd")]),
            (72, [(20, "9 Weir Road"), (300, line)]),
            (83, [(20, "Lowfield LF2 9AB"), (300, "22 Sidney Street")]),
            (94, [(300, "Oldtown OT9 4QB")]), *TABLE).header.ship_to
        assert ship_to and ship_to.value == f"Hollow Shopfitting Ltd, {line}, 22 Sidney Street, Oldtown OT9 4QB"


def test_words_that_a_typewriter_filled_into_a_form_stand_together() -> None:
    def line(text: str, left: float, top: float, *, letter: float, blank: float) -> list[Word]:
        out = []
        for word in text.split():
            out.append(Word(word, 0, (left, top, left + letter * len(word), top + 10)))
            left = out[-1].box[2] + blank
        return out

    printed = [
        *line("Please give all particulars of your order here and send us the form", 20, 20, letter=5, blank=2),
        *line("Customer name", 20, 60, letter=5, blank=2), *line("MARROW LANE MOTORS", 150, 60, letter=5.4, blank=5.4),
        *line("Your order number", 20, 80, letter=5, blank=2), *line("QB-5120", 150, 80, letter=5.4, blank=5.4)]
    table = paper(*TABLE).words
    (reading,) = assemble(parsed(Page(0, PageKind.PAPER, 600, 840, (*printed, *table))), Context())
    assert reading.header.buyer_name and reading.header.buyer_name.value == "MARROW LANE MOTORS"


def test_a_line_of_the_sender_over_a_window_names_who_writes() -> None:
    assert parties(
        (20, [(20, "Zweckverband Wasser Hollow · Am Teich 3 · 46520 Oldtown")]),
        (40, [(20, "Weir Armaturen GmbH & Co. KG"), (330, "Bestell-Nr.: 2031-0388")]),
        (51, [(20, "Vertrieb Innendienst"), (330, "Datum: 15.03.2031")]),
        (62, [(20, "Industriestraße 52")]),
        (73, [(20, "46521 Lowfield")]),
        (100, [(20, "Bestellung")]),
    ) == ("Zweckverband Wasser Hollow", "Weir Armaturen GmbH & Co. KG")


def test_addresses_set_flush_right_are_read_too() -> None:
    def flush(text: str) -> list[tuple[float, str]]:
        return [(500 - 5 * len(text), text)]

    writer = [(20, "Ville de Hollow")], [(20, "1 place de la Mairie, 61150 OLDTOWN")]
    reader = (flush("Fonte et Weir"), flush("14 rue des Forges"), flush("61200 LOWFIELD"))
    assert parties(
        *zip((20, 31), writer, strict=True), *zip((60, 71, 82), reader, strict=True),
        (110, [(150, "BON DE COMMANDE N° 2031-047")]), (130, [(20, "Messieurs,")]),
    ) == ("Ville de Hollow", "Fonte et Weir")
    assert parties(
        (20, flush("Offsetdruck Hollow e. K.")), (31, flush("Mühlenweg 9, 46520 Oldtown")),
        (60, [(20, "Papierkontor Weir")]), (71, [(20, "Hafenstraße 140")]), (82, [(20, "46521 Lowfield")]),
        (110, [(20, "Bestellung Nr. 31/0042")]),
    ) == ("Offsetdruck Hollow e. K.", "Papierkontor Weir")


def test_a_word_of_a_form_may_begin_a_name() -> None:
    assert parties(
        (20, [(20, "Department for Hollow Affairs"), (400, "Purchase Order")]),
        (50, [(20, "Supplier")]), (61, [(20, "Weir Office Products plc")]), (72, [(20, "9 Weir Road")]),
        (83, [(20, "Lowfield LF2 9AB")]),
    ) == ("Department for Hollow Affairs", "Weir Office Products plc")


def test_who_fills_in_a_sellers_form_orders_though_the_name_is_a_persons() -> None:
    assert parties(
        (20, [(20, "WEIR TIMBER & SHEET"), (400, "Trade Order Form")]),
        (50, [(20, "Customer"), (100, "T. Hollow Joinery"), (300, "Account no."), (400, "HJ0042")]),
        (64, [(20, "Your order no."), (100, "QT-712")]),
    ) == ("T. Hollow Joinery", "WEIR TIMBER & SHEET")


def test_shops_are_asked_for_on_sellers_sheets() -> None:
    rows = (
        ("Weir Soaps - Trade Order Form 2031", "", "", ""), ("", "", "", ""),
        ("Shop name", "The Hollow Loft", "Your PO number", "QL-19"), ("", "", "", ""),
        ("Code", "Product", "Order qty (each)", "Line £"), ("QS-11", "Quill soap, bar", "12", "60.00"))
    (reading,) = assemble(parsed(sheet(*rows)), Context())
    assert reading.header.buyer_name and reading.header.buyer_name.value == "The Hollow Loft"


def test_a_window_right_below_a_list_of_labels_with_their_values_is_written_to() -> None:
    buyer, supplier = parties(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER")]), (52, [(20, "8 Mill Lane, Oldtown OT9 4QB")]),
        (66, [(300, "Payment"), (380, "Net 40")]), (80, [(300, "Carriage"), (380, "Paid")]),
        (98, [(260, "Brazenose Castings plc")]), (110, [(260, "3 Foundry Row")]), (122, [(260, "Lowfield LF2 9AB")]))
    assert (buyer, supplier) == ("Quillfeather Pumps Ltd", "Brazenose Castings plc")
