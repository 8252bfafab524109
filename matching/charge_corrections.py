"""One correction of the discounts, charges and taxes of a draft: a path, a text, checked and made a value. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from matching.amounts import printed_amount
from matching.applied import Applied, parse_number
from matching.charges import MOST_NAMED, WORDS
from models.domain.draft import Draft, DraftCharge
from models.domain.evidence import Candidate, Evidence, Found
from models.domain.order_work import ChargeKind
from models.domain.states import LineState
from models.errors import InputError, NotFound

_COUNTS = {"yes": True, "no": False}
_MOST = 50


def apply_to_charges(draft: Draft, path: str, text: str, evidence: Evidence) -> Applied:
    """Add a charge, or set one field of one. Raises InputError, NotFound."""
    if path == "charges.new":
        kind = _kind(text)
        return _added(draft, DraftCharge(_new_key(draft), kind, Found(WORDS[kind], 1.0, evidence)), text)
    parts = path.split(".")
    name = parts[2] if len(parts) == 3 else ""
    charge = next((c for c in draft.charges if c.key == parts[1]), None)
    if charge is None:
        raise NotFound("There is no such charge in this draft. Reload and look again.")
    if name == "state" and text == "removed":
        kept = tuple(c for c in draft.charges if c is not charge)
        return Applied(replace(draft, charges=kept), path, _said(charge), None)
    changed = _set(charge, name, text, evidence)
    charges = tuple(changed if c is charge else c for c in draft.charges)
    return Applied(replace(draft, charges=charges), path, _text(charge, name), _text(changed, name))


def row_as_charge(draft: Draft, key: str, text: str, evidence: Evidence) -> Applied:
    """A row that is no goods becomes a charge with its words and its amount; the row is left out."""
    line = next((x for x in draft.lines if x.key == key), None)
    if line is None:
        raise NotFound(f"There is no line {key} in this draft.")
    kind = _kind(text)
    found = line.amount or line.unit_price
    worth = printed_amount(line, draft.currency.value if draft.currency else None)
    amount = replace(found, value=abs(worth), confidence=1.0, candidates=()) if found and worth is not None else None
    name = line.description or Found(WORDS[kind], 1.0, evidence)
    charge = DraftCharge(_new_key(draft), kind, replace(name, value=name.value[:MOST_NAMED], confidence=1.0), amount)
    lines = tuple(replace(x, state=LineState.REJECTED) if x is line else x for x in draft.lines)
    return _added(replace(draft, lines=lines), charge, _said(charge))


def _added(draft: Draft, charge: DraftCharge, text: str) -> Applied:
    if len(draft.charges) >= _MOST:
        raise InputError(f"An order has at most {_MOST} charges; add some of them up.", code="too_many")
    return Applied(replace(draft, charges=(*draft.charges, charge)), f"charges.{charge.key}.kind", None, text)


def _set(charge: DraftCharge, name: str, text: str, evidence: Evidence) -> DraftCharge:
    if name == "kind":
        return replace(charge, kind=_kind(text))
    if name == "amount":
        before = charge.amount
        others = (Candidate(before.value, before.confidence, before.evidence), *before.candidates) if before else ()
        return replace(charge, amount=Found(parse_number(text), 1.0, evidence, others) if text else None)
    if name == "name":
        if not 0 < len(text) <= MOST_NAMED:
            raise InputError(f"A charge needs a name of at most {MOST_NAMED} characters.", code="bad_name")
        return replace(charge, name=Found(text, 1.0, evidence))
    if name == "counts" and text in _COUNTS:
        return replace(charge, counts=_COUNTS[text])
    raise InputError(f"There is no field “charges.{charge.key}.{name}” that can be set so.", code="unknown_path")


def _kind(text: str) -> ChargeKind:
    try:
        return ChargeKind(text)
    except ValueError:
        raise InputError(f"“{text}” is no charge; write charge, discount or tax.", code="unknown_value") from None


def _text(charge: DraftCharge, name: str) -> str | None:
    match name:
        case "kind":
            return charge.kind.value
        case "counts":
            return "yes" if charge.counts else "no"
        case "name":
            return charge.name.value if charge.name else None
    return f"{charge.amount.value:f}" if charge.amount else None


def _said(charge: DraftCharge) -> str:
    amount = charge.amount.value if charge.amount else Decimal(0)
    return f"{charge.name.value if charge.name else charge.kind.value} {amount:f}"


def _new_key(draft: Draft) -> str:
    taken = {charge.key for charge in draft.charges}
    return next(f"charge-{n}" for n in range(1, len(taken) + 2) if f"charge-{n}" not in taken)
