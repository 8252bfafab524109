"""The page of paper beside the order: sharp, turned, moved, and full of words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from models.domain.pages import SourceFormat, Word
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_message, match, order_reading
from tests.support.desk_cases import open_case as store_case
from tests.support.desk_documents import make_pdf

pytestmark = pytest.mark.browser
MANY = 2_000


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=3)
    page.mouse.up()


def test_a_turned_page_gives_its_words_and_takes_comments_where_they_are_seen(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    page = open_case(visitor, desk.ids["doubtful"])
    upright = page.locator(".paper svg").bounding_box()
    page.locator("#sheet").focus()
    page.keyboard.press("Shift+O")
    turned = page.locator(".paper svg").bounding_box()
    assert upright and turned
    assert upright["height"] > upright["width"] and turned["height"] < turned["width"]
    sheet = page.locator("#sheet").bounding_box()
    assert sheet and turned["x"] >= sheet["x"] and turned["y"] >= sheet["y"]       # nothing of it is out of reach

    page.locator("#v-requested_date").focus()
    with saved(page):
        page.locator("#sheet rect[data-text='2026-11-20']").click()
    expect(page.locator("#v-requested_date")).to_have_value("2026-11-20")

    page.locator("h1").click()
    page.locator("[data-do=pin]").click()
    stamp = (turned["x"] + turned["width"] - 60, turned["y"] + turned["height"] - 60)
    drag(page, stamp, (30, 20))
    page.locator("#talk textarea").fill("A stamp?")
    with saved(page, "comments"):
        page.locator("#talk button[value=save]").click()
    page.locator("#talk [data-do=close]").click()
    x, y = middle(page.locator("#sheet .pin"))
    assert abs(x - stamp[0]) < 60 and abs(y - stamp[1]) < 60
    assert visitor.troubles == []


def test_the_page_is_moved_by_the_mouse_and_its_words_are_not_taken_meanwhile(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    for _ in range(4):
        page.keyboard.press("+")
    word = page.locator("#sheet rect[data-text='PO-77120']")
    word.scroll_into_view_if_needed()
    sheet = page.locator("#sheet")
    before = sheet.evaluate("sheet => [sheet.scrollLeft, sheet.scrollTop]")
    drag(page, middle(word), (-80, -60))
    assert sheet.evaluate("sheet => [sheet.scrollLeft, sheet.scrollTop]") == [before[0] + 80, before[1] + 60]
    expect(sheet).to_be_focused()                                                  # the click after it chose no value
    word.click()
    expect(page.locator("#v-po_number")).to_be_focused()


def test_a_larger_page_is_drawn_more_finely(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    picture = page.locator("#sheet .paper img")
    for _ in range(4):
        page.keyboard.press("+")
    expect(picture).to_have_attribute("src", re.compile(r"\?dpi=(220|400|600)$"))
    needed, drawn = picture.evaluate(
        "async image => { await image.decode(); return [image.clientWidth * devicePixelRatio, image.naturalWidth]; }")
    assert drawn >= needed


def test_a_page_of_two_thousand_words_shows_and_gives_each_of_them(desk: Desk, visit: Visit) -> None:
    content, (paper,) = make_pdf("PO-90500")
    left = MANY - len(paper.words)
    small = tuple(
        Word(f"w{n}", 0, (20 + 11 * (n % 50), 300 + 13 * (n // 50), 29 + 11 * (n % 50), 310 + 13 * (n // 50)))
        for n in range(left))
    crowded = replace(paper, words=(*paper.words, *small))
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="A crowded page")
        document_id = add_document(desk, db, message_id, content, (crowded,), name="crowded.pdf", format=SourceFormat.PDF)
        case_id = store_case(desk, db, message_id, document_id, order_reading("PO-90500", (crowded,)))
    match(desk, case_id)
    page = open_case(visit("anna"), case_id)
    expect(page.locator("#sheet [data-word]")).to_have_count(MANY)
    page.locator("#v-requested_date").focus()
    with saved(page, "corrections"):
        page.locator(f"#sheet rect[data-text='w{left - 1}']").click()
    expect(page.locator("#notices")).to_contain_text(f"w{left - 1}")               # it is no date, and was taken
