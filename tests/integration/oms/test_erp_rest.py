"""A REST interface described by data: exact bodies, OAuth 2, looked up by key before anything is told twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oms.erp.adapters.rest.client import RestAccess
from oms.erp.adapters.rest.erp import RestErp
from oms.erp.adapters.rest.mapping import parse_mapping
from oms.erp.errors import ErpAway, ErpMisconfigured, ErpRefused
from oms.erp.port import Capability
from oms.outbox import OutcomeUnknown
from tests.support.tryton import sale_message

KEY = "so:1:2"
MAPPING: dict[str, Any] = {
    "sales_order.created": {"path": "/orders", "id": "data.id", "body": {
        "externalId": "$.key", "customer": "$.customer_no", "total": "$.total|number", "source": "ordermill",
        "lines": {"$each": "lines", "$as": {
            "order": "$.order_no", "sku": "$.sku", "qty": "$.quantity|number", "unit": "$.uom|units"}}}},
    "sales_order.cancelled": {"method": "DELETE", "path": "/orders/{order_no}"},
    "find": {"path": "/orders?externalId={key}", "list": "items", "id": "id"},
    "tables": {"units": {"H87": "PCE", "XBX": "BOX"}}}


class RestServer:
    """An ERP on loopback: keeps what it was told, fails once as told, gives tokens that it counts."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.tokens = 0
        self.answers: list[tuple[int, bytes]] = []         # instead of the next ones; status 0: the line breaks after it was done
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Silent."""

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return lambda: outer.handle(self)
                raise AttributeError(name)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        at = urlsplit(request.path)
        if at.path == "/token":
            self.tokens += 1
            good = request.headers["Authorization"].startswith("Basic ") and b"client_credentials" in body
            return self._answer(request, 200 if good else 401, {"access_token": f"t{self.tokens}", "token_type": "Bearer"})
        self.asked.append((request.command, request.path))
        if request.headers["Authorization"] != f"Bearer t{self.tokens}":
            return self._answer(request, 401, {})
        status, said = self.answers.pop(0) if self.answers and request.command != "GET" else (200, b"")
        if status >= 300:
            return self._answer(request, status, said)
        if request.command == "GET":
            wanted = parse_qs(at.query)["externalId"][0]
            return self._answer(request, 200, {"items": [o for o in self.orders.values() if o["externalId"] == wanted]})
        if request.command == "POST":
            order = json.loads(body) | {"id": f"E-{len(self.orders) + 1}"}
            self.orders[order["id"]] = order
            if status == 0:
                request.connection.close()
                return None
            return self._answer(request, 201, {"data": order})
        return self._answer(request, 204, b"")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def _answer(request: BaseHTTPRequestHandler, status: int, content: Any) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


@pytest.fixture
def server() -> Iterator[RestServer]:
    running = RestServer()
    yield running
    running.close()


def erp_of(server: RestServer, **mapping: Any) -> RestErp:
    access = RestAccess(server.url, f"{server.url}/token", "us", "secret", "", 5)
    return RestErp(access, parse_mapping(json.dumps(MAPPING | mapping).encode()))


def test_an_order_arrives_in_the_words_of_the_mapping(server: RestServer) -> None:
    erp = erp_of(server)
    assert erp.capabilities == {Capability.PUSH_ORDER, Capability.PUSH_CANCEL}
    assert erp.submit(sale_message("SO-1"), key=KEY) == "E-1"
    assert server.orders["E-1"] == {
        "id": "E-1", "externalId": KEY, "customer": "C-1001", "total": 730.2, "source": "ordermill", "lines": [
            {"order": "SO-1", "sku": "BRK-100", "qty": 100, "unit": "PCE"},
            {"order": "SO-1", "sku": "VLV-20", "qty": 2, "unit": "BOX"}]}
    assert (erp.submit(sale_message("SO-1"), key=KEY), len(server.orders), erp.find("so:1:20")) == ("E-1", 1, None)
    erp.submit({"kind": "sales_order.cancelled", "order_no": "../x y"}, key="so-cancel:1")
    assert server.asked[-1] == ("DELETE", "/orders/..%2Fx%20y")
    assert server.tokens == 1


def test_a_dry_run_shows_the_call_and_makes_none(server: RestServer) -> None:
    shown = erp_of(server).preview(sale_message("SO-1"), key=KEY)
    assert shown.startswith(f"POST {server.url}/orders\n") and '"unit": "BOX"' in shown
    assert (server.asked, server.tokens) == ([], 0)


def test_a_lost_answer_is_looked_up_and_not_told_again(server: RestServer) -> None:
    erp = erp_of(server)
    server.answers = [(0, b"")]
    with pytest.raises(OutcomeUnknown):
        erp.submit(sale_message("SO-1"), key=KEY)
    assert (erp.find(KEY), erp.submit(sale_message("SO-1"), key=KEY), len(server.orders)) == ("E-1", "E-1", 1)


@pytest.mark.parametrize("status, error, code", [
    (422, ErpRefused, "erp_refused"), (403, ErpMisconfigured, "erp_login_refused"), (302, ErpMisconfigured, "erp_login_refused"),
    (503, OutcomeUnknown, "erp_away"), (429, OutcomeUnknown, "erp_away")])
def test_each_status_says_what_is_to_be_done(server: RestServer, status: int, error: type[Exception], code: str) -> None:
    server.answers = [(status, b"Customer is locked.")]
    with pytest.raises(error) as e:
        erp_of(server).submit(sale_message("SO-1"), key=KEY)
    assert (e.value.code, "Customer is locked." in str(e.value)) == (code, True)  # type: ignore[attr-defined]
    assert server.orders == {}


def test_a_token_that_ended_is_renewed(server: RestServer) -> None:
    erp = erp_of(server)
    assert erp.find(KEY) is None
    server.tokens += 1                                     # the server forgot the first
    assert erp.find(KEY) is None
    assert server.tokens == 3


def test_a_value_without_a_word_over_there_waits_for_a_person(server: RestServer) -> None:
    with pytest.raises(ErpRefused) as e:
        erp_of(server, tables={"units": {"H87": "PCE"}}).submit(sale_message("SO-1"), key=KEY)
    assert (e.value.code, "XBX" in e.value.sentence) == ("erp_value_unmapped", True)


@pytest.mark.parametrize("content", [
    b"{", b"[]", b"{}", b'{"find": {}}', b'{"find": {"path": "orders"}}', b'{"find": {"path": "/o", "verb": "GET"}}'])
def test_a_bad_mapping_says_so(content: bytes) -> None:
    with pytest.raises(ErpMisconfigured) as e:
        parse_mapping(content)
    assert e.value.code == "erp_mapping_bad"


def test_nobody_there_is_tried_again(server: RestServer) -> None:
    erp = erp_of(server)
    server.close()
    with pytest.raises(ErpAway):
        erp.submit(sale_message("SO-1"), key=KEY)
