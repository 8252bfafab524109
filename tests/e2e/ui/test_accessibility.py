"""No page has a serious fault of accessibility, in light and dark (axe-core, WCAG 2.2 AA)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.pages_of import pages

pytestmark = pytest.mark.browser
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault(visit: Visit, desk: Desk, scheme: str) -> None:
    visitor = visit("adam")
    visitor.page.emulate_media(color_scheme=scheme)        # type: ignore[arg-type]
    faults = []
    for name, path in pages(desk.ids).items():
        visitor.page.goto(path)
        found = Axe().run(visitor.page, options=OPTIONS).response["violations"]
        faults += [
            (name, fault["id"], node["target"], node["failureSummary"][:160])
            for fault in found if fault["impact"] in {"serious", "critical"} for node in fault["nodes"][:3]]
    assert faults == []


def test_the_sign_in_has_no_serious_fault(visit: Visit) -> None:
    page = visit("adam").page
    page.context.clear_cookies()
    page.goto("/sign-in")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in {"serious", "critical"}] == []
