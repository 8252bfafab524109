"""Tesseract as a program, for machines without tesserocr: it starts anew for every page, at twice the CPU.

Pixels go in and a table comes out through pipes; no file is written.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator

from extraction.ocr.engine import PictureText
from extraction.ocr.paper import Pixels
from extraction.ocr.runs import read_page
from extraction.ocr.tessdata import best_network, is_smudge, spelled
from models.domain.pages import PageImage, Word

_LONGEST_S = 60


class TesseractProgram:
    """Starts `tesseract` for each picture. Raises ImportError without the program or language data."""

    name = "tesseract"
    runs_programs = True

    def __init__(self, *, mounted: bool = False) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise ImportError("neither tesserocr nor the program tesseract is installed")
        folder, network = best_network()
        self._mounted = mounted
        self._command = [program, "stdin", "stdout", "--tessdata-dir", str(folder), "-l", network, "--psm", "6", "--oem", "1",
                         "-c", "tessedit_create_tsv=1"]

    def read(self, image: PageImage) -> PictureText:
        """Words in reading order with Tesseract's own confidence, and the ruling lines."""
        return read_page(image, self._words, self.name, mounted=self._mounted)

    def _words(self, grey: Pixels, dpi: float, page: int) -> Iterator[Word]:
        height, width = grey.shape
        picture = f"P5\n{width} {height}\n255\n".encode() + grey.tobytes()            # PGM: the pixels behind a line of sizes
        done = subprocess.run(  # noqa: S603 - fixed words and a program of the system
            [*self._command, "--dpi", str(round(dpi))], input=picture, capture_output=True, timeout=_LONGEST_S, check=True)
        points = 72 / dpi
        for row in csv.DictReader(io.StringIO(done.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
            text = spelled(row["text"] or "")
            confidence = max(0.0, min(1.0, float(row["conf"]) / 100))
            if not is_smudge(text, confidence):
                left, top = float(row["left"]), float(row["top"])
                right, bottom = left + float(row["width"]), top + float(row["height"])
                yield Word(text, page, (left * points, top * points, right * points, bottom * points), round(confidence, 4))
