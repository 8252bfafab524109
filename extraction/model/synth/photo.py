"""What a telephone makes of a page: a sheet on a table, seen at an angle, under a lamp, with the hand's shadow, as JPEG.

The same seed gives the same picture. The matrix comes along, so that truth known on the page is known on the photo.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photo:
    """How a page was photographed.

    `margin` is the table seen around the sheet (of its size), `lean` how far the corners stray by perspective (of the sheet's
    size), `roll` in degrees, `light` the brightness of lit paper (0–1), `shadow` how much darker the hand's shadow is (0–1),
    `fall` how much the light fades across the sheet (0–1), `table` the ground's grey, `noise` a standard deviation of grey
    values, `blur` in pixels, `scale` the size of the photo's sheet by the page's.
    """

    margin: float
    lean: float
    roll: float
    light: float
    shadow: float
    fall: float
    table: int
    noise: float
    blur: float
    scale: float
    quality: int


def draw_photo(rng: random.Random) -> Photo:
    """A usual photo: the sheet fills most of it, on something darker, in tolerable light."""
    return Photo(
        margin=rng.choice((0.02, 0.05, 0.1, 0.2)), lean=rng.uniform(0.0, 0.07), roll=rng.uniform(-4, 4),
        light=rng.choice((0.95, 0.85, 0.7, 0.45)), shadow=rng.choice((0, 0, 0.25, 0.5)), fall=rng.choice((0, 0.15, 0.35)),
        table=rng.randrange(25, 110), noise=rng.choice((2, 4, 8)), blur=rng.choice((0.4, 0.8, 1.2)), scale=rng.choice((1.0, 1.2)),
        quality=rng.randrange(70, 92))


def photographed(page: Picture, photo: Photo, seed: int) -> tuple[bytes, NDArray[np.float64]]:
    """A JPEG of the page (height, width, 3), and the matrix that takes a point of the page to its place on the photo."""
    noise = np.random.default_rng(seed)
    height, width = page.shape[:2]
    size = round(width * photo.scale * (1 + 2 * photo.margin)), round(height * photo.scale * (1 + 2 * photo.margin))
    matrix = _view(width, height, size, photo, noise)
    ground = _table(size, photo.table, noise)
    seen = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA)
    covered = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    share = covered[:, :, None].astype(np.float32) / 255
    lit = (seen * share + ground * (1 - share)) * _light(size, photo, noise)[:, :, None]
    soft = cv2.GaussianBlur(lit, (0, 0), photo.blur)
    grain = noise.standard_normal(soft.shape[:2], dtype=np.float32)[:, :, None] * photo.noise
    picture = np.clip(soft + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=photo.quality)
    return buffer.getvalue(), matrix


def _view(width: int, height: int, size: tuple[int, int], photo: Photo, noise: np.random.Generator) -> NDArray[np.float64]:
    """The sheet's corners in the photo: rolled about the middle, then each pulled inwards by the perspective."""
    middle = np.array(size) / 2
    sheet = np.array([width, height]) * photo.scale
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * sheet
    angle = np.radians(photo.roll)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    pulled = corners * (1 - photo.lean * noise.uniform(0, 1, (4, 2)))
    inside = np.array(size) / 2 * 0.985                  # the sheet stays in the picture
    seen = pulled @ turn.T
    seen *= min(1.0, float((inside / np.abs(seen).max(axis=0)).min()))
    page = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(page, (seen + middle).astype(np.float32)), np.float64)


def _table(size: tuple[int, int], grey: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """A wooden table: grain along one direction, a little warmer than grey."""
    grain = cv2.GaussianBlur(noise.standard_normal((size[1], size[0]), dtype=np.float32), (0, 0), sigmaX=40, sigmaY=1.5)
    wood = np.clip(grey + grain / max(float(grain.std()), 1e-6) * 6, 0, 255)
    return np.stack([wood * 1.05, wood, wood * 0.9], axis=2).astype(np.float32)


def _light(size: tuple[int, int], photo: Photo, noise: np.random.Generator) -> NDArray[np.float32]:
    """Brightness by place: the lamp's side, and the soft edge of a shadow across one side of the sheet."""
    width, height = size
    across, down = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    angle = noise.uniform(0, 2 * np.pi)
    towards = (across - 0.5) * np.cos(angle) + (down - 0.5) * np.sin(angle) + 0.5
    light = photo.light * (1 - photo.fall * np.clip(towards, 0, 1))
    edge = noise.uniform(0.35, 0.75)
    slope = noise.uniform(-0.4, 0.4)
    hidden = 1 / (1 + np.exp(-(across + slope * (down - 0.5) - edge) / 0.015))
    return np.asarray(light * (1 - photo.shadow * hidden), np.float32)
