"""0, O and Ø by their ink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pymupdf
import pytest

from extraction.formats.scan import pixels
from extraction.ocr.shapes import SHAPE, shape_claims
from models.domain.pages import Word

DPI = 300
Font = Literal["helv", "tiro"]


def said(rows: Sequence[tuple[str, str]], font: Font = "helv") -> list[str | None]:
    """What the ink of each row's first text, printed, says to a reader that read the second."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=20 + 20 * len(rows))
        for n, (printed, _) in enumerate(rows):
            page.insert_text((20, 30 + 20 * n), printed, fontname=font, fontsize=9)
        boxes = [word[:4] for word in page.get_text("words")]
        shown = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY, alpha=False)
        grey = pixels(np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.stride)[:, : shown.width].copy())
    claims = shape_claims(grey, DPI, [Word(read, 0, box, 0.95) for box, (_, read) in zip(boxes, rows, strict=True)])
    assert all(claim is None or claim.read_by == SHAPE for claim in claims)
    return [claim.text if claim else None for claim in claims]


KNOWN = [("100", "100"), ("4030", "4030"), ("20", "20"), ("ORDER", "ORDER"), ("COLOUR", "COLOUR"), ("ROHR", "ROHR")]


@pytest.mark.parametrize("font", ["helv", "tiro"])
@pytest.mark.parametrize(("printed", "read"), [
    ("Ø230", "0230"), ("DR-Ø10-HSS", "DR-010-HSS"), ("PO669858", "P0669858"), ("LU-SOVG46", "LU-S0VG46"), ("H07V-K", "HO7V-K"),
    ("GB000", "GBOOO")])
def test_what_stands_there_is_seen_by_its_shape(printed: str, read: str, font: Font) -> None:
    assert said([*KNOWN, (printed, read)], font)[-1] == printed


@pytest.mark.parametrize(("printed", "read"), [("Ø7.0", "@7.0"), ("DR-Ø10-HSS", "DR-@10-HSS")])
def test_a_sign_that_the_network_does_not_know_is_seen_behind_the_one_it_takes_it_for(printed: str, read: str) -> None:
    assert said([*KNOWN, (printed, read)])[-1] == printed


def test_the_sign_of_a_mail_address_is_left_alone() -> None:
    assert said([*KNOWN, ("order@10.example", "order@10.example")])[-1] is None


@pytest.mark.parametrize("text", ["Ø230", "DR-Ø10-HSS", "PO669858", "H07V-K", "0700"])
def test_what_was_read_rightly_is_confirmed(text: str) -> None:
    assert said([*KNOWN, (text, text)])[-1] == text


def test_a_number_without_letters_never_becomes_a_code() -> None:
    assert said([*KNOWN, ("1O0", "100"), ("O7", "07")])[-2:] == [None, None]


def test_a_page_without_zeros_to_measure_by_says_nothing() -> None:
    assert said([("100", "100"), ("PO669858", "P0669858")]) == [None, None]


def test_letters_that_run_together_say_nothing() -> None:
    rows = [*KNOWN, ("PO669858", "P066985")]                 # fewer letters read than stand there
    assert said(rows)[-1] is None
