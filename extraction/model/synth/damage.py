"""What paper, scanner and fax do: pages of a PDF become grey or one-bit pictures, packed as PDF, TIFF, PNG or JPEG."""

from __future__ import annotations

import io
import random
from dataclasses import asdict, dataclass
from typing import Any, Literal

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
Container = Literal["pdf", "tiff", "png", "jpg"]
_FAX_PAPER = 2               # dots of paper by one of a fax's line: its dots are 1/204 inch wide and 1/98 or 1/196 inch high
                             # (ITU-T T.4: 1,728 on 215 mm, 3.85 or 7.7 lines a mm), and the paper is crooked before it is cut up


@dataclass(frozen=True, slots=True)
class Damage:
    """How hard a document was treated. `dpi` across and down; `skew` in degrees; `noise` a standard deviation of grey values.

    `blur` is the standard deviation of what the lens smears, in dots across.

    `shade` is the depth of a shadow along an edge (0–1), `specks` the count per page, `lost_lines` missing fax lines per page,
    `quality` the JPEG quality (0 keeps one bit per pixel), `threshold` the grey value that turns black on a fax, `keystone` how
    much narrower the top is than the foot (0–1, as on a photo), `turned` quarter turns of the whole page.
    """

    kind: Literal["scan", "fax"]
    dpi: tuple[int, int]
    skew: float
    blur: float
    noise: float
    shade: float
    specks: int
    lost_lines: int
    quality: int
    threshold: int
    edge_line: bool
    keystone: float
    turned: int
    stamp: bool
    holes: bool

    def as_json(self) -> dict[str, Any]:
        """For the truth file."""
        return asdict(self)


def draw_scan(rng: random.Random) -> Damage:
    """An office scan: 150–300 dpi, slightly crooked, grey paper."""
    dpi = rng.choice((150, 200, 200, 200, 250, 300))
    return Damage("scan", (dpi, dpi), rng.uniform(-1.6, 1.6), rng.choice((0, 0.6, 0.9, 1.2)) * dpi / 200, rng.uniform(0, 12),
                  rng.choice((0, 0.1, 0.3)), rng.choice((0, 5, 30)), 0, rng.randrange(35, 92), 0, rng.random() < 0.2,
                  rng.uniform(0.01, 0.06) if rng.random() < 0.12 else 0.0, rng.choices((0, 1, 2, 3), (93, 2, 3, 2))[0],
                  rng.random() < 0.12, rng.random() < 0.1)


def draw_fax(rng: random.Random, rows: int | None = None) -> Damage:
    """A fax of one bit with 204 dots and this many rows per inch: 98 (standard) or 196 (fine); without `rows` of either."""
    drawn = rng.choice((98, 196, 196))          # in any case: the rest is the same with `rows`
    down = rows or drawn
    return Damage("fax", (204, down), rng.uniform(-1.2, 1.2), rng.choice((0, 0.5)), rng.uniform(0, 16), 0.0,
                  rng.choice((10, 60, 200)), rng.choice((0, 0, 2, 8)), 0, rng.randrange(140, 205), rng.random() < 0.3, 0.0,
                  rng.choices((0, 2), (97, 3))[0], False, False)


PAPERS = ("g300", "s300", "s200", "fax_fine", "fax_std", "phone")
"""Fixed grades of paper, to measure reading by: clean grey at 300 dpi, grey scans, both resolutions of Group 3 fax, a photo."""


def draw_paper(rng: random.Random, grade: str) -> tuple[Damage, Container]:
    """A page of one grade of PAPERS and the file it comes in. Raises KeyError for an unknown grade."""
    dpi = {"g300": (300, 300), "s300": (300, 300), "s200": (200, 200), "fax_fine": (204, 196), "fax_std": (204, 98),
           "phone": (230, 230)}[grade]
    if grade == "g300":
        return Damage("scan", dpi, 0.0, 0.0, 0.0, 0.0, 0, 0, 92, 0, False, 0.0, 0, False, False), "png"
    if grade.startswith("fax"):
        return Damage("fax", dpi, rng.uniform(-1.2, 1.2), rng.choice((0, 0.5)), rng.uniform(2, 14), 0.0,
                      rng.choice((30, 80, 160)), rng.choice((0, 0, 2)), 0, rng.randrange(140, 205), rng.random() < 0.3, 0.0,
                      0, False, False), "tiff"
    phone = grade == "phone"
    blur = rng.choice((0.6, 0.8, 1.0)) * dpi[0] / 200
    return Damage("scan", dpi, rng.uniform(-1.3, 1.3), blur, rng.uniform(4, 12), rng.uniform(0.2, 0.5) if phone else rng.choice(
                  (0.1, 0.2, 0.3)), rng.choice((0, 5, 20)), 0, rng.randrange(70, 92), 0, False,
                  rng.uniform(0.005, 0.02) if phone else 0.0, 0, False, False), "jpg"


def damaged(pdf: bytes, damage: Damage, seed: int, container: Container, *, fax_line: str = "") -> bytes:
    """Render every page, damage it and pack the pictures. PNG and JPEG hold the first page alone."""
    noise = np.random.default_rng(seed)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        pages = [(page.rect.width, page.rect.height, _rendered(page, _paper_dpi(damage))) for page in document]
    limit = 1 if container in {"png", "jpg"} else len(pages)
    pictures = [(w, h, _damage_page(picture, damage, noise, fax_line and f"{fax_line}  P.{n:02d}"))
                for n, (w, h, picture) in enumerate(pages[:limit], 1)]
    return _packed(pictures, damage, container)


def _paper_dpi(damage: Damage) -> int:
    """Square dots in which the paper is drawn before the machine cuts it into its own."""
    return _FAX_PAPER * damage.dpi[0] if damage.kind == "fax" else damage.dpi[0]


def _rendered(page: pymupdf.Page, dpi: int) -> Picture:
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width].copy()


def _damage_page(picture: Picture, damage: Damage, noise: np.random.Generator, fax_line: str) -> Picture:
    page = _scanned(picture, damage)
    height, width = page.shape
    if damage.keystone:
        page = _leaning(page, damage.keystone)
    if damage.stamp:
        _stamp(page, damage, noise)
    if damage.holes:
        for at in (0.4, 0.67):
            cv2.circle(page, (int(width * 0.03), int(height * at)), width // 90, (60,), -1)
    page = _shaded(np.asarray(page, np.uint8), damage, noise)
    _speckle(page, damage, noise)
    if damage.edge_line:
        page[:, : max(2, width // 400)] = 20
    if fax_line:
        scale = damage.dpi[0] / 72 * 0.28
        cv2.putText(page, fax_line, (20, int(14 * damage.dpi[1] / 72)), cv2.FONT_HERSHEY_PLAIN, scale, (0,), 1)
    if damage.kind == "fax":
        page = np.where(page < damage.threshold, 0, 255).astype(np.uint8)
        for row in noise.integers(0, height, damage.lost_lines):
            page[row : row + 1, :] = 255
    return np.ascontiguousarray(np.rot90(page, damage.turned), np.uint8)


def _scanned(paper: Picture, damage: Damage) -> Any:
    """The paper laid crooked, smeared by the lens, and only then cut into the machine's dots, each the mean of its area."""
    height, width = paper.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), damage.skew, 1.0)
    page = cv2.warpAffine(paper, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    across, down = (dpi / _paper_dpi(damage) for dpi in damage.dpi)
    if damage.blur:
        page = cv2.GaussianBlur(page, (0, 0), damage.blur / across)
    if across == down == 1.0:
        return page
    return cv2.resize(page, (round(width * across), round(height * down)), interpolation=cv2.INTER_AREA)


def _leaning(page: Any, keystone: float) -> Any:
    """The page as a camera held at an angle sees it."""
    height, width = page.shape
    inset = width * keystone
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[inset, inset], [width - inset, inset / 2], [width, height], [0, height]], np.float32)
    return cv2.warpPerspective(page, cv2.getPerspectiveTransform(corners, seen), (width, height), borderValue=(90,))


def _stamp(page: Any, damage: Damage, noise: np.random.Generator) -> None:
    """An ink stamp, crooked, somewhere in the upper half; it darkens what it covers and hides nothing."""
    height, width = page.shape
    scale = damage.dpi[0] / 72
    ink = np.full((int(34 * scale), int(130 * scale)), 255, np.uint8)
    cv2.rectangle(ink, (3, 3), (ink.shape[1] - 4, ink.shape[0] - 4), (110,), max(1, int(scale)))
    foot = (int(8 * scale), int(25 * scale))
    cv2.putText(ink, "RECEIVED", foot, cv2.FONT_HERSHEY_DUPLEX, scale * 0.75, (110,), max(1, int(scale)))
    turn = cv2.getRotationMatrix2D((ink.shape[1] / 2, ink.shape[0] / 2), float(noise.uniform(-9, 9)), 1.0)
    crooked = cv2.warpAffine(ink, turn, (ink.shape[1], ink.shape[0]), borderValue=(255,))
    top, left = int(noise.uniform(0.05, 0.4) * height), int(noise.uniform(0.3, 0.7) * (width - ink.shape[1]))
    region = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    np.minimum(region, crooked[: region.shape[0], : region.shape[1]], out=region)


def _shaded(page: Picture, damage: Damage, noise: np.random.Generator) -> Picture:
    """Paper tone, a shadow that grows towards one side, and sensor noise."""
    height, width = page.shape
    tone = 1 - 0.04 * noise.random() - damage.shade * np.linspace(0, 1, width, dtype=np.float32) ** 4
    grain = noise.standard_normal((height, width), dtype=np.float32) * damage.noise
    return np.clip(page * tone[None, :].astype(np.float32) + grain, 0, 255).astype(np.uint8)


def _speckle(page: Picture, damage: Damage, noise: np.random.Generator) -> None:
    height, width = page.shape
    for _ in range(damage.specks):
        at = (int(noise.integers(0, width)), int(noise.integers(0, height)))
        cv2.circle(page, at, int(noise.integers(0, 3)), (int(noise.integers(0, 120)),), -1)


def _packed(pictures: list[tuple[float, float, Picture]], damage: Damage, container: Container) -> bytes:
    images = [Image.fromarray(picture) for _, _, picture in pictures]
    if damage.kind == "fax":
        images = [image.convert("1") for image in images]
    buffer = io.BytesIO()
    if container == "pdf":
        return _as_pdf(pictures, images, damage)
    if container == "tiff":
        compression = "group4" if damage.kind == "fax" else "jpeg"
        images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], compression=compression, dpi=damage.dpi)
    elif container == "png":
        images[0].save(buffer, "PNG", dpi=damage.dpi)
    else:
        images[0].convert("L").save(buffer, "JPEG", quality=damage.quality or 80, dpi=damage.dpi)
    return buffer.getvalue()


def _as_pdf(pictures: list[tuple[float, float, Picture]], images: list[Image.Image], damage: Damage) -> bytes:
    document = pymupdf.open()
    for (width, height, _), image in zip(pictures, images, strict=True):
        stream = io.BytesIO()
        if damage.kind == "fax":
            image.save(stream, "TIFF", compression="group4")
        else:
            image.save(stream, "JPEG", quality=damage.quality)
        size = (height, width) if damage.turned % 2 else (width, height)
        page = document.new_page(width=size[0], height=size[1])
        page.insert_image(page.rect, stream=stream.getvalue(), keep_proportion=False)
    found: bytes = document.tobytes(garbage=1, deflate=True, no_new_id=True)
    document.close()
    return found
