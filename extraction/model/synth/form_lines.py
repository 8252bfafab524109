"""The line table of a form: columns with their titles, and each order line as printed rows in one of the row shapes. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions, format_date
from extraction.model.synth.layouts import Layout
from extraction.model.synth.orders import Order, OrderLine

Run = tuple[str, str | None]      # printed characters and the tag of the truth they show
Cell = tuple[Run, ...]            # runs follow each other without a gap

NUMERIC = frozenset(
    {"quantity", "unit_price", "list_price", "retail", "amount", "discount", "tax", "price_unit", "pack", "weight"}
)
CODES = frozenset({"code", "supplier_sku", "buyer_sku"})
_OTHER_TITLES = ("list_price", "retail", "origin", "weight", "brand", "blank")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. `titles` are the stacked words of its heading, perhaps none; `tier` its row of columns."""

    key: str
    titles: tuple[str, ...]
    align: str
    title_align: str
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: cells by column key, or `text` running across the table from an indentation (0–2)."""

    cells: Mapping[str, Cell] = field(default_factory=dict)
    text: Cell = ()
    indent: int = 0
    tier: int = 0


@dataclass(frozen=True, slots=True)
class FormLine:
    """The rows of one order line, or of what stands between lines (section, note, subtotal, empty). `values`: tag → truth."""

    kind: str
    rows: tuple[Row, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """What one document does the same way on every line."""

    columns: tuple[Column, ...]
    conventions: Conventions
    code_owner: str
    numbering: tuple[int, int, int]       # first, step, digits
    uom_in: str                           # column, quantity, price, title, none
    units: Mapping[str, str]
    price_unit_inline: bool
    code_form: str
    splits: tuple[str, ...]


def draw_style(rng: random.Random, order: Order, layout: Layout, conventions: Conventions) -> Style:
    """Draw the habits of one document that fit its layout."""
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
    splits = _split_titles(rng, order, conventions) if layout.row_shape == "delivery_columns" else ()
    style = Style(
        (), conventions, owner, rng.choice(((1, 1, 0), (1, 1, 0), (10, 10, 0), (10, 10, 3), (10, 10, 5), (1, 2, 0), (1, 1, 3))),
        uom_in, units, rng.random() < 0.3,
        rng.choice(("[{code}] |{text}", "{text} - |{code}", "*{code}* |{text}", "{code}: |{text}", "{text} (|{code})")), splits,
    )
    return replace(style, columns=_columns(rng, layout, style, language))


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
        found += [FormLine("empty", (Row(),)) for _ in range(rng.randrange(2, 9))]
    return tuple(found)


def _form_line(rng: random.Random, order: Order, layout: Layout, style: Style, number: int, line: OrderLine) -> FormLine:
    cells, values = _cells(order, layout, style, number, line)
    shape = _SHAPES.get(layout.row_shape, _one_row)
    rows = tuple(_printed(row, style.columns) for row in shape(_Parts(rng, order, style, number, line, cells)))
    shown = {tag for row in rows for cell in (*row.cells.values(), row.text) for _, tag in cell if tag}
    if style.uom_in == "title":
        shown.add(f"lines.{number}.uom")
    extra = _comment_rows(rng, order, style, line)
    return FormLine("line", (*rows, *extra), {tag: value for tag, value in values.items() if tag in shown})


def _printed(row: Row, columns: Sequence[Column]) -> Row:
    """The row without the cells that have no column on this form."""
    keys = {column.key for column in columns if column.tier == row.tier}
    return replace(row, cells={key: cell for key, cell in row.cells.items() if key in keys})


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a row shape may use."""

    rng: random.Random
    order: Order
    style: Style
    number: int
    line: OrderLine
    cells: dict[str, Cell]

    def tag(self, key: str) -> str:
        return f"lines.{self.number}.{key}"

    def without(self, *keys: str) -> dict[str, Cell]:
        return {key: cell for key, cell in self.cells.items() if key not in keys}

    def code(self) -> Cell:
        """The code this form prints: the cell of the code column, whichever there is."""
        return next((self.cells[key] for key in ("code", "supplier_sku", "buyer_sku") if self.cells.get(key)), ())


def _cells(order: Order, layout: Layout, style: Style, number: int, line: OrderLine) -> tuple[dict[str, Cell], dict[str, Any]]:
    """Every cell of a line by column key, and the truth of each tag whether or not the shape prints it."""
    con = style.conventions
    first, step, digits = style.numbering
    price, per, price_text = _price(layout, style, line)
    values: dict[str, Any] = {
        "line_no": f"{first + number * step:0{digits}d}" if digits else str(first + number * step),
        "supplier_sku": line.supplier_sku, "buyer_sku": line.buyer_sku, "gtin": line.gtin, "description": line.text,
        "quantity": number_of(line.quantity), "uom": style.units[line.uom], "unit_price": number_of(price / per),
        "amount": number_of(line.amount), "requested_date": line.requested_date.isoformat() if line.requested_date else None,
    }
    texts: dict[str, str | None] = {
        key: values[key] for key in ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "uom")
    }
    texts |= {
        "quantity": con.quantity(line.quantity), "unit_price": price_text, "amount": con.money(line.amount),
        "requested_date": con.date(line.requested_date) if line.requested_date else None,
    }
    tagged = {key: ((text, f"lines.{number}.{key}"),) for key, text in texts.items() if text}
    cells: dict[str, Cell] = {**_plain_cells(order, style, number, line), **tagged}
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


def _plain_cells(order: Order, style: Style, number: int, line: OrderLine) -> dict[str, Cell]:
    """Cells that prove nothing: tax, discount, pack, weight, brand …"""
    con, unit = style.conventions, line.unit
    texts = {
        "price_unit": str(line.price_unit), "discount": f"{con.number(line.discount, 0)}%" if line.discount else "",
        "list_price": con.price(line.price), "retail": con.number(line.price * 2, 2), "tax": f"{order.tax_rate}",
        "pack": str(unit.factor) if unit else "", "revision": "ABC"[number % 3], "brand": line.item.brand if line.item else "",
        "weight": con.number(Decimal(number * 37 % 90 + 1) / 10, 2), "origin": ("DE", "CN", "IT", "US")[number % 4], "blank": "",
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


def _one_row(p: _Parts) -> tuple[Row, ...]:
    return (Row(p.cells),)


def _text_first(p: _Parts) -> tuple[Row, ...]:
    return (Row(text=p.cells["description"]), Row(p.without("description")))


def _sap_lower(p: _Parts) -> tuple[Row, ...]:
    code = (Row(text=p.code(), indent=1),) if p.code() else ()
    return (Row(p.without("description", *CODES)), *code, Row(text=p.cells["description"], indent=2))


def _code_over_text(p: _Parts) -> tuple[Row, ...]:
    """Code in the text column, the text below it, then the other party's code in a sentence."""
    used = p.code() or p.cells["description"]
    rows = [Row({**p.without(*CODES), "description": used})]
    if used != p.cells["description"]:
        rows.append(Row({"description": p.cells["description"]}))
    other = "buyer_sku" if used and used[0][1] == p.tag("supplier_sku") else "supplier_sku"
    return (*rows, *_named_code(p, other)) if p.number % 5 else tuple(rows)


def _named_code(p: _Parts, owner: str) -> tuple[Row, ...]:
    """"Our part no.: …" or "Your part no.: …" as a row of the text column."""
    code = getattr(p.line, owner)
    if not code:
        return ()
    phrase = words.phrases(p.order.customer.language, "yourpart" if owner == "supplier_sku" else "ourpart")[0]
    return (Row({"description": ((phrase.format(code=""), None), (code, p.tag(owner)))}),)


def _codes_below(p: _Parts) -> tuple[Row, ...]:
    return (Row(p.cells), *_named_code(p, "buyer_sku"), *_named_code(p, "supplier_sku"))


def _code_in_text(p: _Parts) -> tuple[Row, ...]:
    """The code inside the description: in front, behind, in brackets or between stars."""
    code = getattr(p.line, p.style.code_owner)
    if not code:
        return (Row(p.cells),)
    first, second = p.style.code_form.split("|")
    runs = tuple(_form_run(part, p, code) for part in (first, second))
    return (Row({**p.cells, "description": runs}),)


def _form_run(pattern: str, p: _Parts, code: str) -> Run:
    tag = p.tag(p.style.code_owner) if "{code}" in pattern else p.tag("description")
    return pattern.format(code=code, text=p.line.text), tag


def _schedule(p: _Parts) -> tuple[Row, ...]:
    """One line, then a row per delivery with its share of the quantity."""
    con, phrase = p.style.conventions, words.phrases(p.order.customer.language, "deliver")[0]
    parts = (
        Row({"description": ((phrase.format(date=con.date(day)), None),), "quantity": ((con.quantity(share), None),)})
        for day, share in p.line.deliveries
    )
    return (Row(p.cells), *parts)


def _kit(p: _Parts) -> tuple[Row, ...]:
    """Every third line is a kit whose parts follow with a quantity and no price."""
    if p.number % 3 or not p.line.item:
        return (Row(p.cells),)
    language = p.order.customer.language
    nouns = [words.noun(family, language) for family in p.rng.sample(words.families(), 2)]
    parts = (Row({"description": ((f"- {noun}", None),), "quantity": ((str(p.rng.randrange(1, 9)), None),)}) for noun in nouns)
    return (Row(p.cells), *parts)


def _two_rows(p: _Parts) -> tuple[Row, ...]:
    return (Row(p.cells, tier=0), Row(p.cells, tier=1))


def _four_tier(p: _Parts) -> tuple[Row, ...]:
    note = words.phrase(p.rng, p.order.customer.language, "comment")
    return (Row(p.without("description", *CODES)), Row(text=p.code(), indent=1), Row(text=p.cells["description"], indent=1),
            Row(text=((note, None),), indent=1))


def _run_together(p: _Parts) -> tuple[Row, ...]:
    """All values of the row with single blanks between them."""
    runs: list[Run] = []
    for column in p.style.columns:
        if cell := p.cells.get(column.key):
            runs += [(" ", None), *cell] if runs else cell
    return (Row(text=tuple(runs)),)


def _card(p: _Parts) -> tuple[Row, ...]:
    """A card: three rows of labelled values."""
    columns = [column for column in p.style.columns if p.cells.get(column.key) and column.key != "description"]
    halves = (columns[: len(columns) // 2], columns[len(columns) // 2 :])
    rows = [_card_row(p, half) for half in halves]
    return (rows[0], Row(text=p.cells["description"], indent=1), rows[1])


def _card_row(p: _Parts, columns: Sequence[Column]) -> Row:
    runs: list[Run] = []
    for column in columns:
        gap = "     " if runs else ""
        runs += [(f"{gap}{' '.join(column.titles)}: ", None), *p.cells[column.key]]
    return Row(text=tuple(runs))


_SHAPES: dict[str, Callable[[_Parts], tuple[Row, ...]]] = {
    "text_first": _text_first, "sap_lower": _sap_lower, "code_over_text": _code_over_text, "codes_below": _codes_below,
    "code_in_text": _code_in_text, "schedule": _schedule, "kit": _kit, "two_rows": _two_rows, "four_tier": _four_tier,
    "run_together": _run_together, "cards": _card,
}


def _columns(rng: random.Random, layout: Layout, style: Style, language: str) -> tuple[Column, ...]:
    """The printed columns with their titles; a shape that moves a value below the row has no column for it."""
    moved: frozenset[str] = {
        "sap_lower": CODES | {"description"}, "four_tier": CODES | {"description"}, "code_over_text": CODES,
        "text_first": frozenset({"description"}),
    }.get(layout.row_shape, frozenset())
    keys = [key for key in layout.columns if key not in moved]
    fixed = random.Random(f"columns-{layout.id}")
    found = [_column(rng, fixed, key, style, language) for key in keys]
    if style.splits:
        at = keys.index("quantity") + 1
        found[at:at] = [Column(f"split:{title}", (title,), "right", "right") for title in style.splits]
    if layout.row_shape == "two_rows":
        found = [replace(column, tier=int(column.key in NUMERIC or column.key in {"uom", "date"})) for column in found]
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
