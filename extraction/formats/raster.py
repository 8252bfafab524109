"""Picture files → upright pixels with square dots: TIFF, PNG, JPEG, HEIC, WebP, GIF, BMP, whatever colours and depth they use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin

from extraction.formats.scan import MOST_PIXELS, Pixels, pixels, quarter_turned, shrunk
from extraction.formats.sniff import is_heif
from models.errors import InputError

_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", WebPImagePlugin.WebPImageFile.format)
_FAX_WIDTH = 1728            # dots of a Group 3 fax line (ITU-T T.4); half as many lines as dots an inch in standard mode
_FINE_ENOUGH = 300.0         # dots per inch; coarser ones are brought up to the finer direction, never beyond this
_ORIENTATION = 0x0112        # EXIF and TIFF tag; 5 to 8 put the picture on its side
_REDUCED, _MASK = 1, 4       # bits of TIFF's NewSubfileType: a thumbnail of another page, a transparency mask
_REFUSED = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, RuntimeError)


@contextmanager
def opened(content: bytes) -> Iterator[Image.Image]:
    """The picture file, nothing decoded yet. Raises InputError damaged_document, also from what is done with it inside."""
    Image.MAX_IMAGE_PIXELS = None                    # we count ourselves, before anything is decoded
    try:
        with Image.open(BytesIO(content), formats=[_heif()] if is_heif(content) else _FORMATS) as image:
            yield image
    except _REFUSED as e:
        sentence = "The picture is damaged or cut off, so parts of it would be missing. Ask for a new copy."
        raise InputError(sentence, code="damaged_document") from e


_LAYERS = 3                       # frames a page may have: itself, a thumbnail, a mask


def _heif() -> str:
    """Loaded only for the phones that need it: its library is large."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return "HEIF"


def pages_of(image: Image.Image, most: int) -> list[int]:
    """The frames that are pages: all of a TIFF but thumbnails and masks, the first of everything else.

    Looking ends with one page more than `most`: a directory of ten thousand takes long to walk to its end.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return [0]
    found, seen = [], 0
    for number in range(_LAYERS * (most + 1)):
        try:
            image.seek(number)
        except EOFError:
            break
        seen += 1
        if not _subfile_type(image) & (_REDUCED | _MASK):
            found.append(number)
        if len(found) > most:
            break
    return found or list(range(seen))


def _subfile_type(image: Any) -> int:
    kind = image.tag_v2.get(254, 0)
    return kind if isinstance(kind, int) else 0


def unread_frames(image: Image.Image) -> int:
    """How many more pictures an animation or burst holds; what a JPEG carries beside its picture is its own preview."""
    return max(0, getattr(image, "n_frames", 1) - 1) if image.format in {"GIF", "PNG", "WEBP", "HEIF"} else 0


def page_pixels(image: Image.Image, frame: int, max_pixels: int, number: int) -> tuple[Pixels, float]:
    """A frame upright, with square dots, on white: grey, or red-green-blue; and its dots per inch, 0.0 when it does not say.

    Raises InputError too_many_pixels, before anything is decoded; `number` is the page's, for the sentence.
    """
    image.seek(frame)
    width, height = image.size
    if width * height > max_pixels:
        raise InputError(
            f"Page {number + 1} has {width} × {height} pixels; at most {max_pixels // 1_000_000} million are read. "
            "Ask for a smaller scan.", code="too_many_pixels")
    across, down = _resolution(image)
    orientation = image.getexif().get(_ORIENTATION, 1)
    if width * height > MOST_PIXELS:
        image.draft(None, (width // 2, height // 2))     # a JPEG may be decoded smaller at once; no other format minds
    image.load()
    found = _on_white(image)
    if not isinstance(image, TiffImagePlugin.TiffImageFile):       # Pillow turns these upright itself
        found = _upright(found, orientation)
    scale = max(found.shape[:2]) / max(width, height)
    if orientation in {5, 6, 7, 8}:
        across, down = down, across
    if across == 0.0:
        return found, 0.0
    dpi = max(across, min(down, _FINE_ENOUGH))
    x, y = dpi / across, dpi / down
    bound = min(1.0, (MOST_PIXELS / (found.shape[0] * found.shape[1] * x * y)) ** 0.5)
    return shrunk(_squared(found, x * bound, y * bound), dpi * scale * bound)


def _upright(found: Pixels, orientation: int) -> Pixels:
    """Follow the EXIF orientation (1–8): mirrored or not, then turned."""
    if orientation in {2, 4, 5, 7}:
        found = found[:, ::-1]
    return quarter_turned(found, {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}.get(orientation, 0))


def _squared(found: Pixels, x: float, y: float) -> Pixels:
    if x == y == 1.0:
        return found
    size = max(1, round(found.shape[1] * x)), max(1, round(found.shape[0] * y))
    return pixels(cv2.resize(found, size, interpolation=cv2.INTER_CUBIC if max(x, y) > 1 else cv2.INTER_AREA))


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down as stored; a ratio without a unit squares the dots too; (0, 0) when they make no sense."""
    stated = image.info.get("dpi") or image.info.get("resolution") or (0, 0)
    across, down = (float(v) for v in stated)
    width, height = image.size
    if image.mode == "1" and width == _FAX_WIDTH and height < 0.9 * width and across == down:
        return 204.0, 98.0
    if not (10 < across < 5000 and 10 < down < 5000 and 0.2 < across / down < 5):
        return 0.0, 0.0
    return across, down


def _on_white(image: Image.Image) -> Pixels:
    """Grey or red-green-blue, at most MOST_PIXELS of them."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in {"LA", "PA", "La", "RGBa", "RGBA"} or "transparency" in image.info:
        clear = _reduced(image if image.mode == "RGBA" else image.convert("RGBA"))
        return np.asarray(Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB"))
    if image.mode == "LAB":
        return np.asarray(_reduced(image.getchannel(0)))
    wanted = "L" if image.mode in {"1", "L"} else "RGB"
    return np.asarray(_reduced(image if image.mode == wanted else image.convert(wanted)))


def _reduced(image: Image.Image) -> Image.Image:
    """By whole numbers: it is a third of the memory of any other way, which matters here alone."""
    return image if image.width * image.height <= MOST_PIXELS else image.reduce(2)


def _eight_bits(image: Image.Image) -> Pixels:
    """Deep grey scaled so that its lightest dot is white: scanners of 10 or 12 bits do not fill the 16 they store."""
    deep: NDArray[Any] = np.asarray(image)
    if image.width * image.height > MOST_PIXELS:
        deep = deep[::2, ::2]
    deep = deep.astype(np.float32)
    lightest = float(deep.max())
    shades = pixels(cv2.convertScaleAbs(np.maximum(deep, 0), alpha=255 / lightest if lightest > 0 else 1.0))
    return pixels(255 - shades) if _is_white_zero(image) else shades


def _is_white_zero(image: Image.Image) -> bool:
    """Pillow inverts up to 8 bits, not 16 (TIFF tag PhotometricInterpretation)."""
    return isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(262) == 0
