"""A picture of goods, small and without anything that is not seen. Runs inside the sandbox."""

from __future__ import annotations

from extraction.formats.raster import opened, page_pixels
from extraction.formats.scan import png, scaled

MOST_PIXELS = 100_000_000


def thumbnail(content: bytes, side: int) -> bytes:
    """The first picture of a file as PNG, upright, its longer side at most so many pixels. Raises InputError for what is none."""
    with opened(content) as image:
        colours, _ = page_pixels(image, 0, MOST_PIXELS, 0)
    scale = min(1.0, side / max(colours.shape[:2]))
    return png(scaled(colours, scale, scale))
