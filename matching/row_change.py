"""The changes a person can make to several rows of a draft at once, as data. What they do is in `matching.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.domain.evidence import Evidence

NUMBERS = ("quantity", "unit_price", "amount", "discount")
CODES = ("supplier_sku", "buyer_sku", "gtin", "mpn", "description")
COLUMNS = (*CODES, *NUMBERS, "uom", "requested_date")
"""The columns whose values can be shifted; numbers swap with numbers, codes and texts with codes and texts."""
PASTED = ("item", *CODES, "quantity", "uom", "unit_price", "discount", "requested_date")
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Fill:
    """Give rows the value that another has in this column. Without `targets`: every row below it."""

    source: str
    field: str
    targets: tuple[str, ...] = ()
    kind: Literal["fill"] = "fill"


@dataclass(frozen=True, slots=True)
class Move:
    """Put a row `by` places further down, or up when negative."""

    key: str
    by: int
    kind: Literal["move"] = "move"


@dataclass(frozen=True, slots=True)
class Insert:
    """A row after `after` (None: at the end), with an item number or a description."""

    text: str
    after: str | None = None
    kind: Literal["insert"] = "insert"


@dataclass(frozen=True, slots=True)
class Remove:
    """Rows that are no order lines: what was read stays visible but is left out, what a person added goes."""

    keys: tuple[str, ...]
    kind: Literal["remove"] = "remove"


@dataclass(frozen=True, slots=True)
class Split:
    """One row becomes two of the same goods; `quantity` (None: half) goes to the second."""

    key: str
    quantity: str | None = None
    kind: Literal["split"] = "split"


@dataclass(frozen=True, slots=True)
class Merge:
    """The next row joins this one: its quantity when it is the same goods, its words when it has no quantity of its own."""

    key: str
    kind: Literal["merge"] = "merge"


@dataclass(frozen=True, slots=True)
class Shift:
    """Every value of a column goes `by` rows down (1) or up (−1); the cell that gets none is empty, and is asked about."""

    field: str
    by: int
    kind: Literal["shift"] = "shift"


@dataclass(frozen=True, slots=True)
class Swap:
    """Two columns change places in all rows."""

    field: str
    other: str
    kind: Literal["swap"] = "swap"


@dataclass(frozen=True, slots=True)
class Paste:
    """Cells over the rows from `at` on (None: all as new rows); those beyond the last row become new ones.

    `columns` names what each column of `rows` is; an empty name leaves the column out, an empty cell its value.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    at: str | None = None
    kind: Literal["paste"] = "paste"


@dataclass(frozen=True, slots=True)
class TakenCell:
    """A value of a row that stands on a page: its text as a person would type it, and the proof with its places."""

    text: str
    proof: Evidence


@dataclass(frozen=True, slots=True)
class Take:
    """New rows from a table that a person drew on a page. `instead`: in place of all rows there are.

    `columns` names what each cell of a row is, as in `Paste`. What cannot be such a value stays empty, and is asked about.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[TakenCell | None, ...], ...]
    instead: bool = False


Typed = Fill | Move | Insert | Remove | Split | Merge | Shift | Swap | Paste
"""The changes that come from the keyboard as they are."""

RowChange = Typed | Take
