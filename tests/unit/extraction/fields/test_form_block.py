"""Addresses whose parts have labels of their own, as forms ask for them."""

from __future__ import annotations

from tests.unit.extraction.fields.test_header import TABLE, read


def test_the_labelled_parts_below_a_heading_are_one_address_and_its_telephone_is_none_of_it() -> None:
    header = read(
        (60, [(20, "Deliver To")]),
        (74, [(20, "Company Name: Quillfeather Boats Ltd")]),
        (88, [(20, "Street: 12 Sluice Lane")]),
        (102, [(20, "Town: Dampford"), (160, "Postcode: DF1 0ZZ")]),
        (116, [(20, "Phone: 01632 960 777")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "Quillfeather Boats Ltd, 12 Sluice Lane, Dampford DF1 0ZZ"


def test_a_heading_says_whose_a_form_is_whatever_the_names_label_says() -> None:
    header = read(
        (60, [(20, "Supplier"), (300, "Ship To")]),
        (74, [(20, "Name: Fernbrook Fittings Ltd"), (300, "Vendor Name: Ann Exampleton")]),
        (88, [(20, "Address: 4 Weir Road"), (300, "Company: Hollowreed School")]),
        (102, [(60, "Lowfield LF2 9AB"), (300, "Address: 9 Mill Road")]),
        (116, [(20, "Tel: 01632 960 770"), (342, "Dampford DF1 0ZZ"), (440, "Phone: 01632 960 771")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "Ann Exampleton, Hollowreed School, 9 Mill Road, Dampford DF1 0ZZ"
    assert header.supplier_name and header.supplier_name.value == "Fernbrook Fittings Ltd"


def test_labels_may_stand_in_a_column_of_their_own() -> None:
    header = read(
        (60, [(20, "Lieferanschrift")]),
        (74, [(20, "Firma"), (110, "Sumpfhagen Feinmechanik GmbH")]),
        (88, [(20, "Straße"), (110, "Moorweg 4")]),
        (102, [(20, "PLZ / Ort"), (110, "09999 Sumpfhagen")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "Sumpfhagen Feinmechanik GmbH, Moorweg 4, 09999 Sumpfhagen"


def test_a_heading_over_one_label_only_heads_no_form() -> None:
    header = read(
        (60, [(20, "Ship To")]),
        (74, [(20, "Quillfeather Boats Ltd")]),
        (88, [(20, "12 Sluice Lane")]),
        (102, [(20, "Dampford DF1 0ZZ")]),
        (116, [(20, "Phone: 01632 960 777")]),
        *TABLE).header
    assert header.ship_to and header.ship_to.value == "Quillfeather Boats Ltd, 12 Sluice Lane, Dampford DF1 0ZZ"
