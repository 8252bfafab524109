"""A program works in a small company, from the catalogue to the refund: a request of each kind that succeeds.

Every answer is checked against the document of the API.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from schemathesis.schemas import APIOperation
from sqlalchemy import select

from app.bootstrap import Rooms
from extraction.learned.ledger import Ledger
from models.domain.learned import Fingerprint, Learned, Lesson, LessonKind, Mark
from models.tables.intake import DocumentRow
from models.tables.partners import CustomerRow
from runtime.codec import pack
from tests.integration.matching.desk import BOLTS, Desk, line, reading
from tests.support.desk_documents import make_pdf
from tests.support.orders import open_shop

_ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")
_WHY = {"reason": "Agreed by telephone."}


def operations_of(app: FastAPI) -> dict[str, APIOperation]:
    """What the document describes, by method and path: "GET /api/v1/orders"."""
    found = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app).get_all_operations()
    return {operation.label: operation for operation in (x.ok() for x in found)}


class Walk:
    """A program with a token; `proven` are the operations that succeeded as their document says."""

    def __init__(self, app: FastAPI, token: str) -> None:
        self._client = TestClient(app, headers={"Authorization": f"Bearer {token}"})
        self._operations = operations_of(app)
        self.requests = 0
        self.proven: set[str] = set()

    def __call__(
        self, operation: str, body: Any = None, /, *, query: dict[str, str] | None = None, files: Any = None, **names: Any,
    ) -> Any:
        """Do it ("POST /orders/{order_no}/release") with these names in its path; what it answers, None for no JSON."""
        method, path = operation.split(" ")
        self.requests += 1
        answer = self._client.request(
            method, f"/api/v1{path}".format(**names), json=body, params=query, files=files,
            headers={"Idempotency-Key": f"walk-{self.requests}"})
        assert answer.is_success, (operation, answer.status_code, answer.text)
        label = f"{method} /api/v1{path}"
        self._operations[label].validate_response(answer)
        self.proven.add(label)
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else None

    def look_at_lists(self) -> None:
        """Everything that can be looked at without naming anything."""
        for label in self._operations:
            method, path = label.split(" ")
            if method == "GET" and "{" not in path and label not in self.proven:
                self(f"GET {path.removeprefix('/api/v1')}")


def walk_through(walk: Walk, rooms: Rooms, folder: Path) -> None:
    """Everything, in an empty database."""
    with rooms.db.write() as db:
        open_shop(db, [[60], [60]])
    _master_data(walk)
    _stock(walk)
    _orders(walk)
    _offers(walk)
    shipment = _fulfilment(walk)
    _money(walk, shipment)
    _house(walk)
    _messages(walk)
    _cases(walk, rooms, Desk(rooms.db, folder))
    walk.look_at_lists()


def walk_erp(walk: Walk) -> None:
    """What only a house with an ERP to ask can do; it is not reached."""
    walk("POST /erp/pulls", {})
    walk("POST /erp/comparisons")


def _new(walk: Walk, quantity: str = "10", **changes: Any) -> str:
    wanted = {
        "customer": "C-1", "po_number": f"PO 7-{walk.requests}",
        "lines": [{"sku": "WID-1", "quantity": quantity, "unit_price": "2.50"}]}
    return str(walk("POST /orders", wanted | changes)["summary"]["order_no"])


def _master_data(walk: Walk) -> None:
    walk("POST /customers", {"customer_no": "N-1", "columns": {"name": "New Works", "currency": "EUR"}})
    walk("POST /items", {"sku": "NEW-1", "columns": {"description": "Hinge", "base_uom": "PCE"}})
    walk("PUT /items/{sku}", {"brand": "Kessel"}, sku="NEW-1")
    walk("PUT /item-units/{sku}", [{"uom": "XBX", "factor": "10"}], sku="NEW-1")
    walk("PUT /part-numbers", {"customer_no": "N-1", "part_number": "77", "sku": "NEW-1"})
    walk("DELETE /part-numbers", query={"customer_no": "N-1", "part_number": "77"})
    walk("GET /customers/{customer_no}", customer_no="N-1")
    walk("PUT /customers/{customer_no}", {"name": "New Works Ltd"}, customer_no="N-1")
    walk("GET /items/{sku}", sku="NEW-1")
    walk("PUT /prices", {"sku": "NEW-1", "price": "4", "uom": "PCE", "currency": "EUR"})
    walk("POST /imports/{kind}", files={"file": ("items.csv", b"sku,description,base_uom\nNEW-2,Bracket,PCE\n")}, kind="items")
    walk("GET /master-data/edits", query={"about": "item:NEW-1"})
    walk("PUT /exchange-rates", {"currency": "USD", "day": "2031-01-01", "rate": "1.1", "source": "bank"})


def _stock(walk: Walk) -> None:
    walk("PUT /stock/tracking", {"sku": "NEW-1", "tracking": "lot"})
    booked = walk("POST /stock/entries", {
        "kind": "receipt", "sku": "WID-2", "location": "LOC0", "quantity": "5", "reference": "D-1"})
    walk("POST /stock/entries/{entry_id}/reverse", entry_id=booked["entry_id"])
    walk("PUT /stock/locations/{code}", {"name": "North"}, code="NORTH")
    walk("PUT /stock/sourcing-rules/{position}", {"name": "one part", "max_locations": 1}, position=1)
    walk("POST /stock/sourcing-rules/{position}/trial", {"name": "two parts", "max_locations": 2}, position=1)
    walk("DELETE /stock/sourcing-rules/{position}", position=1)
    walk("PUT /stock/supplies", {
        "reference": "PO-9", "sku": "WID-1", "location": "LOC0", "quantity": "30", "expected_on": "2131-05-01"})
    walk("GET /stock/timeline", query={"sku": "WID-1"})
    walk("GET /metrics/outlook/{sku}", sku="WID-1")


def _orders(walk: Walk) -> None:
    one, two, long = _new(walk), _new(walk), _new(walk, "500")
    walk("POST /orders/{order_no}/changes", _WHY | {"header": {"notes": "Ring twice."}}, order_no=one)
    walk("POST /orders/{order_no}/notes", {"text": "They ring."}, order_no=one)
    walk("PUT /orders/{order_no}/tags/{word}", order_no=one, word="urgent")
    walk("DELETE /orders/{order_no}/tags/{word}", order_no=one, word="urgent")
    walk("PUT /orders/{order_no}/priority", {"priority": 3}, order_no=one)
    walk("GET /orders/{order_no}", order_no=one)
    walk("GET /orders/{order_no}/agreements", order_no=one)
    walk("POST /orders/{order_no}/cancel", _WHY, order_no=_new(walk))
    held = walk("POST /orders/{order_no}/holds", _WHY, order_no=one)
    walk("POST /orders/{order_no}/holds/{hold_id}/release", _WHY, order_no=one, hold_id=held["holds"][0]["id"])
    walk("POST /orders/{order_no}/merge", _WHY | {"orders": [two]}, order_no=one)
    walk("POST /orders/{order_no}/give-back", _WHY | {"order": two}, order_no=one)
    walk("POST /orders/{order_no}/split", _WHY | {"lines": [{"position": 1, "quantity": "4"}]}, order_no=one)
    for number in (two, long):
        walk("POST /orders/{order_no}/release", order_no=number)
        walk("POST /orders/{order_no}/allocate", order_no=number)
    walk("POST /orders/{order_no}/reallocate", _WHY, order_no=two)
    (short, *_) = walk("GET /exceptions", query={"order_no": long})
    rule = walk("GET /exception-rules/{kind}", kind=short["kind"])
    walk("PUT /exception-rules/{kind}", rule, kind=short["kind"])
    walk("DELETE /exception-rules/{kind}", kind=short["kind"])
    walk("GET /exceptions/{exception_id}", exception_id=short["id"])
    walk("POST /orders/{order_no}/lines/{position}/shortage", _WHY | {"choice": "wait"}, order_no=long, position=1)
    walk("POST /exceptions/{exception_id}/{action}", {"team": "Sales"}, exception_id=short["id"], action="assign")
    walk("POST /exceptions/all/{action}", {"ids": [short["id"]], "team": "Sales"}, action="assign")
    walk("GET /erp/dry-runs/{order_no}", order_no=two)


def _offers(walk: Walk) -> None:
    number = _new(walk, "2", state="draft", po_number="")
    walk("POST /orders/{order_no}/quote", {"valid_until": "2131-01-01"}, order_no=number)
    walk("GET /orders/{order_no}/quote/pdf", order_no=number)
    walk("POST /orders/{order_no}/revise", order_no=number)
    walk("POST /orders/{order_no}/accept", {"po_number": "PO 8"}, order_no=number)


def _fulfilment(walk: Walk) -> str:
    """The number of a shipment that has left."""
    order = _new(walk, lines=[{"sku": "WID-2", "quantity": "10", "unit_price": "3"}])
    walk("POST /orders/{order_no}/release", order_no=order)
    (given, *_) = walk("POST /fulfilment-orders", {"order_no": order})
    number = given["number"]
    walk("POST /waves", {"fulfilment_orders": [number]})
    walk("POST /fulfilment-orders/{number}/actions/{action}", {}, number=number, action="start")
    (share,) = walk("GET /fulfilment-orders/{number}", number=number)["lines"]
    made = walk("POST /fulfilment-orders/{number}/shipments", {
        "lines": [{"line_id": share["id"], "quantity": "1"}]}, number=number)
    shipment = str(made["number"])
    walk("DELETE /shipments/{number}/lines/{line_id}", number=shipment, line_id=made["lines"][0]["id"])
    walk("POST /shipments/{number}/lines", {"line_id": share["id"], "quantity": "10"}, number=shipment)
    walk("POST /shipments/{number}/actions/{action}", {}, number=shipment, action="finish_picking")
    walk("POST /shipments/{number}/parcels", {"weight": "2.5"}, number=shipment)
    walk("GET /shipments/{number}", number=shipment)
    walk("GET /shipments/{number}/papers/{kind}", number=shipment, kind="packing_slip")
    walk("POST /papers", {"kind": "label", "numbers": [shipment]})
    walk("POST /shipments/{number}/actions/{action}", {}, number=shipment, action="ship")
    return shipment


def _money(walk: Walk, shipment: str) -> None:
    """The shipment billed, paid, a part of it back, credited and refunded."""
    billed = walk("POST /invoices", {"shipment": shipment})
    invoice, order = billed["number"], billed["order_no"]
    walk("GET /invoices/{number}", number=invoice)
    walk("GET /invoices/{number}/pdf", number=invoice)
    walk("POST /invoices/{number}/payments", {"amount": billed["total"]}, number=invoice)
    memo = walk("POST /credit-memos", _WHY | {"invoice": invoice, "lines": [{"position": 1, "quantity": "1"}]})
    walk("GET /credit-memos/{number}", number=memo["number"])
    walk("GET /credit-memos/{number}/pdf", number=memo["number"])
    walk("POST /invoices/papers", {"numbers": [invoice]})
    walk("POST /credit-memos/papers", {"numbers": [memo["number"]]})
    refund = walk("POST /refunds", {"invoice": invoice, "amount": memo["total"], "credit_memo": memo["number"]})
    walk("POST /refunds/{refund_id}/state", {"state": "submitted"}, refund_id=refund["id"])
    wanted = _WHY | {"order_no": order, "lines": [{"position": 1, "quantity": "2"}]}
    declined = walk("POST /returns", wanted)["number"]
    walk("POST /returns/{number}/decline", {"answer": "It was used."}, number=declined)
    came = walk("POST /returns", wanted)
    number, back = came["number"], came["lines"][0]["id"]
    walk("POST /returns/all/{action}", {"numbers": [declined]}, action="approve")
    walk("POST /returns/{number}/approve", {}, number=number)
    walk("POST /returns/{number}/send", number=number)
    walk("POST /returns/{number}/receive", {"lines": [{"line_id": back, "quantity": "2"}]}, number=number)
    seen = walk("POST /returns/{number}/inspections", {"line_id": back, "quantity": "1", "grade": "new"}, number=number)
    walk(
        "DELETE /returns/{number}/inspections/{inspection_id}", number=number,
        inspection_id=seen["lines"][0]["inspections"][0]["id"])
    walk("POST /returns/{number}/inspections", {"line_id": back, "quantity": "2", "grade": "new"}, number=number)
    walk("POST /returns/{number}/close", number=number)
    walk("GET /returns/{number}", number=number)
    blind = walk("POST /returns", _WHY | {"customer_no": "C-1", "lines": [{"sku": "WID-2", "quantity": "1"}]})["number"]
    walk("POST /returns/{number}/match", {"order_no": order}, number=blind)
    walk("POST /returns/{number}/cancel", number=blind)


def _house(walk: Walk) -> None:
    hook = walk("POST /webhooks", {"url": "https://example.com/hook"})["id"]
    walk("GET /webhooks/{webhook_id}/deliveries", webhook_id=hook)
    walk("POST /webhooks/{webhook_id}/{action}", webhook_id=hook, action="test")
    walk("POST /webhooks/{webhook_id}/replays", {"since": "2131-01-01T00:00:00Z"}, webhook_id=hook)
    walk("DELETE /webhooks/{webhook_id}", webhook_id=hook)
    (letter, *_) = walk("GET /letters")
    words = {"subject": letter["subject"], "text": letter["text"]}
    walk("PUT /letters/{kind}/{language}", words, kind=letter["kind"], language="en")
    walk("DELETE /letters/{kind}/{language}", kind=letter["kind"], language="en")
    walk("PUT /hold-rules", walk("GET /hold-rules"))
    walk("POST /retention/preview", {"other": 400})
    walk("PUT /retention", {})
    walk("POST /mentions/read", {"newest": 1})
    walk("POST /erp/checks")
    walk("POST /erp/resends")
    walk("POST /policy/replay", {"settings": {"price_tolerance": "1"}, "cases": 1})


def _messages(walk: Walk) -> None:
    paper = ("order.txt", b"PO 1: 3 WID-1", "text/plain")
    message = walk("POST /messages", files={"file": paper})["message_id"]
    walk("POST /messages/batch", files=[("files", paper)])
    walk("GET /messages/{message_id}", message_id=message)
    walk("GET /messages/{message_id}/raw", message_id=message)
    walk("PUT /messages/{message_id}/hold", _WHY, message_id=message)
    walk("DELETE /messages/{message_id}/hold", message_id=message)


def _cases(walk: Walk, rooms: Rooms, desk: Desk) -> None:
    one, two, three = (desk.case(reading(BOLTS, _ODD)) for _ in range(3))
    case = "/cases/{case_id}"
    walk(f"POST {case}/claim", case_id=one)
    walk(f"GET {case}", case_id=one)
    walk(f"POST {case}/release", case_id=one)
    walk(f"POST {case}/rows", {"version": 1, "change": {"kind": "remove", "keys": ["2"]}}, case_id=one)
    walk(f"POST {case}/undo", {"version": 2}, case_id=one)
    walk(f"POST {case}/corrections", {"version": 3, "path": "lines.1.quantity", "value": "7"}, case_id=one)
    walk(f"POST {case}/revert", {"version": 4, "made": 4, "path": "lines.1.quantity"}, case_id=one)
    walk(f"POST {case}/doubts/{{number}}/answer", {"version": 5, "value": "GL-M"}, case_id=one, number=0)
    lesson = walk(f"GET {case}/lessons", case_id=one)[0]["key"]
    walk(f"PUT {case}/lessons/{{key}}", {"is_declined": False}, case_id=one, key=lesson)
    walk(f"POST {case}/comments", {"text": "Is this ours?"}, case_id=one)
    walk(f"POST {case}/corrections", {"version": 6, "path": "lines.2.unit_price", "value": "6.20"}, case_id=one)
    walk(f"POST {case}/approve", {"version": 7}, case_id=one)
    fact = _learn(rooms, one)
    walk("POST /learned/{fact_id}/undo", fact_id=fact)
    walk("POST /learned/{fact_id}/redo", fact_id=fact)
    walk(f"POST {case}/snooze", {"until": "2131-05-06T08:00:00Z"}, case_id=two)
    walk(f"POST {case}/reject", {"version": 1, "reason": "Cancelled by telephone."}, case_id=two)
    walk(f"POST {case}/reopen", case_id=two)
    walk(f"POST {case}/not-an-order", {"version": 1}, case_id=two)
    walk(f"POST {case}/duplicate", {"version": 1, "of": one}, case_id=three)
    _pages(walk, rooms, desk)


def _learn(rooms: Rooms, case_id: int) -> int:
    """The id of something learned of the case."""
    learned = Learned(
        Fingerprint("paper", 0.71, (Mark("date", 4.0),)), (Lesson(LessonKind.CONSTANT, "currency", value="EUR"),))
    with rooms.db.write() as db:
        customer = db.execute(select(CustomerRow.id).where(CustomerRow.customer_no == "C100")).scalar_one()
        document = db.execute(select(DocumentRow.id)).scalars().first()
        assert document is not None
        (fact,) = Ledger(db).keep(learned, case_id=case_id, customer_id=customer, document_id=document, made_by="Ann Ames")
    return fact


def _pages(walk: Walk, rooms: Rooms, desk: Desk) -> None:
    """Cases of several documents, a table drawn on one of them."""
    case, drawn = "/cases/{case_id}", desk.case(reading(BOLTS, _ODD))
    message = walk(f"GET {case}", case_id=drawn)["summary"]["message_id"]
    _, pages = make_pdf("PO-77")
    with rooms.db.write() as db:
        document = db.execute(select(DocumentRow).where(DocumentRow.message_id == message)).scalars().one()
        document.pages_sha256, document.page_count = rooms.blobs.put(pack(pages)), len(pages)
        table = {"document": document.id, "page": 0, "box": [50, 188, 560, 275]}
    walk(f"POST {case}/drawn/preview", table, case_id=drawn)
    walk(f"POST {case}/drawn", table | {"version": 1}, case_id=drawn)
    walk(f"POST {case}/match", case_id=drawn)
    first, second = (desk.case(reading(BOLTS, _ODD)) for _ in range(2))
    merged = walk(f"POST {case}/merge", {"version": 1, "into": first}, case_id=second)
    came_with = DocumentRow.message_id == merged["summary"]["message_id"]
    with rooms.db.read() as db:
        other = db.execute(select(DocumentRow.id).where(came_with)).scalars().one()
    whole = walk(f"GET {case}", case_id=first)
    walk(f"POST {case}/split", {"version": whole["summary"]["version"], "document": other}, case_id=first)
