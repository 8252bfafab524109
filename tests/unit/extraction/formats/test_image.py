"""Pictures: upright, square, straight, bounded; the same for reading and for the screen."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from extraction.formats.image import parse_image, render_image
from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.scan import skew_of, turned
from models.domain.pages import PageImage
from models.errors import InputError


def _page(width: int = 850, height: int = 1100, mode: str = "L") -> Image.Image:
    """White with rows of dark words, like a page of text."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for y in range(100, height - 100, 40):
        for x in range(80, width - 120, 90):
            draw.rectangle((x, y, x + 60, y + 14), fill=20)
    return image.convert(mode)


def _bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _images(content: bytes, **limits: int) -> tuple[PageImage, ...]:
    return parse_image(content, ParseOptions(**limits)).parsed.images


def _pixels(image: PageImage) -> np.ndarray:
    return np.frombuffer(image.pixels, np.uint8).reshape(image.height, image.width)


_KINDS = [("PNG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("JPEG", "RGB"), ("TIFF", "1"), ("TIFF", "CMYK")]


@pytest.mark.parametrize(("kind", "mode"), _KINDS)
def test_every_kind_of_picture_becomes_the_same_grey_page(kind: str, mode: str) -> None:
    (image,) = _images(_bytes(_page(mode=mode), kind, dpi=(100, 100)))
    assert (image.width, image.height, image.dpi) == (850, 1100, pytest.approx(100, abs=0.1))
    assert float(np.abs(_pixels(image).astype(float) - np.asarray(_page(), dtype=float)).mean()) < 12


def test_transparency_is_paper_not_ink() -> None:
    (image,) = _images(_bytes(Image.new("RGBA", (200, 300), (0, 0, 0, 0))))
    assert _pixels(image).min() == 255


def test_sixteen_bit_grey_keeps_its_contrast() -> None:
    deep = Image.fromarray(np.asarray(_page(), dtype=np.uint16) * 257)
    (image,) = _images(_bytes(deep, "TIFF"))
    assert _pixels(image).min() < 40
    assert _pixels(image).max() == 255


def test_the_phone_camera_orientation_is_followed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6                                       # turned by 90 degrees
    (image,) = _images(_bytes(_page(600, 400), "JPEG", exif=exif.tobytes()))
    assert (image.width, image.height) == (400, 600)


@pytest.mark.parametrize("with_resolution", [True, False])
def test_fax_dots_are_made_square(with_resolution: bool) -> None:
    options: dict[str, object] = {"dpi": (204, 98)} if with_resolution else {}
    (image,) = _images(_bytes(_page(1728, 1078, "1"), "TIFF", compression="group4", **options))
    assert (image.width, image.height) == (1728, pytest.approx(1078 * 204 / 98, abs=2))
    assert image.dpi == pytest.approx(204, abs=0.5)


def test_an_absurd_resolution_is_replaced_by_that_of_a_sheet() -> None:
    (image,) = _images(_bytes(_page(1654, 2339), "PNG", dpi=(10_000, 10_000)))
    assert image.dpi == pytest.approx(200, abs=1)


@pytest.mark.parametrize("angle", [-3.0, -0.7, 0.0, 1.2, 4.0])
def test_skew_is_measured_and_taken_out(angle: float) -> None:
    crooked = turned(np.asarray(_page()), -angle)
    assert skew_of(crooked) == pytest.approx(angle, abs=0.15)
    (image,) = _images(_bytes(Image.fromarray(crooked)))
    assert abs(skew_of(_pixels(image))) <= 0.15


@pytest.mark.parametrize("picture", [
    Image.new("L", (400, 500), 255), Image.new("L", (400, 500), 0), Image.effect_noise((400, 500), 90)])
def test_pictures_without_lines_are_not_turned(picture: Image.Image) -> None:
    assert skew_of(np.asarray(picture)) == 0.0


def test_what_the_screen_shows_lies_as_what_was_read() -> None:
    content = _bytes(Image.fromarray(turned(np.asarray(_page()), 2.0)), dpi=(100, 100))
    (read,) = _images(content)
    with Image.open(io.BytesIO(render_image(content, RenderOptions(0, dpi=100)))) as shown:
        assert shown.size == (read.width, read.height)
        assert float(np.abs(np.asarray(shown.convert("L"), dtype=float) - _pixels(read)).mean()) < 4


def test_pages_of_a_tiff_come_in_portions() -> None:
    content = _bytes(_page(), "TIFF", save_all=True, append_images=[_page(), _page()])
    first = parse_image(content, ParseOptions(image_budget=1))
    assert [i.page for i in first.parsed.images] == [0]
    assert first.next_page == 1
    rest = parse_image(content, ParseOptions(first_page=1))
    assert [p.number for p in rest.parsed.pages] == [1, 2]
    assert rest.next_page is None


@pytest.mark.parametrize(("limit", "is_read"), [(850 * 1100 - 1, False), (850 * 1100, True)])
def test_the_pixel_limit_is_exact(limit: int, is_read: bool) -> None:
    content = _bytes(_page())
    if is_read:
        assert len(_images(content, max_pixels=limit)) == 1
        return
    with pytest.raises(InputError) as caught:
        _images(content, max_pixels=limit)
    assert caught.value.code == "too_many_pixels"


@pytest.mark.parametrize("content", [
    b"\x89PNG\r\n\x1a\nrubbish", _bytes(_page())[:2000], b"II*\x00" + bytes(50), _bytes(_page(), "JPEG")[:300]])
def test_damaged_pictures_are_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        _images(content)
    assert caught.value.code == "damaged_document"
