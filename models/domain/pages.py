"""The neutral shape every source becomes: pages of words with places, ruling lines, and what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.evidence import Box, PageKind
from models.domain.lean import lean
from models.domain.messages import Envelope


class WordFlag(StrEnum):
    """What is unusual about a word. A word with a flag that hides it from people is never read as a value."""

    HIDDEN = "hidden"                # invisible, white on white, covered, off the page, hidden row or column
    TINY = "tiny"                    # too small for a person to read
    MERGED = "merged"                # stands for a merged range of cells; its box is the whole range
    FORMULA = "formula"              # computed by the sheet; the stored result is what we read
    UNCOMPUTED = "uncomputed"        # a formula without a stored result
    STRUCK = "struck"                # struck through
    QUOTED = "quoted"                # part of a quoted reply, not of what is new in a mail
    SIGNATURE = "signature"          # part of a mail signature or disclaimer


UNSEEN = frozenset({WordFlag.HIDDEN, WordFlag.TINY})
"""Flags of words that a person looking at the page does not see."""

VOID = UNSEEN | {WordFlag.STRUCK}
"""Flags of words that are never read: not seen, or taken back. (A formula without a result is read as the text it is: it holds
the place of its value in a table.)"""


@dataclass(frozen=True, slots=True)
class Rival:
    """What another OCR engine read in the place of a word; confidence 0.0–1.0."""

    text: str
    confidence: float
    read_by: str


@lean
class Word:
    """One word on a page (on a sheet: one cell). Confidence 0.0–1.0 from OCR, None for embedded text.

    `rivals` are other engines' readings of the same ink that differ from `text`; empty where they agree or were not asked.
    """

    text: str
    page: int
    box: Box
    confidence: float | None = None
    flags: frozenset[WordFlag] = frozenset()
    size: float | None = None         # font size in points, where known
    bold: bool = False
    rivals: tuple[Rival, ...] = ()

    @property
    def seen(self) -> bool:
        """True when a person looking at the page sees this word."""
        return not self.flags or self.flags.isdisjoint(UNSEEN)

    @property
    def counts(self) -> bool:
        """True when this word may be read as a value."""
        return not self.flags or self.flags.isdisjoint(VOID)


class InkKind(StrEnum):
    """Ink on a page that is noticed but not read."""

    HANDWRITING = "handwriting"
    STAMP = "stamp"
    UNKNOWN_PRINT = "unknown_print"      # printed letters that the reader does not know


@dataclass(frozen=True, slots=True)
class Ink:
    """Handwriting, a stamp or print that could not be read, and where it is; a person must look at it."""

    kind: InkKind
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` is 0-based; width and height in the unit of `kind`; words in reading order.

    `turn`: degrees clockwise (0, 90, 180, 270) by which the page of the file must be turned to stand as its words' boxes
    have it; found by OCR, and needed again by whoever draws the page.
    """

    number: int
    kind: PageKind
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...] = ()       # ruling lines, as thin boxes
    name: str | None = None           # the sheet's name
    language: str | None = None       # ISO 639-1, when detected
    read_by: str = "text"             # "text" = embedded, else the OCR engine's name
    turn: int = 0
    inks: tuple[Ink, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something noticed that a person may need to know. `code` is stable snake_case; `message` is a full sentence.

    `box`, on `page`, is where to look: its crop is shown beside the sentence.
    """

    code: str
    message: str
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """Raw pixels of a page that needs OCR: 8-bit grey, row by row, `dpi` after squaring the pixels.

    `box` is the part of the page they show, in points; None for the whole page. `verify`: the page has a text layer of its
    own that may lie, and is compared with what OCR reads. `thorough`: every word is worth a second reading.
    """

    page: int
    width: int
    height: int
    dpi: float
    pixels: bytes
    box: Box | None = None
    verify: bool = False
    thorough: bool = False
    inks: tuple[Ink, ...] = ()        # seen on the picture before any turning; boxes in PDF points of the picture


class SourceFormat(StrEnum):
    """The format a document has by its content; the file's name has no say."""

    PDF = "pdf"
    IMAGE = "image"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    TEXT = "text"
    HTML = "html"
    X12 = "x12"
    EDIFACT = "edifact"
    TRADACOMS = "tradacoms"
    XML = "xml"
    EMAIL = "email"
    MSG = "msg"
    TNEF = "tnef"
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the sandboxed child says about one document: its pages, and the pixels of pages that still need OCR.

    `letters` are the mails that a text body quotes or passes on, as their quoted headers say, from the top down.
    """

    format: SourceFormat
    pages: tuple[Page, ...]
    images: tuple[PageImage, ...] = ()
    problems: tuple[Problem, ...] = ()
    letters: tuple[Envelope, ...] = ()
