"""Invoices and credit memos on paper: everything stands there, in the customer's language, on as many pages as it takes."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pdfplumber
import pytest

from models.domain.order_work import ChargeKind, OrderSource
from models.errors import InputError
from models.tables.billing import CreditMemoRow, InvoiceRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from models.tables.partners import CustomerRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice
from oms.billing.paper import Letterhead, credit_pdf, invoice_pdf, quote_pdf
from oms.orders.offers.given import GivenCharge, GivenLine, GivenOrder, named_order
from oms.orders.offers.service import accept_offer, quote_offer, write_offer
from runtime.db import Database
from tests.support.orders import open_shop
from tests.support.shipments import sell, send

US = Letterhead.of("Brackwater Supply Ltd", "9 Harbour Road; HU1 2AB Hull ;GB", "GB 000", "Tin Bank, IBAN XX00")


def pages(pdf: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [page.extract_text() for page in opened.pages]


def test_an_invoice_says_who_what_and_how_much(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        sold = sell(db, charge="-1.00", tax="4.56")
        number = db.get_one(InvoiceRow, issue_invoice(db, send(db, sold, [10]), actor="Ann")).number
        (page,) = pages(invoice_pdf(db, US, number))
    for said in ("Brackwater Supply Ltd", "HU1 2AB Hull", "Zebra Widgets Ltd", "12345 Savanna", number, "PO 4711", "WID-1",
                 "10 pcs 2.50 25.00", "Charges and discounts -1.00 EUR", "Tax 4.56 EUR", "Total 28.56 EUR", "2/10 net 30",
                 "2 % may be deducted", "Tin Bank, IBAN XX00", "Page 1 of 1"):
        assert said in page


def test_several_papers_are_one_file_in_which_each_counts_its_own_pages(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        long = sell(db, [("1", "1.00")] * 60)
        short = sell(db, [("2", "3.00")], shop=long.shop)
        ids = [issue_invoice(db, send(db, sold, [row.quantity for row in db.query(OrderLineRow).filter_by(
            order_id=sold.order_id).order_by(OrderLineRow.position)]), actor="Ann") for sold in (long, short)]
        numbers = [db.get_one(InvoiceRow, i).number for i in ids]
        several = pages(invoice_pdf(db, US, *numbers, numbers[1]))
        alone = [page for number in (*numbers, numbers[1]) for page in pages(invoice_pdf(db, US, number))]
        assert several == alone and len(several) >= 4
        assert f"{numbers[0]}\nPage 1 of {len(several) - 2}".replace("\n", " ") in several[0].replace("\n", " ")
        assert "Page 1 of 1" in several[-1]
        memos = [issue_credit(
            db, ids[1], key=str(n), quantities={short.line_ids[0]: Decimal(1)}, reason="x", actor="Ann") for n in range(2)]
        named = [db.get_one(CreditMemoRow, memo).number for memo in memos]
        assert [name in page for name, page in zip(named, pages(credit_pdf(db, US, *named)), strict=True)] == [True, True]
        with pytest.raises(InputError, match="between 1 and 200"):
            invoice_pdf(db, US)


def test_a_german_customer_reads_german(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        sold = sell(db, [("10", "1234.50")])
        db.get_one(CustomerRow, sold.shop.customer_id).language = "de"
        number = db.get_one(InvoiceRow, issue_invoice(db, send(db, sold, [10]), actor="Ann")).number
        (page,) = pages(invoice_pdf(db, US, number))
    assert "Rechnung" in page and "1.234,50 EUR" in page and "Seite 1 von 1" in page


def test_sixty_lines_run_over_pages_whose_head_is_repeated(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        sold = sell(db, [("1", "1.00")] * 60)
        number = db.get_one(InvoiceRow, issue_invoice(db, send(db, sold, [1] * 60), actor="Ann")).number
        text = pages(invoice_pdf(db, US, number))
    assert len(text) > 1
    assert all("Description" in page and f"Page {n} of {len(text)}" in page for n, page in enumerate(text, 1))
    assert "WID-60" in text[-1] and "Total 60.00 EUR" in text[-1]


def test_a_quote_says_what_it_would_cost_and_until_when(sqlite_database: Database) -> None:
    given = GivenOrder(
        "C-1", lines=(GivenLine("WID-1", Decimal(12), unit_price=Decimal("2.50")),),
        charges=(GivenCharge(ChargeKind.CHARGE, "Freight", Decimal("7.90")),))
    with sqlite_database.write() as db:
        open_shop(db, [[8]])
        order_id = write_offer(db, named_order(db, given), actor="Carl", source=OrderSource.DESK)
        quote_offer(db, order_id, actor="Carl", valid_until=date(2031, 3, 10), today=date(2031, 3, 1))
        (page,) = pages(quote_pdf(db, "SO-000001", US))
        for said in ("Quote", "SO-000001", "Zebra Widgets Ltd", "WID-1", "12 pcs 2.50 30.00", "Freight 7.90 EUR",
                     "Total 37.90 EUR", "Valid until Mar 10, 2031", "This quote is valid until Mar 10, 2031."):
            assert said in page
        accept_offer(db, order_id, actor="Anna", today=date(2031, 3, 2), po_number="PO 1")
        with pytest.raises(InputError, match="no offer any more"):
            quote_pdf(db, "SO-000001", US)


@pytest.mark.parametrize("said", ["青い手袋", "Клапан", "Ürün ½″", "장갑", "a < b & c > d", "{page} %s {0}"])
def test_every_script_is_printed_and_nothing_is_taken_for_markup(sqlite_database: Database, said: str) -> None:
    with sqlite_database.write() as db:
        sold = sell(db)
        db.get_one(OrderLineRow, sold.line_ids[0]).description = said
        number = db.get_one(InvoiceRow, issue_invoice(db, send(db, sold, [10]), actor="Ann")).number
        (page,) = pages(invoice_pdf(db, US, number))
    assert said in page


def test_a_credit_memo_shows_the_fee_it_keeps(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        sold = sell(db)
        invoice = issue_invoice(db, send(db, sold, [10]), actor="Ann")
        memo = issue_credit(
            db, invoice, key="k", quantities={sold.line_ids[0]: Decimal(4)}, reason="Wrong colour.", actor="Ann",
            fee=Decimal(1))
        (page,) = pages(credit_pdf(db, US, db.get_one(CreditMemoRow, memo).number))
        assert db.get_one(ItemRow, sold.shop.item_ids[0]).sku in page
    for said in ("Credit memo", "IN-000001", "10.00", "Restocking fee -1.00 EUR", "Credit 9.00 EUR", "Wrong colour."):
        assert said in page
