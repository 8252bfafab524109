"""Every kind of picture file gives the same page: compression, depth, colours, orientation and dots are its own business."""

from __future__ import annotations

import io
import struct

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw

from extraction.formats.image import parse_image
from extraction.formats.options import ParseOptions
from extraction.formats.sniff import sniff
from models.domain.pages import PageImage, Parsed, SourceFormat
from models.errors import InputError

pillow_heif.register_heif_opener()
WIDTH, HEIGHT = 300, 424


def _page(mode: str = "L", mark: str = "top left") -> Image.Image:
    """Rows of words, and a block in one corner that tells how the page lies."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    for y in range(75, HEIGHT - 30, 15):
        for x in range(30, WIDTH - 50, 35):
            draw.rectangle((x, y, x + 24, y + 5), fill=0)
    draw.rectangle((20, 20, 100, 45), fill=0)
    return image.convert(mode)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _parsed(content: bytes, **limits: int) -> Parsed:
    assert sniff(content) is SourceFormat.IMAGE
    return parse_image(content, ParseOptions(**limits)).parsed


def _pixels(image: PageImage) -> np.ndarray:
    return np.frombuffer(image.pixels, np.uint8).reshape(image.height, image.width)


def _assert_is_page(content: bytes) -> None:
    (image,) = _parsed(content).images
    assert (image.width, image.height) == (WIDTH, HEIGHT)
    assert float(np.abs(_pixels(image).astype(float) - np.asarray(_page(), dtype=float)).mean()) < 6


KINDS: dict[str, bytes] = {
    "tiff g3": _saved(_page("1"), "TIFF", compression="group3", dpi=(100, 100)),
    "tiff g4": _saved(_page("1"), "TIFF", compression="group4", dpi=(100, 100)),
    "tiff lzw": _saved(_page("RGB"), "TIFF", compression="tiff_lzw"),
    "tiff deflate": _saved(_page("P"), "TIFF", compression="tiff_adobe_deflate"),
    "tiff packbits": _saved(_page(), "TIFF", compression="packbits"),
    "tiff jpeg": _saved(_page("RGB"), "TIFF", compression="jpeg"),
    "tiff cmyk": _saved(_page("CMYK"), "TIFF", compression="tiff_lzw"),
    "tiff lab": _saved(_page("RGB").convert("L").convert("RGB"), "TIFF"),
    "big tiff": _saved(_page(), "TIFF", big_tiff=True),
    "png palette with transparent paper": _saved(_page("P"), "PNG", transparency=255),
    "png 16 bit": _saved(Image.fromarray(np.asarray(_page(), dtype=np.uint16) * 257), "PNG"),
    "png grey and alpha": _saved(_page("LA"), "PNG"),
    "jpeg progressive": _saved(_page("RGB"), "JPEG", progressive=True, quality=90),
    "jpeg cmyk": _saved(_page("CMYK"), "JPEG", quality=90),
    "heic": _saved(_page("RGB"), "HEIF", quality=90),
    "webp": _saved(_page("RGB"), "WEBP", quality=90),
    "webp lossless with alpha": _saved(_page("RGBA"), "WEBP", lossless=True),
    "gif": _saved(_page("P"), "GIF"),
    "bmp": _saved(_page("RGB"), "BMP"),
    "bmp one bit": _saved(_page("1"), "BMP"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_page(kind: str) -> None:
    _assert_is_page(KINDS[kind])


def _tiff(tags: list[tuple[int, int, int, int]], strips: bytes) -> bytes:
    """A little-endian TIFF of one page: (tag, type, count, value), then the pixels (TIFF 6.0, section 2)."""
    head = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(
        struct.pack("<HHII", tag, kind, count, head if tag == 273 else value) for tag, kind, count, value in sorted(tags))
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + bytes(4) + strips


def _plain_tags(bits: int, photometric: int, size: int) -> list[tuple[int, int, int, int]]:
    return [(256, 4, 1, WIDTH), (257, 4, 1, HEIGHT), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, photometric),
            (273, 4, 1, 0), (277, 3, 1, 1), (278, 4, 1, HEIGHT), (279, 4, 1, size)]


@pytest.mark.parametrize(("bits", "photometric"), [(8, 0), (8, 1), (16, 0), (16, 1)])
def test_black_is_black_whichever_way_the_file_counts(bits: int, photometric: int) -> None:
    grey = np.asarray(_page())
    stored = grey if photometric == 1 else 255 - grey
    raw = (stored.astype(np.uint16) * 257).tobytes() if bits == 16 else stored.tobytes()
    _assert_is_page(_tiff(_plain_tags(bits, photometric, len(raw)), raw))


def test_colour_planes_one_after_the_other() -> None:
    plane = np.asarray(_page()).tobytes()
    tags = [t for t in _plain_tags(8, 2, 0) if t[0] not in {258, 273, 277, 279}]
    head = 8 + 2 + 12 * (len(tags) + 5) + 4
    lists = struct.pack("<3H", 8, 8, 8) + b"\x00\x00" + struct.pack("<3I", *(len(plane),) * 3)
    at = head + len(lists) + 12
    lists += struct.pack("<3I", *(at + n * len(plane) for n in range(3)))
    tags += [(258, 3, 3, head), (277, 3, 1, 3), (279, 4, 3, head + 8), (284, 3, 1, 2), (273, 4, 3, head + 20)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    _assert_is_page(b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + bytes(4) + lists + plane * 3)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_tag_is_followed(orientation: int, kind: str) -> None:
    """The file holds the page as the camera was held; read, it stands as in the world."""
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}[orientation]
    held = _page("RGB") if undo is None else _page("RGB").transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    _assert_is_page(_saved(held, kind, exif=exif, **options))


@pytest.mark.parametrize(("across", "down", "wider", "higher", "dpi"), [
    (204, 98, 1, 204 / 98, 204), (204, 196, 1, 204 / 196, 204), (98, 204, 204 / 98, 1, 204), (150, 600, 2, 0.5, 300)])
def test_dots_are_made_square(across: int, down: int, wider: float, higher: float, dpi: float) -> None:
    large = _page("1").resize((3 * WIDTH, 3 * HEIGHT))
    (image,) = _parsed(_saved(large, "TIFF", compression="group4", dpi=(across, down))).images
    assert image.width == pytest.approx(3 * WIDTH * wider, abs=1)
    assert image.height == pytest.approx(3 * HEIGHT * higher, abs=1)
    assert image.dpi == pytest.approx(dpi, abs=1)


def test_a_fax_turned_by_its_tag_is_squared_the_right_way() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = _page("1").transpose(Image.Transpose.ROTATE_90)
    (image,) = _parsed(_saved(turned, "TIFF", compression="group4", dpi=(204, 98), exif=exif)).images
    assert (image.width, image.height) == (pytest.approx(WIDTH * 204 / 98, abs=1), HEIGHT)


def test_thumbnails_in_a_tiff_are_no_pages() -> None:
    small = _page().resize((WIDTH // 5, HEIGHT // 5))
    small.encoderinfo = {"tiffinfo": {254: 1}}                # NewSubfileType: a reduced picture of another page
    parsed = _parsed(_saved(_page(), "TIFF", save_all=True, append_images=[small, _page()]))
    assert [p.number for p in parsed.pages] == [0, 1]
    assert [i.width for i in parsed.images] == [WIDTH, WIDTH]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_moving_pictures_the_first_is_read_and_the_others_are_reported(kind: str) -> None:
    other = Image.new("RGB", (WIDTH, HEIGHT), "white")
    content = _saved(_page("RGB"), kind, save_all=True, append_images=[other], duration=100)
    parsed = _parsed(content)
    assert len(parsed.pages) == 1
    assert [(p.code, p.page) for p in parsed.problems] == [("other_pictures_unread", 0)]
    assert "2 pictures" in parsed.problems[0].message


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_off_is_refused_not_half_read(kind: str, share: float) -> None:
    content = KINDS[kind][: int(len(KINDS[kind]) * share)]
    with pytest.raises(InputError) as caught:
        parse_image(content, ParseOptions())
    assert caught.value.code == "damaged_document"


def test_a_damaged_page_of_many_is_blank_with_a_problem_and_the_others_count() -> None:
    pages = [_page(), _page(), _page()]
    content = bytearray(_saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate"))
    with Image.open(io.BytesIO(bytes(content))) as image:
        image.seek(1)
        at = image.tag_v2[273][0]
    content[at : at + 40] = b"\xff" * 40
    parsed = _parsed(bytes(content))
    assert [p.number for p in parsed.pages] == [0, 1, 2]
    assert [i.page for i in parsed.images] == [0, 2]
    assert [(p.code, p.page) for p in parsed.problems] == [("damaged_page", 1)]


def test_a_letter_that_begins_with_bm_is_no_bitmap() -> None:
    assert sniff(b"BM Pumps asks for 12 valves, please deliver by Friday.") is SourceFormat.TEXT
