"""The case on a narrow screen and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_narrow_screen_scrolls_one_way_and_paper_shows_what_the_case_says_without_what_one_does(
    desk: Desk, visit: Visit
) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Approve A").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Approve A")).to_be_in_viewport()
    page.set_viewport_size({"width": 800, "height": 1000})
    page.emulate_media(media="print")
    for shown in ("#rail .question >> nth=0", "#v-lines-3-item", "#v-lines-3-quantity", "#sheet .paper"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in ("header.top", ".actions", ".choices >> nth=0", "#lessons", ".viewer-tools"):
        expect(page.locator(hidden)).to_be_hidden()


def test_all_columns_of_the_lines_fit_a_laptop_in_german_whose_words_are_longer(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    visitor.page.set_viewport_size({"width": 1366, "height": 768})
    visitor.page.context.set_extra_http_headers({"Accept-Language": "de"})
    page = open_case(visitor, desk.ids["doubtful"])
    expect(page.get_by_role("columnheader", name="Menge")).to_be_visible()
    assert page.locator(".lines").evaluate("lines => lines.scrollWidth - lines.clientWidth") == 0


def test_a_screen_of_4k_shows_the_paper_and_all_lines_side_by_side(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    visitor.page.set_viewport_size({"width": 3840, "height": 2160})
    for path in ("/", "/orders", "/dashboard"):
        visitor.page.goto(path)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == 3840, path
    page = open_case(visitor, desk.ids["doubtful"])
    paper, lines = page.locator("#sheet .paper").bounding_box(), page.locator(".lines").bounding_box()
    assert paper is not None and lines is not None
    assert paper["x"] + paper["width"] <= lines["x"] and lines["x"] + lines["width"] <= 3840
    assert page.evaluate("document.documentElement.scrollWidth") == 3840
