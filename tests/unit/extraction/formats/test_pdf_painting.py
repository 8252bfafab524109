"""What is known of a PDF page from its contents alone, and what only its picture tells."""

from __future__ import annotations

import pytest

from extraction.formats.pdf_painting import Painting, State, painting

_TEXT = b"BT /F1 11 Tf 60 150 Td (It costs 4 w and 3 gs \\(W\\)) Tj ET "


def _of(contents: bytes) -> Painting | None:
    return painting(contents, {b"Solid": State(), b"Thin": State(.5), b"Thick": State(9)}.get)


@pytest.mark.parametrize(("contents", "known"), [
    (_TEXT, Painting()),
    (b"q 0 0 .4 rg 55 145 80 18 re f Q 1 0 0 1 20 30 cm 0.5 w 1 2 m 3 4 l S " + _TEXT, Painting()),
    (b"/Solid gs .24 0 0 -.24 0 842 cm " + _TEXT, Painting()),
    (b"q 80 0 0 18 55 145 cm /I Do Q " + _TEXT, Painting(draws=True)),
    (b"q /Thick gs Q 5 w /Thin gs 0 0 m 9 9 l S " + _TEXT, Painting()),
    (b"/C cs .2 scn " + _TEXT, Painting()),
    (b"0 Tr " + _TEXT, Painting()),
    (b"q 10 20 30 40 re W n " + _TEXT + b"Q", Painting(clips=((10, 20, 40, 60),))),
    (b"q 2 0 0 -2 5 100 cm q 10 20 30 40 re W* n Q Q 1 1 2 2 re W n " + _TEXT, Painting(clips=((25, -20, 85, 60), (1, 1, 3, 3)))),
    (b"q 0 1 -1 0 0 0 cm 10 20 30 40 re W n Q " + _TEXT, Painting(clips=((-60, 10, -20, 40),))),
    (b"q 4 0 0 4 0 0 cm .5 w 0 0 m 9 9 l S Q " + _TEXT, Painting()),
])
def test_what_is_harmless_is_known_with_its_clips(contents: bytes, known: Painting) -> None:
    assert _of(contents) == known


@pytest.mark.parametrize("contents", [
    b"/Other gs ", b"/Thick gs 0 0 m 9 9 l S ", b"/S sh ", b"/P scn ", b"3 Tr ", b"BI /W 1 ID x EI ",
    b"4 w 0 0 m 9 9 l S ", b"4 0 0 4 0 0 cm 1 w 0 0 m 9 9 l S ",
    b"0 0 m 9 0 l 9 9 l h W n ", b"1 1 2 2 re 3 3 4 4 re W n ", b"1 1 2 2 re W 3 3 4 4 re f ", b"1 1 2 re W n ",
    b"1 1 0 1 0 0 cm 1 1 2 2 re W n ", b"q 1 1 2 2 re % 0 0 400 300 re\nW n ", b"/Solid gs foo ", b"/Solid gs (((deep))) Tj ",
    b"/Solid gs (open ", b"/Solid gs " + 300 * b"q ", b"/Solid gs " + 20_000 * b"0 0 m ",
])
def test_whatever_else_is_left_to_the_picture(contents: bytes) -> None:
    assert _of(contents + _TEXT) is None
