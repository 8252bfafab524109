"""The one shape all workbooks are read into: cells at their places, looks that tell what a person sees, limits on real cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import isclose

from extraction.formats.sheet_formulas import Operand, solved
from extraction.formats.sheet_numbers import Number, NumberFormat, number_format, plain_number
from models.domain.evidence import PageKind
from models.domain.pages import Page, Problem, Word, WordFlag
from models.errors import InputError

Place = tuple[int, int]            # row, column, from 0
Colour = tuple[int, int, int]      # red, green, blue, 0–255

TINY_POINTS = 3.0                  # type smaller than this cannot be read by a person
_CONTRAST = 30                     # of 255, on the channel that differs most: less cannot be seen
_BLANKS = 4                        # cells stored for each word that is allowed: blank ones cost time as well
_SURE_DIGITS = 15                  # of a number that spreadsheet programs have stored
_SURE = 10**_SURE_DIGITS
_NAMED = 5                         # places listed in a sentence


class CellError(str):
    """What a cell shows when its formula failed: "#REF!", "#N/A"."""

    __slots__ = ()


Value = str | Number | CellError | bool | None


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell is printed, as far as it changes what a person reads."""

    format: NumberFormat = field(default_factory=lambda: number_format("General"))
    flags: frozenset[WordFlag] = frozenset()


PLAIN = CellLook()


def look_flags(ink: Colour, paper: Colour, points: float | None, *, is_struck: bool = False) -> frozenset[WordFlag]:
    """Flags that follow from the colours and the size of the type."""
    flags = set()
    if max(abs(a - b) for a, b in zip(ink, paper, strict=True)) < _CONTRAST:
        flags.add(WordFlag.HIDDEN)
    if points is not None and points < TINY_POINTS:
        flags.add(WordFlag.TINY)
    if is_struck:
        flags.add(WordFlag.STRUCK)
    return frozenset(flags)


@dataclass(slots=True)
class Budget:
    """What one workbook may still hold. Rows count up to the last used one of each sheet, cells as they are stored."""

    max_rows: int
    max_words: int
    words: int = 0
    cells: int = 0
    rows: int = 0

    def cell(self) -> None:
        """Count a stored cell, blank or not. Raises InputError too_many_words."""
        self.cells += 1
        if self.cells > _BLANKS * self.max_words:
            self._refuse()

    def word(self) -> None:
        """Count a cell that shows something. Raises InputError too_many_words."""
        self.words += 1
        if self.words > self.max_words:
            self._refuse()

    def add_rows(self, count: int) -> None:
        """Count the rows of a sheet. Raises InputError too_many_rows."""
        self.rows += count
        if self.rows > self.max_rows:
            raise InputError(f"The workbook has more than {self.max_rows} rows. Ask for fewer.", code="too_many_rows")

    def _refuse(self) -> None:
        raise InputError(f"The workbook has more than {self.max_words} filled cells. Ask for the order alone.",
                         code="too_many_words")


class SheetBuilder:
    """Collects one sheet, cell by cell in any order, and makes it a page. Hide rows and columns before adding cells.

    `is_recalculated`: programs that open the workbook work its formulas out anew, whatever results are stored. `pictures`: the
    parts of the workbook that are pictures on the sheet and may hold part of the order.
    """

    def __init__(
        self, number: int, name: str, budget: Budget, *, is_hidden: bool = False, is_1904: bool = False,
        is_recalculated: bool = False,
    ) -> None:
        self.number, self.name = number, name
        self.pictures: tuple[str, ...] = ()
        self._budget, self.is_hidden, self._is_1904, self._is_recalculated = budget, is_hidden, is_1904, is_recalculated
        self._rows: set[int] = set()
        self._columns: list[tuple[int, int]] = []
        self._hidden_columns: dict[int, bool] = {}
        self._words: dict[Place, Word] = {}
        self._merged: dict[Place, Place] = {}
        self._used: set[int] = set()
        self._long: set[Place] = set()         # numbers, not texts, of more digits than a double keeps
        self._values: dict[Place, Operand] = {}
        self._open: dict[Place, tuple[str, CellLook, Value]] = {}  # formulas to be worked out, with the result stored, if any

    def hide_row(self, row: int) -> None:
        """The row does not show."""
        self._rows.add(row)

    def hide_columns(self, first: int, last: int) -> None:
        """The columns from first to last do not show."""
        self._columns.append((first, last))

    def merge(self, first: Place, last: Place) -> None:
        """The cell at `first` stands for the range to `last`; comes after the cells."""
        self._merged[first] = last

    def add(self, place: Place, value: Value, look: CellLook = PLAIN, formula: str | None = None) -> None:
        """A cell; blank ones are left out. `formula`: None for a constant, "" when its text is not known.

        Raises InputError: too_many_words, too_many_rows.
        """
        self._budget.cell()
        text, flags = self._shown(place, value, look)
        if formula is not None:
            is_open = value is None or (self._is_recalculated and not isinstance(value, CellError))
            text = "=" + formula if is_open else text
            flags = flags | {WordFlag.UNCOMPUTED if is_open or isinstance(value, CellError) else WordFlag.FORMULA}
            if is_open:
                self._open[place] = formula, look, value
        if not text:
            return
        self._values[place] = text if isinstance(value, str | bool) else None if value is None else Decimal(str(value))
        row, column = place
        if self.is_hidden or row in self._rows or (self._columns and self._in_hidden_column(column)):
            flags = flags | {WordFlag.HIDDEN}
        if row not in self._used:
            self._used.add(row)
            self._budget.add_rows(1)
        self._budget.word()
        self._words[place] = Word(text, self.number, (float(column), float(row), column + 1.0, row + 1.0), None, flags)

    def _shown(self, place: Place, value: Value, look: CellLook) -> tuple[str, frozenset[WordFlag]]:
        """The text of a value; what its format does not show is hidden, but for a zero, which is then meant to be blank."""
        if value is None:
            return "", look.flags
        if isinstance(value, CellError):
            return str(value), look.flags | {WordFlag.UNCOMPUTED}
        if isinstance(value, str):
            text = " ".join(value.split())
            return text, look.flags | {WordFlag.HIDDEN} if look.format.hides_text else look.flags
        if isinstance(value, bool):
            return ("TRUE" if value else "FALSE"), look.flags
        if abs(value) >= _SURE:
            self._long.add(place)
        shown = look.format.show(value, is_1904=self._is_1904)
        if shown is not None:
            return shown, look.flags
        return ("", look.flags) if value == 0 else (plain_number(value), look.flags | {WordFlag.HIDDEN})

    def _in_hidden_column(self, column: int) -> bool:
        known = self._hidden_columns.get(column)
        if known is None:
            known = self._hidden_columns[column] = any(first <= column <= last for first, last in self._columns)
        return known

    def _compute(self) -> None:
        """Show the results of the formulas that can be worked out, of the others what is stored; what shows nothing is no cell.

        A stored zero is what programs write that store no results: it stands only where it is the result.
        """
        results = solved({p: formula for p, (formula, _, _) in self._open.items()}, self._values) if self._open else {}
        for place, (_, look, stored) in list(self._open.items()):
            if place not in results and (stored is None or (stored is not False and stored == 0)):
                continue
            result = results.get(place)
            value = stored if place not in results else float(result) if isinstance(result, Decimal) else result
            word = self._words.pop(place)
            text, flags = self._shown(place, _unchanged(value, stored), look)
            if text:
                kept = word.flags - {WordFlag.UNCOMPUTED} | flags | {WordFlag.FORMULA}
                self._words[place] = replace(word, text=text, flags=kept)

    def page(self) -> Page:
        """The sheet as a page, formulas without a stored result worked out where they can be. A merged range counts from its
        first cell, its box is the whole range."""
        self._compute()
        for first, last in self._merged.items():
            if word := self._words.get(first):
                box = (word.box[0], word.box[1], last[1] + 1.0, last[0] + 1.0)
                self._words[first] = replace(word, box=box, flags=word.flags | {WordFlag.MERGED})
        words = tuple(self._words[place] for place in sorted(self._words))
        width, height = (max((w.box[side] for w in words), default=0.0) for side in (2, 3))
        return Page(self.number, PageKind.SHEET, width, height, words, name=self.name)

    def problems(self) -> Iterator[Problem]:
        """What a person should know of the sheet: hidden cells, formulas without a result, errors, digits lost."""
        words = self._words
        hidden = sum(1 for w in words.values() if not w.seen)
        if hidden:
            yield self._problem("hidden_text", f"has {hidden} cells that a person does not see (hidden rows, columns or sheets, "
                                "type in the colour of the cell); they were not read as values.")
        failed = [p for p, w in words.items() if WordFlag.UNCOMPUTED in w.flags and w.text.startswith("#")]
        if failed:
            yield self._problem("cell_errors", f"shows an error in {_named(failed)} instead of a value. Ask for it.")
        uncomputed = [p for p, w in words.items() if WordFlag.UNCOMPUTED in w.flags and w.text.startswith("=")]
        if uncomputed:
            yield self._problem("uncomputed_formulas", f"has formulas without a stored result in {_named(uncomputed)}; save it "
                                "in a spreadsheet program, or ask for the values.")
        if lost := self._long & words.keys():
            yield self._problem("digits_lost", f"holds numbers of more than {_SURE_DIGITS} digits in {_named(lost)}; spreadsheet "
                                "programs lose the last digits. Compare them with the sender's document.")

    def _problem(self, code: str, what: str) -> Problem:
        return Problem(code, f"Sheet “{self.name}” {what}", self.number)


def _unchanged(value: Value, stored: Value) -> Value:
    """The stored number where the one worked out is the same but for its last digits."""
    both = isinstance(value, int | float) and isinstance(stored, int | float)
    return stored if both and isclose(float(value or 0), float(stored or 0), rel_tol=1e-12, abs_tol=1e-12) else value


def _named(places: Iterable[Place]) -> str:
    """"3 cells (B2, B3, C7)"."""
    listed = sorted(places)
    names = ", ".join(cell_name(p) for p in listed[:_NAMED])
    more = " and more" if len(listed) > _NAMED else ""
    return f"{len(listed)} {'cell' if len(listed) == 1 else 'cells'} ({names}{more})"


def cell_name(place: Place) -> str:
    """Row 2, column 1 → "B3"."""
    letters, rest = "", place[1] + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{place[0] + 1}"
