"""RTF → one TEXT page: paragraphs, tables by their cell edges, hidden and deleted text flagged; large pictures behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from extraction.formats.office_pictures import is_large, with_pictures
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.rtf_tables import RtfTables
from extraction.formats.rtf_tokens import Token, charset, code_page, tokens
from extraction.formats.sheet_cells import Colour, look_flags
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from extraction.formats.text_flow import FlowLine
from extraction.formats.text_page import text_page
from models.domain.pages import Parsed, Problem, SourceFormat, WordFlag
from models.errors import InputError

_DEEPEST = 2_000             # groups in groups
_TWIPS = 1440                # an inch
_COMMENTS = Problem("comments_not_read", "The document carries comments in its margin, which were not read. Look at them.", 0)
_SILENT = {
    "stylesheet", "info", "fldinst", "objdata", "nonshppict", "nonesttables", "sp", "annotation", "atnid", "atnauthor",
    "datafield", "filetbl", "revtbl", "listtable", "listoverridetable", "rsidtbl", "themedata", "colorschememapping", "xe", "tc",
    "pgdsctbl",
}
_SPOKEN = {"shpinst", "shppict", "nesttableprops", "ud", "footnote"}        # marked as skippable, yet worth entering
_SIGNS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ",
    "enspace": " ", "qmspace": " ",
}
_BREAKS = {
    "par", "line", "sect", "page", "column", *(f"{part}{side}" for part in ("header", "footer") for side in ("", "l", "r", "f")),
}


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits: where text goes ("text", "skip", "fonts", "colours", "picture") and how it is printed."""

    place: str = "text"
    ink: int = 0
    paper: int = 0
    half_points: int = 24
    is_hidden: bool = False
    is_struck: bool = False
    font: int = 0
    skipped: int = 1             # characters that stand in for a \\u


@dataclass(slots=True)
class _Picture:
    digits: bytearray = field(default_factory=bytearray)
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class _Reader:
    """Follows the tokens. Bytes are gathered until something else comes, as one letter may take two of them."""

    tables: RtfTables = field(default_factory=RtfTables)
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    usual: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    colours: list[Colour | None] = field(default_factory=list)
    channels: dict[str, int] = field(default_factory=dict)
    pending: bytearray = field(default_factory=bytearray)
    high: int = 0                # first half of a sign that takes two \\u
    left_out: int = 0            # stand-ins still to be skipped
    is_starred: bool = False
    stops: list[int] = field(default_factory=list)
    pictures: list[_Picture] = field(default_factory=list)
    has_comments: bool = False

    def read(self, content: bytes) -> None:
        for token in tokens(content):
            if token.kind != "bytes":
                self._flush()
            if token.kind == "open":
                if len(self.stack) >= _DEEPEST:
                    raise InputError("The document is nested too deeply to be read. Ask for a PDF.", code="damaged_document")
                self.stack.append(self.state)
                self.is_starred, self.left_out = False, 0
            elif token.kind == "close":
                if self.stack:
                    self.state = self.stack.pop()
                self.is_starred, self.left_out = False, 0
            elif token.kind == "word":
                self._word(token)
                self.is_starred = False
            elif token.kind == "sign":
                self._sign(token.text)
            elif token.kind == "binary":
                self._take(token.data.hex().encode())
            else:
                self._take(token.data)
        self._flush()

    def _take(self, data: bytes) -> None:
        if self.state.place == "picture":
            self.pictures[-1].digits += data
        elif self.state.place == "colours":
            for _ in range(data.count(b";")):
                red, green, blue = (self.channels.get(c, 0) for c in ("red", "green", "blue"))
                self.colours.append((red, green, blue) if self.channels else None)
                self.channels = {}
        elif self.state.place == "text":
            skipped = min(self.left_out, len(data))
            self.left_out -= skipped
            self.pending += data[skipped:]

    def _flush(self) -> None:
        if self.pending:
            codec = self.fonts.get(self.state.font, self.usual)
            text, self.pending = self.pending.decode(codec, "replace"), bytearray()
            self._write(text)

    def _write(self, text: str) -> None:
        if self.state.place == "text":
            self.tables.write(text, self._flags())

    def _flags(self) -> frozenset[WordFlag]:
        state = self.state
        ground = state.paper or self.tables.cell_ground()
        flags = look_flags(self._colour(state.ink) or BLACK, self._colour(ground) or WHITE, state.half_points / 2,
                           is_struck=state.is_struck)
        return flags | {WordFlag.HIDDEN} if state.is_hidden else flags

    def _colour(self, index: int) -> Colour | None:
        return self.colours[index] if 0 <= index < len(self.colours) else None

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self.is_starred = True
        elif sign in "\\{}":
            self._write(sign)
        elif sign == "~":
            self._write(" ")
        elif sign == "_":
            self._write("-")
        elif sign in "\r\n" and self.state.place == "text":
            self.tables.break_line()
        elif sign == "\t":
            self._tab()

    def _tab(self) -> None:
        if self.state.place == "text":
            self.tables.tab(self.stops)

    def _word(self, token: Token) -> None:
        name, number = token.text, token.number
        if self.state.place == "colours" and name in {"red", "green", "blue"}:
            self.channels[name] = max(0, min(number or 0, 255))
        elif self._destination(name):
            return
        elif name in _SETTINGS:
            self.state = _SETTINGS[name](self.state, number)
        elif name == "fcharset" and self.state.place == "fonts":
            self.fonts[self.state.font] = charset(number, self.usual)
        elif name in {"picwgoal", "pichgoal"} and self.pictures:
            side = "width" if name == "picwgoal" else "height"
            setattr(self.pictures[-1], side, max(number or 0, 0))
        elif name in {"ansicpg", "mac", "pc", "pca"}:
            self.usual = code_page({"mac": 10000, "pc": 437, "pca": 850}.get(name, number))
        elif self.state.place == "text":
            self._text_word(name, number)

    def _destination(self, name: str) -> bool:
        """True for a word that says where the text of its group belongs."""
        if name == "annotation":
            self.has_comments = True
        place = {"fonttbl": "fonts", "colortbl": "colours", "pict": "picture"}.get(name)
        if place is None and (name in _SILENT or (self.is_starred and name not in _SPOKEN)):
            place = "skip"
        if place is None or self.state.place in {"skip", "picture"}:
            return place is not None
        if place == "picture":
            self.pictures.append(_Picture())
        self.state = replace(self.state, place=place)
        return True

    def _text_word(self, name: str, number: int | None) -> None:
        if name == "u" and number is not None:
            self._unicode(number % 65_536)
        elif name in _SIGNS:
            self._write(_SIGNS[name])
        elif name == "tab":
            self._tab()
        elif name == "tx" and number is not None:
            self.stops = sorted({*self.stops, number})[:64]
        elif name in _BREAKS:
            self.tables.break_line()
        else:
            if name == "pard":
                self.stops = []
            self.tables.word(name, number)

    def _unicode(self, unit: int) -> None:
        if 0xD800 <= unit < 0xDC00:
            self.high = unit
        else:
            point = 0x10000 + ((self.high - 0xD800) << 10) + unit - 0xDC00 if self.high and 0xDC00 <= unit < 0xE000 else unit
            self.high = 0
            self._write(chr(point) if not 0xD800 <= point < 0xE000 else "\ufffd")
        self.left_out = self.state.skipped


def _is_on(number: int | None) -> bool:
    return number != 0


_SETTINGS: Mapping[str, Callable[[_State, int | None], _State]] = {
    "plain": lambda s, n: replace(s, ink=0, paper=0, half_points=24, is_hidden=False, is_struck=False),
    "v": lambda s, n: replace(s, is_hidden=_is_on(n)),
    "strike": lambda s, n: replace(s, is_struck=_is_on(n)),
    "striked": lambda s, n: replace(s, is_struck=_is_on(n)),
    "deleted": lambda s, n: replace(s, is_struck=_is_on(n)),
    "cf": lambda s, n: replace(s, ink=n or 0),
    "cb": lambda s, n: replace(s, paper=n or 0),
    "chcbpat": lambda s, n: replace(s, paper=n or 0),
    "highlight": lambda s, n: replace(s, paper=n or 0),
    "fs": lambda s, n: replace(s, half_points=24 if n is None else n),
    "f": lambda s, n: replace(s, font=n or 0),
    "uc": lambda s, n: replace(s, skipped=max(0, min(1 if n is None else n, 8))),
}


def parse_rtf(content: bytes, options: ParseOptions) -> Portion:
    """The text as page 0, large pictures behind it.

    Raises InputError: damaged_document, too_many_rows, too_many_words, empty_document.
    """
    reader = _Reader()
    reader.read(content[content.find(b"{"):])
    pictures = _large(reader)
    page, problems = text_page(reader.tables.lines(), options, may_be_blank=bool(pictures))
    parsed = Parsed(SourceFormat.RTF, (page,), (), problems + ((_COMMENTS,) if reader.has_comments else ()))
    return with_pictures(parsed, [partial(_bytes, picture) for picture in pictures], options)


def rtf_lines(content: bytes) -> list[FlowLine]:
    """The lines of a document, without its pictures. Raises InputError damaged_document."""
    reader = _Reader()
    reader.read(content[content.find(b"{"):])
    return reader.tables.lines()


def rtf_picture(content: bytes, page: int) -> bytes:
    """The picture file behind page 1, 2, … of a document. Raises IndexError, and InputError as `parse_rtf` does."""
    reader = _Reader()
    reader.read(content[content.find(b"{"):])
    return _bytes(_large(reader)[page - 1])


def _large(reader: _Reader) -> list[_Picture]:
    return [p for p in reader.pictures if p.digits and is_large(p.width / _TWIPS, p.height / _TWIPS)]


def _bytes(picture: _Picture) -> bytes:
    digits = bytes(b for b in picture.digits if b in b"0123456789abcdefABCDEF")
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
