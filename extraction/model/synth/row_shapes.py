"""The row shapes: how the cells of one order line become printed rows. Pure, apart from the draws a kit or note needs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.form_table import CODES, Cell, Column, Row, Run, Style
from extraction.model.synth.orders import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Parts:
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


def _one_row(p: Parts) -> tuple[Row, ...]:
    return (Row(p.cells),)


def _text_first(p: Parts) -> tuple[Row, ...]:
    return (Row(text=p.cells["description"]), Row(p.without("description")))


def _sap_lower(p: Parts) -> tuple[Row, ...]:
    code = (Row(text=p.code(), indent=1),) if p.code() else ()
    return (Row(p.without("description", *CODES)), *code, Row(text=p.cells["description"], indent=2))


def _code_over_text(p: Parts) -> tuple[Row, ...]:
    """Code in the text column, the text below it, then the other party's code in a sentence."""
    used = p.code() or p.cells["description"]
    rows = [Row({**p.without(*CODES), "description": used})]
    if used != p.cells["description"]:
        rows.append(Row({"description": p.cells["description"]}))
    other = "buyer_sku" if used and used[0][1] == p.tag("supplier_sku") else "supplier_sku"
    return (*rows, *_named_code(p, other)) if p.number % 5 else tuple(rows)


def _named_code(p: Parts, owner: str) -> tuple[Row, ...]:
    """"Our part no.: …" or "Your part no.: …" as a row of the text column."""
    code = getattr(p.line, owner)
    if not code:
        return ()
    phrase = words.phrases(p.order.customer.language, "yourpart" if owner == "supplier_sku" else "ourpart")[0]
    return (Row({"description": ((phrase.format(code=""), None), (code, p.tag(owner)))}),)


def _codes_below(p: Parts) -> tuple[Row, ...]:
    return (Row(p.cells), *_named_code(p, "buyer_sku"), *_named_code(p, "supplier_sku"))


def _code_in_text(p: Parts) -> tuple[Row, ...]:
    """The code inside the description: in front, behind, in brackets or between stars."""
    code = getattr(p.line, p.style.code_owner)
    if not code:
        return (Row(p.cells),)
    first, second = p.style.code_form.split("|")
    runs = tuple(_form_run(part, p, code) for part in (first, second))
    return (Row({**p.cells, "description": runs}),)


def _form_run(pattern: str, p: Parts, code: str) -> Run:
    tag = p.tag(p.style.code_owner) if "{code}" in pattern else p.tag("description")
    return pattern.format(code=code, text=p.line.text), tag


def _schedule(p: Parts) -> tuple[Row, ...]:
    """One line, then a row per delivery with its share of the quantity."""
    con, phrase = p.style.conventions, words.phrases(p.order.customer.language, "deliver")[0]
    parts = (
        Row({"description": ((phrase.format(date=con.date(day)), None),), "quantity": ((con.quantity(share), None),)})
        for day, share in p.line.deliveries
    )
    return (Row(p.cells), *parts)


def _kit(p: Parts) -> tuple[Row, ...]:
    """Every third line is a kit whose parts follow with a quantity and no price."""
    if p.number % 3 or not p.line.item:
        return (Row(p.cells),)
    language = p.order.customer.language
    nouns = [words.noun(family, language) for family in p.rng.sample(words.families(), 2)]
    parts = (Row({"description": ((f"- {noun}", None),), "quantity": ((str(p.rng.randrange(1, 9)), None),)}) for noun in nouns)
    return (Row(p.cells), *parts)


def _two_rows(p: Parts) -> tuple[Row, ...]:
    return (Row(p.cells, tier=0), Row(p.cells, tier=1))


def _four_tier(p: Parts) -> tuple[Row, ...]:
    note = words.phrase(p.rng, p.order.customer.language, "comment")
    return (Row(p.without("description", *CODES)), Row(text=p.code(), indent=1), Row(text=p.cells["description"], indent=1),
            Row(text=((note, None),), indent=1))


def _run_together(p: Parts) -> tuple[Row, ...]:
    """All values of the row with single blanks between them."""
    runs: list[Run] = []
    for column in p.style.columns:
        if cell := p.cells.get(column.key):
            runs += [(" ", None), *cell] if runs else cell
    return (Row(text=tuple(runs)),)


def _card(p: Parts) -> tuple[Row, ...]:
    """A card: three rows of labelled values."""
    columns = [column for column in p.style.columns if p.cells.get(column.key) and column.key != "description"]
    halves = (columns[: len(columns) // 2], columns[len(columns) // 2 :])
    rows = [_card_row(p, half) for half in halves]
    return (rows[0], Row(text=p.cells["description"], indent=1), rows[1])


def _card_row(p: Parts, columns: Sequence[Column]) -> Row:
    runs: list[Run] = []
    for column in columns:
        gap = "     " if runs else ""
        label = f"{' '.join(column.titles)}: " if column.titles else ""
        runs += [(gap + label, None), *p.cells[column.key]]
    return Row(text=tuple(runs))


def _numbered_text(p: Parts) -> tuple[Row, ...]:
    """Every line is followed by a row of text with the next number."""
    note = words.phrase(p.rng, p.order.customer.language, "comment")
    first, step, digits = p.style.numbering
    number = f"{first + p.number * step + 1:0{digits}d}"
    return (Row(p.cells), Row({"line_no": ((number, None),), "description": ((note, None),)}))


def _site_rows(p: Parts) -> tuple[Row, ...]:
    """Where this line goes, as a code below it."""
    site = words.phrases(p.order.customer.language, "site_row")[0].format(code=f"{(p.number * 37 + 12) % 90 + 10:04d}")
    return (Row(p.cells), Row({"description": ((site, None),)}))


def _item_below(p: Parts) -> tuple[Row, ...]:
    """The numbers, and below them code and text in one line."""
    code = p.code()
    text: Cell = (*code, ("  " if code else "", None), *p.cells["description"])
    return (Row(p.without("description", *CODES)), Row(text=text, indent=1))


def _unit_below(p: Parts) -> tuple[Row, ...]:
    return (Row(p.without("uom")), Row({"quantity": p.cells.get("uom", ())}))


def _note_rows(p: Parts) -> tuple[Row, ...]:
    """Texts of the material below the line: drawing, number of a machine, a customs code."""
    digits = p.rng.randrange(10**8)
    texts = (f"Ref. {digits % 10**5:05d}", f"HS {digits:08d}", f"Dwg. 4-{digits % 10**4:04d} B",
             words.phrase(p.rng, p.order.customer.language, "comment"))
    chosen = p.rng.sample(texts, p.rng.randrange(1, 4))
    return (Row(p.cells), *(Row({"description": ((text, None),)}) for text in chosen))


def _discounts_below(p: Parts) -> tuple[Row, ...]:
    """Gross price and discount as rows under the net price, where there is a discount."""
    if not p.line.discount:
        return (Row(p.cells),)
    con, language = p.style.conventions, p.order.customer.language
    gross = (words.phrases(language, "col_list_price")[0], con.price(p.line.price / p.line.price_unit))
    less = (f"{labels('lines.discount', language)[0]} {con.number(p.line.discount, 0)} %", con.number(
        -(p.line.price - p.line.net_price) / p.line.price_unit, 2))
    rows = (Row({"description": ((label, None),), "unit_price": ((text, None),)}) for label, text in (gross, less))
    return (Row(p.cells), *rows)


_SHAPES: dict[str, Callable[[Parts], tuple[Row, ...]]] = {
    "text_first": _text_first, "sap_lower": _sap_lower, "code_over_text": _code_over_text, "codes_below": _codes_below,
    "code_in_text": _code_in_text, "schedule": _schedule, "kit": _kit, "two_rows": _two_rows, "four_tier": _four_tier,
    "run_together": _run_together, "cards": _card, "numbered_text": _numbered_text, "site_rows": _site_rows,
    "item_below": _item_below, "unit_below": _unit_below, "note_rows": _note_rows, "discounts_below": _discounts_below,
}


def shaped(shape: str, parts: Parts) -> tuple[Row, ...]:
    """The rows of a line in a shape; shapes without rows of their own differ only in how they are drawn."""
    return _SHAPES.get(shape, _one_row)(parts)
