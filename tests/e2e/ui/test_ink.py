"""What was seen and not read is shown as it stands on the paper, beside the sentence; a page scanned sideways stands upright."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest
from playwright.sync_api import expect

from models.domain.pages import Page, Problem, SourceFormat
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_message, match, order_reading
from tests.support.desk_cases import open_case as store_case
from tests.support.desk_documents import make_pdf

pytestmark = pytest.mark.browser

SENTENCE = "Page 1 bears handwriting that was not read; look at it."
NOTE = (330.0, 330.0, 450.0, 372.0)


def _scribbled_sideways(content: bytes) -> bytes:
    """The order with a note in blue ink, lying on its side in the file: 90 degrees clockwise make it upright."""
    with pymupdf.open(stream=content, filetype="pdf") as upright, pymupdf.open() as sideways:
        points = [(332 + 9 * n, 350 + (18 if n % 2 else -16) * (1 if n % 3 else 0.5)) for n in range(13)]
        upright[0].draw_polyline(points, color=(0.1, 0.2, 0.7), width=1.4)
        page = sideways.new_page(width=842, height=595)
        page.show_pdf_page(page.rect, upright, 0, rotate=90)
        return bytes(sideways.tobytes())


def _stored(desk: Desk) -> int:
    content, found = make_pdf("PO-77901")
    pages: tuple[Page, ...] = tuple(replace(page, turn=90) for page in found)
    reading = order_reading("PO-77901", pages)
    reading = replace(reading, problems=(Problem("handwriting", SENTENCE, 0, NOTE),))
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Order PO-77901")
        document_id = add_document(
            desk, db, message_id, _scribbled_sideways(content), pages, name="scan.pdf", format=SourceFormat.PDF)
        case_id = store_case(desk, db, message_id, document_id, reading)
    match(desk, case_id)
    return case_id


def test_handwriting_is_shown_beside_its_question_on_the_upright_page(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna")
    page = open_case(visitor, _stored(desk))
    question = page.locator("#rail [data-question]", has_text=SENTENCE)
    crop = question.locator(".crop image")
    expect(crop).to_have_attribute("href", "/documents/{}/pages/0.png".format(
        page.locator("#viewer [data-doc]").first.get_attribute("data-doc")))
    question.click()
    expect(page.locator("#sheet .marks .lit")).to_have_count(1)
    picture = page.locator("#sheet .paper img")
    size = picture.evaluate("async (img) => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; }")
    assert size[0] < size[1]                                    # upright, as its words have it
    lit = page.locator("#sheet .marks .lit").bounding_box()
    view = page.locator("#sheet").bounding_box()
    assert lit is not None and view is not None
    assert view["y"] <= lit["y"] <= view["y"] + view["height"]
    blue = question.locator(".crop").screenshot()
    assert _blue_share(blue) > 0.004
    assert visitor.troubles == []


def _blue_share(png: bytes) -> float:
    """The share of dots that are the note's ink."""
    shown = pymupdf.Pixmap(png)
    dots = [shown.samples[n : n + 3] for n in range(0, len(shown.samples), shown.n)]
    return sum(1 for r, g, b in dots if b > 120 and b > r + 60 and b > g + 40) / len(dots)
