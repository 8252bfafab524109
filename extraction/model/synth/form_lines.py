"""Each order line as it is printed on a form, with the truth of every tagged cell, and what stands between the lines. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.form_table import Cell, Column, FormLine, Row, Style
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order, OrderLine
from extraction.model.synth.row_shapes import Parts, shaped

GROUPED = frozenset({"sections", "delivery_tables", "styles"})
"""Row shapes that part the lines into groups."""


def form_lines(rng: random.Random, order: Order, layout: Layout, style: Style) -> tuple[FormLine, ...]:
    """All rows of the table in print order."""
    found: list[FormLine] = []
    section: list[OrderLine] = []
    every = rng.choice((3, 5, 8))
    for number, line in enumerate(order.lines):
        if layout.row_shape in GROUPED and number % every == 0:
            found += _section_break(rng, order, layout, section, number, style)
            section = []
        section.append(line)
        found.append(_form_line(rng, order, layout, style, number, line))
        if rng.random() < 0.015:
            found.append(
                FormLine("note", (Row(text=((words.phrase(rng, order.customer.language, "comment"), None),), indent=1),))
            )
    if layout.row_shape in GROUPED:
        found += [line for line in _section_break(rng, order, layout, section, -1, style) if line.kind == "subtotal"]
    if layout.row_shape == "side_by_side":
        return _side_by_side(found)
    if layout.row_shape in {"one_row", "typed"} and rng.random() < 0.1:
        found += _empty_rows(rng, order, style)
    return tuple(found)


def _side_by_side(lines: Sequence[FormLine]) -> tuple[FormLine, ...]:
    """Two lines in a row, the second in the right half of the columns. What follows a line's first row is left out."""
    firsts = [line for line in lines if line.kind == "line"]
    found = []
    for left, right in zip_longest(firsts[::2], firsts[1::2]):
        cells = dict(left.rows[0].cells)
        if right:
            cells |= {f"{key}#2": cell for key, cell in right.rows[0].cells.items()}
        values = {**left.values, **(right.values if right else {})}
        found.append(FormLine("line", (Row(cells),), values))
    return tuple(found)


def _empty_rows(rng: random.Random, order: Order, style: Style) -> list[FormLine]:
    """The unused rows of a pre-printed form: blank, or with their number and a zero amount."""
    numbered = rng.random() < 0.5
    zero = style.conventions.money(Decimal(0))
    first, step, digits = style.numbering
    found = []
    for n in range(len(order.lines), len(order.lines) + rng.randrange(2, 12)):
        cells = {"line_no": ((f"{first + n * step:0{digits}d}", None),), "amount": ((zero, None),)}
        found.append(FormLine("empty", (_printed(Row(cells if numbered else {}), style.columns),)))
    return found


def _form_line(rng: random.Random, order: Order, layout: Layout, style: Style, number: int, line: OrderLine) -> FormLine:
    cells, values = _cells(order, layout, style, number, line)
    rows = tuple(_printed(row, style.columns) for row in shaped(layout.row_shape, Parts(rng, order, style, number, line, cells)))
    shown = {tag for row in rows for cell in (*row.cells.values(), row.text) for _, tag in cell if tag}
    if style.uom_in == "title":
        shown.add(f"lines.{number}.uom")
    extra = _comment_rows(rng, order, style, line)
    if order.doc_type == "order_change" and layout.row_shape in {"one_row", "typed", "wrap_centre"} and rng.random() < 0.3:
        rows = (_old_row(rng, rows[0], number, line, style), *rows)
    return FormLine("line", (*rows, *extra), {tag: value for tag, value in values.items() if tag in shown})


def _printed(row: Row, columns: Sequence[Column]) -> Row:
    """The row without the cells that have no column on this form."""
    keys = {column.key for column in columns if column.tier == row.tier}
    return replace(row, cells={key: cell for key, cell in row.cells.items() if key in keys})


def _cells(order: Order, layout: Layout, style: Style, number: int, line: OrderLine) -> tuple[dict[str, Cell], dict[str, Any]]:
    """Every cell of a line by column key, and the truth of each tag whether or not the shape prints it."""
    con = style.conventions
    first, step, digits = style.numbering
    price, per, price_text = _price(layout, style, line)
    values: dict[str, Any] = {
        "line_no": f"{first + number * step:0{digits}d}",
        "supplier_sku": line.supplier_sku, "buyer_sku": line.buyer_sku, "gtin": line.gtin, "description": line.text,
        "quantity": number_of(line.quantity), "uom": style.units[line.uom], "unit_price": number_of(price / per),
        "amount": number_of(line.amount), "requested_date": None,
    }
    texts: dict[str, str | None] = {
        key: values[key] for key in ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "uom")
    }
    texts |= {
        "quantity": con.quantity(line.quantity), "unit_price": price_text, "amount": con.money(line.amount),
        "requested_date": None,
    }
    if line.requested_date:
        texts["requested_date"], values["requested_date"] = con.wish(line.requested_date)
    tagged = {key: ((text, f"lines.{number}.{key}"),) for key, text in texts.items() if text}
    cells: dict[str, Cell] = {**_plain_cells(order, style, number, line, per), **tagged}
    cells["code"] = cells.get(style.code_owner, ())
    cells["date"] = cells.pop("requested_date", ())
    _place_uom(cells, style)
    if line.price == 0 and number % 3 == 0:
        cells["amount"] = ((labels("mark.free_of_charge", order.customer.language)[0], None),)
    return cells, {f"lines.{number}.{key}": value for key, value in values.items() if value is not None}


def number_of(value: Decimal) -> int | float:
    """A Decimal as the JSON number it is printed as."""
    return int(value) if value == value.to_integral_value() else float(value)


def _price(layout: Layout, style: Style, line: OrderLine) -> tuple[Decimal, int, str]:
    """Printed price, the number of units it is for, and its text. Net where the form has no column for the discount."""
    net = bool(line.discount) and ("discount" not in layout.columns or "list_price" in layout.columns)
    price, per = (line.net_price if net else line.price), line.price_unit
    if per == 1 or "price_unit" in layout.columns:
        return price, per, style.conventions.price(price)
    if style.price_unit_inline:
        return price, per, f"{style.conventions.price(price)} / {per}"
    return price / per, 1, style.conventions.price(price / per)


def _plain_cells(order: Order, style: Style, number: int, line: OrderLine, per: int) -> dict[str, Cell]:
    """Cells that prove nothing: tax, pack, weight, brand … List prices are for `per` units, as the price beside them."""
    con, unit = style.conventions, line.unit
    texts = {
        "price_unit": style.price_unit_form.format(per=line.price_unit),
        "discount": f"{con.number(line.discount, 0)}%" if line.discount else "",
        "list_price": con.price(line.price * per / line.price_unit),
        "retail": con.number(line.price * 2, 2), "tax": f"{order.tax_rate}",
        "pack": str(unit.factor) if unit else "", "revision": "ABC"[number % 3], "brand": line.item.brand if line.item else "",
        "weight": con.number(Decimal(number * 37 % 90 + 1) / 10, 2), "origin": ("DE", "CN", "IT", "US")[number % 4], "blank": "",
        "cumulative": con.quantity(line.quantity * (number % 3 + 2)), "before": con.quantity(line.quantity * (number % 3 + 1)),
        "ordered": con.quantity(line.quantity + number % 3), "open": con.quantity(Decimal(number % 3)),
    }
    cells: dict[str, Cell] = {key: ((text, None),) for key, text in texts.items() if text}
    for title, share in zip(style.splits, _shares(line, number, len(style.splits)), strict=True):
        cells[f"split:{title}"] = ((con.quantity(share) if share else "-", None),)
    return cells


def _shares(line: OrderLine, number: int, count: int) -> list[Decimal]:
    """The quantity in `count` parts, some of them nothing: its deliveries, else whole parts that differ from line to line."""
    if line.deliveries and len(line.deliveries) <= count:
        return [share for _, share in line.deliveries] + [Decimal(0)] * (count - len(line.deliveries))
    if not count:
        return []
    parts, left = [], line.quantity
    for n in range(count - 1):
        share = Decimal(int(left) // (count - n)) if (number + n) % 4 else Decimal(0)
        parts.append(share)
        left -= share
    return [*parts, left]


def _place_uom(cells: dict[str, Cell], style: Style) -> None:
    """Move the unit to where this document writes it."""
    unit = cells.get("uom", ())
    if style.uom_in == "quantity":
        cells["quantity"] = (*cells["quantity"], (" ", None), *unit)
    elif style.uom_in == "price":
        cells["unit_price"] = (*cells["unit_price"], ("/", None), *unit)
    if style.uom_in != "column":
        cells.pop("uom", None)


def _comment_rows(rng: random.Random, order: Order, style: Style, line: OrderLine) -> tuple[Row, ...]:
    """A remark below a line, in the text column where there is one; on a change order sometimes the old quantity."""
    text = line.comment
    if order.doc_type == "order_change" and rng.random() < 0.4:
        old = style.conventions.quantity(line.quantity + rng.choice((1, 2, 5, 10)))
        text = words.phrases(order.customer.language, "was")[0].format(old=old, new=style.conventions.quantity(line.quantity))
    if not text:
        return ()
    if any(column.key == "description" for column in style.columns):
        return (Row({"description": ((text, None),)}),)
    return (Row(text=((text, None),), indent=1),)


def _old_row(rng: random.Random, row: Row, number: int, line: OrderLine, style: Style) -> Row:
    """The row as it was before the change, struck out: another quantity, and nothing in it counts."""
    old = style.conventions.quantity(line.quantity + rng.choice((1, 2, 5, 10)))
    cells = {key: tuple((text, None) for text, _ in cell) for key, cell in row.cells.items() if key != "amount"}
    if "quantity" in cells:
        cells["quantity"] = ((old, None), *cells["quantity"][1:])
    return Row(cells, struck=True)


def _section_break(
    rng: random.Random, order: Order, layout: Layout, section: Sequence[OrderLine], number: int, style: Style
) -> list[FormLine]:
    """The subtotal of the group that ends and the heading of the one that begins with a line of this number."""
    found = []
    language = order.customer.language
    if section and layout.row_shape != "styles":
        label = words.phrases(language, "subtotal_section")[0].format(name="").strip()
        amount = style.conventions.money(sum((line.amount for line in section), Decimal(0)))
        cells: dict[str, Cell] = {"description": ((label, None),), "amount": ((amount, None),)}
        found.append(FormLine("subtotal", (_printed(Row(cells), style.columns),)))
    if layout.row_shape == "delivery_tables":
        day = order.order_date + timedelta(days=10 + max(number, 0) * 3)
        before, _, after = words.phrases(language, "delivery_table")[0].format(n=1 + max(number, 0) // 3, date="|").partition("|")
        runs = ((before, None), (style.conventions.date(day), f"lines.{number}.requested_date"), (after, None))
        found.append(FormLine("heading", (Row(text=runs),)))
    elif layout.row_shape == "styles":
        item = order.lines[number].item
        name = words.noun(item.family, language).upper() if item else "A 7"
        found.append(FormLine("section", (Row(text=((f"{words.phrases(language, 'style')[0]}: {name}", None),)),)))
    else:
        found.append(FormLine("section", (Row(text=((words.phrase(rng, language, "section"), None),)),)))
    return found
