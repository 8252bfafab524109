"""A page's own type as a witness for its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pymupdf
import pytest

from extraction.formats.scan import pixels
from extraction.ocr.typeface import TYPE, Told, read_type
from models.domain.pages import Word

DPI = 300
KNOWN = ["123456", "7890", "12.50", "340.87", "1,946", "56-28", "70-9", "IT", "TITLE", "ZINC", "BOLTS", "GRIPS", "SOFT", "Z-8"]


def told(rows: Sequence[tuple[str, str]], font: str = "helv", misread: float = 0.4) -> list[list[Told]]:
    """What the page's type says of each row, printed as its first text and read as its second; KNOWN stands on the page too."""
    rows = [*((text, text) for text in KNOWN), *rows]
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=20 + 20 * len(rows))
        for n, (printed, _) in enumerate(rows):
            page.insert_text((20, 30 + 20 * n), printed, fontname=font, fontsize=9)
        ends = [20 + pymupdf.get_text_length(printed, font, 9) for printed, _ in rows]
        shown = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY, alpha=False)
    grey = pixels(np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.stride)[:, : shown.width].copy())
    boxes = [(20.0, 21.0 + 20 * n, end, 32.5 + 20 * n) for n, end in enumerate(ends)]
    words = [Word(read, 0, box, 0.95 if printed == read else misread) for box, (printed, read) in zip(boxes, rows, strict=True)]
    return read_type(grey, DPI, words)[len(KNOWN) :]


def claims(rows: Sequence[tuple[str, str]], font: str = "helv") -> list[str | None]:
    found = [claim for parts in told(rows, font) for _, claim in parts]
    assert all(claim is None or claim.read_by == TYPE for claim in found)
    return [claim.text if claim else None for claim in found]


@pytest.mark.parametrize("font", ["helv", "tiro", "cour"])
@pytest.mark.parametrize(("printed", "read"), [
    ("31.1032.4", "310103248"), ("Z65779", "265779"), ("234.11", "236.11"), ("50", "So")])
def test_a_misread_number_is_told_by_the_glyphs_beside_it(printed: str, read: str, font: str) -> None:
    assert claims([(printed, read)], font) == [printed]


def test_a_figure_gives_way_to_a_letter_that_its_glyph_is_clearly_more_like() -> None:
    assert claims([("IT6954713", "176954713"), ("12.50", "12:50")]) == ["IT6954713", "12.50"]


def test_a_sign_of_two_pieces_stays_though_the_page_has_no_other() -> None:
    assert claims([("34087:", "34087:"), ("12=50", "12=50")]) == ["34087:", "12=50"]


@pytest.mark.parametrize(("printed", "read"), [("4150", "41500"), ("70", "709"), ("31.1032.4", "31.10324")])
def test_a_number_of_too_many_or_too_few_letters_is_spelt_by_its_glyphs(printed: str, read: str) -> None:
    assert claims([(printed, read)]) == [printed]


@pytest.mark.parametrize("text", ["4150", "31.1032.4", "Z65779", "1,946.50"])
def test_what_was_read_rightly_is_confirmed(text: str) -> None:
    [[(word, claim)]] = told([(text, text)])
    assert claim is not None
    assert (word.text, claim.text) == (text, text)
    assert (claim.confidence or 0.0) > 0.3


@pytest.mark.parametrize(("printed", "read"), [("1 290", "1290"), ("12  8", "128"), ("10  8", "10.8"), ("77.08  2", "77.082")])
def test_numbers_that_were_written_as_one_are_parted_at_the_white_between_them(printed: str, read: str) -> None:
    [parts] = told([(printed, read)])
    assert [word.text for word, _ in parts] == printed.split()
    (first, _), (second, _) = parts
    assert first.box[2] < second.box[0]


@pytest.mark.parametrize("text", ["1110", "11.90", "71-17", "290"])
def test_a_number_is_not_parted_beside_its_narrow_figures(text: str) -> None:
    for font in ("helv", "cour"):
        assert [word.text for word, _ in told([(text, text)], font)[0]] == [text]


@pytest.mark.parametrize(("printed", "read"), [("1", "I"), ("5IT", "SIT"), ("BC0", "BCO")])
def test_a_short_code_is_asked_about_though_it_was_surely_read_without_a_figure(printed: str, read: str) -> None:
    [[(_, claim)]] = told([(printed, read)], misread=0.93)
    assert claim is not None and claim.text == printed


def test_words_without_a_figure_that_were_read_surely_are_not_asked_about() -> None:
    assert claims([("BOLTS", "BOLTS")]) == [None]


def test_a_page_on_which_nothing_is_sure_says_nothing() -> None:
    grey = np.full((300, 600), 255, np.uint8)
    words = [Word("12", 0, (10, 10, 30, 20), 0.3)]
    assert read_type(grey, DPI, words) == [[(words[0], None)]]
