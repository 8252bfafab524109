"""Fits the weights by which ink is told from print, on generated pages, and says how well they do on pages held back.

    python -m extraction.model.fit_ink --pages 8 [--write]

Pages of train layouts are fitted, pages of check layouts measured: marked in colour, marked in grey and on faxes, and unmarked.
The words of the page stand in for those OCR would read.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image

from extraction.formats.ink import FEATURES, INK_DPI, WEIGHTS_FILE, Piece, coloured_ink, inks_of, pieces_of
from extraction.formats.scan import Pixels, pixels, skew_of, turned
from extraction.inks import judged
from extraction.model.synth import generate, make_company
from extraction.model.synth.damage import damaged, draw_fax, draw_scan
from extraction.model.synth.ink import GREY, MARKS, PENS, Drawn, mark_page
from models.domain.evidence import Box, PageKind
from models.domain.pages import Ink, InkKind, Page, Word

Part = Literal["train", "check"]
_RIDGE = 1.0                 # keeps the weights small
_PRINT_WEIGHT = 4.0          # of a piece of print by that of a piece of ink: false alarms cost trust
_READ_WEIGHT = 0.3           # of print that its own words explain
_NOTHING = np.zeros((1, 1), np.uint8)
_FAX_EVERY = 3               # of the pages without colour


@dataclass(frozen=True, slots=True)
class Case:
    """A page with at most one mark (`drawn` in pixels at 150 dpi), as scanned, and its printed words."""

    name: str
    picture: Pixels
    drawn: Drawn | None
    words: tuple[Word, ...]


def cases(part: Part, count: int, seed: int) -> Iterator[Case]:
    """For each page: unmarked in colour, in grey, as a fax; and with every kind of mark in colour and without."""
    for number, (page, words) in enumerate(_pages(part, count, seed)):
        rng = random.Random(seed * 1000 + number)
        yield Case("clean colour", _colour_scan(page, rng, number), None, words)
        yield Case("clean grey", _grey_scan(page, rng, number, fax=False), None, words)
        yield Case("clean fax", _grey_scan(page, rng, number, fax=True), None, words)
        for place, mark in enumerate(MARKS):
            marked = page.copy()
            drawn = mark_page(marked, mark, rng.choice(list(PENS.values())), INK_DPI, rng)
            yield Case(f"colour {mark}", _colour_scan(marked, rng, number), drawn, words)
            marked = page.copy()
            drawn = mark_page(marked, mark, rng.choice([GREY, *PENS.values()]), INK_DPI, rng)
            yield Case(f"grey {mark}", _grey_scan(marked, rng, number, fax=place % _FAX_EVERY == 0), drawn, words)


def _pages(part: Part, count: int, seed: int) -> Iterator[tuple[Pixels, tuple[Word, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        for sample in generate(Path(folder), seed=seed, count=count, part=part, kinds=["pdf"], company=make_company(seed)):
            with pymupdf.open(sample.file) as document:
                page = document[0]
                drawn = page.get_pixmap(dpi=round(INK_DPI), alpha=False)
                picture = np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width, 3).copy()
                yield picture, tuple(Word(w[4], 0, (w[0], w[1], w[2], w[3])) for w in page.get_text("words"))


def _colour_scan(page: Pixels, rng: random.Random, seed: int) -> Pixels:
    height, width = page.shape[:2]
    crooked = cv2.warpAffine(
        page, cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1.2, 1.2), 1.0), (width, height),
        borderValue=(255, 255, 255))
    soft = cv2.GaussianBlur(crooked, (0, 0), rng.choice((0.4, 0.7, 1.0)))
    grain = np.random.default_rng(seed).standard_normal(soft.shape, dtype=np.float32) * rng.choice((2, 5, 9))
    tint = np.array(rng.choice(((1, 1, 1), (0.98, 0.97, 0.92), (0.94, 0.95, 0.97))))
    buffer = io.BytesIO()
    Image.fromarray(np.clip(soft * tint + grain, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=rng.randrange(55, 92))
    scanned = np.asarray(Image.open(buffer))
    return turned(scanned, skew_of(pixels(cv2.cvtColor(scanned, cv2.COLOR_RGB2GRAY))))


def _grey_scan(page: Pixels, rng: random.Random, seed: int, *, fax: bool) -> Pixels:
    damage = draw_fax(rng) if fax else draw_scan(rng)
    dpi = round(INK_DPI)
    damage = replace(damage, dpi=(dpi, dpi), turned=0, stamp=False, keystone=0.0)
    height, width = page.shape[:2]
    with pymupdf.open() as document:
        sheet = document.new_page(width=width * 72 / dpi, height=height * 72 / dpi)
        sheet.insert_image(sheet.rect, pixmap=pymupdf.Pixmap(pymupdf.csRGB, width, height, page.tobytes(), False))
        scanned = Image.open(io.BytesIO(damaged(document.tobytes(), damage, seed, "png")))
    grey = np.asarray(scanned.convert("L"))
    return turned(grey, skew_of(grey))


def fit(found: Sequence[tuple[Case, list[Piece]]]) -> NDArray[np.float64]:
    """Bias and weights: a logistic regression by Newton's method."""
    marks = [(p, _is_drawn(p, case.drawn), case) for case, pieces in found for p in pieces]
    x = np.array([(1.0, *p.features) for p, _, _ in marks])
    y = np.array([float(drawn) for _, drawn, _ in marks])
    weight = np.array([1.0 if drawn else _READ_WEIGHT if _is_read(p, case) else _PRINT_WEIGHT for p, drawn, case in marks])
    solution = np.zeros(x.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-(x @ solution)))
        slope = x.T @ (weight * (y - chance)) - _RIDGE * solution
        bend = x.T @ (x * (weight * chance * (1 - chance) + 1e-9)[:, None]) + _RIDGE * np.eye(len(solution))
        step = np.linalg.solve(bend, slope)
        solution = solution + step
        if float(np.abs(step).max()) < 1e-6:
            break
    return np.asarray(solution, np.float64)


def _is_read(piece: Piece, case: Case) -> bool:
    """True for print that its words will explain."""
    left, top, right, bottom = (v * 72 / INK_DPI for v in piece.box)
    page = Page(0, PageKind.PAPER, 1.0, 1.0, case.words, inks=(Ink(InkKind.HANDWRITING, (left, top, right, bottom)),))
    return not judged(page)[0].inks


def _is_drawn(piece: Piece, drawn: Drawn | None) -> bool:
    if drawn is None:
        return False
    (a, b, c, d), (e, f, g, h) = piece.box, drawn.box
    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
    return shared >= 0.5 * (c - a) * (d - b)


def shares(all_cases: Iterable[Case], weights: NDArray[np.float64]) -> Mapping[str, float]:
    """For each kind of case the share in which ink is reported where the mark is; for unmarked pages: reported at all."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for case in all_cases:
        height, width = case.picture.shape[:2]
        seen = inks_of(case.picture, weights)
        page = Page(0, PageKind.PAPER, width * 72 / INK_DPI, height * 72 / INK_DPI, case.words, inks=seen)
        boxes = [ink.box for ink in judged(page)[0].inks]
        hit = bool(boxes) if case.drawn is None else any(_overlaps(box, case.drawn) for box in boxes)
        for name in {case.name, case.name if case.drawn is None else f"{case.name.split()[0]} all"}:
            hits[name].append(hit)
    return {name: sum(found) / len(found) for name, found in sorted(hits.items())}


def _overlaps(box: Box, drawn: Drawn) -> bool:
    """By three tenths of the shorter, each way."""
    left, top, right, bottom = (v * 72 / INK_DPI for v in drawn.box)
    across, down = min(right, box[2]) - max(left, box[0]), min(bottom, box[3]) - max(top, box[1])
    return across > 0.3 * min(right - left, box[2] - box[0]) and down > 0.3 * min(bottom - top, box[3] - box[1])


def main() -> None:
    """Fit, measure, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=7, help="pages of each part; every page gives 17 cases")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--write", action="store_true", help=f"replace {WEIGHTS_FILE.name}")
    asked = parser.parse_args()
    training = cases("train", asked.pages, asked.seed)
    weights = fit([(replace(case, picture=_NOTHING), pieces_of(case.picture, coloured_ink(case.picture))) for case in training])
    for name, share in shares(cases("check", asked.pages, asked.seed + 1), weights).items():
        sys.stdout.write(f"{name:24} {share:.2f}\n")
    if asked.write:
        stored: dict[str, Any] = {
            "bias": round(float(weights[0]), 4),
            "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights[1:], strict=True)}}
        WEIGHTS_FILE.write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main()
