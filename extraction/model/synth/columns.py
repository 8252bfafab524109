"""The columns of a document's line table: which are printed, under which titles, and what else the document keeps the same."""

from __future__ import annotations

import random
from dataclasses import replace

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions, format_date
from extraction.model.synth.form_table import CODES, NUMERIC, Column, Style
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order

_OTHER_TITLES = ("list_price", "retail", "origin", "weight", "brand", "blank", "ordered", "open", "cumulative", "before")
SIZES = (("S", "M", "L", "XL"), ("36", "37", "38", "39", "40"), ("M", "T", "W", "T ", "F"), ("Store A", "Store B", "Store C"))
MOVED: dict[str, frozenset[str]] = {
    "sap_lower": CODES | {"description"}, "four_tier": CODES | {"description"}, "code_over_text": CODES,
    "text_first": frozenset({"description"}), "item_below": CODES | {"description"}, "unit_below": frozenset({"uom"}),
}
"""Columns that a row shape has no place for, since it prints their values elsewhere."""


def draw_style(rng: random.Random, order: Order, layout: Layout, conventions: Conventions, other: str = "") -> Style:
    """Draw the habits of one document that fit its layout; the titles of bilingual forms stand in an `other` language too."""
    language = order.customer.language
    units = {line.uom: rng.choice(words.unit_spellings(line.uom, language)) for line in order.lines}
    if "uom" in layout.columns:
        uom_in = "column"
    else:
        choices = ("none", "quantity", "price", "title" if len(set(units.values())) == 1 else "none")
        uom_in = rng.choices(choices, (6, 3, 0.7, 1))[0]
    owner = (
        rng.choices(("supplier_sku", "buyer_sku"), (6, 4))[0]
        if any(line.buyer_sku for line in order.lines)
        else "supplier_sku"
    )
    splits: tuple[str, ...] = ()
    if layout.row_shape == "delivery_columns":
        splits = _split_titles(rng, order, conventions)
    elif layout.row_shape == "sizes":
        splits = rng.choice(SIZES)
    style = Style(
        (), conventions, owner, rng.choice(((1, 1, 0), (1, 1, 0), (10, 10, 0), (10, 10, 3), (10, 10, 5), (1, 2, 0), (1, 1, 3))),
        uom_in, units, rng.random() < 0.3, rng.choice(("{per}", "{per}", "/ {per}", "per {per}")),
        rng.choice(("[{code}] |{text}", "{text} - |{code}", "*{code}* |{text}", "{code}: |{text}", "{text} (|{code})")), splits,
    )
    return replace(style, numbering=(1, 2, 0) if layout.row_shape == "numbered_text" else style.numbering,
                   columns=_columns(rng, layout, style, language, other))


def as_before(style: Style, before: Style) -> Style:
    """The style of another copy of a form, for the units and the split quantities of this one. A unit that stood in a title
    because all lines had it stands beside the quantity: the lines of this copy may have others."""
    same = [c.key for c in before.columns] == [c.key for c in style.columns]
    columns = before.columns if same else style.columns
    uom_in = "quantity" if before.uom_in == "title" else before.uom_in
    if before.uom_in == "title" or not same:
        units = {f"({unit})" for unit in (*before.units.values(), *style.units.values())}
        columns = tuple(replace(c, titles=tuple(bare for t in c.titles if (bare := _without(t, units)))) for c in columns)
    return replace(before, columns=columns, splits=style.splits, units={**style.units, **before.units}, uom_in=uom_in)


def _without(title: str, units: set[str]) -> str:
    return next((title.removesuffix(unit).strip() for unit in units if title.endswith(unit)), title)


def _columns(rng: random.Random, layout: Layout, style: Style, language: str, other: str) -> tuple[Column, ...]:
    """The printed columns with their titles; a shape that moves a value below the row has no column for it."""
    moved = MOVED.get(layout.row_shape, frozenset())
    keys = [key for key in layout.columns if key not in moved]
    if layout.row_shape == "releases":
        at = keys.index("quantity")
        keys[at : at + 1] = rng.choice((["before", "quantity", "cumulative"], ["cumulative", "quantity"], ["before", "quantity"]))
    fixed = random.Random(f"columns-{layout.id}")
    found = [_column(rng, fixed, key, style, language) for key in keys]
    if style.splits:
        at = keys.index("quantity") + fixed.randrange(2)
        group = words.phrases(language, "group_split")[0] if fixed.random() < 0.4 else ""
        found[at:at] = [Column(f"split:{title}", (title,), "right", "right", group=group) for title in style.splits]
    elif fixed.random() < 0.06:
        group = words.phrases(language, "group_price")[0]
        found = [replace(column, group=group) if column.key in {"list_price", "discount", "unit_price", "price_unit", "amount"}
                 else column for column in found]
    if layout.row_shape == "two_rows":
        found = [replace(column, tier=int(column.key in NUMERIC or column.key in {"uom", "date"})) for column in found]
    if other and fixed.random() < 0.7:
        found = [replace(c, titles=(*c.titles, _column_title(rng, c.key, style, other))) if c.titles and ":" not in c.key else c
                 for c in found]
    if layout.row_shape not in {"cards", "run_together"} and fixed.random() < 0.03:
        found = [replace(column, titles=()) for column in found]
    if layout.row_shape == "side_by_side":
        found += [replace(column, key=f"{column.key}#2") for column in found]
    return tuple(found)


def _column(rng: random.Random, fixed: random.Random, key: str, style: Style, language: str) -> Column:
    title = _column_title(rng, key, style, language)
    if key == "quantity" and style.uom_in == "title":
        title = f"{title} ({next(iter(style.units.values()))})"
    numeric = key in NUMERIC
    align = fixed.choices(("right", "centre", "left"), (9, 1, 1))[0] if numeric else fixed.choices(("left", "centre"), (9, 1))[0]
    title_align = align if fixed.random() < 0.6 else fixed.choice(("left", "centre", "right" if numeric else "left"))
    stacked = tuple(title.split()) if fixed.random() < 0.3 or len(title) > 14 else (title,)
    return Column(key, stacked if fixed.random() > 0.02 else (), align, title_align)


def _column_title(rng: random.Random, key: str, style: Style, language: str) -> str:
    if key in _OTHER_TITLES:
        return words.phrases(language, f"col_{key}")[0]
    name = {"code": "buyer_sku", "date": "requested_date"}.get(key, key)
    found = labels(f"lines.{name}", language)[:8]
    return rng.choices(found, [1 / (n + 2) for n in range(len(found))])[0]


def _split_titles(rng: random.Random, order: Order, conventions: Conventions) -> tuple[str, ...]:
    """Titles of the delivery columns: weeks, short dates or places."""
    start = order.order_date.isocalendar().week % 45 + 2
    days = [day for line in order.lines for day, _ in line.deliveries][:3]
    if rng.random() < 0.3 and len(set(days)) == 3:
        return tuple(format_date(day, "%d.%m.", order.customer.language) for day in days)
    return rng.choice((tuple(f"W{start + 2 * n}" for n in range(3)), ("A", "B", "C"), tuple(f"KW {start + n}" for n in range(3))))
