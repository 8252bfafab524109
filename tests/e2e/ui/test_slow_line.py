"""A slow line: nothing jumps, nothing typed is lost, and what is being done is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from matching.cases import Cases
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BUSY = """() => {
  window.busy = 0;
  new MutationObserver((found) => { window.busy += found.filter(({target}) => target.hasAttribute("aria-busy")).length; })
    .observe(document.getElementById("order"), {attributes: true, attributeFilter: ["aria-busy"]});
}"""
WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput && e.value >= 0.0001) window.shifts.push(
      e.value.toFixed(4) + " " + e.sources.map((s) => s.node?.id || s.node?.className || s.node?.nodeName).join(", "));
  }).observe({type: "layout-shift", buffered: true});
}"""

# The browser's own measure forgives what follows a key within half a second, so on a busy machine it says something else.
HOLD = """() => {
  window.moved = [];
  let held = null;
  document.addEventListener("order-drawing", () => {
    const at = document.activeElement?.closest("#order .lines [id]");
    held = at && {id: at.id, top: at.getBoundingClientRect().top};
  });
  document.addEventListener("order-drawn", () => requestAnimationFrame(() => {
    const by = held && document.getElementById(held.id).getBoundingClientRect().top - held.top;
    if (Math.abs(by) > 1) window.moved.push(`${held.id} by ${by}`);
    document.body.dataset.drawn = Number(document.body.dataset.drawn ?? 0) + (held ? 1 : 0);
  }));
}"""


def slow(page: Page, latency_ms: int = 200) -> None:
    """Every answer takes so much longer from now on."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": latency_ms, "downloadThroughput": -1, "uploadThroughput": -1})


def test_edits_over_a_slow_line_move_nothing_and_lose_nothing(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    case = desk.ids["doubtful"]
    slow(visitor.page)
    page = open_case(visitor, case)
    page.wait_for_timeout(800)                           # the page stands: what it shows first is not what an edit moves
    page.evaluate(HOLD)
    page.evaluate(BUSY)
    for line, quantity in (("1", "7"), ("2", "8")):
        page.locator(f"#v-lines-{line}-quantity").fill(quantity)
        page.keyboard.press("Tab")                       # the next is typed while this is on its way
    page.locator("#v-lines-3-quantity").fill("9")        # and stays under the hand while the questions above it go
    expect(page.locator("body")).to_have_attribute("data-drawn", "2")
    assert page.evaluate("window.moved") == []
    assert page.evaluate("window.busy") >= 2             # what is being done was shown, however briefly
    page.keyboard.press("Tab")
    expect(page.locator("#v-lines-3-quantity.not-saved")).to_have_count(0)
    with saved(page):
        page.locator("#v-requested_date").fill("2031-04-30")
        page.keyboard.press("Enter")
    page.wait_for_timeout(1_200)                         # what would be learned has come, too
    expect(page.locator("#order[aria-busy]")).to_have_count(0)
    with desk.db.read() as db:
        lines = Cases(db).draft(case).lines
    assert [x.quantity.value for x in lines if x.quantity] == [Decimal(7), Decimal(8), Decimal(9)]
    assert visitor.troubles == []


def test_a_first_look_at_a_case_over_a_slow_line_moves_nothing(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    slow(visitor.page)
    visitor.page.add_init_script(f"({WATCH})()")
    page = open_case(visitor, desk.ids["doubtful"])
    page.wait_for_timeout(1_500)
    assert page.evaluate("window.shifts") == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_what_is_being_fetched_is_shown_until_it_is_there(visit: Visit, motion: str) -> None:
    page = visit("anna").page
    page.emulate_media(reduced_motion=motion)       # type: ignore[arg-type]
    page.goto("/")
    bar = 'getComputedStyle(document.body, "::before").content'
    assert page.evaluate(bar) == "none"
    waiting: list[Route] = []
    page.route("**/queue/rows?*text=4711*", lambda route: waiting.append(route))
    page.locator('input[name="text"]').press_sequentially("4711")
    expect(page.locator("input.htmx-request")).to_have_count(1)
    assert page.evaluate(bar) != "none"
    for route in waiting:
        route.continue_()
    expect(page.locator("input.htmx-request")).to_have_count(0)
    assert page.evaluate(bar) == "none"
