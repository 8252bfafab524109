"""Pictures of a PDF page: as a person sees it, and without its text."""

from __future__ import annotations

from typing import Any

import numpy as np

from extraction.formats.mupdf import pymupdf
from extraction.formats.scan import Pixels
from models.domain.evidence import Box

_mupdf = pymupdf.mupdf
_TEXT_CALLS = ("fill_text", "stroke_text")


def drawn_page(page: Any, scale: float, *, with_text: bool = True, box: Box | None = None) -> Pixels:
    """The upright page, or the part of it in `box` (points), in red, green and blue, `scale` dots a point; annotations and form
    fields included.

    Without text everything else is drawn in the same way: the painting device has its text functions taken out.
    """
    left, top, right, bottom = box or (0.0, 0.0, page.rect.width, page.rect.height)
    width, height = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    pixels = _mupdf.FzPixmap(_mupdf.FzColorspace(_mupdf.FzColorspace.Fixed_RGB), width, height, _mupdf.FzSeparations(), 0)
    _mupdf.fz_clear_pixmap_with_value(pixels, 255)
    device = _mupdf.fz_new_draw_device(_mupdf.FzMatrix(scale, 0, 0, scale, -left * scale, -top * scale), pixels)
    if not with_text:
        for call in _TEXT_CALLS:
            setattr(device.m_internal, call, None)
    _mupdf.fz_run_page(_mupdf.FzPage(page.this), device, _mupdf.FzMatrix(), _mupdf.FzCookie())
    _mupdf.fz_close_device(device)
    samples = np.frombuffer(_mupdf.fz_pixmap_samples_memoryview(pixels), dtype=np.uint8)
    return samples.reshape(height, width, 3).copy()          # the samples die with the pixmap
