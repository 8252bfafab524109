"""Each order line as it is printed on a form, with the truth of every tagged cell, and what stands between the lines. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.form_table import Cell, Column, FormLine, Row, Style
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order, OrderLine
from extraction.model.synth.row_shapes import Parts, shaped


def form_lines(rng: random.Random, order: Order, layout: Layout, style: Style) -> tuple[FormLine, ...]:
    """All rows of the table in print order."""
    found: list[FormLine] = []
    section: list[OrderLine] = []
    every = rng.choice((3, 5, 8))
    for number, line in enumerate(order.lines):
        if layout.row_shape == "sections" and number % every == 0:
            found += _section_break(rng, order, section, style)
            section = []
        section.append(line)
        found.append(_form_line(rng, order, layout, style, number, line))
        if rng.random() < 0.015:
            found.append(
                FormLine("note", (Row(text=((words.phrase(rng, order.customer.language, "comment"), None),), indent=1),))
            )
    if layout.row_shape == "sections":
        found += _section_break(rng, order, section, style)[:1]
    if layout.row_shape in {"one_row", "typed"} and rng.random() < 0.1:
        found += _empty_rows(rng, order, style)
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
        "ordered": con.quantity(line.quantity + number % 3), "open": con.quantity(Decimal(number % 3)),
    }
    cells: dict[str, Cell] = {key: ((text, None),) for key, text in texts.items() if text}
    for n, title in enumerate(style.splits):
        share = line.deliveries[n][1] if n < len(line.deliveries) else (line.quantity if not line.deliveries and n == 0 else None)
        cells[f"split:{title}"] = ((con.quantity(share) if share is not None else "-", None),)
    return cells


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


def _section_break(rng: random.Random, order: Order, section: Sequence[OrderLine], style: Style) -> list[FormLine]:
    """The subtotal of the section that ends and the heading of the one that begins."""
    found = []
    language = order.customer.language
    name = words.phrase(rng, language, "section")
    if section:
        label = words.phrases(language, "subtotal_section")[0].format(name="").strip()
        amount = style.conventions.money(sum((line.amount for line in section), Decimal(0)))
        found.append(FormLine("subtotal", (Row(cells={"description": ((label, None),), "amount": ((amount, None),)}),)))
    found.append(FormLine("section", (Row(text=((name, None),)),)))
    return found


