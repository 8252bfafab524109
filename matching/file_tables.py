"""The tables that the `match` commands read: catalogues and order lines of anybody's making, as items and questions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from matching.item_attributes import LONGEST, NO_TEXT, UNIT_SUFFIX, is_number
from matching.records import ItemRecord, LineQuery, PriceRecord
from matching.units import unit_codes
from models.domain.codes import gtin_is_valid
from models.domain.units import ItemUnit
from models.errors import InputError
from runtime.tabular import Row, decimal_of, need_columns, numbered, read_rows

_OTHER_NAMES = {
    "gtin": ("ean", "upc", "barcode", "gtin13", "gtin_13", "ean13"),
    "brand": ("manufacturer", "vendor", "make", "supplier_brand"),
    "mpn": ("manufacturer_part_number", "manufacturer_number", "part_number", "model_number", "model"),
    "description": ("name", "title", "product_name", "item_name", "text"),
}
_KNOWN = {
    "sku", "gtin", "uom_gtin", "mpn", "brand", "description", "base_uom", "uom", "factor", "list_price", "price", "currency",
    "id", "code", "quantity",
    *(other for others in _OTHER_NAMES.values() for other in others)}


def read_catalogue(path: Path) -> list[ItemRecord]:
    """Items of a CSV sku,gtin,mpn,brand,description and, where known, base_uom, uom, factor, list_price (or price), currency;
    further columns, such as colour or size, add to the description.

    A repeated SKU with the same text adds units; with another text it is refused. A price that is no number counts as
    none. Raises InputError naming the line.
    """
    found: dict[str, ItemRecord] = {}
    lines: dict[str, int] = {}
    for line, row in numbered(need_columns(read_rows(path), "sku")):
        if not row["sku"]:
            raise InputError(f"{path.name}, line {line}: sku is empty; fill it in.", code="missing_value")
        item = _item(row, len(found) + 1)
        first = found.setdefault(item.sku, item)
        if first is item:
            lines[item.sku] = line
        elif (first.description, first.mpn) != (item.description, item.mpn):
            raise InputError(
                f"{path.name}, line {line}: the SKU “{item.sku}” stands in line {lines[item.sku]} already, as another item. Give "
                "each item a SKU of its own.", code="duplicate_sku")
        else:
            found[item.sku] = replace(
                first, gtins=first.gtins | item.gtins, prices=(*first.prices, *item.prices),
                units=(*first.units, *(u for u in item.units if u.uom not in {f.uom for f in first.units})))
    return list(found.values())


def _item(row: Row, number: int) -> ItemRecord:
    base = _uom(row.get("base_uom") or row.get("uom")) or "H87"
    units = {base: ItemUnit(base, Decimal(1))}
    if (uom := _uom(row.get("uom"))) and uom != base:
        units[uom] = ItemUnit(uom, _number(row, "factor") or Decimal(1))
    gtins = {g for g in (_named(row, "gtin"), row.get("uom_gtin", "")) if g}
    return ItemRecord(
        number, row["sku"], _described(row), base_uom=base, mpn=_named(row, "mpn") or None, brand=_named(row, "brand") or None,
        gtins=frozenset(g.zfill(14) if gtin_is_valid(g.zfill(14)) else g for g in gtins), units=tuple(units.values()),
        prices=_prices(row, base))


def _named(row: Row, column: str) -> str:
    """A column by its name, or by one of the names that others give it."""
    return next((row[name] for name in (column, *_OTHER_NAMES.get(column, ())) if row.get(name)), "")


def _described(row: Row) -> str:
    """The description, a name or title that says something else, and what further columns add."""
    texts = [row[name] for name in ("description", *_OTHER_NAMES["description"]) if row.get(name)]
    said = " ".join(dict.fromkeys(texts))
    lower = said.casefold()
    return " ".join([said, *(more for more in _attributes(row) if more.casefold() not in lower)]).strip()


def _attributes(row: Row) -> list[str]:
    """The values of further columns as a description would say them: "size 42", "40 mm"."""
    found = []
    for name, value in row.items():
        if not value or name in _KNOWN or len(value) > LONGEST or NO_TEXT.search(name):
            continue
        unit = UNIT_SUFFIX.search(name) if is_number(value) else None
        found.append(f"{value} {unit[1]}" if unit else f"size {value}" if name == "size" else value)
    return found


def _prices(row: Row, base: str) -> tuple[PriceRecord, ...]:
    price = _number(row, "list_price") or _number(row, "price")
    return (PriceRecord(base, price, Decimal(1), row.get("currency", "")),) if price else ()


def _number(row: Row, column: str) -> Decimal | None:
    """A number above 0; what is none counts as empty."""
    try:
        return decimal_of(row, column, Decimal(0)) or None
    except InputError:
        return None


def _uom(text: str | None) -> str | None:
    if not text:
        return None
    return next(iter(unit_codes(text)), text)


def read_lines(path: Path) -> dict[str, LineQuery]:
    """Lines by id, of a CSV id,code,description,quantity,uom,price; cells may be empty, a price that is no number counts as none.
    Further columns may give more codes (sku, gtin, mpn) and attributes.

    Raises InputError for an id that is missing or comes twice.
    """
    found: dict[str, LineQuery] = {}
    for line, row in numbered(need_columns(read_rows(path), "id")):
        if not row["id"] or row["id"] in found:
            raise InputError(f"{path.name}, line {line}: the id is missing or was used before.", code="bad_id")
        codes = (row.get("code", ""), row.get("sku", ""), _named(row, "gtin"), _named(row, "mpn"))
        text = " ".join(filter(None, (_described(row), _named(row, "brand"))))
        found[row["id"]] = LineQuery(
            tuple(dict.fromkeys(filter(None, codes))), text, row.get("uom") or None, _number(row, "price"))
    return found
