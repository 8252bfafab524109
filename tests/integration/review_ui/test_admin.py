"""Administration of users and tokens: made, changed, ended; never without an administrator."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from starlette.testclient import TestClient

from models.tables import Base
from models.tables.audit import AuditEntryRow
from models.tables.people import ApiTokenRow, SessionRow, UserRow
from runtime import accounts, users
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import PASSWORD, Desk, make_desk

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A house with a user of every role."""
    return make_desk(tmp_path, db=sqlite_database)


def id_of(desk: Desk, login: str) -> int:
    with desk.db.read() as db:
        return db.execute(select(UserRow.id).where(UserRow.login == login)).scalar_one()


def sign_in(visitor: TestClient, login: str, password: str) -> int:
    return visitor.post("/sign-in", data={"login": login, "password": password}).status_code


def test_a_user_is_added_with_a_password_shown_once(visit: Visit, visitor: TestClient) -> None:
    adam = visit("adam")
    form = {"login": "nora", "name": "Nora New", "email": "Nora@Millbrook.example", "role": "clerk"}
    answer = adam.post("/admin/users", data=form, headers=HTMX)
    password = re.findall(r'id="new-password">([^<]+)<', answer.text)[0]
    assert "nora@millbrook.example" in answer.text and password not in adam.get("/admin/users").text
    assert sign_in(visitor, "nora", password) == 303
    assert "name_taken" in adam.post("/admin/users", data=form, headers=HTMX).text
    assert "bad_login" in adam.post("/admin/users", data={**form, "login": "  "}, headers=HTMX).text
    assert "bad_address" in adam.post("/admin/users", data={**form, "login": "x", "email": "x"}, headers=HTMX).text


def test_a_user_who_is_switched_off_is_out_at_once_and_can_come_back(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    adam, carl, carl_id = visit("adam"), visit("carl"), id_of(desk, "carl")
    adam.post(f"/admin/users/{carl_id}/deactivate", headers=HTMX)
    assert carl.get("/").status_code == 303 and sign_in(visitor, "carl", PASSWORD) == 401
    adam.post(f"/admin/users/{carl_id}/activate", headers=HTMX)
    assert sign_in(visitor, "carl", PASSWORD) == 303


def test_another_role_holds_from_the_next_request(desk: Desk, visit: Visit) -> None:
    vera, adam = visit("vera"), visit("adam")
    assert vera.get("/admin/users").status_code == 403
    adam.post(f"/admin/users/{id_of(desk, 'vera')}/role", data={"role": "admin"}, headers=HTMX)
    assert vera.get("/admin/users").status_code == 200


def test_a_reset_password_ends_sessions_and_lifts_the_lock(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    adam, anna = visit("adam"), visit("anna")
    for _ in range(10):
        sign_in(visitor, "anna", "guess")
    answer = adam.post(f"/admin/users/{id_of(desk, 'anna')}/password", headers=HTMX)
    password = re.findall(r'id="new-password">([^<]+)<', answer.text)[0]
    assert anna.get("/").status_code == 303 and sign_in(visitor, "anna", password) == 303


def test_nobody_administers_themselves_out(desk: Desk, visit: Visit) -> None:
    adam, own = visit("adam"), id_of(desk, "adam")
    for path, form in (("deactivate", {}), ("role", {"role": "viewer"}), ("password", {}), ("factor", {})):
        assert "own_account" in adam.post(f"/admin/users/{own}/{path}", data=form, headers=HTMX).text
    assert adam.get("/admin/users").status_code == 200


def test_the_last_administrator_stays(database: Database, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, db=database)
    with desk.db.write() as db, pytest.raises(users.LastAdmin):
        users.set_active(db, id_of(desk, "adam"), False, "somebody")
    with desk.db.read() as db:
        assert db.execute(select(UserRow.is_active).where(UserRow.login == "adam")).scalar_one()


def test_what_is_kept_of_passwords_tokens_and_sessions_lets_nobody_in(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    answer = adam.post("/admin/tokens", data={"name": "shop", "scope": "orders:read", "days": "30"}, headers=HTMX)
    token, cookie = re.findall(r'id="new-token">([^<]+)<', answer.text)[0], adam.cookies["ordermill_session"]
    made = adam.post("/admin/users", data={"login": "nina", "name": "Nina", "role": "clerk", "email": ""}, headers=HTMX)
    password = re.findall(r'id="new-password">([^<]+)<', made.text)[0]
    with desk.db.read() as db:
        kept = db.execute(select(UserRow.password_hash).where(UserRow.login == "nina")).scalar_one()
        assert kept.startswith("$argon2id$") and PasswordHasher().verify(kept, password)
        assert db.execute(select(ApiTokenRow.token_sha256)).scalar_one() == sha256(token.encode()).hexdigest()
        assert sha256(cookie.encode()).hexdigest() in db.execute(select(SessionRow.token_sha256)).scalars().all()
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)):
                assert not any(secret in str(row) for secret in (token, cookie, password)), table.name


def test_a_token_is_shown_once_works_expires_and_is_revoked(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    answer = adam.post(
        "/admin/tokens", data={"name": "shop", "scope": ["orders:read", "intake:write", "no:such"], "days": "30"}, headers=HTMX)
    secret = re.findall(r'id="new-token">([^<]+)<', answer.text)[0]
    assert secret not in adam.get("/admin/tokens").text
    assert ">shop<" not in adam.get("/admin/users").text + adam.get("/").text
    with desk.db.read() as db:
        found = accounts.find_token(db, secret, desk.now())
        assert found is not None and (found.name, found.scopes) == ("shop", frozenset({"orders:read", "intake:write"}))
        assert accounts.find_token(db, secret, desk.now() + timedelta(days=31)) is None
        token_id = db.execute(select(ApiTokenRow.id)).scalar_one()
    assert "Revoked" in adam.post(f"/admin/tokens/{token_id}/revoke", headers=HTMX).text
    with desk.db.read() as db:
        assert accounts.find_token(db, secret, desk.now()) is None


@pytest.mark.parametrize(("form", "code"), [
    ({"name": " ", "scope": "orders:read"}, "token_incomplete"), ({"name": "x"}, "token_incomplete"),
    ({"name": "x", "scope": "no:such"}, "token_incomplete"), ({"name": "x", "scope": "orders:read", "days": "-1"}, "bad_days"),
    ({"name": "x", "scope": "orders:read", "days": "²"}, "bad_days")])
def test_a_token_needs_a_name_a_scope_and_sane_days(visit: Visit, form: dict[str, str], code: str) -> None:
    assert code in visit("adam").post("/admin/tokens", data=form, headers=HTMX).text


def test_what_administrators_do_is_audited(desk: Desk, visit: Visit) -> None:
    adam = visit("adam")
    adam.post(f"/admin/users/{id_of(desk, 'carl')}/role", data={"role": "approver"}, headers=HTMX)
    adam.post("/admin/tokens", data={"name": "shop", "scope": "orders:read"}, headers=HTMX)
    with desk.db.read() as db:
        found = db.execute(select(AuditEntryRow.actor, AuditEntryRow.action).order_by(AuditEntryRow.seq)).all()
    assert [tuple(row) for row in found] == [("Adam Admin", "user.role"), ("Adam Admin", "token.made")]
