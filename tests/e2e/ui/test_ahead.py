"""The case that comes next is asked for while the one at hand is looked at, and nobody holds it for that."""

from __future__ import annotations

import pytest

from models.domain.states import CaseState
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, state_of
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def test_the_next_case_is_there_before_it_is_needed_and_is_held_by_nobody(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    asked: list[str] = []
    visitor.page.on("response", lambda r: asked.append(r.url.partition("/cases/")[2]) if r.ok else None)
    page = open_case(visitor, desk.ids["doubtful"])
    following = page.locator("#case").get_attribute("data-next-case") or ""
    number = following.removeprefix("/cases/")
    page.wait_for_function("() => performance.getEntriesByType('resource').some((e) => e.name.endsWith("
                           "document.getElementById('case').dataset.nextPicture))")
    assert number in asked
    assert state_of(desk, int(number)) is CaseState.NEEDS_REVIEW
    page.keyboard.press("Escape")
    page.goto(following)
    page.locator("#sheet [data-word]").first.wait_for(state="attached")
    assert visitor.troubles == []
