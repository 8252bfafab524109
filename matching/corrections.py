"""One correction applied to a draft: a path, a text, checked and made a value. Pure; what must be looked up is handed in.

Paths: the draft's own fields ("po_number", "customer", "ship_to", "requested_date", "currency" …), "lines.<key>.<field>",
"lines.<key>.state" ("confirmed", "proposed", "rejected"), "lines.new" (a SKU or a description), "lines.<key>.charge" (the row is
no goods but a "charge", "discount" or "tax"), "charges.new" (one of these three words), "charges.<key>.name", ".amount", ".kind",
".counts" ("yes", or "no" for what the amounts of the lines hold already) and ".state" ("removed").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from matching.applied import Applied, parse_number
from matching.charge_corrections import apply_to_charges, row_as_charge
from matching.units import as_item_says, factor_of, unit_codes
from models.domain.draft import AddressMatch, CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Candidate, Evidence, Found, Origin
from models.domain.states import LineState
from models.domain.units import ItemUnit
from models.errors import InputError, NotFound

_TEXTS = frozenset({
    "po_number", "revision", "ship_to_text", "bill_to_text", "buyer_name", "payment_terms", "delivery_terms", "notes",
    "urgency"})
_LINE_TEXTS = frozenset({"line_no", "supplier_sku", "buyer_sku", "gtin", "mpn", "description"})
_ORDER_FIELDS = _TEXTS | {"requested_date", "order_date", "currency", "total", "customer", "ship_to"}
_RESTORABLE = _LINE_TEXTS | {"quantity", "uom", "unit_price", "amount", "discount", "requested_date", "item", "state"}
_LONGEST = {"po_number": 255, "line_no": 32, "buyer_sku": 64, "supplier_sku": 64, "gtin": 64, "mpn": 64}
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")


@dataclass(frozen=True, slots=True)
class ItemUnits:
    """An item looked up for a correction, with what its unit is checked against."""

    match: ItemMatch
    base_uom: str
    units: tuple[ItemUnit, ...]


@dataclass(frozen=True, slots=True)
class Lookups:
    """Master data by what people type; each gives None for what does not exist."""

    customer: Callable[[str], CustomerMatch | None]
    address: Callable[[str], AddressMatch | None]
    item: Callable[[str], ItemUnits | None]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that changed, as it is recorded: path, and the text before and after."""

    path: str
    before: str | None
    after: str | None


def apply_correction(draft: Draft, path: str, text: str, evidence: Evidence, lookups: Lookups) -> Applied:
    """Set one field. `evidence` names the person (Origin.TYPED). Raises InputError for a path or value that cannot be."""
    text = text.strip().replace("\0", "")
    if path == "lines.new":
        return _new_line(draft, text, evidence, lookups)
    if path.startswith("charges."):
        return apply_to_charges(draft, path, text, evidence)
    parts = path.split(".")
    if len(parts) == 3 and parts[0] == "lines" and parts[2] == "charge":
        return row_as_charge(draft, parts[1], text, evidence)
    if len(parts) == 3 and parts[0] == "lines":
        line = next((line for line in draft.lines if line.key == parts[1]), None)
        if line is None:
            raise NotFound(f"There is no line {parts[1]} in this draft.")
        changed = _set_line(line, parts[2], text, evidence, lookups)
        lines = tuple(changed if other is line else other for other in draft.lines)
        return Applied(replace(draft, lines=lines), path, text_of(line, parts[2]), text_of(changed, parts[2]))
    if len(parts) != 1:
        raise _unknown(path)
    values: dict[str, Any] = {path: _remembering(getattr(draft, path, None), _order_value(path, text, evidence, lookups))}
    if path == "customer":
        values["ship_to"] = None        # another customer's address cannot stay
    after = replace(draft, **values)
    return Applied(after, path, text_of(draft, path), text_of(after, path))


def text_of(holder: Draft | DraftLine, name: str) -> str | None:
    """A field in the text form that `apply_correction` takes; None when it is empty."""
    found = getattr(holder, name)
    value = found.value if isinstance(found, Found) else found
    match value:
        case None:
            return None
        case CustomerMatch():
            return value.customer_no
        case AddressMatch():
            return value.label.partition(" · ")[0]
        case ItemMatch():
            return value.sku
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def is_restorable(path: str) -> bool:
    """True of the path of a value, which `restore` can give back."""
    parts = path.split(".")
    return path in _ORDER_FIELDS or (len(parts) == 3 and parts[0] == "lines" and parts[2] in _RESTORABLE)


def restore(draft: Draft, earlier: Draft, path: str) -> Applied:
    """One field as it was in an earlier version, with the proof it had. Raises InputError for a path that no value has."""
    if not is_restorable(path):
        raise _unknown(path)
    parts = path.split(".")
    name = parts[-1]
    if len(parts) == 3:
        now, was = (next((x for x in d.lines if x.key == parts[1]), None) for d in (draft, earlier))
        if now is None:
            raise NotFound(f"Line {parts[1]} is not in the order any more; undo what took it out first.")
        values: dict[str, Any] = {name: getattr(was, name) if was else LineState.PROPOSED if name == "state" else None}
        line = replace(now, **values)
        lines = tuple(line if x is now else x for x in draft.lines)
        return Applied(replace(draft, lines=lines), path, text_of(now, name), text_of(line, name))
    after = replace(draft, **{name: getattr(earlier, name)})
    return Applied(after, path, text_of(draft, name), text_of(after, name))


def line_of(path: str | None) -> str | None:
    """The key of the line that a path is in; None for a path of the order, or none."""
    parts = (path or "").split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "lines" else None


def _unknown(path: str) -> InputError:
    return InputError(f"There is no field “{path}” that can be set.", code="unknown_path")


def _order_value(path: str, text: str, evidence: Evidence, lookups: Lookups) -> Found[Any] | None:
    if path in _TEXTS:
        return _text(path, text, evidence)
    if path in {"requested_date", "order_date"}:
        return Found(parse_date(text), 1.0, evidence) if text else None
    if path == "currency":
        if not re.fullmatch(r"[A-Za-z]{3}", text):
            raise InputError(f"“{text}” is no currency; write three letters such as EUR.", code="bad_currency")
        return Found(text.upper(), 1.0, evidence)
    if path == "total":
        return Found(parse_number(text), 1.0, evidence) if text else None
    if path == "customer":
        return Found(_known(lookups.customer(text), f"There is no customer {text}."), 1.0, evidence)
    if path == "ship_to":
        return Found(_known(lookups.address(text), f"The customer has no ship-to address {text}."), 1.0, evidence)
    raise _unknown(path)


def _known(found: Any, sentence: str) -> Any:
    if found is None:
        raise InputError(f"{sentence} Choose one from the list.", code="unknown_value")
    return found


def _text(path: str, text: str, evidence: Evidence) -> Found[str] | None:
    if len(text) > _LONGEST.get(path, 2_000):
        raise InputError(f"The text is longer than {_LONGEST.get(path, 2_000)} characters; shorten it.", code="too_long")
    return Found(text, 1.0, evidence) if text else None


def _set_line(line: DraftLine, name: str, text: str, evidence: Evidence, lookups: Lookups) -> DraftLine:
    if name == "state":
        return _set_state(line, text, evidence)
    if name == "item":
        found: ItemUnits = _known(lookups.item(text), f"There is no item {text}.")
        return replace(line, item=Found(found.match, 1.0, evidence), state=LineState.PROPOSED)
    if name == "uom":
        return replace(line, uom=_remembering(line.uom, Found(_uom(line, text, lookups), 1.0, evidence)))
    values: dict[str, Any] = {name: _remembering(getattr(line, name, None), _line_value(name, text, evidence))}
    return replace(line, **values)


def _remembering(before: Found[Any] | None, after: Found[Any] | None) -> Found[Any] | None:
    """The corrected value with what it replaces as its first candidate: the customer is told what their order says."""
    if before is None or after is None:
        return after
    return replace(after, candidates=(Candidate(before.value, before.confidence, before.evidence), *before.candidates))


def _line_value(name: str, text: str, evidence: Evidence) -> Found[Any] | None:
    if name in _LINE_TEXTS:
        return _text(name, text, evidence)
    if name == "quantity":
        quantity = parse_number(text)
        if quantity == 0:
            raise InputError("A quantity must be more than 0; reject the line if nothing is wanted.", code="bad_quantity")
        return Found(quantity, 1.0, evidence)
    if name in {"unit_price", "amount"}:
        return Found(parse_number(text), 1.0, evidence) if text else None
    if name == "discount":
        percent = parse_number(text) if text else Decimal(0)
        if percent > 100:
            raise InputError("A discount cannot be more than 100 %.", code="bad_discount")
        return Found(percent, 1.0, evidence) if text else None
    if name == "requested_date":
        return Found(parse_date(text), 1.0, evidence) if text else None
    raise _unknown(name)


def _uom(line: DraftLine, text: str, lookups: Lookups) -> str:
    codes = dict.fromkeys((text, *unit_codes(text)))
    if line.item is None:
        return _known(next((c for c in unit_codes(text)), None), f"“{text}” is no unit we know.")  # type: ignore[no-any-return]
    item = lookups.item(line.item.value.sku)
    fitting = [] if item is None else [
        as_item_says(c, [u.uom for u in item.units]) for c in codes if factor_of(c, item.base_uom, item.units) is not None]
    return _known(next(iter(fitting), None), f"{line.item.value.sku} is not sold by “{text}”.")  # type: ignore[no-any-return]


def _set_state(line: DraftLine, text: str, evidence: Evidence) -> DraftLine:
    try:
        state = LineState(text)
    except ValueError:
        raise InputError(f"“{text}” is no state; write confirmed, proposed or rejected.", code="unknown_value") from None
    if state not in {LineState.CONFIRMED, LineState.PROPOSED, LineState.REJECTED}:
        raise InputError(f"A line cannot be set to “{state}”; write confirmed, proposed or rejected.", code="unknown_value")
    return _confirmed(line, evidence) if state is LineState.CONFIRMED else replace(line, state=state)


def _confirmed(line: DraftLine, evidence: Evidence) -> DraftLine:
    """Every value the line has, as if the person had typed it; places and texts stay."""
    if line.item is None or line.quantity is None:
        raise InputError("A line needs an item and a quantity before it can be confirmed.", code="line_incomplete")
    values = {name: getattr(line, name) for name in ("item", "quantity", "uom", "unit_price", "requested_date")}
    agreed = {
        name: replace(f, confidence=1.0, evidence=replace(f.evidence, origin=Origin.TYPED, person=evidence.person))
        for name, f in values.items() if f is not None}
    return replace(line, state=LineState.CONFIRMED, **agreed)


def _new_line(draft: Draft, text: str, evidence: Evidence, lookups: Lookups) -> Applied:
    if not text:
        raise InputError("Write an item number or a description for the new line.", code="missing_value")
    key = new_key(draft)
    item = lookups.item(text)
    line = DraftLine(
        key, LineState.PROPOSED if item else LineState.EXTRACTED, item=Found(item.match, 1.0, evidence) if item else None,
        description=None if item else _text("description", text, evidence))
    return Applied(replace(draft, lines=(*draft.lines, line)), f"lines.{key}.item", None, text)


def new_key(draft: Draft) -> str:
    """The key of a line that a person adds: "new-1" for the first."""
    taken = {line.key for line in draft.lines}
    return next(f"new-{n}" for n in range(1, len(taken) + 2) if f"new-{n}" not in taken)


def parse_date(text: str) -> date:
    """A date as 2031-04-30 or 30.04.2031. Raises InputError."""
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no timezone
        except ValueError:
            continue
    raise InputError(f"“{text}” is no date; write it as 2031-04-30 or 30.04.2031.", code="not_a_date")
