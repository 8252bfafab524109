"""What is printed about shipments says what is in them, and its bars can be read."""

from __future__ import annotations

from decimal import Decimal

import pymupdf
import pytest
from sqlalchemy import update

from models.domain.fulfilment import PaperKind
from models.errors import InputError, NotFound
from models.tables.fulfilment import FulfilmentOrderRow, ParcelRow
from models.tables.items import ItemRow
from models.tables.partners import AddressRow
from oms.fulfilment.papers import print_papers
from oms.fulfilment.ship import void
from oms.fulfilment.waves import NoWave, make_wave
from runtime.db import Database
from tests.support.bars import read_code_c
from tests.support.fulfilment import fulfilment_orders, packed

COMPANY = "Brackwater Supply Ltd"


def texts(database: Database, kind: PaperKind, *numbers: str) -> list[str]:
    with database.read() as db:
        printed = print_papers(db, kind, numbers, company=COMPANY)
    with pymupdf.open(stream=printed) as document:
        return [page.get_text() for page in document]


@pytest.fixture
def shipment(sqlite_database: Database) -> str:
    """A packed shipment of two items, whose customs particulars are known."""
    (fo,) = fulfilment_orders(sqlite_database, stock=((60,), (5,)), lines=((0, 10), (1, 5)))
    with sqlite_database.write() as db:
        packed(db, fo, 10, 5)
        db.execute(update(ItemRow).values(tariff_code="731815", origin_country="DE", weight=Decimal("0.125")))
        db.execute(update(ParcelRow).values(weight=Decimal("2.5")))
    return "SH-000001"


def test_papers_of_several_fulfilment_orders_are_one_file_without_what_was_given_up(sqlite_database: Database) -> None:
    first, second = fulfilment_orders(sqlite_database, stock=((6, 60), (0, 60)), lines=((0, 5), (1, 2)))
    with sqlite_database.write() as db:
        void(db, packed(db, first, 5), actor="Ann", reason="Wrong box.")
        packed(db, first, 5)
        with pytest.raises(InputError, match="FO-000002 has no shipment yet"):
            print_papers(db, PaperKind.LABEL, ["FO-000001", "FO-000002"], company=COMPANY)
        packed(db, second, 2)
    both = ("FO-000001", "FO-000002")
    for kind, name in ((PaperKind.PACKING_SLIP, "Packing slip"), (PaperKind.DELIVERY_NOTE, "Delivery note")):
        found = texts(sqlite_database, kind, *both)
        assert [name in text for text in found] == [True, True]
        assert ["SH-000002" in found[0], "SH-000003" in found[1]] == [True, True]
    assert len(texts(sqlite_database, PaperKind.LABEL, *both)) == 2


def test_a_pick_list_walks_along_the_shelves_and_forgets_what_is_in_hand(sqlite_database: Database) -> None:
    (fo,) = fulfilment_orders(sqlite_database, stock=((60,), (5,)), lines=((1, 5), (0, 10)))
    (text,) = texts(sqlite_database, PaperKind.PICK_LIST, "FO-000001")
    assert text.index("WID-1") < text.index("WID-2") and "10 PCE" in text and "Zebra Widgets Ltd" in text
    with sqlite_database.write() as db:
        packed(db, fo, 5, 4)
    (text,) = texts(sqlite_database, PaperKind.PICK_LIST, "FO-000001")
    assert "6 PCE" in text and "WID-2" not in text


def test_a_wave_is_one_walk_through_one_location(database: Database) -> None:
    first, second = fulfilment_orders(database, stock=((6, 60), (0, 60)), lines=((0, 5), (1, 2)))
    with pytest.raises(NoWave, match="several locations"), database.write() as db:
        make_wave(db, [first, second], actor="carl")
    with database.write() as db:
        assert make_wave(db, [first], actor="carl") == "WA-000001"
        db.execute(update(FulfilmentOrderRow).where(FulfilmentOrderRow.id == second).values(state="closed"))
    with pytest.raises(NoWave, match="cannot be picked now"), database.write() as db:
        make_wave(db, [second], actor="carl")
    (text,) = texts(database, PaperKind.PICK_LIST, "WA-000001")
    assert "WA-000001" in text and "FO-000001" in text and "5 PCE" in text


def test_a_label_carries_the_sscc_as_gs1_128_and_says_it_in_digits(sqlite_database: Database, shipment: str) -> None:
    with sqlite_database.read() as db:
        (sscc,) = [row.sscc for row in db.query(ParcelRow)]
        printed = print_papers(db, PaperKind.LABEL, [shipment], company=COMPANY)
    with pymupdf.open(stream=printed) as document:
        page = document[0]
        assert (page.rect.width, page.rect.height) == (288, 432)
        assert read_code_c(page, 350) == f"]C100{sscc}"
        text = page.get_text()
        assert sscc in text.replace(" ", "") and "1 Stripe Street" in text and "2.5 kg" in text


@pytest.mark.parametrize(("kind", "words"), [
    (PaperKind.PACKING_SLIP, ("Parcel 1", "2.5 kg", "WID-1", "Widget no. 2", "10 PCE", "PO 4711")),
    (PaperKind.DELIVERY_NOTE, ("Delivery note SH-000001", "Received complete", "12345 Savanna")),
    (PaperKind.CUSTOMS_DECLARATION, ("CN 23", "731815", "DE", "1.25 kg", "1.875 kg", "37.50 EUR", "Sale of goods")),
    (PaperKind.COMMERCIAL_INVOICE, ("Commercial invoice", "25.00 EUR", "12.50 EUR", "37.50 EUR", "For customs purposes only")),
])
def test_what_stands_on_a_paper(sqlite_database: Database, shipment: str, kind: PaperKind, words: tuple[str, ...]) -> None:
    (text,) = texts(sqlite_database, kind, shipment)
    assert [word for word in words if word not in text] == []


def test_several_are_printed_into_one_file(sqlite_database: Database, shipment: str) -> None:
    assert len(texts(sqlite_database, PaperKind.DELIVERY_NOTE, shipment, shipment)) == 2


def test_what_customs_lacks_is_said_by_item(sqlite_database: Database, shipment: str) -> None:
    with sqlite_database.write() as db:
        db.execute(update(ItemRow).where(ItemRow.sku == "WID-2").values(tariff_code=None))
    with pytest.raises(InputError, match="WID-2 lacks one of them"):
        texts(sqlite_database, PaperKind.CUSTOMS_DECLARATION, shipment)


def test_what_is_not_there_is_not_printed(sqlite_database: Database, shipment: str) -> None:
    with pytest.raises(NotFound):
        texts(sqlite_database, PaperKind.LABEL, "SH-000999")
    with pytest.raises(InputError):
        texts(sqlite_database, PaperKind.LABEL)


def test_long_names_stay_on_the_label(sqlite_database: Database, shipment: str) -> None:
    with sqlite_database.write() as db:
        db.execute(update(AddressRow).values(name="Zebra Widgets International Holdings " * 5, street="Αθήνα 漢字 " * 20))
        printed = print_papers(db, PaperKind.LABEL, [shipment], company=COMPANY * 6)
    with pymupdf.open(stream=printed) as document:
        assert all(document[0].rect.contains(pymupdf.Rect(word[:4])) for word in document[0].get_text("words"))
