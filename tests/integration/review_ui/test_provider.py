"""Signing in with the company's provider: whom it lets in, and that no answer counts that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select
from starlette.testclient import TestClient

from models.domain.states import Role
from models.tables.people import UserRow
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.review_ui.conftest import ADDRESS
from tests.support.desk import Desk, make_desk
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, provider_at_loopback


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_at_loopback() as found:
        yield found


def house(db: Database, folder: Path, provider: Provider, new_role: Role | None = None) -> Desk:
    settings = Settings(
        _env_file=None, data=folder, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET,
        oidc_new_role=new_role, oidc_name="Millbrook account")
    return make_desk(folder, db=db, settings=settings)


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, provider: Provider) -> Desk:
    """A house whose clerk has Paula's mail address."""
    made = house(sqlite_database, tmp_path, provider)
    with made.db.write() as db:
        db.execute(select(UserRow).where(UserRow.login == "carl")).scalar_one().email = "paula@millbrook.example"
    return made


def at_provider(visitor: TestClient, next: str = "/") -> str:
    """Go to the provider and agree there; where it sends the browser back to."""
    away = visitor.get(f"/sign-in/provider?next={next}").headers["location"]
    back = httpx.get(away).headers["location"]
    assert back.startswith(f"{ADDRESS}/sign-in/provider/back?")
    return back


def login_of(visitor: TestClient) -> str:
    page = visitor.get("/account").text
    return page.split('name="login" value="')[1].split('"')[0]


def test_a_person_with_a_known_mail_address_comes_in_and_stays_linked(visitor: TestClient, provider: Provider) -> None:
    assert "Millbrook account" in visitor.get("/sign-in").text
    answer = visitor.get(at_provider(visitor, "/orders"))
    assert answer.status_code == 303 and answer.headers["location"] == "/orders"
    assert login_of(visitor) == "carl"
    provider.person["email"] = "new-name@millbrook.example"          # the link is by subject from now on
    visitor.cookies.clear()
    visitor.get(at_provider(visitor))
    assert login_of(visitor) == "carl"
    assert provider.token_requests[0]["code_verifier"] and "client_secret" not in provider.token_requests[0]


def test_pkce_state_and_nonce_go_along(visitor: TestClient) -> None:
    asked = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 32


def test_a_mail_address_that_is_not_verified_links_nobody(visitor: TestClient, provider: Provider) -> None:
    provider.person["email_verified"] = False
    answer = visitor.get(at_provider(visitor))
    assert answer.status_code == 422 and "unknown_person" in answer.text and "ordermill_session" not in visitor.cookies


def test_nobody_new_comes_in_unless_the_house_gives_them_a_role(
    sqlite_database: Database, tmp_path: Path, provider: Provider,
) -> None:
    made = house(sqlite_database, tmp_path, provider, Role.VIEWER)
    visitor = TestClient(made.app, base_url=ADDRESS, follow_redirects=False)
    assert visitor.get(at_provider(visitor)).status_code == 303
    with made.db.read() as db:
        user = db.execute(select(UserRow).where(UserRow.login == "paula")).scalar_one()
    assert (user.role, user.name, user.oidc_subject) == (Role.VIEWER, "Paula Provider", f"{provider.issuer} s-1")


def test_a_taken_user_name_is_never_taken_over(sqlite_database: Database, tmp_path: Path, provider: Provider) -> None:
    made = house(sqlite_database, tmp_path, provider, Role.VIEWER)
    provider.person |= {"preferred_username": "adam", "email": "someone@else.example"}
    visitor = TestClient(made.app, base_url=ADDRESS, follow_redirects=False)
    assert "unknown_person" in visitor.get(at_provider(visitor)).text and "ordermill_session" not in visitor.cookies


def test_a_user_who_is_switched_off_does_not_come_in(visitor: TestClient, desk: Desk) -> None:
    with desk.db.write() as db:
        db.execute(select(UserRow).where(UserRow.login == "carl")).scalar_one().is_active = False
    assert "unknown_person" in visitor.get(at_provider(visitor)).text


@pytest.mark.parametrize("lie", [
    {"nonce": "another"}, {"audience": "another-client"}, {"claimed_issuer": "https://evil.example"}, {"lasts_s": -600},
    {"signing_key": RSAKey.generate_key(2048, {"kid": "k1"})}])
def test_an_answer_that_does_not_hold_lets_nobody_in(visitor: TestClient, provider: Provider, lie: dict[str, object]) -> None:
    back = at_provider(visitor)
    for name, value in lie.items():
        setattr(provider, name, value)
    answer = visitor.get(back)
    assert answer.status_code == 422 and "sign_in_provider_refused" in answer.text and "ordermill_session" not in visitor.cookies


def test_a_code_serves_once(visitor: TestClient) -> None:
    back = at_provider(visitor)
    cookie = visitor.cookies["ordermill_provider"]
    assert visitor.get(back).status_code == 303
    visitor.cookies.clear()
    visitor.cookies.set("ordermill_provider", cookie)
    assert "sign_in_provider_refused" in visitor.get(back).text


def test_an_answer_counts_only_in_the_browser_that_asked_and_in_time(visitor: TestClient, desk: Desk) -> None:
    back = at_provider(visitor)
    stranger = TestClient(desk.app, base_url=ADDRESS, follow_redirects=False)
    assert "sign_in_provider_refused" in stranger.get(back).text
    assert "sign_in_provider_refused" in visitor.get(back.replace("state=", "state=x")).text
    desk.hands.at = desk.now() + timedelta(minutes=11)
    assert "sign_in_provider_refused" in visitor.get(back).text


def test_who_says_no_at_the_provider_is_not_signed_in(visitor: TestClient) -> None:
    back = urlsplit(at_provider(visitor))
    state = parse_qs(back.query)["state"][0]
    answer = visitor.get(f"/sign-in/provider/back?error=access_denied&state={state}")
    assert answer.status_code == 422 and "sign_in_provider_refused" in answer.text


def test_a_provider_that_is_down_is_said_so(sqlite_database: Database, tmp_path: Path) -> None:
    with provider_at_loopback() as gone:
        made = house(sqlite_database, tmp_path, gone)
    answer = TestClient(made.app, base_url=ADDRESS, follow_redirects=False).get("/sign-in/provider")
    assert answer.status_code == 503 and "sign_in_provider_down" in answer.text
