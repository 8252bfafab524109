"""How well pictures are read: generated pages of six grades of paper, our readers beside the bare libraries in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import cv2

from bench.calibration import calibration_error
from bench.ocr_pages import Part, TruthPage, pages
from bench.ocr_score import Tally, judge
from bench.rows import Row
from extraction.model.synth.damage import PAPERS
from extraction.ocr.picture import grey_of
from extraction.ocr.server import load_engine
from models.domain.pages import PageImage, Word

Read = Callable[[PageImage], Sequence[Word]]
BASELINE = "bare rapidocr"
_MEASURES: tuple[tuple[str, str, Callable[[Tally], float]], ...] = (
    ("character errors", "rate", lambda t: t.cer),
    ("numbers right", "share", lambda t: t.num),
    ("words right in place", "share", lambda t: t.recall),
    ("calibration error", "ECE", lambda t: t.calibration_error),
    ("CPU", "s/page", lambda t: t.seconds / max(t.pages, 1)),
)


def _ours(engine: str) -> Read:
    reader = load_engine(engine)
    return lambda image: reader.read(image).words


def _bare_tesseract() -> Read:
    """Tesseract as it comes: no picture care, page layout by itself."""
    import tesserocr

    from extraction.ocr.tessdata import best_network

    folder, network = best_network()
    api = tesserocr.PyTessBaseAPI(path=str(folder), lang=network, oem=tesserocr.OEM.LSTM_ONLY)

    def read(image: PageImage) -> list[Word]:
        api.SetImageBytes(image.pixels, image.width, image.height, 1, image.width)
        api.SetSourceResolution(round(image.dpi))
        api.Recognize()
        level, points = tesserocr.RIL.WORD, 72 / image.dpi
        found = []
        for part in tesserocr.iterate_level(api.GetIterator(), level):
            if (box := part.BoundingBox(level)) and (text := (part.GetUTF8Text(level) or "").strip()):
                left, top, right, bottom = (v * points for v in box)
                found.append(Word(text, image.page, (left, top, right, bottom), part.Confidence(level) / 100))
        return found

    return read


def _bare_rapidocr() -> Read:
    """RapidOCR as it comes; its runs are cut at blanks, by the number of letters."""
    from rapidocr import RapidOCR

    reader = RapidOCR(params={"Global.log_level": "critical"})

    def read(image: PageImage) -> list[Word]:
        found: Any = reader(cv2.cvtColor(grey_of(image), cv2.COLOR_GRAY2BGR))
        runs = zip(found.boxes, found.txts, found.scores, strict=True) if found.boxes is not None else ()
        return [word for box, text, score in runs for word in _pieces(box, text, float(score), image)]

    return read


def _pieces(corners: Iterable[Sequence[float]], text: str, score: float, image: PageImage) -> Iterable[Word]:
    points = [(float(x) * 72 / image.dpi, float(y) * 72 / image.dpi) for x, y in corners]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    wide, at = (right - left) / max(len(text), 1), 0
    for piece in text.split():
        at = text.index(piece, at)
        yield Word(piece, image.page, (left + at * wide, top, left + (at + len(piece)) * wide, bottom), score)
        at += len(piece)


READERS: dict[str, Callable[[], Read]] = {
    "bare tesseract": _bare_tesseract,
    BASELINE: _bare_rapidocr,
    "tesseract": lambda: _ours("tesseract"),
    "rapid": lambda: _ours("rapid"),
    "accurate": lambda: _ours("accurate"),
}
"""The light profile is our tesseract."""


def run(
    *, count: int, seed: int, part: Part = "check", grades: Sequence[str] = PAPERS, readers: Sequence[str] = (),
    least_type: float = 0.0,
) -> list[Row]:
    """Every reader on `count` pages of every grade, usual type of at least `least_type` points; each figure of numbers and of
    calibration also by the size of the type. Raises KeyError for a grade or reader that does not exist.
    """
    drawn = list(pages(count=count, seed=seed, part=part, grades=grades, least_type=least_type))
    tallies = {name: measure(READERS[name](), drawn) for name in readers or READERS}
    rows = []
    for grade in grades:
        for name, tally in tallies.items():
            for what, unit, figure in _MEASURES:
                beside = (figure(tallies[BASELINE][grade]), BASELINE) if BASELINE in tallies and name != BASELINE else ()
                rows.append(Row(f"{grade} {name}: {what}", figure(tally[grade]), unit, *beside))
            rows += _by_size(f"{grade} {name}", tally[grade])
    return rows


def _by_size(case: str, tally: Tally) -> Iterable[Row]:
    for size, sized in tally.sizes.items():
        if sized.numbers:
            yield Row(f"{case}, {size}: {sized.numbers} numbers right", sized.numbers_right / sized.numbers, "share")
            yield Row(f"{case}, {size}: calibration error", calibration_error(sized.judged), "ECE")


def measure(read: Read, drawn: Iterable[TruthPage]) -> dict[str, Tally]:
    """A tally for each grade."""
    tallies: dict[str, Tally] = {}
    for number, page in enumerate(drawn):
        if number == 0:
            read(page.image)              # warm
        begun = time.process_time()
        words = read(page.image)
        judge(tallies.setdefault(page.grade, Tally()), page.words, words, time.process_time() - begun)
    return tallies
