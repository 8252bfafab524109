"""The piece of a page shown beside a question holds what is asked about, is recognisable, and stays on the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.domain.evidence import PageKind
from models.domain.pages import Page
from review_ui.presenters.crops import crop_of

PAGE = Page(2, PageKind.PAPER, 595.0, 842.0, ())


@given(st.floats(0, 590), st.floats(0, 840), st.floats(1, 200), st.floats(1, 60))
def test_the_crop_holds_the_box_and_stays_on_the_page(x: float, y: float, width: float, height: float) -> None:
    box = (x, y, min(x + width, PAGE.width), min(y + height, PAGE.height))
    left, top, w, h = (float(v) for v in crop_of(box, PAGE, 7).view.split())
    assert left <= box[0] + 0.01 and top <= box[1] + 0.01 and left + w >= box[2] - 0.01
    assert top + h >= min(box[3], top + 0.75 * w) - 0.01
    assert left >= 0 and top >= 0 and left + w <= PAGE.width + 0.01 and top + h <= PAGE.height + 0.01


def test_a_high_crop_is_cut_and_names_its_picture() -> None:
    crop = crop_of((100.0, 100.0, 300.0, 800.0), PAGE, 7)
    left, top, w, h = (float(v) for v in crop.view.split())
    assert (left, top) == (86.0, 86.0)
    assert h == 0.75 * w
    assert (crop.picture, crop.width, crop.height) == ("/documents/7/pages/2.png", 595.0, 842.0)
