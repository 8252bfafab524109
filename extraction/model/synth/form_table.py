"""The parts of a printed line table: columns, rows of cells, and the habits that one document keeps on every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from extraction.model.synth.conventions import Conventions

Run = tuple[str, str | None]      # printed characters and the tag of the truth they show
Cell = tuple[Run, ...]            # runs follow each other without a gap

NUMERIC = frozenset(
    {"quantity", "unit_price", "list_price", "retail", "amount", "discount", "tax", "price_unit", "pack", "weight", "ordered",
     "open", "balance", "cumulative", "before"}
)
MONEY = frozenset({"unit_price", "list_price", "retail", "amount", "discount", "tax", "price_unit"})
CODES = frozenset({"code", "supplier_sku", "buyer_sku"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. `titles` are the stacked words of its heading, perhaps none; `tier` its row of columns.

    `group` stands above it and its neighbours of the same group.
    """

    key: str
    titles: tuple[str, ...]
    align: str
    title_align: str
    tier: int = 0
    group: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.key.partition("#")[0] in NUMERIC


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: cells by column key, or `text` running across the table from an indentation (0–2).

    A `struck` row was valid once; a line is drawn through it.
    """

    cells: Mapping[str, Cell] = field(default_factory=dict)
    text: Cell = ()
    indent: int = 0
    tier: int = 0
    struck: bool = False


@dataclass(frozen=True, slots=True)
class FormLine:
    """The rows of one order line, or of what stands between lines (section, note, subtotal, empty). `values`: tag → truth.

    Where the kind is heading, the column titles are printed once more below its rows.
    """

    kind: str
    rows: tuple[Row, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """What one document does the same way on every line."""

    columns: tuple[Column, ...]
    conventions: Conventions
    code_owner: str
    numbering: tuple[int, int, int]       # first, step, least digits
    uom_in: str                           # column, quantity, price, title, none
    units: Mapping[str, str]
    price_unit_inline: bool
    price_unit_form: str                  # with {per}
    code_form: str
    splits: tuple[str, ...]
