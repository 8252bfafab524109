"""What the contents of a PDF page do beside painting words, lines and boxes: whether its text layer tells what is seen.

The contents are followed operator by operator, as far as those that can hide a word go: clips, graphics states, widths of
lines. Whatever is not known to be harmless makes the page one that only its picture tells about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import hypot
from typing import Any

from extraction.formats.mupdf import pymupdf
from models.domain.evidence import Box

THICK = 3.0                # points; a thinner line covers no word
_LONGEST = 100_000         # bytes of contents that are followed; a picture of the page is made sooner than that
_DEEPEST = 256             # saved states

_mupdf = pymupdf.mupdf
Matrix = tuple[float, float, float, float, float, float]
_LEVEL: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Painting:
    """`draws`: pictures or forms are drawn; `clips`: boxes that may cut words off, in the space of the contents."""

    draws: bool = False
    clips: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A graphics state that leaves words as they are: no mask, no blending, no font. `width` of lines, where it sets one."""

    width: float | None = None


States = Callable[[bytes], State | None]
"""Name → graphics state; None for one that may do anything."""


def painting(contents: bytes, states: States) -> Painting | None:
    """What the contents do; None when only a picture of the page tells."""
    if not _may_hide(contents):
        return Painting()
    if len(contents) > _LONGEST:
        return None
    try:
        return _Follower(states).follow(contents)
    except (_Unknown, TypeError, ValueError):
        return None


def states_of(page: Any) -> States:
    """The graphics states in a page's resources."""
    resources = _mupdf.pdf_page_resources(pymupdf._as_pdf_page(page))
    states = _mupdf.pdf_dict_gets(resources, "ExtGState")

    def state(name: bytes) -> State | None:
        found = _mupdf.pdf_dict_gets(states, name.decode("latin-1"))
        if not _mupdf.pdf_is_dict(found):
            return None
        width: float | None = None
        for n in range(_mupdf.pdf_dict_len(found)):
            key, value = _mupdf.pdf_to_name(_mupdf.pdf_dict_get_key(found, n)), _mupdf.pdf_dict_get_val(found, n)
            if key == "LW":
                width = float(_mupdf.pdf_to_real(value))
            elif key not in _HARMLESS_KEYS and _mupdf.pdf_to_name(value) != _HARMLESS_VALUES.get(key):
                return None
        return State(width)

    return state


_HARMLESS_KEYS = frozenset({"Type", "CA", "ca", "AIS", "LC", "LJ", "ML", "D", "RI", "FL", "SM", "SA", "OP", "op", "OPM", "TK"})
_HARMLESS_VALUES = {"BM": "Normal", "SMask": "None"}


# --- a first look -------------------------------------------------------------------------------------------------------


def _operator(name: bytes) -> re.Pattern[bytes]:
    """Finds an operator in page contents; begins with its letters because the search is fast then."""
    n = re.escape(name)
    return re.compile(n + rb"(?<![A-Za-z/*'\"]" + n + rb")(?![\w'\"])")


_NOTABLE = tuple(_operator(name) for name in (b"W", b"gs", b"sh", b"BI", b"scn", b"Tr", b"Do"))
_MATRIX, _WIDTH = _operator(b"cm"), _operator(b"w")


def _may_hide(contents: bytes) -> bool:
    """False when no operator is there that may hide a word; strings are looked at like operators, which only errs on one side."""
    return (any(operator.search(contents) for operator in _NOTABLE)
            or any(_is_thick(_before(contents, m.start(), 1)) for m in _WIDTH.finditer(contents))
            or any(_before(contents, m.start(), 6)[:4] != [b"1", b"0", b"0", b"1"] for m in _MATRIX.finditer(contents)))


def _before(contents: bytes, at: int, count: int) -> list[bytes]:
    """The operands in front of an operator."""
    return contents[max(0, at - 24 * count):at].split()[-count:]


def _is_thick(operands: list[bytes]) -> bool:
    try:
        return float(operands[0]) > THICK
    except (IndexError, ValueError):
        return True


# --- following ----------------------------------------------------------------------------------------------------------

# An operator, a name, a string, a comment; a bracket alone belongs to a string that nests too deep. Then, unlooked at, what
# only prints text.
_STRING = rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)"
_PIECE = re.compile(
    rb"([A-Za-z'\"/<(%](?:(?<=[A-Za-z'\"])[\w*'\"]*+|(?<=/)[^\s()<>\[\]{}/%]*+|(?<=<)[^<>]*+>"
    rb"|(?<=\()(?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)|(?<=%)[^\r\n]*+|))"
    rb"(?:[\s\d.+\-\[\]]*+(?:" + _STRING + rb"|(?:/[^\s()<>\[\]{}/%]*+[\s\d.+\-]*+Tf|T[cwzLfsdDmJj*]|[BE]T|rg|RG|[gGkK])"
    rb"(?![\w*'\"])))*+", re.DOTALL)
_NO_OPERATOR = frozenset(b"/<(%")
_PASSIVE = frozenset(
    b"J j M d ri i m l c v y h n f F f* BT ET Tc Tw Tz TL Tf Ts Td TD Tm T* Tj TJ ' \" CS cs SC SCN sc G g RG rg K k "
    b"MP DP BMC BDC EMC".split())
_STROKES = frozenset(b"S s B B* b b*".split())
_PATH = frozenset(b"m l c v y h re".split())
_CLIPS = frozenset({b"W", b"W*"})
_ENDS_PATH = re.compile(rb"\s*(?:n|[fFSsBb]\*?)(?!\S)")


class _Unknown(Exception):
    """An operator that may do anything to a word."""


class _Follower:
    """Follows the operators of one page. Methods raise _Unknown, and ValueError for operands that are no numbers."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._matrix, self._width = _LEVEL, 1.0
        self._saved: list[tuple[Matrix, float]] = []
        self._rectangle: list[bytes] = []               # what the path is made of, where it is one rectangle
        self._draws = False
        self._clips: dict[Box, None] = {}

    def follow(self, contents: bytes) -> Painting:
        """All of them."""
        before, end = b"", 0
        for piece in _PIECE.finditer(contents):
            word = piece.group(1)
            if word not in _PASSIVE and (word == b"(" or word[0] not in _NO_OPERATOR):
                self._obey(word, contents[end:piece.start()].split(), before)
                if word in _CLIPS and not _ENDS_PATH.match(contents, piece.end(1)):
                    raise _Unknown
            end = piece.end()
            before = word if end == piece.end(1) else b"Tj"
        return Painting(self._draws, tuple(self._clips))

    def _obey(self, word: bytes, operands: list[bytes], before: bytes) -> None:
        """`operands` stand between this operator and the piece before it."""
        if word == b"q" and len(self._saved) < _DEEPEST:
            self._saved.append((self._matrix, self._width))
        elif word == b"Q":
            self._matrix, self._width = self._saved.pop() if self._saved else (self._matrix, self._width)
        elif word == b"re":
            self._rectangle = [] if before in _PATH else operands
        elif word in _CLIPS and before == b"re" and not operands:
            self._clips[self._placed(*map(float, self._rectangle))] = None
        elif word == b"cm":
            self._matrix = _product(_matrix(*map(float, operands)), self._matrix)
        elif word == b"w" and len(operands) == 1:
            self._width = float(operands[0])
        elif word in _STROKES and self._width * _scale(self._matrix) <= THICK:
            pass
        elif word == b"gs" and before[:1] == b"/" and not operands:
            self._enter(self._states(before[1:]))
        elif word == b"Do":
            self._draws = True
        elif not ((word == b"scn" and before[:1] != b"/") or (word == b"Tr" and operands == [b"0"])):
            raise _Unknown

    def _enter(self, state: State | None) -> None:
        if state is None:
            raise _Unknown
        self._width = self._width if state.width is None else state.width

    def _placed(self, x: float, y: float, width: float, height: float) -> Box:
        """A rectangle in the space of the contents; one that is not level has no box that tells."""
        a, b, c, d, e, f = self._matrix
        if (b or c) and (a or d):
            raise _Unknown
        across = [a * u + c * v + e for u, v in ((x, y), (x + width, y + height))]
        up = [b * u + d * v + f for u, v in ((x, y), (x + width, y + height))]
        return min(across), min(up), max(across), max(up)


def _matrix(a: float, b: float, c: float, d: float, e: float, f: float) -> Matrix:
    return a, b, c, d, e, f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _scale(matrix: Matrix) -> float:
    return max(hypot(*matrix[:2]), hypot(*matrix[2:4]))
