"""What a fax makes of a page: crooked paper is cut into dots, not dots made crooked."""

from __future__ import annotations

import io

import numpy as np
import pymupdf
from PIL import Image

from extraction.model.synth.damage import Damage, damaged

LEFT, RIGHT = 160, 1500           # dots that the rule spans on a fax line, wherever it is turned to


def test_a_crooked_thin_rule_stays_whole_on_a_standard_fax() -> None:
    damage = Damage("fax", (204, 98), 1.0, 0.5, 0.0, 0.0, 0, 0, 0, 150, False, 0.0, 0, False, False)
    with pymupdf.open() as document:
        document.new_page().draw_line((50, 300), (545, 300), width=0.6)
        fax = Image.open(io.BytesIO(damaged(document.tobytes(), damage, 1, "tiff")))
    assert fax.mode == "1"
    assert fax.size == (round(595 * 204 / 72), round(842 * 98 / 72))
    inked = ~np.asarray(fax).all(axis=0)
    assert inked[LEFT:RIGHT].all()
