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

_mupdf = pymupdf.mupdf
_DIGITS = "0123456789"
_LETTERS = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODES = tuple((ord(letter), letter) for letter in _LETTERS)
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
        self._judged: dict[int, set[str]] = {}

    def doubts(self, fonts: Any, used: Mapping[str, set[str]]) -> bool:
        """True when a letter that is `used` (by font name without the subset's prefix) is drawn in a doubtful way by one of
        the fonts (of `page.get_fonts()`)."""
        for xref, kind, family, name, *_ in fonts:
            letters = used.get(name.partition("+")[2] or name, set()) & _KIN.keys()
            if family == "Type3" and letters:
                return True
            if kind == "n/a":                # not in the file: drawn with a font of ours, which does not lie
                continue
            new = letters - self._judged.setdefault(xref, set())
            if new and self._doubtful(xref, new):
                return True
            self._judged[xref] |= new
        return False

    def _doubtful(self, xref: int, letters: Set[str]) -> bool:
        font = _mupdf.pdf_new_indirect(self._pdf, xref, 0)
        loaded = _mupdf.ll_pdf_load_font(self._pdf.m_internal, None, font.m_internal)
        face = loaded.font
        own = {_mupdf.ll_fz_encode_character(face, code): letter for code, letter in _CODES}
        seen: list[tuple[str, int]] = []
        for code, letter in self._claims(xref):
            if letter not in letters:
                continue
            glyph = _mupdf.ll_pdf_font_cid_to_gid(loaded, code)
            if glyph and own.get(glyph, letter) not in _KIN[letter]:
                return True
            if letter in _DIGITS or glyph not in own:
                seen.append((letter, glyph))
        return bool(seen and _unlike(face, seen))

    def _claims(self, xref: int) -> list[tuple[int, str]]:
        """Codes of the font and the letters they are said to be."""
        kind, value = self._document.xref_get_key(xref, "ToUnicode")
        if kind != "xref":
            return [(ord(digit), digit) for digit in _DIGITS]
        text = self._document.xref_stream(int(value.split()[0])) or b""
        return [(code, letter) for code, letter in mapped(text) if letter in _KIN][:_MOST_MAPPED]


_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[(.*?)\])", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_LONGEST_RANGE = 256


def mapped(text: bytes) -> list[tuple[int, str]]:
    """The entries of a ToUnicode map (Adobe Technical Note 5411): code, text."""
    entries: list[tuple[int, str]] = []
    for kind, body in _BLOCK.findall(text):
        if kind == b"char":
            entries += [(int(code, 16), _text(target)) for code, target in _PAIR.findall(body)]
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
    letters = [letter for letter, _, _ in drawn]
    at = np.array([_LETTERS.index(letter) for letter in letters])
    known = slice(None) if at.max() >= len(_DIGITS) else slice(_DIGIT_REFERENCES)
    # Not numpy's matrix product: its library's threads spin longer than so few numbers take.
    likeness = np.einsum("is,js->ij", _shapes([ink for _, ink, _ in drawn]), _SHAPES[known])
    likeness = likeness - _ASPECT * np.abs(np.log([ratio for _, _, ratio in drawn])[:, None] - np.log(_RATIOS[known]))
    own = np.where(_IS[at][:, known], likeness, -2.0).max(axis=1)
    other = np.where(_IS_STRANGE[at][:, known], likeness, -2.0).max(axis=1)
    return blank | {letter for letter, is_odd in zip(letters, other - own > _MARGIN, strict=True) if is_odd}


def _references() -> tuple[Shape, NDArray[np.float64], str]:
    """[letter of a base font] shapes, ratios and the letters; made once, before documents come."""
    faces = [pymupdf.Font(name) for name in _REFERENCES]
    found = [(letter, _ink(font.this.m_internal, font.has_glyph(ord(letter)))) for letter in _LETTERS for font in faces]
    drawn = [(letter, *ink) for letter, ink in found if ink is not None]
    return (_shapes([ink for _, ink, _ in drawn]), np.array([ratio for _, _, ratio in drawn]),
            "".join(letter for letter, _, _ in drawn))


_KIN = {
    letter: frozenset(letter + letter.upper() + letter.lower()).union(*(group for group in _ALIKE if letter in group))
    for letter in _LETTERS
}
_SIZE, _ROOM = _mupdf.ll_fz_make_matrix(_EM, 0, 0, _EM, 0, 0), _mupdf.ll_fz_make_irect(-200, -200, 400, 400)
_SHAPES, _RATIOS, _NAMES = _references()
_DIGIT_REFERENCES = sum(name in _DIGITS for name in _NAMES)          # they come first
_IS = np.array([[name == letter for name in _NAMES] for letter in _LETTERS])
_IS_STRANGE = np.array([[name not in _KIN[letter] for name in _NAMES] for letter in _LETTERS])
