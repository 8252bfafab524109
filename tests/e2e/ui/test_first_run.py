"""From an empty database to the first order read, in a browser, on each kind of database; left midway and taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import new_context
from tests.support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 240_000
PASSWORD = "a-long-enough-password"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """Nothing but an address of a database."""
    env = {"ORDERMILL_COMPANY_NAME": "Our company", "ORDERMILL_OCR": "none"}
    if request.param == "postgres":
        env["ORDERMILL_DATABASE_URL"] = request.getfixturevalue("postgres").create_database()
    return Installation(tmp_path, env)


def test_from_nothing_to_the_first_order_read(bare: Installation, browser: Browser) -> None:
    with bare.serve() as address:
        page = new_context(browser, address).new_page()
        page.goto("/")
        expect(page).to_have_url(f"{address}/setup/start")
        page.get_by_label("Setup code").fill("guess")
        page.get_by_label("User name").fill("ada")
        page.get_by_label("Your name").fill("Ada Founder")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("alert")).to_contain_text("The code is not right")
        page.get_by_label("Setup code").fill((bare.data / "setup-code").read_text())
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        page.wait_for_url("**/setup")
        assert not (bare.data / "setup-code").exists()

        page.get_by_label("Company name").fill("Okapi Supply")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("1. Your company").get_by_text("Okapi Supply")).to_be_visible()
        page.goto("/stock")                                              # away, and back to where it was left
        page.goto("/setup")
        page.get_by_role("button", name="Try it with a sample company").click()
        expect(page.get_by_label("2. Customers and catalogue").get_by_text("Done")).to_be_visible(timeout=SOON)
        page.get_by_role("button", name="Read an order of the sample company").click()
        look = page.get_by_role("link", name="Look at it")
        expect(look).to_be_visible(timeout=SOON)
        look.click()
        expect(page).to_have_url(f"{address}/cases/1")
        fresh = new_context(browser, address).new_page()
        fresh.goto("/setup/start")
        expect(fresh).to_have_url(f"{address}/sign-in")                  # nobody can found it twice
        expect(fresh.get_by_text("Okapi Supply")).to_be_visible()
