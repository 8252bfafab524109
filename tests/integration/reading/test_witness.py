"""Standard fax, the hardest paper: two readers that vote, against the first one alone, on pages nothing was fitted to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.ocr_pages import TruthPage, pages
from bench.ocr_score import Tally, judge
from extraction.ocr.rapid import Rapid
from extraction.ocr.tesseract import Tesseract
from extraction.ocr.witness import Witnessed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def readers() -> tuple[Rapid, Witnessed]:
    rapid = Rapid()
    return rapid, Witnessed(rapid, Tesseract(mounted=True))


@pytest.fixture(scope="module")
def faxes() -> list[TruthPage]:
    return list(pages(count=4, seed=3, part="check", grades=("fax_std",)))


def test_voted_faxes_have_more_right_numbers_and_honest_confidences(
    readers: tuple[Rapid, Witnessed], faxes: list[TruthPage],
) -> None:
    alone, voted = Tally(), Tally()
    for page in faxes:
        judge(alone, page.words, readers[0].read(page.image).words, 0.0)
        judge(voted, page.words, readers[1].read(page.image).words, 0.0)
    assert voted.numbers_right > alone.numbers_right
    assert voted.words == alone.words > 400
    assert voted.edits <= alone.edits * 1.02
    assert voted.calibration_error < min(0.06, alone.calibration_error)


def test_a_thorough_reading_asks_the_second_reader_about_every_word(
    readers: tuple[Rapid, Witnessed], faxes: list[TruthPage],
) -> None:
    image = min((page.image for page in faxes), key=lambda i: i.width * i.height)
    usual, usual_claims = readers[1].readings(image)
    thorough, claims = readers[1].readings(replace(image, thorough=True))
    assert [w.text for w in usual.words] == [w.text for w in thorough.words]
    asked = sum(any(c.read_by == "tesseract" for c in said) for said in claims)
    assert asked > 1.5 * sum(any(c.read_by == "tesseract" for c in said) for said in usual_claims)
    assert asked > 0.8 * len(claims)
