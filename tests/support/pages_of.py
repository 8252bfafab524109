"""The pages a person can stand on, for what is looked at on every one of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi.routing import APIRoute

from review_ui.navigation import ROOMS
from review_ui.web import ROOMS as ROUTERS

BESIDE = (
    "/mentions", "/account", "/account/keys", "/account/factor", "/setup", "/admin/tokens", "/admin/mailboxes",
    "/admin/retention",
    "/masterdata/items", "/masterdata/prices", "/masterdata/part-numbers", "/masterdata/imports?kind=items",
    "/masterdata/customer?no=C-1001", "/masterdata/item?sku=GLV-100-M", "/masterdata/customer/new",
    "/masterdata/item/new", "/orders/new", "/orders/rules", "/exceptions/rules", "/returns/new", "/stock/rules",
    "/stock/item?sku=GLV-100-M",
)
SALES = {
    "order": "/orders/SO-000001", "fulfilment-order": "/fulfilment/FO-2", "shipment": "/shipments/SH-000001",
    "invoice": "/invoices/IN-000001", "return": "/returns/RMA-000001"}
"""In a furnished house where `desk_sales.sell_and_take_back` sold something."""
FILES = {
    "/dashboard/orders.{kind}", "/documents/{document_id}/pages/{number:int}.png", "/documents/{document_id}/original",
    "/messages/{message_id}/raw", "/events", "/fulfilment/papers/{kind}", "/invoices/papers/{kind}",
    "/invoices/{number}/pdf", "/credit-memos/{number}/pdf",
    "/orders/{order_no}/quote/pdf", "/masterdata/item/picture.png", "/masterdata/imports/{job_id}/{report}.csv", "/metrics.csv",
    "/documents/{document_id}/mail.html"}
"""Files, streams, and the mail's cage, which has a test of its own."""
UNSIGNED = {"/sign-in", "/sign-in/provider", "/sign-in/provider/back", "/setup/start"}
"""What nobody sees who is signed in."""
PARTS = {
    "/cases/{case_id}/order", "/cases/{case_id}/choices", "/cases/{case_id:int}/approval", "/cases/{case_id:int}/question",
    "/documents/{document_id}/pages/{number:int}", "/operations/panels", "/setup/steps", "/masterdata/imports/{job_id}/state",
    "/cases/{case_id:int}/lessons", "/cases/{case_id:int}/lessons/no-order", "/cases/{case_id:int}/comments",
    "/cases/{case_id:int}/history", "/erp/panels", "/erp/dry-run"}
"""Pieces of pages that the pages themselves ask for, like every address that ends with /rows."""


def routes() -> dict[str, APIRoute]:
    """Every address of the UI that can be looked at, as it is declared; without the lists that pages fetch anew."""
    found = (r for room in ROUTERS for r in room.router.routes if isinstance(r, APIRoute) and "GET" in r.methods)
    return {route.path: route for route in found if not route.path.endswith("/rows")}


def route_of(address: str) -> str | None:
    """The declared path that an address or a path belongs to."""
    path = urlsplit(address).path
    return next((name for name, route in routes().items() if route.path_regex.match(path)), None)


def slug(path: str) -> str:
    """A name for a page's files: "/admin/users" → "admin-users"."""
    return path.partition("?")[0].strip("/").replace("/", "-") or "queue"


def pages(ids: dict[str, int]) -> dict[str, str]:
    """Every page of navigation, a case, what follows an order, and the pages beside them: name → path."""
    found = {slug(path): path for path in (*(room.href for room in ROOMS), *BESIDE)}
    return found | SALES | {"case": f"/cases/{ids['doubtful']}"}
