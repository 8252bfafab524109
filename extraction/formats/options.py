"""What the parsing child is asked for and what it answers, packed with `runtime.codec` on both sides of the wall."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.pages import Parsed


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """Limits of one parse. `file_name` is a label for sentences only: the type follows from the content.

    Reading starts at the 0-based `first_page`, so that a long scan can be fetched in portions.
    """

    file_name: str | None = None
    first_page: int = 0
    max_pages: int = 200
    max_pixels: int = 100_000_000          # of one picture as it is stored in the file
    max_rows: int = 200_000                # of all sheets, or lines of a text
    max_words: int = 500_000               # of one workbook (filled cells) or text: what a parsing child can hold in memory
    image_budget: int = 64 * 2**20         # bytes of pixels in one answer; at least one picture is always sent
    passwords: tuple[str, ...] = ()        # tried in turn on a protected document
    is_body: bool = False                  # the text of a mail: prose around its tables
    subject: str | None = None             # of the mail around it: tells an answer from a mail passed on


@dataclass(frozen=True, slots=True)
class Portion:
    """An answer: pages from `first_page` on; `next_page` is where to go on, None at the end of the document."""

    parsed: Parsed
    next_page: int | None = None


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Which page to draw as PNG (0-based) and how finely (dots per inch, 20–600).

    `turn` is the `Page.turn` that reading found: the picture comes out as the words' boxes have it.
    """

    page: int
    dpi: int = 110
    max_pixels: int = 100_000_000
    turn: int = 0
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbeddedOptions:
    """Which page of the reading (0-based) the order data inside a PDF is; the PDF may need one of the passwords."""

    page: int
    passwords: tuple[str, ...] = ()
