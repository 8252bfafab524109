"""One's own account: the second step of signing in, recovery, sessions, password; and the brake on guessing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.tables.people import UserRow
from runtime import second_factor
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import PASSWORD, Desk, make_desk

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A house whose clock stands, so that codes are known."""
    return standing(tmp_path, sqlite_database)


def standing(folder: Path, database: Database) -> Desk:
    made = make_desk(folder, db=database)
    made.hands.at = made.now().replace(second=10, microsecond=0)
    return made


def enrol(desk: Desk, client: TestClient) -> tuple[pyotp.TOTP, list[str]]:
    """Set the second factor up as a person does; the authenticator and the recovery codes."""
    page = client.get("/account/factor").text
    totp = pyotp.TOTP(re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0])
    ticket = unescape(re.findall(r'name="ticket" value="([^"]+)"', page)[0])
    answer = client.post("/account/factor", data={"ticket": ticket, "code": totp.at(desk.now())}, headers=HTMX)
    assert answer.status_code == 200
    later(desk)
    return totp, re.findall(r"<code>([0-9a-f]{8}-[0-9a-f]{8})</code>", answer.text)


def later(desk: Desk, seconds: int = 30) -> None:
    desk.hands.at = desk.now() + timedelta(seconds=seconds)


def first_step(visitor: TestClient) -> str:
    """The password; the ticket of the second step."""
    answer = visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD, "next": "/orders"})
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    return unescape(re.findall(r'name="ticket" value="([^"]+)"', answer.text)[0])


def second_step(visitor: TestClient, ticket: str, code: str) -> int:
    return visitor.post("/sign-in/code", data={"ticket": ticket, "code": code, "next": "/orders"}).status_code


def test_with_a_second_factor_the_password_alone_opens_nothing(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    totp, codes = enrol(desk, visit("anna"))
    assert len(set(codes)) == 10
    ticket = first_step(visitor)
    assert visitor.get("/").status_code == 303
    assert second_step(visitor, ticket, "000000" if totp.at(desk.now()) != "000000" else "000001") == 401
    assert second_step(visitor, ticket, totp.at(desk.now())) == 303
    assert visitor.get("/").status_code == 200


def test_no_code_serves_twice_not_even_its_predecessor(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    totp, _ = enrol(desk, visit("anna"))
    before, now = totp.at(desk.now() - timedelta(seconds=30)), totp.at(desk.now())
    assert second_step(visitor, first_step(visitor), now) == 303
    visitor.cookies.clear()
    assert second_step(visitor, first_step(visitor), now) == 401
    assert second_step(visitor, first_step(visitor), before) == 401
    later(desk)
    assert second_step(visitor, first_step(visitor), totp.at(desk.now())) == 303


def test_a_recovery_code_serves_once_as_it_is_typed(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    _, codes = enrol(desk, visit("anna"))
    assert second_step(visitor, first_step(visitor), f" {codes[0].upper().replace('-', ' ')} ") == 303
    visitor.cookies.clear()
    assert second_step(visitor, first_step(visitor), codes[0]) == 401
    assert second_step(visitor, first_step(visitor), codes[1]) == 303


def test_a_recovery_code_is_nobody_elses(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    _, codes = enrol(desk, visit("adam"))
    enrol(desk, visit("anna"))
    assert second_step(visitor, first_step(visitor), codes[0]) == 401


def test_a_ticket_is_good_for_five_minutes_and_cannot_be_made(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    totp, _ = enrol(desk, visit("anna"))
    ticket = first_step(visitor)
    page = visit("vera").get("/account/factor").text
    other = unescape(re.findall(r'name="ticket" value="([^"]+)"', page)[0])         # sealed by us, for another purpose
    for forged in ("", "x", "é", ticket[:-4] + "AAAA", other):
        assert second_step(visitor, forged, totp.at(desk.now())) in {401, 422}
    later(desk, 301)
    assert second_step(visitor, ticket, totp.at(desk.now())) == 401


def test_wrong_codes_lock_the_account_though_the_password_is_right_each_time(
    desk: Desk, visit: Visit, visitor: TestClient,
) -> None:
    totp, _ = enrol(desk, visit("anna"))
    for _ in range(10):
        second_step(visitor, first_step(visitor), "no code at all")
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 401
    later(desk, 16 * 60)
    assert second_step(visitor, first_step(visitor), totp.at(desk.now())) == 303


def test_a_secret_counts_only_once_its_code_was_typed_and_only_for_its_owner(desk: Desk, visit: Visit) -> None:
    anna, vera = visit("anna"), visit("vera")
    page = anna.get("/account/factor").text
    ticket = unescape(re.findall(r'name="ticket" value="([^"]+)"', page)[0])
    code = pyotp.TOTP(re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0]).at(desk.now())
    assert "wrong_code" in anna.post("/account/factor", data={"ticket": ticket, "code": "abc"}, headers=HTMX).text
    assert "wrong_code" in vera.post("/account/factor", data={"ticket": ticket, "code": code}, headers=HTMX).text
    with desk.db.read() as db:
        assert db.execute(select(UserRow.id).where(UserRow.sealed_totp.is_not(None))).all() == []


def test_the_second_factor_is_sealed_at_rest_and_comes_off_by_its_code_only(desk: Desk, visit: Visit) -> None:
    anna = visit("anna")
    totp, _ = enrol(desk, anna)
    with desk.db.read() as db:
        assert totp.secret not in (db.execute(select(UserRow.sealed_totp).where(UserRow.login == "anna")).scalar_one() or "")
    assert anna.post("/account/factor/off", data={"code": "nope"}).status_code == 422
    assert "On" in anna.get("/account").text
    assert anna.post("/account/factor/off", data={"code": totp.at(desk.now())}).status_code == 303
    assert '/account/factor"' in anna.get("/account").text


def test_new_recovery_codes_make_the_former_ones_worthless(desk: Desk, visit: Visit, visitor: TestClient) -> None:
    anna = visit("anna")
    totp, old = enrol(desk, anna)
    answer = anna.post("/account/codes", data={"code": totp.at(desk.now())}, headers=HTMX)
    new = re.findall(r"<code>([0-9a-f]{8}-[0-9a-f]{8})</code>", answer.text)
    assert second_step(visitor, first_step(visitor), old[0]) == 401
    assert second_step(visitor, first_step(visitor), new[0]) == 303


def test_an_address_that_guesses_many_names_is_stopped(desk: Desk, visitor: TestClient) -> None:
    for n in range(50):
        login = ("vera", "carl", "adam")[n % 3]
        assert visitor.post("/sign-in", data={"login": login, "password": "wrong password"}).status_code == 401
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 429
    later(desk, 15 * 60 + 1)
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 303


def test_sessions_are_listed_and_ended(visit: Visit) -> None:
    here, there, other = visit("anna"), visit("anna"), visit("carl")
    page = here.get("/account").text
    (there_id,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert other.post("/account/sessions/close", data={"session": there_id}).status_code == 303
    assert there.get("/").status_code == 200                                        # nobody ends another's
    here.post("/account/sessions/close", data={"session": there_id})
    assert there.get("/").status_code == 303 and here.get("/").status_code == 200
    third = visit("anna")
    here.post("/account/sessions/close")
    assert third.get("/").status_code == 303 and here.get("/").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_browser_in(visit: Visit, visitor: TestClient) -> None:
    here, there = visit("anna"), visit("anna")
    assert "wrong_password" in here.post("/account/password", data={"old": "guess", "new": "another password"}).text
    assert "weak_password" in here.post("/account/password", data={"old": PASSWORD, "new": "short"}).text
    assert here.post("/account/password", data={"old": PASSWORD, "new": "another password"}).status_code == 303
    assert there.get("/").status_code == 303 and here.get("/").status_code == 200
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 401
    assert visitor.post("/sign-in", data={"login": "anna", "password": "another password"}).status_code == 303


def test_ten_wrong_present_passwords_lock_too(visit: Visit, visitor: TestClient) -> None:
    here = visit("anna")
    for _ in range(10):
        here.post("/account/password", data={"old": "guess", "new": "another password"})
    assert visitor.post("/sign-in", data={"login": "anna", "password": PASSWORD}).status_code == 401


def test_the_chosen_language_is_the_screens(visit: Visit) -> None:
    anna = visit("anna")
    anna.post("/account/language", data={"language": "de"})
    page = anna.get("/account").text
    assert '<html lang="de"' in page and "Wiederherstellungscode" not in page and "Zweiter Faktor" in page
    anna.post("/account/language", data={"language": "xx"})
    assert '<html lang="en"' in anna.get("/account").text


def test_of_two_at_once_one_uses_the_code(database: Database, tmp_path: Path) -> None:
    made = standing(tmp_path, database)
    seal, at = made.services.seal, made.now()
    with made.db.write() as db:
        user_id = db.execute(select(UserRow.id).where(UserRow.login == "anna")).scalar_one()
        begun = second_factor.begin_enrolment(seal, user_id=user_id, login="anna", house="Millbrook", at=at)
        totp = pyotp.TOTP(begun.secret)
        codes = second_factor.enrol(db, seal, user_id=user_id, ticket=begun.ticket, code=totp.at(at), at=at)
    at += timedelta(seconds=30)

    def use(code: str) -> bool:
        with made.db.write() as db:
            return second_factor.is_right_code(db, seal, user_id, code, at)

    for code in (totp.at(at), codes[0]):
        with ThreadPoolExecutor(4) as hands:
            assert sorted(hands.map(use, [code] * 4)) == [False, False, False, True]


def test_a_browser_that_asks_for_german_is_answered_in_german(visitor: TestClient) -> None:
    page = visitor.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).text
    assert "Benutzername" in page and "Millbrook Supplies · Auftragserfassung" in page and "User name" not in page
