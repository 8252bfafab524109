"""A document's bytes → its pages of words: parsed behind the wall, pictures read by OCR, pages completed in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.completion import complete
from extraction.formats.options import EmbeddedOptions, ParseOptions, Portion, RenderOptions
from extraction.lines.drawn import Drawn, DrawnTable
from extraction.ocr.engine import PictureText
from extraction.ocr.pool import OcrPool, OcrUnavailable
from models.domain.learned import Corrected, Learned
from models.domain.pages import Page, PageImage, Parsed, Problem, SourceFormat
from models.domain.reading import Context, Reading
from runtime.codec import pack, unpack
from runtime.sandbox import Sandbox, SandboxFailure

PRELOAD = ("extraction.formats.worker", "extraction.understand", "extraction.llm.entry")
"""Modules the sandbox given to `PageReader` must preload."""

_DEFAULTS = ParseOptions()
_NO_OCR = (
    "Page {} is a picture and was not read: no OCR engine is installed, or the setting ORDERMILL_OCR says none. "
    "Change that, or ask the sender for a PDF with text.")
_NO_OCR_PART = (
    "A picture on page {} holds text and was not read: no OCR engine is installed, or the setting ORDERMILL_OCR says none. "
    "Change that, or look at the picture.")
_LESSER = (
    "The accurate OCR reader does not start here, so pictures were read by the light one, which errs more often. "
    "Check the numbers, and ask your administrator to see the log or to set ORDERMILL_OCR=light.")
_NOT_COMPARED = (
    "The text stored in page {} may not be what the page shows, and no OCR engine is available to compare; look at the page.")


class PageReader:
    """The one door from bytes to words. The sandbox must preload PRELOAD; without a pool pictures stay unread.

    `options` holds the limits and passwords of every parse.
    """

    def __init__(self, sandbox: Sandbox, ocr: OcrPool | None = None, options: ParseOptions = _DEFAULTS) -> None:
        self._sandbox = sandbox
        self._ocr = ocr
        self._options = options

    def read(
        self, content: bytes, *, file_name: str | None = None, is_body: bool = False, subject: str | None = None,
        thorough: bool = False,
    ) -> Parsed:
        """All pages, completed by OCR; `images` is empty. `is_body`: the text of a mail; `subject`: of the mail around it.

        `thorough`: every word of a picture is read twice, not only numbers and doubtful words.
        Raises InputError (SandboxFailure) with code and sentence.
        """
        options = replace(self._options, file_name=file_name, is_body=is_body, subject=subject)
        portions: list[Parsed] = []
        while True:
            portion = self._parse(content, options)
            portions.append(self._complete(portion.parsed, thorough))
            if portion.next_page is None:
                break
            options = replace(options, first_page=portion.next_page)
        return Parsed(
            portions[0].format, tuple(p for part in portions for p in part.pages), (),
            tuple(p for part in portions for p in part.problems), portions[0].letters)

    def render(self, content: bytes, page: int, *, dpi: int = 110, turn: int = 0) -> bytes:
        """PNG of one page (0-based) of a PDF or picture, fitting the places of its words. `turn` is the page's, as read.

        Raises InputError.
        """
        options = RenderOptions(page, dpi, self._options.max_pixels, turn, self._options.passwords)
        return self._sandbox.run("extraction.formats.worker:render", content, pack(options))

    def thumbnail(self, content: bytes, side: int) -> bytes:
        """A small PNG of a picture file, its longer side at most so many pixels. Raises InputError for what is no picture."""
        return self._sandbox.run("extraction.formats.worker:thumbnail", content, pack(side))

    def decode(self, content: bytes, format: SourceFormat) -> tuple[Reading, ...]:
        """The orders of an EDI or XML document, by its codec. Raises InputError when the interchange is broken."""
        return self._decoded("decode", content, pack(format))

    def decode_embedded(self, content: bytes, page: int) -> tuple[Reading, ...]:
        """The orders of the data inside a PDF, with places on `page`. Raises InputError when it is broken."""
        return self._decoded("decode_embedded", content, pack(EmbeddedOptions(page, self._options.passwords)))

    def carried_files(self, content: bytes) -> tuple[tuple[str, bytes], ...]:
        """Names and contents of the files a PDF carries, but for order data. Raises InputError when it cannot be opened."""
        answer = self._sandbox.run("extraction.formats.worker:carried_files", content, pack(self._options.passwords))
        return unpack(tuple[tuple[str, bytes], ...], answer)

    def _decoded(self, entry: str, content: bytes, options: bytes) -> tuple[Reading, ...]:
        answer = self._sandbox.run(f"extraction.formats.worker:{entry}", content, options)
        try:
            return unpack(tuple[Reading, ...], answer)
        except ValueError as e:
            raise SandboxFailure("The document's codec gave no proper answer. Ask for another format.") from e

    def understand(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """The orders on completed pages. Raises InputError (SandboxFailure) when they take too long to make out."""
        return self._understood("understand", parsed, context)

    def understand_again(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """The same with the facts in the context; empty when none of them is about this form. Raises as `understand`."""
        return self._understood("again", parsed, context)

    def _understood(self, entry: str, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        answer = self._sandbox.run(f"extraction.understand:{entry}", pack(parsed), pack(context))
        try:
            return unpack(tuple[Reading, ...], answer)
        except ValueError as e:
            raise SandboxFailure("The document was made out, but the answer is none. Ask for another format.") from e

    def learn(self, pages: tuple[Page, ...], reading: Reading, corrected: Corrected) -> Learned | None:
        """What a person's corrections of a reading of these pages teach. Raises InputError (SandboxFailure) as `understand`."""
        answer = self._sandbox.run("extraction.understand:learn", pack((pages, reading)), pack(corrected))
        try:
            return unpack(Learned | None, answer)  # type: ignore[arg-type]
        except ValueError as e:
            raise SandboxFailure("What a correction teaches was made out, but the answer is none.") from e

    def read_drawn(self, page: Page, drawn: Drawn) -> DrawnTable:
        """The rows of a table that a person drew on a page. Raises InputError (SandboxFailure) as `understand`."""
        answer = self._sandbox.run("extraction.understand:drawn", pack(page), pack(drawn))
        try:
            return unpack(DrawnTable, answer)
        except ValueError as e:
            raise SandboxFailure("The drawn table was read, but the answer is none. Draw it again.") from e

    def _parse(self, content: bytes, options: ParseOptions) -> Portion:
        answer = self._sandbox.run("extraction.formats.worker:parse", content, pack(options))
        try:
            portion = unpack(Portion, answer)
        except ValueError as e:
            raise SandboxFailure("The document's parser gave no proper answer. Ask for another format.") from e
        if portion.next_page is not None and not options.first_page < portion.next_page < options.max_pages:
            raise SandboxFailure("The document's parser does not come to an end. Ask for another format.")
        return portion

    def _complete(self, parsed: Parsed, thorough: bool) -> Parsed:
        if not parsed.images:
            return _completed(parsed, {})
        try:
            texts = self._ocr.read([replace(image, thorough=thorough) for image in parsed.images]) if self._ocr else []
        except OcrUnavailable:
            texts = []
        if not texts:
            return replace(parsed, images=(), problems=(*parsed.problems, *map(_unread, parsed.images)))
        found: dict[int, list[tuple[PageImage, PictureText]]] = {}
        for image, text in zip(parsed.images, texts, strict=True):
            found.setdefault(image.page, []).append((image, text))
        lesser = [Problem("ocr_lesser_engine", _LESSER, parsed.images[0].page)] if self._ocr and self._ocr.is_lesser else []
        return _completed(replace(parsed, images=(), problems=(*parsed.problems, *lesser)), found)


def _completed(parsed: Parsed, found: Mapping[int, Sequence[tuple[PageImage, PictureText]]]) -> Parsed:
    """The pages with what OCR read on them, by page number, and what was noticed."""
    done = [complete(page, found.get(page.number, [])) for page in parsed.pages]
    problems = (*parsed.problems, *(problem for _, noticed in done for problem in noticed))
    return replace(parsed, pages=tuple(page for page, _ in done), problems=problems)


def _unread(image: PageImage) -> Problem:
    if image.verify:
        return Problem("text_layer_unverified", _NOT_COMPARED.format(image.page + 1), image.page)
    what = _NO_OCR_PART if image.box else _NO_OCR
    return Problem("ocr_unavailable", what.format(image.page + 1), image.page, image.box)
