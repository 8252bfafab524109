"""How the numbers of one table are written. Its own columns say it best: elsewhere stand sizes and versions ("0.75 mm²")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.fields.numbers import NumberStyle, settle_style
from extraction.lines.cells import Cells
from extraction.lines.rows import Kinds

_COUNTED = frozenset({"quantity", "unit_price", "amount"})
_OPEN = re.compile(r"^\d{1,3}([.,])(\d{3})$")        # "1.250": a thousand and more, or one and a quarter
_FEWEST = 2                                          # such numbers that show a habit
_OTHER = {".": ",", ",": "."}


def table_style(rows: Sequence[Cells], kinds: Kinds, style: NumberStyle) -> NumberStyle:
    """The style that the quantities, prices and amounts of a table prove; the given one where they leave it open.

    Where no number proves its mark, the quantities may: one column prints all its numbers with the same decimals. So "1.250"
    above a plain "12" is a thousand and more, and a column in which all end in ".000" has three decimals.
    """
    own = settle_style([t.text for row in rows for c, k in kinds.items() if k in _COUNTED for t in row.get(c, ())], None)
    if own.sure:
        return own
    full = max((len(row) for row in rows), default=0)       # the parts of a kit are counted in their own way
    counts = [
        row[c][0].text for row in rows if 4 * len(row) >= 3 * full for c, k in kinds.items() if k == "quantity" and c in row]
    unsettled = [m for text in counts if (m := _OPEN.match(text))]
    marks = {m[1] for m in unsettled}
    if len(marks) != 1:
        return style
    (mark,) = marks
    if any(text.isdigit() for text in counts):
        return NumberStyle(_OTHER[mark], sure=False)
    if len(unsettled) >= _FEWEST and len(unsettled) == len(counts) and all(m[2] == "000" for m in unsettled):
        return NumberStyle(mark, sure=False)
    return style
