"""Comments pinned to places: by keyboard and by mouse, found again from the list of mentions."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def happens_meanwhile(page: Page) -> None:
    """A colleague does something with the case, and the page has shown what is said since."""
    page.evaluate("""() => new Promise((done) => {
      document.addEventListener("comments-shown", done, {once: true});
      document.dispatchEvent(new CustomEvent("case-changed"));
    }).then(() => null)""")


def test_a_comment_is_pinned_to_a_word_and_to_a_field_and_found_by_whom_it_names(desk: Desk, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    case = desk.ids["doubtful"]
    expect(anna.page.locator("#unread-mentions")).to_be_hidden()
    page = open_case(carl, case)
    page.locator("#sheet").focus()
    page.keyboard.press("]")
    page.keyboard.press("Shift+M")
    page.locator("#talk textarea").fill("<img src=x onerror=alert(1)> whose word is this, @anna?")
    with saved(page, "comments"):
        page.locator("#talk button[value=save]").dblclick()                    # pressed twice, said once
    expect(page.locator("#talk textarea")).to_have_value("")
    expect(page.locator("#comments [data-comment]")).to_have_count(1)
    page.locator("#comments [data-resolve]").focus()
    page.locator("#talk textarea").evaluate("text => { text.value = 'half a thought'; }")
    happens_meanwhile(page)
    expect(page.locator("#comments [data-resolve]")).to_be_focused()
    expect(page.locator("#talk textarea")).to_have_value("half a thought")
    page.locator("#talk [data-do=close]").click()
    expect(page.locator("#sheet .pin")).to_have_count(1)
    expect(anna.page.locator("#unread-mentions")).to_have_text("1")            # told by the stream

    page.locator("[data-do=pin]").click()                                      # by mouse: a place without a word
    paper = page.locator(".paper").bounding_box()
    assert paper is not None
    page.mouse.move(paper["x"] + 20, paper["y"] + 20)
    page.mouse.down()
    page.mouse.move(paper["x"] + 90, paper["y"] + 60, steps=3)
    page.mouse.up()
    page.locator("#talk textarea").fill("A stamp?")
    with saved(page, "comments"):
        page.locator("#talk button[value=save]").click()
    page.locator("#talk [data-do=close]").click()
    expect(page.locator("#sheet .pin")).to_have_count(2)

    page.locator("#v-lines-1-quantity").focus()
    page.keyboard.press("Alt+m")
    page.locator("#talk textarea").fill("A dozen more?")
    with saved(page, "comments"):
        page.locator("#talk button[value=save]").click()
    page.locator("#talk [data-do=close]").click()
    marker = page.locator("#order .pin")
    expect(marker).to_have_attribute("aria-label", "Comments on this place: Carl Clerk: A dozen more?")
    expect(page.locator("#open-comments")).to_have_text("3")
    marker.focus()
    page.keyboard.press("Enter")
    said = page.locator("#pinned")
    expect(said).to_contain_text("A dozen more?")
    said.locator("[data-resolve]").focus()
    happens_meanwhile(page)
    expect(said).to_be_visible()
    expect(said.locator("[data-resolve]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()
    page.locator("#v-lines-1-quantity").fill("24")                             # the next stop after it is the marker
    with saved(page):
        page.keyboard.press("Tab")
    expect(page.locator("#line-1")).to_contain_text("189.60")
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("A dozen more?")
    with page.expect_response("**/resolve"):
        said.locator("[data-resolve]").click()
    expect(marker).to_have_count(0)
    expect(said).to_be_hidden()

    reader = anna.page
    reader.keyboard.press("Shift+G")
    reader.wait_for_url("**/mentions")
    reader.keyboard.press("j")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/cases/*?comment=*")
    expect(reader.locator("#pinned")).to_contain_text("whose word is this, @anna?")
    expect(reader.locator("#pinned")).to_contain_text("For you")
    expect(reader.locator("#unread-mentions")).to_be_hidden()
    reader.keyboard.press("Escape")
    expect(reader.locator("#pinned")).to_be_hidden()
    assert carl.troubles == [] and anna.troubles == []
