"""Pens and stamps are seen on pictures of pages; print, rules, logos and holes are not taken for them."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extraction.formats.ink import find_inks
from extraction.formats.scan import turned
from extraction.model.synth.ink import GREY, MARKS, PENS, STAMPS, Mark, mark_page
from models.domain.evidence import Box
from models.domain.pages import InkKind

DPI = 150.0


def _page() -> np.ndarray:
    """A typed order on A4, ruled, with a heading and a coloured mark of the sender."""
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    small = ImageFont.load_default(20)
    draw.rectangle((100, 80, 180, 150), fill=(170, 30, 60))
    draw.text((200, 90), "Larkspur Fittings", font=ImageFont.load_default(34), fill=(170, 30, 60))
    for n in range(15):
        y = 300 + 80 * n
        draw.text((110, y), f"{n + 1}   HX-{1000 + 37 * n}   bolt M{n}   {7 * n + 1} pcs   {n}.45 EUR", font=small, fill=20)
        draw.line((100, y + 30, 1140, y + 30), fill=0, width=2)
    draw.ellipse((20, 600, 60, 640), fill=(60, 60, 60))               # a punch hole
    return np.asarray(image).copy()


def _scanned(page: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 4, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.7) * 0.97 + noise, 0, 255).astype(np.uint8)


def _overlaps(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _is_found(mark: Mark, colour: tuple[int, int, int], seed: int, *, grey: bool) -> bool:
    page = _page()
    drawn = mark_page(page, mark, colour, DPI, random.Random(seed))
    scanned = _scanned(page, seed)
    inks = find_inks(cv2.cvtColor(scanned, cv2.COLOR_RGB2GRAY) if grey else scanned, DPI)
    place: Box = tuple(v * 72 / DPI for v in drawn.box)
    return any(_overlaps(ink.box, place) for ink in inks)


def test_nearly_every_coloured_mark_is_found_where_it_is() -> None:
    assert sum(_is_found(mark, PENS["blue"], seed, grey=False) for seed, mark in enumerate(MARKS)) >= len(MARKS) - 1


def test_most_marks_are_found_without_their_colour() -> None:
    assert sum(_is_found(mark, GREY, seed, grey=True) for seed, mark in enumerate(MARKS)) >= 0.7 * len(MARKS)


@pytest.mark.parametrize("mark", sorted(STAMPS))
def test_a_frame_makes_it_a_stamp(mark: Mark) -> None:
    page = np.full((1754, 1240, 3), 255, np.uint8)
    mark_page(page, mark, PENS["red"], DPI, random.Random(1))
    assert {ink.kind for ink in find_inks(page, DPI)} == {InkKind.STAMP}


def test_print_rules_a_logo_and_a_hole_are_no_ink() -> None:
    """The heading may look written; the words read there explain it (extraction.inks)."""
    scanned = _scanned(_page(), 3)
    heading = (0.0, 30.0, 600.0, 80.0)
    for picture in (scanned, cv2.cvtColor(scanned, cv2.COLOR_RGB2GRAY)):
        assert all(ink.box[3] < heading[3] and ink.kind is InkKind.HANDWRITING for ink in find_inks(picture, DPI))


def test_boxes_are_those_of_the_straightened_page() -> None:
    page = np.full((1754, 1240, 3), 255, np.uint8)
    drawn = mark_page(page, "signature", PENS["blue"], DPI, random.Random(2))
    (ink,) = find_inks(turned(page, 3.0), DPI, skew=-3.0)
    assert ink.box == pytest.approx([v * 72 / DPI for v in drawn.box], abs=9)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_an_even_page_bears_nothing(shade: int) -> None:
    assert find_inks(np.full((400, 300), shade, np.uint8), 100.0) == ()


def test_a_shaded_band_that_a_fax_turned_into_dots_is_no_writing() -> None:
    page = cv2.cvtColor(_page(), cv2.COLOR_RGB2GRAY)
    page[280:312, 100:1140] = np.minimum(page[280:312, 100:1140], 150)
    fax = np.where(page + np.random.default_rng(3).normal(0, 10, page.shape) < 150, 0, 255).astype(np.uint8)
    assert not [ink for ink in find_inks(fax, DPI) if _overlaps(ink.box, (48.0, 134.0, 548.0, 150.0))]
