"""Who may use which operation of the API: each wants exactly one scope, and none is left out of the table."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from models.domain.scopes import SCOPES
from review_ui.web import ROOMS
from runtime import accounts
from runtime.clock import now
from runtime.settings import Settings

BASE = "/api/v1"
OPERATIONS: dict[str, set[str]] = {
    "intake:write": {
        "POST /messages", "POST /messages/batch"},
    "intake:read": {
        "GET /messages/{message_id}", "GET /messages/{message_id}/raw"},
    "cases:read": {
        "GET /case-reasons", "GET /cases", "GET /cases/{case_id}", "GET /cases/{case_id}/lessons", "GET /mentions",
        "GET /queue"},
    "cases:write": {
        "POST /cases/{case_id}/claim", "POST /cases/{case_id}/comments", "POST /cases/{case_id}/corrections",
        "POST /cases/{case_id}/doubts/{number}/answer", "POST /cases/{case_id}/drawn",
        "POST /cases/{case_id}/drawn/preview", "POST /cases/{case_id}/match", "POST /cases/{case_id}/merge",
        "POST /cases/{case_id}/release", "POST /cases/{case_id}/reopen", "POST /cases/{case_id}/revert",
        "POST /cases/{case_id}/rows", "POST /cases/{case_id}/snooze", "POST /cases/{case_id}/split",
        "POST /cases/{case_id}/undo", "POST /mentions/read", "PUT /cases/{case_id}/lessons/{key}"},
    "cases:approve": {
        "POST /cases/{case_id}/approve", "POST /cases/{case_id}/duplicate", "POST /cases/{case_id}/not-an-order",
        "POST /cases/{case_id}/reject"},
    "orders:read": {
        "GET /exchange-rates", "GET /hold-rules", "GET /orders", "GET /orders/{order_no}",
        "GET /orders/{order_no}/agreements", "GET /orders/{order_no}/quote/pdf"},
    "orders:write": {
        "DELETE /orders/{order_no}/tags/{word}", "POST /orders", "POST /orders/{order_no}/accept",
        "POST /orders/{order_no}/cancel", "POST /orders/{order_no}/changes", "POST /orders/{order_no}/give-back",
        "POST /orders/{order_no}/holds", "POST /orders/{order_no}/holds/{hold_id}/release",
        "POST /orders/{order_no}/lines/{position}/shortage", "POST /orders/{order_no}/merge",
        "POST /orders/{order_no}/notes", "POST /orders/{order_no}/quote", "POST /orders/{order_no}/release",
        "POST /orders/{order_no}/revise", "POST /orders/{order_no}/split", "PUT /exchange-rates", "PUT /hold-rules",
        "PUT /orders/{order_no}/priority", "PUT /orders/{order_no}/tags/{word}"},
    "exceptions:read": {
        "GET /exception-rules/{kind}", "GET /exceptions", "GET /exceptions/{exception_id}"},
    "exceptions:write": {
        "POST /exceptions/all/{action}", "POST /exceptions/{exception_id}/{action}", "PUT /exception-rules/{kind}",
        "DELETE /exception-rules/{kind}"},
    "learned:read": {
        "GET /learned"},
    "learned:write": {
        "POST /learned/{fact_id}/redo", "POST /learned/{fact_id}/undo"},
    "policy:read": {
        "GET /approval", "POST /policy/replay"},
    "masterdata:read": {
        "GET /customers", "GET /customers/{customer_no}", "GET /imports", "GET /items", "GET /items/{sku}",
        "GET /master-data/edits", "GET /part-numbers", "GET /prices"},
    "masterdata:write": {
        "DELETE /part-numbers", "POST /customers", "POST /imports/{kind}", "POST /items", "PUT /customers/{customer_no}",
        "PUT /item-units/{sku}", "PUT /items/{sku}", "PUT /part-numbers", "PUT /prices"},
    "webhooks:read": {
        "GET /webhooks", "GET /webhooks/{webhook_id}/deliveries"},
    "webhooks:write": {
        "DELETE /webhooks/{webhook_id}", "POST /webhooks", "POST /webhooks/{webhook_id}/replays",
        "POST /webhooks/{webhook_id}/{action}"},
    "letters:read": {
        "GET /letters"},
    "letters:write": {
        "DELETE /letters/{kind}/{language}", "PUT /letters/{kind}/{language}"},
    "returns:read": {
        "GET /returns", "GET /returns/{number}"},
    "returns:write": {
        "DELETE /returns/{number}/inspections/{inspection_id}", "POST /returns", "POST /returns/all/{action}",
        "POST /returns/{number}/approve", "POST /returns/{number}/cancel", "POST /returns/{number}/close",
        "POST /returns/{number}/decline", "POST /returns/{number}/inspections", "POST /returns/{number}/match",
        "POST /returns/{number}/receive", "POST /returns/{number}/send"},
    "billing:read": {
        "GET /credit-memos", "GET /credit-memos/{number}", "GET /credit-memos/{number}/pdf", "GET /invoices",
        "GET /invoices/{number}", "GET /invoices/{number}/pdf", "GET /refunds", "POST /credit-memos/papers",
        "POST /invoices/papers"},
    "billing:write": {
        "POST /credit-memos", "POST /invoices", "POST /invoices/{number}/payments", "POST /refunds",
        "POST /refunds/{refund_id}/state"},
    "metrics:read": {
        "GET /metrics", "GET /metrics/outlook/{sku}"},
    "fulfilment:read": {
        "GET /fulfilment-orders", "GET /fulfilment-orders/{number}", "GET /shipments", "GET /shipments/{number}",
        "GET /shipments/{number}/papers/{kind}", "POST /papers"},
    "fulfilment:write": {
        "DELETE /shipments/{number}/lines/{line_id}", "POST /fulfilment-orders",
        "POST /fulfilment-orders/{number}/actions/{action}", "POST /fulfilment-orders/{number}/shipments",
        "POST /shipments/{number}/actions/{action}", "POST /shipments/{number}/lines", "POST /shipments/{number}/parcels",
        "POST /waves"},
    "stock:read": {
        "GET /stock", "GET /stock/entries", "GET /stock/locations", "GET /stock/reservations",
        "GET /stock/sourcing-rules", "GET /stock/supplies", "GET /stock/timeline"},
    "stock:write": {
        "DELETE /stock/sourcing-rules/{position}", "POST /orders/{order_no}/allocate",
        "POST /orders/{order_no}/reallocate", "POST /stock/entries", "POST /stock/entries/{entry_id}/reverse",
        "POST /stock/sourcing-rules/{position}/trial", "PUT /stock/locations/{code}",
        "PUT /stock/sourcing-rules/{position}", "PUT /stock/supplies", "PUT /stock/tracking"},
    "retention:read": {
        "GET /retention", "GET /retention/holds", "POST /retention/preview"},
    "retention:write": {
        "DELETE /messages/{message_id}/hold", "PUT /messages/{message_id}/hold", "PUT /retention"},
    "erp:read": {
        "GET /erp", "GET /erp/dry-runs/{order_no}"},
    "erp:write": {
        "POST /erp/checks", "POST /erp/comparisons", "POST /erp/pulls", "POST /erp/resends"},
}
OPEN = {"GET /health", "GET /openapi.json"}
"""What needs no token."""
Program = Callable[[tuple[str, ...]], TestClient]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = Rooms(Settings(data=Path(tmp_path_factory.mktemp("house")), _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(rooms: Rooms) -> FastAPI:
    return create_app(rooms)


@pytest.fixture(scope="module")
def program(app: FastAPI, rooms: Rooms) -> Program:
    """A program with a token of these scopes."""

    def made(scopes: tuple[str, ...]) -> TestClient:
        with rooms.db.write() as db:
            token = accounts.create_token(db, name=hashlib.sha256(" ".join(scopes).encode()).hexdigest(), scopes=scopes, at=now())
        return TestClient(app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)

    return made


def routes(app: FastAPI) -> set[str]:
    """All that the application answers to, described in its document or not: "GET /api/v1/orders"."""
    return {
        f"{method} {route.path}".replace(":path}", "}") for route in iter_route_contexts(app.router.routes)
        for method in route.methods or () if method != "HEAD"}


def operations(app: FastAPI) -> set[str]:
    """What of it is below the API's address: "GET /orders"."""
    return {route.replace(BASE, "", 1) for route in routes(app) if f" {BASE}/" in route}


def ask(client: TestClient, operation: str) -> tuple[int, str]:
    """Send it with numbers in its path and nothing else; status and text of the answer."""
    method, path = operation.split(" ")
    answer = client.request(method, BASE + re.sub(r"\{[^}]+\}", "999", path))
    return answer.status_code, answer.text


def test_every_operation_has_exactly_one_scope(app: FastAPI) -> None:
    listed = [operation for some in OPERATIONS.values() for operation in some]
    assert len(listed) == len(set(listed))
    assert operations(app) == {*listed, *OPEN}
    assert set(OPERATIONS) == set(SCOPES)


def test_what_is_no_operation_is_a_page_of_a_room(app: FastAPI) -> None:
    pages = {f"{method} {route.path}" for room in ROOMS for route in room.router.routes for method in route.methods}
    assert {route for route in routes(app) if f" {BASE}/" not in route} == pages


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_its_operations_and_all_others_together_do_not(program: Program, scope: str) -> None:
    alone, others = program((scope,)), program(tuple(other for other in SCOPES if other != scope))
    for operation in OPERATIONS[scope]:
        assert ask(alone, operation)[0] not in (401, 403), operation
        assert ask(others, operation)[0] == 403, operation


def test_nothing_but_what_is_open_answers_without_a_valid_token(app: FastAPI) -> None:
    for headers in ({}, {"Authorization": "Bearer om_guess"}, {"Authorization": "Basic YTpi"}):
        client = TestClient(app, headers=headers, raise_server_exceptions=False)
        for operation in operations(app):
            assert (ask(client, operation)[0] == 401) is (operation not in OPEN), operation
