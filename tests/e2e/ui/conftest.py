"""A served review UI full of cases, and a real browser in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from tests.support.browser import chromium, new_context, sign_in
from tests.support.desk import PASSWORD, Desk, make_desk, open_desk, serving, session_of
from tests.support.desk_house import furnish


@dataclass
class Visitor:
    """A person at a browser, and what went wrong in it."""

    page: Page
    troubles: list[str] = field(default_factory=list)


Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A house with something on every page, made once: its folder, and the ids of its rows."""
    folder = tmp_path_factory.mktemp("house")
    made = make_desk(folder)
    furnish(made)
    made.db.close()
    return folder, made.ids


BOTH = pytest.mark.parametrize(
    "desk", ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])], indirect=True)
"""For a person's journey that is made over both kinds of database."""


@pytest.fixture
def desk(request: pytest.FixtureRequest, furnished: tuple[Path, dict[str, int]], tmp_path: Path) -> Iterator[Desk]:
    """A copy of the house, for one test to change; on SQLite unless the test says BOTH."""
    if getattr(request, "param", "sqlite") == "postgres":
        made = make_desk(tmp_path, db=request.getfixturevalue("postgres_database"))
        furnish(made)
        yield made
        return
    folder, ids = furnished
    shutil.copytree(folder, tmp_path / "house")
    made = open_desk(tmp_path / "house")
    made.ids |= ids
    yield made
    made.db.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the UI is served."""
    with serving(desk.app) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, desk: Desk, address: str) -> Iterator[Visit]:
    """Come in as somebody, in a browser profile of their own; scripts that break and refused resources are troubles."""
    contexts: list[BrowserContext] = []

    def come(login: str, *, by_form: bool = False) -> Visitor:
        context = new_context(browser, address)
        contexts.append(context)
        visitor = Visitor(context.new_page())
        visitor.page.on("pageerror", lambda error: visitor.troubles.append(f"script: {error}"))
        visitor.page.on("console", lambda message: _note(visitor, message))
        visitor.page.on("request", lambda r: None if r.url.startswith(address) else visitor.troubles.append(f"outside: {r.url}"))
        visitor.page.on("dialog", lambda dialog: _answer(visitor, dialog))
        if by_form:
            sign_in(visitor.page, login, PASSWORD)
        else:
            context.add_cookies([{"name": "ordermill_session", "value": session_of(desk, login), "url": address}])
            visitor.page.goto("/")
        return visitor

    yield come
    for context in contexts:
        context.close()


def _answer(visitor: Visitor, dialog: Dialog) -> None:
    visitor.troubles.append(f"dialog: {dialog.message}")
    dialog.accept()


def _note(visitor: Visitor, message: ConsoleMessage) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        visitor.troubles.append(f"policy: {message.text}")
