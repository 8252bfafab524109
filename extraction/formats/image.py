"""PNG, JPEG and TIFF (also with many pages) → pages without words and the pixels OCR will read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from extraction.formats.options import ParseOptions, Portion, RenderOptions
from extraction.formats.scan import Pixels, page_image, png, quarter_turned, scaled, shrunk, skew_of, turned
from models.domain.evidence import PageKind
from models.domain.pages import Page, PageImage, Parsed, SourceFormat
from models.errors import InputError

_FORMATS = ("PNG", "JPEG", "TIFF")
_LONG_SIDE = 11.69           # inches of an A4 sheet: taken where the file's own resolution makes no sense
_FAX_WIDTH = 1728            # dots of a Group 3 fax line (ITU-T T.4); half as many lines as dots an inch in standard mode


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None                    # we count ourselves, before anything is decoded
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            yield image
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as e:
        raise InputError("The picture is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def parse_image(content: bytes, options: ParseOptions) -> Portion:
    """Pages from `options.first_page` on. Raises InputError: damaged_document, too_many_pixels, too_many_pages."""
    with _opened(content) as image:
        count = getattr(image, "n_frames", 1)
        if count > options.max_pages:
            raise InputError(
                f"The picture file has {count} pages; at most {options.max_pages} are read.", code="too_many_pages")
        images: list[PageImage] = []
        for number in range(options.first_page, count):
            if images and sum(len(i.pixels) for i in images) >= options.image_budget:
                break
            frame, dpi = _frame(image, number, options.max_pixels)
            images.append(page_image(number, np.asarray(frame.convert("L")), dpi))
        after = options.first_page + len(images)
        pages = tuple(Page(i.page, PageKind.PAPER, i.width * 72 / i.dpi, i.height * 72 / i.dpi, ()) for i in images)
        return Portion(Parsed(SourceFormat.IMAGE, pages, tuple(images)), after if after < count else None)


def _frame(image: Image.Image, number: int, max_pixels: int) -> tuple[Image.Image, float]:
    """One page upright, with square pixels, on white; and its dots per inch."""
    image.seek(number)
    width, height = image.size
    if width * height > max_pixels:
        raise InputError(
            f"Page {number + 1} has {width} × {height} pixels; at most {max_pixels // 1_000_000} million are read. "
            "Ask for a smaller scan.", code="too_many_pixels")
    across, down = _resolution(image)
    frame = ImageOps.exif_transpose(_on_white(image))
    if across != down:
        frame = frame.resize((frame.width, round(frame.height * across / down)))
    longest = max(frame.size) / across
    return frame, across if 4 <= longest <= 24 else max(frame.size) / _LONG_SIDE


def _resolution(image: Image.Image) -> tuple[float, float]:
    across, down = (float(v) for v in image.info.get("dpi", (0, 0)))
    if image.mode == "1" and image.width == _FAX_WIDTH and image.height < 0.9 * image.width and across == down:
        return 204.0, 98.0
    if not (10 < across < 5000 and 10 < down < 5000 and 0.2 < across / down < 5):
        return 1.0, 1.0
    return across, down


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        deep = np.asarray(image, dtype=np.float64)
        return Image.fromarray((deep / max(deep.max(), 1.0) * 255).astype(np.uint8))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image.convert("L" if image.mode == "1" else "RGB")


def render_image(content: bytes, options: RenderOptions) -> bytes:
    """One page as PNG, straightened as `parse_image` straightened it. Raises InputError page_not_found."""
    with _opened(content) as image:
        if not 0 <= options.page < getattr(image, "n_frames", 1):
            raise InputError(f"The document has no page {options.page + 1}.", code="page_not_found")
        frame, dpi = _frame(image, options.page, options.max_pixels)
        grey, _ = shrunk(np.asarray(frame.convert("L")), dpi)
        colours: Pixels = np.asarray(frame.convert("RGB"))
        scale = min(1.0, options.dpi / dpi)
        return png(quarter_turned(turned(scaled(colours, scale, scale), skew_of(grey)), options.turn))
