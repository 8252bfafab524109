"""One table row to one reading line: values with proof, and confidence from title, format and arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from extraction.fields.dates import DateStyle, parse_date
from extraction.fields.numbers import NumberStyle
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.lines.codes import CODES
from extraction.lines.rows import Kinds, Row, cell
from extraction.lines.tagged import Witness
from extraction.lines.texts import Reach, Texts, read_texts
from extraction.lines.units import is_unit, package_of, says_unit
from extraction.lines.values import (
    Amount,
    is_code,
    is_gtin,
    letter_base,
    measured,
    number_of,
    percent_of,
    price_of,
    quantity_of,
)
from models.domain.evidence import Candidate, Found, Origin
from models.domain.reading import ReadingLine

T = TypeVar("T")
_FACTORS = ("quantity", "unit_price", "amount")
_SHORT = 5                    # letters of a unit that nobody told us of
_REPAIRED = 0.9               # arithmetic and a second reader agree against the first


@dataclass(frozen=True, slots=True)
class Styles:
    """How the document writes numbers and dates, the codes known around it (normalised by `clean_code`), what the tagger says
    of its words, and what `judge` says, in the measure of `merit`, of lines on a form that a person has shown. `is_shown`: a
    person has shown how numbers are written."""

    number: NumberStyle
    date: DateStyle
    known_codes: frozenset[str] = frozenset()
    witness: Witness | None = None
    judge: Callable[[Sequence[ReadingLine]], float] | None = None
    is_shown: bool = False


def build_line(
    row: Row,
    kinds: Kinds,
    styles: Styles,
    reach: Reach,
    *,
    unit: tuple[Token, ...] = (),
    number: Token | None = None,
    sure: float = 0.93,
) -> ReadingLine:
    """The reading line of a row. `sure` is the confidence of a value whose column the title names; arithmetic moves it.
    `reach` is how far the table's texts reach; `unit` the unit in the quantity's title, for rows that print none;
    `number` the line number that begins the row's text, where no column holds it."""
    texts = read_texts(row, kinds, reach, styles.known_codes, number)
    line = ReadingLine(
        line_no=_plain((number,) if number else _first(row, kinds, "line_no"), sure),
        description=_plain(texts.description, sure - 0.05),
        requested_date=_date(_first(row, kinds, "requested_date") or texts.labelled.get("requested_date", ()), styles.date, sure),
        discount=_discount(row, kinds, sure),
        comment=_plain(texts.comment, sure - 0.2),
        pack=_number(number_of(_first(row, kinds, "pack"), styles.number), styles, sure - 0.1),
    )
    codes = _codes(row, kinds, texts, sure)
    line = replace(line, supplier_sku=codes.get("supplier_sku"), buyer_sku=codes.get("buyer_sku"), gtin=codes.get("gtin"))
    line = _quantity(line, row, kinds, styles, sure)
    line = _prices(line, row, kinds, styles, sure)
    if unit and line.quantity and not line.uom and is_unit(_text(unit)):
        line = replace(line, uom=found(_text(unit).strip("()"), unit, sure))
    return settle(line)


def settle(line: ReadingLine) -> ReadingLine:
    """Raise or lower the confidence of quantity, price and amount by whether they multiply out; where they do not, and only
    one other reading of one of them would, that one is taken."""
    fit = multiplies_out(line)
    if fit is False and line.discount and multiplies_out(net := replace(line, discount=None)):
        line, fit = net, True                             # the price printed is what is left after the discount
    if fit is False and (repaired := _repaired(line)):
        return repaired
    if fit is None:
        # Nothing vouches for a quantity alone: on training layouts 6 to 14 in 100 of them were a neighbouring number.
        return replace(line, quantity=moved(line.quantity, -0.05)) if line.quantity else line
    change = 0.05 if fit else -0.35
    moves: dict[str, Any] = {name: moved(value, change) for name in _FACTORS if (value := getattr(line, name))}
    return replace(line, **moves)


def _repaired(line: ReadingLine) -> ReadingLine | None:
    """The line with the one other reading that makes it multiply out; None when there is none, or several."""
    fitting = []
    for name in _FACTORS:
        value: Found[Decimal] = getattr(line, name)
        for other in value.candidates:
            changes: dict[str, Any] = {name: _exchanged(value, other)}
            changed = replace(line, **changes)
            if multiplies_out(changed):
                fitting.append(changed)
    return fitting[0] if len(fitting) == 1 else None


def _exchanged(value: Found[Decimal], other: Candidate[Decimal]) -> Found[Decimal]:
    """The value with a candidate in its place; what it was is kept as a candidate."""
    note = f"read as {value.value}; quantity × price is the amount with {other.value}"
    was = Candidate(value.value, round(1 - _REPAIRED, 4), value.evidence)
    evidence = replace(value.evidence, origin=Origin.REPAIRED, note=note)
    return Found(other.value, _REPAIRED, evidence, (was, *(c for c in value.candidates if c is not other)))


def moved(value: Found[T], change: float) -> Found[T]:
    """The value with its confidence moved, kept between 0.05 and 0.99."""
    return replace(value, confidence=round(min(0.99, max(0.05, value.confidence + change)), 4))


def multiplies_out(line: ReadingLine) -> bool | None:
    """Whether quantity × unit price, less discount, is the amount; None when one of them is missing."""
    if not (line.quantity and line.unit_price and line.amount):
        return None
    exact = line.quantity.value * line.unit_price.value
    if line.discount:
        exact *= 1 - line.discount.value / 100
    per = line.price_unit.value if line.price_unit else Decimal(1)
    rounding = abs(line.quantity.value) / per * Decimal("0.0005") + Decimal("0.011")
    return abs(exact - line.amount.value) <= rounding


def _codes(row: Row, kinds: Kinds, texts: Texts, sure: float) -> dict[str, Found[str] | None]:
    """The item's numbers, by owner."""
    out: dict[str, Found[str] | None] = {}
    for kind in CODES:
        tokens = _first(row, kinds, kind) or texts.labelled.get(kind, ())
        if tokens and (kind != "gtin" or is_gtin(" ".join(t.text for t in tokens))):
            out[kind] = found("".join(t.text for t in tokens) if kind == "gtin" else _code(tokens), tokens, sure)
    if texts.code and "buyer_sku" not in out:
        out["buyer_sku"] = found(_text(texts.code).strip("[]*():#"), texts.code, sure - 0.02)
    return out


def _code(tokens: Sequence[Token]) -> str:
    """A code as printed; one that was broken behind a hyphen, for want of room, in one piece."""
    text = tokens[0].text
    for a, b in pairwise(tokens):
        is_broken = b.top >= a.bottom - 0.1 and not a.text[-1].isalnum()
        text += b.text if is_broken else f" {b.text}"
    return text


def _first(row: Row, kinds: Kinds, kind: str) -> tuple[Token, ...]:
    """The cell of this kind on the anchor; for texts else on another line of the row, where it must look right."""
    own = cell(row.anchor.cells, kinds, kind)
    if own:
        return own
    for part in row.lines:
        tokens = cell(part.cells, kinds, kind)
        if tokens and part is not row.anchor and _looks_right(kind, _text(tokens)):
            return tokens
    return ()


def _looks_right(kind: str, text: str) -> bool:
    if kind in {"buyer_sku", "supplier_sku"}:
        return is_code(text)
    return {"line_no": text.strip(".").isdigit(), "gtin": is_gtin(text), "uom": says_unit(text)}.get(kind, False)


def _quantity(line: ReadingLine, row: Row, kinds: Kinds, styles: Styles, sure: float) -> ReadingLine:
    amount = quantity_of(cell(row.anchor.cells, kinds, "quantity"), styles.number)
    unit = _first(row, kinds, "uom")
    pack = None
    if unit and not says_unit(_text(unit)) and (factor := number_of(unit, styles.number)):
        unit, pack = (), factor  # a number in the unit column is a pack size
    if amount is None:
        return replace(line, uom=_plain(unit, sure))
    uom = unit or amount.unit_tokens or _word_behind(cell(row.anchor.cells, kinds, "quantity"), amount) or _unit_below(row, kinds)
    text = _text(unit) if unit else amount.unit or _text(uom)
    held = package_of(text) if text else None
    holds = found(held.count, uom, sure - 0.2) if held and held.count else None
    return replace(
        line,
        quantity=measured(amount.value, amount.tokens, styles.number, sure),
        uom=found(text.strip(), uom, sure) if text and uom else None,
        pack=line.pack or _number(pack, styles, sure - 0.2) or holds,
    )


def _word_behind(tokens: Sequence[Token], amount: Amount) -> tuple[Token, ...]:
    """The one short word behind the number in a quantity's cell: a unit, whether we know it or not."""
    rest = tuple(tokens[len(amount.tokens) :])
    return rest if len(rest) == 1 and rest[0].text.isalpha() and len(rest[0].text) <= _SHORT else ()


def _unit_below(row: Row, kinds: Kinds) -> tuple[Token, ...]:
    """A unit alone in the quantity's column below its number: the cell was too narrow for both."""
    below = (part for part in row.lines if part.line.index > row.anchor.line.index)
    words = next((tokens for part in below if (tokens := cell(part.cells, kinds, "quantity"))), ())
    return words if words and is_unit(_text(words)) else ()


def _prices(line: ReadingLine, row: Row, kinds: Kinds, styles: Styles, sure: float) -> ReadingLine:
    price = price_of(cell(row.anchor.cells, kinds, "unit_price"), styles.number)
    worth = number_of(cell(row.anchor.cells, kinds, "amount"), styles.number) or price_of(
        cell(row.anchor.cells, kinds, "amount"), styles.number
    )
    line = replace(line, amount=_number(worth, styles, sure))
    if price is None:
        return line
    base, base_tokens = _base(price, _first_any(row, kinds, "price_unit"), styles.number)
    if line.quantity and worth and base not in (fitting := _fitting_bases(line, price.value, worth.value)):
        base, base_tokens = (fitting[0], ()) if fitting else (base, base_tokens)
    asked = measured(price.value, price.tokens, styles.number, sure)
    if base != 1:
        others = tuple(replace(c, value=c.value / base) for c in asked.candidates)
        asked = replace(asked, value=price.value / base, candidates=others)
    if price.unit and line.quantity and not line.uom:
        behind = tuple(t for t in price.tokens if t.text.rstrip(".)").endswith(price.unit.rstrip(".")))
        line = replace(line, uom=found(price.unit, behind or price.tokens, sure - 0.1))
    basis = found(base, base_tokens or price.tokens, sure) if base != 1 or base_tokens else None
    return replace(line, unit_price=asked, price_unit=basis)


def _first_any(row: Row, kinds: Kinds, kind: str) -> tuple[Token, ...]:
    return next((tokens for part in (row.anchor, *row.lines) if (tokens := cell(part.cells, kinds, kind))), ())


def _base(price: Amount, column: Sequence[Token], style: NumberStyle) -> tuple[Decimal, tuple[Token, ...]]:
    """The pieces a price is for, and where that is printed."""
    if price.base:
        return price.base, ()
    text = _text(column)
    for token in column:
        number = price_of([token], style)
        if number and number.value in {1, 2, 5, 10, 20, 25, 50, 100, 500, 1000, 10000}:
            return number.value, (token,)
    letter = letter_base(text) if text else None
    return (letter, tuple(column)) if letter else (Decimal(1), ())


def _fitting_bases(line: ReadingLine, price: Decimal, amount: Decimal) -> tuple[Decimal, ...]:
    """Those of 1, 100 and 1000 pieces a price for which makes quantity × price the amount."""
    assert line.quantity
    gross = line.quantity.value * price * (1 - (line.discount.value if line.discount else Decimal(0)) / 100)
    return tuple(
        base for base in (Decimal(1), Decimal(100), Decimal(1000)) if amount and abs(gross / base - amount) <= Decimal("0.02")
    )


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(t.text for t in tokens)


def _plain(tokens: Sequence[Token], sure: float) -> Found[str] | None:
    return found(_text(tokens), tokens, sure) if tokens else None


def _number(amount: Amount | None, styles: Styles, sure: float) -> Found[Decimal] | None:
    return measured(amount.value, amount.tokens, styles.number, sure) if amount else None


def _discount(row: Row, kinds: Kinds, sure: float) -> Found[Decimal] | None:
    """The discount of a row in percent; those of several columns are taken one after the other."""
    cells = [row.anchor.cells[c] for c, kind in kinds.items() if kind == "discount" and c in row.anchor.cells]
    cells = cells or [tokens for tokens in (_first(row, kinds, "discount"),) if tokens]
    told = [_text(tokens).strip("-–% ") for tokens in cells]
    value = percent_of("+".join(told)) if cells else None
    return found(value, tuple(t for tokens in cells for t in tokens), sure) if value is not None else None


def _date(tokens: Sequence[Token], style: DateStyle, sure: float) -> Found | None:  # type: ignore[type-arg]
    match = parse_date(_text(tokens), style) if tokens else None
    return found(match.value, tokens, sure if not match.open else 0.6) if match else None
