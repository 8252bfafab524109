"""Fonts that lie: the letters a PDF claims to print beside the letters its own fonts draw.

A font is doubtful when its map to Unicode contradicts its own table of letters, when a glyph looks like another letter
than it is said to be, or when its glyphs are small drawings that can be anything (Type 3). Doubt is no proof: it only
makes the page be read by OCR too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.formats.mupdf import pymupdf
from extraction.formats.pdf_page_fonts import PageFont, PageFonts

_mupdf = pymupdf.mupdf
_DIGITS = "0123456789"
_LETTERS = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODES = tuple(map(ord, _LETTERS))
_NONE: frozenset[str] = frozenset()
_ALIKE = (
    "0OoQDC", "1lIiJjrtT7fL", "5Ss", "2Zz", "8B3", "6GbC", "9gqa", "Pp", "UuvVyY", "WwMmn", "Xx", "KkRA", "Ff", "hnb", "ecoaCO3",
    "HNMUu", "EFBc", "PR", "nu", "dq", "pb", "sSB8",
)
_REFERENCES = ("helv", "hebo", "heit", "hebi", "tiro", "tibo", "tiit", "tibi", "cour", "cobo", "coit", "cobi")
_EM = 40.0                 # pixels a glyph is drawn at
_HEIGHT, _WIDTH = 12, 9    # pixels a glyph's ink is scaled to
_ASPECT = 0.2              # weight of the ratio of width to height beside the likeness of the ink, which is at most 1
_MARGIN = 0.17             # a glyph this much more like another letter is doubtful
_MOST_MAPPED = 400         # entries of a map to Unicode that are looked at

Shape = NDArray[np.float32]


class FontJudge:
    """Judges the fonts of one document; each letter of a font that is used is looked at once."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._pdf = pymupdf._as_pdf_document(document)
        self._fonts = PageFonts()
        self._judged: dict[int, set[str]] = {}

    def doubts(self, page: Any, used: Mapping[str, set[str]]) -> bool:
        """True when a letter that is `used` (by font name without the subset's prefix) is drawn in a doubtful way by one of
        the page's fonts."""
        for font in self._fonts.of(page):
            letters = used.get(font.name, _NONE) & _KIN.keys()
            if font.is_drawings and letters:
                return True
            if not font.is_in_file:          # drawn with a font of ours, which does not lie
                continue
            new = letters - self._judged.setdefault(font.key, set())
            if new and self._doubtful(font, new):
                return True
            self._judged[font.key] |= new
        return False

    def _doubtful(self, font: PageFont, letters: Set[str]) -> bool:
        loaded = _mupdf.ll_pdf_load_font(self._pdf.m_internal, None, font.itself)
        face = loaded.font
        own = dict(zip([_mupdf.ll_fz_encode_character(face, code) for code in _CODES], _LETTERS, strict=True))
        seen: list[tuple[str, int]] = []
        for code, letter in self._claims(font, letters):
            glyph = _mupdf.ll_pdf_font_cid_to_gid(loaded, code)
            if glyph and own.get(glyph, letter) not in _KIN[letter]:
                return True
            if letter in _DIGITS or glyph not in own:
                seen.append((letter, glyph))
        return bool(seen and _unlike(face, seen))

    def _claims(self, font: PageFont, letters: Set[str]) -> list[tuple[int, str]]:
        """Codes of the font that are said to be one of these letters."""
        unicode = _mupdf.ll_pdf_dict_gets(font.itself, "ToUnicode")
        if not _mupdf.ll_pdf_is_stream(unicode):
            return [(ord(digit), digit) for digit in _DIGITS if digit in letters]
        text = self._document.xref_stream(_mupdf.ll_pdf_to_num(unicode)) or b""
        return [(code, letter) for code, letter in mapped(text) if letter in letters][:_MOST_MAPPED]


_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[(.*?)\])", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_LONGEST_RANGE = 256
_USUAL = {form % n: chr(n) for n in range(0x180) for form in (b"%04X", b"%04x")}


def mapped(text: bytes) -> list[tuple[int, str]]:
    """The entries of a ToUnicode map (Adobe Technical Note 5411): code, text."""
    entries: list[tuple[int, str]] = []
    for kind, body in _BLOCK.findall(text):
        if kind == b"char":
            entries += [(int(code, 16), _USUAL.get(target) or _text(target)) for code, target in _PAIR.findall(body)]
            continue
        for first, last, target, several in _RANGE.findall(body):
            start, count = int(first, 16), min(int(last, 16) - int(first, 16) + 1, _LONGEST_RANGE)
            if several:
                entries += [(start + n, _text(t)) for n, t in enumerate(_HEX.findall(several)[:max(count, 0)])]
            elif begin := _text(target):
                entries += [(start + n, begin[:-1] + chr(ord(begin[-1]) + n)) for n in range(count)
                            if ord(begin[-1]) + n <= 0x10FFFF]
    return entries


def _text(digits: bytes) -> str:
    if len(digits) == 4:
        return chr(int(digits, 16))
    try:
        return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
    except ValueError:                   # an odd number of digits
        return ""


def _ink(font: Any, glyph: int) -> tuple[Any, float] | None:
    """The ink of a glyph scaled to one size, and its width over its height; None when it draws nothing."""
    drawn = _mupdf.ll_fz_render_glyph_pixmap(font, glyph, _SIZE, _ROOM, 8)
    if drawn is None or not drawn.w or not drawn.h:
        return None
    ink = np.frombuffer(_mupdf.ll_fz_pixmap_samples_memoryview(drawn), dtype=np.uint8).reshape(drawn.h, drawn.stride)
    left, top, width, height = cv2.boundingRect(cv2.threshold(ink, 64, 255, cv2.THRESH_BINARY)[1])
    if not width:
        return None
    small = cv2.resize(ink[top:top + height, left:left + width], (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.blur(small, (2, 2)), width / height


def _shapes(inks: Sequence[Any]) -> Shape:
    """[glyph] the inks as vectors of length 1 and mean 0: the product of two is their likeness."""
    shapes = np.stack(inks).reshape(len(inks), -1).astype(np.float32)
    shapes -= shapes.mean(axis=1, keepdims=True)
    shapes /= np.maximum(np.sqrt(np.einsum("is,is->i", shapes, shapes)), 1e-6)[:, None]
    return shapes


def _unlike(font: Any, claims: Sequence[tuple[str, int]]) -> frozenset[str]:
    """The letters whose glyph is blank, or clearly more like a letter that they cannot be taken for."""
    found = [(letter, _ink(font, glyph)) for letter, glyph in claims]
    blank = frozenset(letter for letter, ink in found if ink is None)
    drawn = [(letter, *ink) for letter, ink in found if ink is not None]
    if not drawn:
        return blank
    # Not numpy's matrix product: its library's threads spin longer than so few numbers take.
    at = np.array([_LETTERS.index(letter) for letter, _, _ in drawn])
    shapes, ratios = _shapes([ink for _, ink, _ in drawn]), np.log([ratio for _, _, ratio in drawn])
    own = (np.einsum("is,irs->ir", shapes, _SHAPES[at]) - _ASPECT * np.abs(ratios[:, None] - _RATIOS[at])).max(axis=1)
    unsure = np.flatnonzero(own < 1.0 - _MARGIN)             # no letter is more like another than 1
    if not unsure.size:
        return blank
    known = slice(None) if at[unsure].max() >= len(_DIGITS) else slice(len(_DIGITS))
    likeness = np.einsum("is,lrs->ilr", shapes[unsure], _SHAPES[known])
    likeness = (likeness - _ASPECT * np.abs(ratios[unsure, None, None] - _RATIOS[known])).max(axis=2)
    other = np.where(_IS_STRANGE[at[unsure]][:, known], likeness, -2.0).max(axis=1)
    is_odd = other - own[unsure] > _MARGIN
    return blank | {drawn[n][0] for n in unsure[is_odd].tolist()}


def _references() -> tuple[Shape, NDArray[np.float64]]:
    """[letter, base font] shapes, and logarithms of their ratios; made once, before documents come."""
    faces = [pymupdf.Font(name) for name in _REFERENCES]
    inks = [ink for letter in _LETTERS for font in faces if (ink := _ink(font.this.m_internal, font.has_glyph(ord(letter))))]
    table = len(_LETTERS), len(faces)
    return _shapes([ink for ink, _ in inks]).reshape(*table, -1), np.log([ratio for _, ratio in inks]).reshape(table)


_KIN = {
    letter: frozenset(letter + letter.upper() + letter.lower()).union(*(group for group in _ALIKE if letter in group))
    for letter in _LETTERS
}
_SIZE, _ROOM = _mupdf.ll_fz_make_matrix(_EM, 0, 0, _EM, 0, 0), _mupdf.ll_fz_make_irect(-200, -200, 400, 400)
_SHAPES, _RATIOS = _references()
_IS_STRANGE = np.array([[other not in _KIN[letter] for other in _LETTERS] for letter in _LETTERS])
