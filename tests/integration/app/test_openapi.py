"""Every operation of the REST API answers as its document says: status codes, content types, shapes of the answers.

Requests are generated from the document, valid and invalid ones; each that names something is also sent with a name that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app import schema
from app.bootstrap import Rooms
from app.main import create_app
from models.domain.scopes import SCOPES
from oms.fulfilment.create import create_fulfilment_orders
from oms.orders.service import accept_order, release_order
from runtime import accounts
from runtime.clock import now
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.app.api_walk import Walk, operations_of, walk_erp, walk_through
from tests.support.fulfilment import packed
from tests.support.orders import draft, open_case, open_shop

EXAMPLES = 3
NUMBERS = {
    "orders": "SO-000001", "fulfilment-orders": "FO-000001", "shipments": "SH-000001", "invoices": "IN-000001",
    "returns": "RMA-000001", "credit-memos": "CM-000001", "items": "WID-1", "customers": "C-1",
}
TRYTON = {"erp_adapter": "tryton", "erp_url": "http://127.0.0.1:9", "erp_database": "kestrel", "erp_user": "ordermill"}
UNPROVEN: frozenset[str] = frozenset()
"""Operations of which no request succeeds here ("GET /api/v1/orders"). A new one is given a step of the walk instead."""
RULES_BEYOND_THE_DOCUMENT = [positive_data_acceptance]
"""What a request asks for may still be refused: an order that is shipped, a quantity that is not there."""


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(Settings(data=tmp_path, gs1_company_prefix="4012345", _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


@pytest.fixture
def app(rooms: Rooms) -> FastAPI:
    return create_app(rooms)


@pytest.fixture
def token(rooms: Rooms) -> str:
    with rooms.db.write() as db:
        return accounts.create_token(db, name="everything", scopes=SCOPES, at=now())


def _fill(rooms: Rooms, client: TestClient) -> None:
    """One of everything: orders, a shipment, its invoice, a return, a message, a webhook."""
    assert client.post("/api/v1/messages", files={"file": ("order.txt", b"PO 1: 3 WID-1", "text/plain")}).status_code == 201
    with rooms.db.write() as db:
        shop = open_shop(db, [[20], [20]])
        for lines in ([(0, 10), (1, 4)], [(1, 2)]):
            order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="Ann")
        release_order(db, order, user="Ann")
        given_out, = create_fulfilment_orders(db, order, actor="Ann")
        packed(db, given_out, 2)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("shipments/SH-000001/actions/ship", {}),
        ("invoices", {"shipment": "SH-000001"}),
        ("returns", {"order_no": "SO-000002", "reason": "damaged", "lines": [{"position": 1, "quantity": "1"}]}),
        ("webhooks", {"url": "https://example.com/hook"}),
    ]
    for path, body in steps:
        answer = client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)


def _known(case: Any) -> dict[str, Any]:
    """Names that exist in the place of invented ones."""
    number = NUMBERS.get(case.operation.path.removeprefix("/api/v1/").split("/")[0])
    names: dict[str, Any] = {"number": number, "order_no": number, "sku": number, "customer_no": number}
    return {
        name: names.get(name) or (1 if name.endswith("_id") else value) for name, value in case.path_parameters.items()}


@pytest.mark.postgres
def test_what_the_database_cannot_keep_is_refused(postgres_database: Database, tmp_path: Path) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    rooms = Rooms(Settings(data=tmp_path, database_url=url, _env_file=None))
    with rooms.db.write() as db:
        secret = accounts.create_token(db, name="shop", scopes=SCOPES, at=now())
    client = TestClient(create_app(rooms), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)
    answers = [client.get(f"/api/v1/{path}") for path in (
        "exceptions?team=%00", "exceptions/30521702560460566528", "messages/30521702560460566528",
        "orders?before=30521702560460566528")]
    rooms.close()
    assert [a.status_code for a in answers] == [422] * 4
    assert [a.json()["code"] for a in answers] == ["unusable_value", *["bad_request"] * 3]


@pytest.mark.slow
def test_every_operation_succeeds_as_its_document_says(app: FastAPI, rooms: Rooms, token: str, tmp_path: Path) -> None:
    walk = Walk(app, token)
    walk_through(walk, rooms, tmp_path)
    house = Rooms(Settings(data=tmp_path / "erp", **TRYTON, _env_file=None))
    schema.upgrade(house.db)
    with house.db.write() as db:
        secret = accounts.create_token(db, name="everything", scopes=SCOPES, at=now())
    at_erp = Walk(create_app(house), secret)
    walk_erp(at_erp)
    house.close()
    assert operations_of(app).keys() - walk.proven - at_erp.proven == UNPROVEN


@pytest.mark.slow
def test_every_operation_answers_as_its_document_says(app: FastAPI, rooms: Rooms, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    _fill(rooms, TestClient(app, headers=headers))
    problems: dict[str, str] = {}
    operations = operations_of(app)
    assert len(operations) > 100
    for operation in operations.values():

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=RULES_BEYOND_THE_DOCUMENT)
            if case.path_parameters:
                case.path_parameters = _known(case)
                case.call_and_validate(headers=headers, excluded_checks=RULES_BEYOND_THE_DOCUMENT)

        try:
            check()
        except (AssertionError, ExceptionGroup, OverflowError, RuntimeError) as e:
            problems[operation.label] = str(e)[:1500]
    assert not problems, "\n\n".join(f"{label}\n{text}" for label, text in problems.items())
