"""Credits in a real Tryton: our memo is one posted note of the invoice it takes back; a note written there is told with it."""

from __future__ import annotations

import signal
from decimal import Decimal
from typing import Any

import pytest

from models.domain.states import OutboxState
from oms.erp.compare_credits import NoteThere
from oms.erp.errors import ErpRefused
from oms.erp.port import Noun
from tests.support.tryton import sale_message
from tests.support.tryton_house import House

pytestmark = pytest.mark.slow


def invoiced(house: House, **other: Any) -> str:
    """The number of a posted invoice of the order."""
    house.erp().submit(sale_message(house.order_no, **other), key=house.key("so:1"))
    house.tryton.post_invoices(house.identity)
    (invoice,) = house.tryton.sale(house.identity, "invoices")["invoices"]
    return str(house.tryton.call("model.account.invoice.read", [invoice], ["number"])[0]["number"])


def credit(invoice: str, order_no: str, **other: Any) -> dict[str, Any]:
    message = {
        "kind": "credit_memo.issued", "order_no": order_no, "customer_no": "C-1001", "credit_memo": "CM-000001",
        "invoice": invoice, "currency": "EUR", "reason": "Five too many.", "charges": "0", "tax": "0", "fee": "0",
        "total": "189.60", "lines": [
            {"sku": "BRK-100", "quantity": "5", "amount": "19.50"}, {"sku": "VLV-20", "quantity": "10", "amount": "170.10"}]}
    return message | other


def notes(house: House) -> list[dict[str, Any]]:
    domain = [["comment", "like", f"%[{house.identity}/credit:%"]]
    fields = ["state", "number", "reference", "total_amount"]
    return list(house.tryton.call("model.account.invoice.search_read", domain, 0, None, None, fields))


def credited_there(house: House) -> str:
    """People credit the whole invoice in Tryton; the number of their note."""
    ids = house.tryton.sale(house.identity, "invoices")["invoices"]
    context = {"active_model": "account.invoice", "active_id": ids[0], "active_ids": ids}
    wizard = "wizard.account.invoice.credit"
    session, start, _ = house.tryton.call(f"{wizard}.create")
    house.tryton.call(f"{wizard}.execute", session, {}, start, **context)
    house.tryton.call(f"{wizard}.execute", session, {start: {"with_refund": False}}, "credit", **context)
    drafts = house.tryton.call("model.account.invoice.search", [
        ["lines.origin.invoice.id", "in", ids, "account.invoice.line"], ["state", "=", "draft"]])
    house.tryton.call("model.account.invoice.post", drafts)
    return str(house.tryton.call("model.account.invoice.read", drafts, ["number"])[0]["number"])


def test_a_memo_is_one_posted_note_and_is_not_told_to_us_again(house: House) -> None:
    invoice, key = invoiced(house), house.key("credit:CM-000001")
    message, erp = credit(invoice, house.order_no), house.erp()
    number = erp.submit(message, key=key)
    assert (erp.submit(message, key=key), erp.find(key), erp.find(key[:-1])) == (number, number, None)
    (note,) = notes(house)
    assert (note["state"], note["number"], note["reference"], f"{note['total_amount']:f}") == (
        "posted", number, "CM-000001", "-189.60")
    assert {row["invoice"] for row in erp.pull(Noun.INVOICES, None).rows} == {invoice}


def test_what_is_kept_back_and_a_share_of_the_freight_are_lines_of_the_note(house: House) -> None:
    invoice = invoiced(house, charges=[{"kind": "charge", "name": "Freight", "rate": None, "amount": "10.00"}])
    message = credit(invoice, house.order_no, charges="2.60", fee="15.00", total="177.20")
    house.erp().submit(message, key=house.key("credit:CM-000001"))
    assert [f"{note['total_amount']:f}" for note in notes(house)] == ["-177.20"]


@pytest.mark.parametrize("other, code", [
    ({"total": "189.61"}, "erp_total_differs"), ({"invoice": "none/1"}, "erp_no_invoice"),
    ({"lines": [{"sku": "NO-1", "quantity": "1", "amount": "1"}]}, "erp_no_invoice")])
def test_a_note_that_does_not_fit_is_not_posted(house: House, other: dict[str, Any], code: str) -> None:
    message = credit(invoiced(house), house.order_no) | other
    with pytest.raises(ErpRefused) as refused:
        house.erp().submit(message, key=house.key("credit:CM-000001"))
    assert refused.value.code == code
    assert all(note["state"] == "draft" for note in notes(house))


@pytest.mark.torture
@pytest.mark.parametrize("point", ["tryton.credited:1", "erp.delivered:1", "outbox.noted:1"])
def test_killed_there_and_taken_over_there_is_one_note(house: House, point: str) -> None:
    invoice = invoiced(house)
    message = credit(invoice, house.order_no)
    message.pop("order_no")
    key = house.add(key="credit:CM-000001", **message)
    assert house.work("first", "nobody", point) == -signal.SIGKILL
    assert house.work("second", "first") == 0
    assert ([note["state"] for note in notes(house)], house.row(key).state) == (["posted"], OutboxState.SENT)


def test_a_note_written_in_tryton_is_told_with_the_invoice_it_takes_back(house: House) -> None:
    invoice = invoiced(house)
    credited_there(house)
    told = [row for row in house.erp().pull(Noun.INVOICES, None).rows if row["credits"]]
    assert {(row["order_no"], row["credits"], row["sku"], row["quantity"], row["amount"]) for row in told} == {
        (house.order_no, invoice, "BRK-100", "-100", "-390.00"), (house.order_no, invoice, "VLV-20", "-20", "-340.20")}


def test_notes_of_both_sides_are_listed_for_the_comparison(house: House) -> None:
    invoice, key = invoiced(house), house.key("credit:CM-000001")
    erp, since = house.erp(), house.at.replace(year=2000)
    assert erp.credits(since) == []
    number = erp.submit(credit(invoice, house.order_no), key=key)
    assert erp.credits(since) == [NoteThere("", number, "CM-000001", True, "EUR", Decimal("189.60"))]
    there = credited_there(house)
    assert erp.credits(since)[1:] == [NoteThere(house.order_no, there, "", True, "EUR", Decimal("730.20"))]
    with pytest.raises(ErpRefused):
        erp.submit(credit(invoice, house.order_no, credit_memo="CM-000002", total="1"), key=house.key("credit:CM-000002"))
    assert [(note.memo, note.is_posted) for note in erp.credits(since)][1] == ("CM-000002", False)
