"""Who comes in, who may do what, and that nobody acts through somebody else's browser."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from models.domain.states import PEOPLE_ROLES, Role
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.review_ui.conftest import ADDRESS, Visit
from tests.support.desk import PASSWORD, Desk, make_desk

LOWEST_ROLE = {
    "/approval/try": Role.ADMIN,
    "/approval/save": Role.ADMIN,
    "/sign-out": Role.VIEWER,
    "/account/keys": Role.VIEWER,
    "/cases/{case_id}/rows": Role.CLERK,
    "/cases/{case_id}/revert": Role.CLERK,
    "/cases/{case_id}/pasted": Role.CLERK,
    "/cases/{case_id:int}/lessons/decline": Role.CLERK,
    "/cases/{case_id:int}/drawn": Role.CLERK,
    "/cases/{case_id:int}/drawn/preview": Role.CLERK,
    "/cases/{case_id}/claim": Role.CLERK,
    "/cases/{case_id}/release": Role.CLERK,
    "/cases/{case_id}/corrections": Role.CLERK,
    "/cases/{case_id}/undo": Role.CLERK,
    "/cases/{case_id:int}/unsaved": Role.CLERK,
    "/cases/{case_id:int}/unsaved/drop": Role.CLERK,
    "/cases/{case_id:int}/question": Role.CLERK,
    "/cases/{case_id:int}/snooze": Role.CLERK,
    "/cases/{case_id:int}/assign": Role.CLERK,
    "/cases/{case_id:int}/tag": Role.CLERK,
    "/cases/{case_id:int}/take-over": Role.CLERK,
    "/cases/{case_id:int}/not-an-order": Role.APPROVER,
    "/cases/{case_id:int}/duplicate": Role.APPROVER,
    "/cases/{case_id:int}/comments": Role.CLERK,
    "/cases/{case_id:int}/comments/read": Role.VIEWER,
    "/cases/{case_id:int}/comments/{comment_id:int}/resolve": Role.CLERK,
    "/cases/{case_id:int}/visit": Role.CLERK,
    "/mentions/read": Role.VIEWER,
    "/queue/snooze": Role.CLERK,
    "/queue/priority": Role.CLERK,
    "/queue/assign": Role.CLERK,
    "/queue/tag": Role.CLERK,
    "/queue/reject": Role.APPROVER,
    "/queue/undo": Role.CLERK,
    "/views": Role.CLERK,
    "/views/{view_id:int}/remove": Role.CLERK,
    "/cases/{case_id}/match": Role.CLERK,
    "/cases/{case_id}/reopen": Role.CLERK,
    "/cases/{case_id}/merge": Role.CLERK,
    "/cases/{case_id}/split": Role.CLERK,
    "/cases/{case_id}/approve": Role.APPROVER,
    "/cases/{case_id:int}/approval": Role.APPROVER,
    "/cases/{case_id}/reject": Role.APPROVER,
    "/messages/upload": Role.CLERK,
    "/messages/{message_id}/retry": Role.CLERK,
    "/messages/{message_id}/order": Role.CLERK,
    "/orders": Role.CLERK,
    "/orders/rules": Role.ADMIN,
    "/orders/{order_no}/merge": Role.APPROVER,
    "/orders/{order_no}/split": Role.APPROVER,
    "/orders/{order_no}/give-back": Role.APPROVER,
    "/orders/{order_no}/lines": Role.CLERK,
    "/orders/{order_no}/quote": Role.CLERK,
    "/orders/{order_no}/revise": Role.CLERK,
    "/orders/{order_no}/accept": Role.APPROVER,
    "/orders/{order_no}/allocate": Role.CLERK,
    "/stock/rules": Role.ADMIN,
    "/stock/rules/{position:int}/drop": Role.ADMIN,
    "/orders/{order_no}/reallocate": Role.APPROVER,
    "/orders/{order_no}/shortage": Role.APPROVER,
    "/orders/all/release": Role.APPROVER,
    "/orders/all/undo": Role.CLERK,
    "/orders/all/hold": Role.CLERK,
    "/orders/all/tag": Role.CLERK,
    "/orders/all/cancel": Role.APPROVER,
    "/orders/{order_no}/release": Role.APPROVER,
    "/orders/{order_no}/cancel": Role.APPROVER,
    "/orders/{order_no}/line": Role.CLERK,
    "/orders/{order_no}/delivery": Role.CLERK,
    "/orders/{order_no}/holds": Role.CLERK,
    "/orders/{order_no}/holds/{hold_id}/release": Role.APPROVER,
    "/orders/{order_no}/notes": Role.CLERK,
    "/orders/{order_no}/tags": Role.CLERK,
    "/orders/{order_no}/tags/remove": Role.CLERK,
    "/exchange-rates": Role.APPROVER,
    "/exceptions/rules": Role.ADMIN,
    "/exceptions/rules/remove": Role.ADMIN,
    "/exceptions/all/assign": Role.CLERK,
    "/exceptions/all/resolve": Role.CLERK,
    "/exceptions/all/waive": Role.APPROVER,
    "/exceptions/all/undo": Role.CLERK,
    "/exceptions/{exception_id}/assign": Role.CLERK,
    "/exceptions/{exception_id}/confirm": Role.APPROVER,
    "/exceptions/{exception_id}/resolve": Role.CLERK,
    "/exceptions/{exception_id}/waive": Role.APPROVER,
    "/exceptions/{exception_id}/reopen": Role.CLERK,
    "/learned/{fact_id:int}/undo": Role.CLERK,
    "/learned/{fact_id:int}/redo": Role.CLERK,
    "/learned/forms/{case_id:int}/seen": Role.CLERK,
    "/returns": Role.CLERK,
    "/returns/all/approve": Role.APPROVER,
    "/returns/all/receive": Role.CLERK,
    "/returns/blind": Role.CLERK,
    "/returns/{number}/answer": Role.APPROVER,
    "/returns/{number}/match": Role.CLERK,
    "/returns/{number}/send": Role.CLERK,
    "/returns/{number}/receive": Role.CLERK,
    "/returns/{number}/inspections": Role.CLERK,
    "/returns/{number}/withdraw": Role.CLERK,
    "/returns/{number}/close": Role.APPROVER,
    "/returns/{number}/cancel": Role.CLERK,
    "/invoices": Role.CLERK,
    "/invoices/{number}/payments": Role.CLERK,
    "/invoices/{number}/credits": Role.APPROVER,
    "/invoices/{number}/refunds": Role.APPROVER,
    "/refunds/{refund_id:int}/state": Role.APPROVER,
    "/letters/preview": Role.ADMIN,
    "/letters/save": Role.ADMIN,
    "/letters/drop": Role.ADMIN,
    "/stock/book": Role.CLERK,
    "/stock/entries/{entry_id:int}/reverse": Role.CLERK,
    "/webhooks": Role.ADMIN,
    "/webhooks/{webhook_id:int}/switch": Role.ADMIN,
    "/webhooks/{webhook_id:int}/test": Role.ADMIN,
    "/webhooks/{webhook_id:int}/replay": Role.ADMIN,
    "/webhooks/{webhook_id:int}/remove": Role.ADMIN,
    "/fulfilment/wave": Role.CLERK,
    "/fulfilment/ship": Role.CLERK,
    "/fulfilment/{number}/do/{action}": Role.CLERK,
    "/fulfilment/{number}/scan": Role.CLERK,
    "/fulfilment/{number}/pick-all": Role.CLERK,
    "/shipments/{number}/do/{action}": Role.CLERK,
    "/shipments/{number}/pack": Role.CLERK,
    "/shipments/{number}/stack": Role.CLERK,
    "/shipments/{number}/lines/{line_id:int}/put-back": Role.CLERK,
    "/operations/outbox/{message_id}/resend": Role.ADMIN,
    "/operations/outbox/{message_id}/give-up": Role.ADMIN,
    "/operations/mails/retry": Role.ADMIN,
    "/erp/pull": Role.ADMIN,
    "/erp/compare": Role.ADMIN,
    "/erp/check": Role.ADMIN,
    "/erp/resend": Role.ADMIN,
    "/account/password": Role.VIEWER,
    "/account/language": Role.VIEWER,
    "/account/factor": Role.VIEWER,
    "/account/factor/off": Role.VIEWER,
    "/account/codes": Role.VIEWER,
    "/account/sessions/close": Role.VIEWER,
    "/setup/company": Role.ADMIN,
    "/setup/sample": Role.ADMIN,
    "/setup/order": Role.ADMIN,
    "/masterdata/customer": Role.ADMIN,
    "/masterdata/customer/try": Role.ADMIN,
    "/masterdata/customer/contact": Role.ADMIN,
    "/masterdata/customer/contact/remove": Role.ADMIN,
    "/masterdata/customer/address": Role.ADMIN,
    "/masterdata/part-number": Role.ADMIN,
    "/masterdata/part-number/remove": Role.ADMIN,
    "/masterdata/item": Role.ADMIN,
    "/masterdata/item/units": Role.ADMIN,
    "/masterdata/item/parts": Role.ADMIN,
    "/masterdata/item/picture": Role.ADMIN,
    "/masterdata/item/picture/remove": Role.ADMIN,
    "/masterdata/item/substitutes": Role.ADMIN,
    "/masterdata/item/price": Role.ADMIN,
    "/masterdata/imports": Role.ADMIN,
    "/masterdata/imports/{job_id}/run": Role.ADMIN,
    "/admin/users": Role.ADMIN,
    "/admin/users/{user_id}/role": Role.ADMIN,
    "/admin/users/{user_id}/deactivate": Role.ADMIN,
    "/admin/users/{user_id}/activate": Role.ADMIN,
    "/admin/users/{user_id}/password": Role.ADMIN,
    "/admin/users/{user_id}/factor": Role.ADMIN,
    "/admin/mailboxes": Role.ADMIN,
    "/admin/mailboxes/test": Role.ADMIN,
    "/admin/mailboxes/{mailbox_id}/on": Role.ADMIN,
    "/admin/mailboxes/{mailbox_id}/off": Role.ADMIN,
    "/admin/retention": Role.ADMIN,
    "/admin/retention/preview": Role.ADMIN,
    "/admin/retention/holds": Role.ADMIN,
    "/admin/retention/holds/{message_id:int}/release": Role.ADMIN,
    "/admin/tokens": Role.ADMIN,
    "/admin/tokens/{token_id}/revoke": Role.ADMIN,
}
LOWEST_ROLE_TO_SEE = {
    Role.CLERK: {"/cases/{case_id:int}/question", "/orders/new", "/returns/new"},
    Role.APPROVER: {"/cases/{case_id:int}/approval"},
    Role.ADMIN: {
        "/admin/mailboxes", "/admin/retention", "/admin/tokens", "/admin/users", "/erp/dry-run", "/masterdata/customer/new",
        "/masterdata/imports", "/masterdata/imports/{job_id}", "/masterdata/imports/{job_id}/state",
        "/masterdata/imports/{job_id}/{report}.csv", "/masterdata/item/new", "/exceptions/rules", "/orders/rules",
        "/setup", "/setup/steps",
        "/webhooks"},
    Role.VIEWER: {
        "/", "/account", "/account/factor", "/account/keys", "/approval", "/cases/{case_id:int}",
        "/cases/{case_id:int}/comments", "/cases/{case_id:int}/history", "/cases/{case_id:int}/lessons",
        "/cases/{case_id:int}/lessons/no-order", "/cases/{case_id}/choices", "/cases/{case_id}/order",
        "/credit-memos/{number}/pdf", "/dashboard", "/dashboard/orders.{kind}", "/documents/{document_id}/mail.html",
        "/documents/{document_id}/original", "/documents/{document_id}/pages/{number:int}",
        "/documents/{document_id}/pages/{number:int}.png", "/erp", "/erp/panels", "/events", "/exceptions",
        "/exceptions/rows", "/exchange-rates", "/fulfilment", "/fulfilment/papers/{kind}", "/fulfilment/rows",
        "/fulfilment/{number}", "/invoices", "/invoices/papers/{kind}", "/invoices/rows", "/invoices/{number}",
        "/invoices/{number}/pdf", "/learned", "/learned/rows", "/letters",
        "/masterdata/customer", "/masterdata/customers", "/masterdata/customers/rows",
        "/masterdata/item", "/masterdata/item/picture.png", "/masterdata/items", "/masterdata/items/rows",
        "/masterdata/part-numbers", "/masterdata/part-numbers/rows", "/masterdata/prices", "/masterdata/prices/rows",
        "/mentions", "/messages", "/messages/rows", "/messages/{message_id}/raw", "/metrics", "/metrics.csv", "/operations",
        "/operations/panels", "/orders", "/orders/rows", "/orders/{order_no}", "/orders/{order_no}/quote/pdf", "/queue/rows",
        "/returns", "/returns/rows", "/returns/{number}", "/shipments/{number}", "/stock", "/stock/item", "/stock/rows",
        "/stock/rules"},
}
OPEN = {"/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/provider/back", "/setup/start"}
"""What people use who are not signed in yet."""
LOGINS = {Role.VIEWER: "vera", Role.CLERK: "carl", Role.APPROVER: "anna", Role.ADMIN: "adam"}
ENDLESS = "/events"
"""A stream; what it tells whom has tests of its own."""
ASKED = {"no": "C-1", "sku": "X-1", "order_no": "SO-1", "path": "po_number", "number": "FO-1"}
FORM = {
    "version": "1", "path": "po_number", "value": "x", "reason": "x", "account": "a", "folder": "f", "uidvalidity": "1",
    "uid": "1", "into": "1", "document": "1", "kind": "shipment", "language": "en", "warning": "1"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """One kind of database is enough to know who may come in."""
    return make_desk(tmp_path, db=sqlite_database)


def routes(desk: Desk, method: str) -> list[str]:
    """Every path of the UI that takes this method, as it is declared."""
    from review_ui.web import ROOMS

    return [r.path for room in ROOMS for r in room.router.routes if isinstance(r, APIRoute) and method in r.methods]


def concrete(path: str) -> str:
    """A declared path with numbers for its parameters."""
    return re.sub(r"\{[^}]+\}", "999", path)



def test_a_wrong_name_and_a_wrong_password_are_answered_alike(visitor: TestClient) -> None:
    wrong = visitor.post("/sign-in", data={"login": "anna", "password": "not the password"})
    unknown = visitor.post("/sign-in", data={"login": "nobody", "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("anna", "") == unknown.text.replace("nobody", "")
    assert "set-cookie" not in wrong.headers


def test_ten_wrong_passwords_lock_the_account_even_for_the_right_one(visitor: TestClient) -> None:
    for _ in range(10):
        visitor.post("/sign-in", data={"login": "anna", "password": "guess"})
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: TestClient) -> None:
    cookie = visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(sqlite_database: Database, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data=tmp_path, base_url="https://desk.test")
    app = make_desk(tmp_path, db=sqlite_database, settings=settings).app
    client = TestClient(app, base_url="https://desk.test", follow_redirects=False)
    cookie = client.post("/sign-in", data={"login": "anna", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-ordermill=") and "Secure" in cookie and "Domain" not in cookie


def test_signing_in_ends_the_session_the_browser_had(visitor: TestClient) -> None:
    visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD})
    planted = visitor.cookies["ordermill_session"]
    visitor.post("/sign-in", data={"login": "carl", "password": PASSWORD})
    assert visitor.cookies["ordermill_session"] != planted
    visitor.cookies.set("ordermill_session", planted)
    assert visitor.get("/").status_code == 303


def test_a_cookie_is_worthless_after_signing_out(visit: Visit) -> None:
    client = visit("anna")
    secret = client.cookies["ordermill_session"]
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    client.cookies.set("ordermill_session", secret)
    assert client.get("/").status_code == 303


def test_a_session_ends_when_idle_but_not_while_it_is_used(desk: Desk, visit: Visit) -> None:
    client, start = visit("anna"), desk.now()
    for minutes in (20, 40, 60):
        desk.hands.at = start + timedelta(minutes=minutes)
        assert client.get("/").status_code == 200
    desk.hands.at = start + timedelta(minutes=91)
    assert client.get("/").status_code == 303


def test_a_poll_does_not_keep_a_session_alive(desk: Desk, visit: Visit) -> None:
    client, start = visit("anna"), desk.now()
    for minutes in (10, 20, 29):
        desk.hands.at = start + timedelta(minutes=minutes)
        assert client.get("/queue/rows", headers={"X-Background": "1"}).status_code == 200
    desk.hands.at = start + timedelta(minutes=31)
    assert client.get("/queue/rows", headers={"X-Background": "1", "HX-Request": "true"}).status_code == 401


def test_signing_in_leads_back_to_the_page_asked_for_but_never_to_another_site(visitor: TestClient) -> None:
    asked = visitor.get("/orders?text=x")
    assert asked.headers["location"] == "/sign-in?next=/orders%3Ftext%3Dx"
    for target, expected in (
        ("/orders?text=x", "/orders?text=x"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example", "/"),
        ("javascript:alert(1)", "/")):
        answer = visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD, "next": target})
        assert answer.headers["location"] == expected


def test_every_page_asks_for_a_sign_in(desk: Desk, visitor: TestClient) -> None:
    for path in routes(desk, "GET"):
        if path not in OPEN:
            assert visitor.get(concrete(path)).status_code == 303, path


def test_every_page_has_a_lowest_role(desk: Desk) -> None:
    listed = [path for pages in LOWEST_ROLE_TO_SEE.values() for path in pages]
    assert len(listed) == len(set(listed))
    assert {*routes(desk, "GET")} - OPEN == set(listed)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_a_role_sees_what_it_includes_and_nothing_else(visit: Visit, role: Role) -> None:
    client = visit(LOGINS[role])
    for lowest, paths in LOWEST_ROLE_TO_SEE.items():
        for path in paths - {ENDLESS}:
            answer = client.get(concrete(path), params=ASKED)
            may = PEOPLE_ROLES.index(role) >= PEOPLE_ROLES.index(lowest)
            assert (answer.status_code == 403) is not may, (path, answer.text)
            assert answer.status_code < 500 and answer.status_code != 303, (path, answer.text)


def test_every_change_has_a_lowest_role(desk: Desk) -> None:
    assert set(routes(desk, "POST")) == {*LOWEST_ROLE, "/sign-in", "/sign-in/code", "/setup/start"}


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_a_role_may_do_what_it_includes_and_nothing_else(visit: Visit, role: Role) -> None:
    client = visit(LOGINS[role])
    for path, lowest in LOWEST_ROLE.items():
        if path == "/sign-out":
            continue
        answer = client.post(concrete(path), data=FORM, headers={"HX-Request": "true"})
        may = PEOPLE_ROLES.index(role) >= PEOPLE_ROLES.index(lowest)
        assert (answer.status_code == 403) is not may, (path, answer.text)


@pytest.mark.parametrize("path", list(LOWEST_ROLE))
def test_no_change_without_the_token_or_from_another_site(visit: Visit, path: str) -> None:
    client = visit("adam")
    token = client.headers.pop("X-CSRF-Token")
    attempts = (
        {"data": FORM},
        {"data": {**FORM, "csrf": "guess"}},
        {"json": {**FORM, "csrf": token}},
        {"content": f"csrf={token}", "headers": {"Content-Type": "text/plain"}},
        {"data": {**FORM, "csrf": token}, "headers": {"Origin": "https://evil.example"}},
        {"data": {**FORM, "csrf": token}, "headers": {"Origin": "null"}},
        {"data": {**FORM, "csrf": token}, "headers": {"Sec-Fetch-Site": "cross-site"}},
    )
    for attempt in attempts:
        answer = client.post(concrete(path), **attempt)
        assert answer.status_code == 403 and "foreign_request" in answer.text, attempt
    assert client.get("/").status_code == 200


def test_another_site_cannot_sign_somebody_in(visitor: TestClient) -> None:
    answer = visitor.post(
        "/sign-in", data={"login": "anna", "password": PASSWORD}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_our_own_pages_forms_pass(visit: Visit) -> None:
    client = visit("vera")
    token = client.headers.pop("X-CSRF-Token")
    answer = client.post("/sign-out", data={"csrf": token}, headers={"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"})
    assert answer.headers["location"] == "/sign-in"
