"""An order template: a sheet with much of the catalogue, in which the customer filled in few quantities."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.catalogue import Item, describe
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.grid import Grid, Value
from extraction.model.synth.orders import Order, OrderLine

COLUMNS = (
    ("supplier_sku", "description", "uom", "unit_price", "quantity", "amount"),
    ("quantity", "supplier_sku", "description", "pack", "unit_price"),
    ("supplier_sku", "gtin", "description", "pack", "uom", "unit_price", "quantity"),
    ("description", "supplier_sku", "unit_price", "uom", "quantity", "amount"),
)


def fill_template(rng: random.Random, grid: Grid, order: Order, row: int) -> int:
    """Header row, headings of families, items; a quantity on the ordered ones alone. Returns the row below."""
    language = order.customer.language
    keys, zero = rng.choice(COLUMNS), rng.random() < 0.3
    start = rng.choice((0, 0, 1))
    for n, key in enumerate(keys, start):
        grid.put(row, n, rng.choice(labels(f"lines.{key}", language)[:4]))
    grid.bold.add(row)
    family = ""
    for number, line, item in _rows(rng, order):
        row += 1
        if item.family != family and rng.random() < 0.9:
            grid.put(row, start, words.noun(item.family, language).upper())
            grid.bold.add(row)
            row += 1
        family = item.family
        values = _ordered(order, line) if line else _listed(item, language, zero=zero)
        for n, key in enumerate(keys, start):
            tag = f"lines.{number}.{key}" if line and key != "pack" else None
            grid.put(row, n, values[key], tag)
            if tag and values[key] not in (None, ""):
                grid.printed[tag] = values[key]
    return row + 1


def _rows(rng: random.Random, order: Order) -> Iterator[tuple[int, OrderLine | None, Item]]:
    """The ordered lines, between items of their families that are not ordered. Only for orders all of items."""
    ordered = {line.item.sku for line in order.lines if line.item}
    spare = rng.choice((3, 8, 20))
    for number, line in enumerate(order.lines):
        if not line.item:
            continue
        others = [item for item in order.company.items if item.family == line.item.family and item.sku not in ordered]
        for item in rng.sample(others, min(len(others), rng.randrange(spare + 1))):
            yield number, None, item
        yield number, line, line.item


def _ordered(order: Order, line: OrderLine) -> dict[str, Value]:
    price = number_of((line.net_price if line.discount else line.price) / line.price_unit)
    return {
        "supplier_sku": line.supplier_sku, "gtin": line.gtin, "description": line.text, "quantity": number_of(line.quantity),
        "uom": words.unit_spellings(line.uom, order.customer.language)[0], "unit_price": price,
        "amount": number_of(line.amount), "pack": number_of(line.unit.factor) if line.unit else None,
    }


def _listed(item: Item, language: str, *, zero: bool) -> dict[str, Any]:
    return {
        "supplier_sku": item.sku, "gtin": item.units[0].gtin, "description": describe(item, language),
        "quantity": 0 if zero else None, "uom": words.unit_spellings(item.base_uom, language)[0],
        "unit_price": number_of(item.list_price / item.price_unit), "amount": 0 if zero else None, "pack": 1,
    }
