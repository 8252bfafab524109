"""Approve or ask: every value an order needs must be sure enough, no check may have failed, the customer's level must allow it.
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matching.assemble import is_typed
from matching.checks import item_choices
from matching.policy import Policy
from matching.suggested import suggested
from matching.wording import LEAST_VALUE, line_value, number, order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found
from models.domain.partners import ApprovalLevel
from models.domain.states import LineState

_WORDS = {"quantity": "quantity", "uom": "unit", "unit_price": "price"}
INFORMATION = frozenset({DoubtCode.READING_PROBLEM, DoubtCode.STOCK_SHORT})
"""Doubts that a customer with the level `all_that_passes` need not be asked about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict. `doubts` are ordered by expected cost, dearest first; `approve` means that nobody needs to look."""

    approve: bool
    doubts: tuple[Doubt, ...]

    @property
    def cost(self) -> float:
        """Expected cost of approving without asking; orders the queue."""
        return sum(d.cost for d in self.doubts)


def decide(draft: Draft, checks: Sequence[Doubt], policy: Policy) -> Decision:
    """Weigh a draft and what the checks said under a policy. A field that a check already asks about is not asked twice."""
    asked = {d.path for d in checks if d.path}
    unsure = (*_order(draft, policy), *(d for line in draft.lines for d in _line(line, policy)))
    doubts = [*checks, *(d for d in unsure if d.path not in asked), *suggested(draft)]
    doubts += [d for line in draft.lines for d in _as_a_whole(line, doubts, policy)]
    if policy.approval is ApprovalLevel.REVIEW_ALL:
        name = draft.customer.value.name if draft.customer else "this customer"
        doubts.append(Doubt(DoubtCode.POLICY, f"Every order of {name} is looked at before it is approved.", cost=0.01))
    passes = [d for d in doubts if policy.approval is not ApprovalLevel.ALL_THAT_PASSES or d.code not in INFORMATION]
    return Decision(not passes, tuple(sorted(doubts, key=lambda d: -d.cost)))


def _order(draft: Draft, policy: Policy) -> Iterator[Doubt]:
    yield from _customer(draft, policy)
    value = order_value(draft)
    if draft.po_number is None:
        yield Doubt(
            DoubtCode.MISSING_PO_NUMBER, "No PO number was found. Type it, or ask the customer.", "po_number", cost=LEAST_VALUE)
    else:
        yield from _plain(draft.po_number, "po_number", "The PO number", DoubtCode.PO_NUMBER_UNSURE, LEAST_VALUE, policy)
    yield from _ship_to(draft, policy, value)
    for name, code in (("requested_date", DoubtCode.DATE_UNSURE), ("currency", DoubtCode.FIELD_UNSURE)):
        found = getattr(draft, name)
        if found is not None:
            yield from _plain(found, name, f"The {name.replace('_', ' ')}", code, 0.1 * value, policy)
    if not any(line.state is not LineState.REJECTED for line in draft.lines):
        yield Doubt(DoubtCode.NO_LINES, "No order lines were found. Add them, or reject the case.", None, cost=LEAST_VALUE)


def _customer(draft: Draft, policy: Policy) -> Iterator[Doubt]:
    choices = tuple(
        Choice(c.customer_no, f"{c.customer_no} · {c.name}", c.probability, "; ".join(c.reasons))
        for c in draft.customer_candidates[:9])
    proof = draft.buyer_name.evidence if draft.buyer_name else None
    value = order_value(draft)
    if draft.customer is None:
        printed = f" “{draft.buyer_name.value}” is printed." if draft.buyer_name else ""
        sentence = f"We do not know who orders.{printed} Choose the customer."
        yield Doubt(DoubtCode.UNKNOWN_CUSTOMER, sentence, "customer", proof, choices, value)
    elif draft.customer.confidence < policy.line_confidence:
        name, sure = draft.customer.value.name, draft.customer.confidence
        yield Doubt(
            DoubtCode.CUSTOMER_UNSURE, f"The customer is probably {name} ({sure:.0%} sure). Is that right?", "customer", proof,
            choices, (1 - sure) * value)


def _ship_to(draft: Draft, policy: Policy, value: float) -> Iterator[Doubt]:
    if draft.customer is None:
        return
    choices = tuple(
        Choice(a.label.partition(" · ")[0], a.label, a.probability, "; ".join(a.reasons)) for a in draft.ship_to_candidates[:9])
    proof = draft.ship_to_text.evidence if draft.ship_to_text else None
    if draft.ship_to is None:
        said = f"“{draft.ship_to_text.value}” is no address we know of them" if draft.ship_to_text else "No ship-to is printed"
        yield Doubt(DoubtCode.SHIP_TO_UNKNOWN, f"{said}. Choose where the goods go.", "ship_to", proof, choices, 0.3 * value)
    elif draft.ship_to.confidence < policy.line_confidence:
        label, sure = draft.ship_to.value.label, draft.ship_to.confidence
        yield Doubt(
            DoubtCode.SHIP_TO_UNKNOWN, f"The goods probably go to {label} ({sure:.0%} sure). Is that right?", "ship_to", proof,
            choices, (1 - sure) * value)


def _line(line: DraftLine, policy: Policy) -> Iterator[Doubt]:
    if line.state is LineState.REJECTED:
        return
    name, path, value = row_name(line), f"lines.{line.key}", line_value(line)
    yield from _item(line, policy, name, value)
    if line.quantity is None:
        yield Doubt(
            DoubtCode.QUANTITY_MISSING, f"{name}: no quantity was found. Type it, or reject the line.", f"{path}.quantity",
            _proof(line), cost=value)
    elif not (line.quantity.value.is_finite() and line.quantity.value > 0):
        yield Doubt(
            DoubtCode.QUANTITY_UNSURE, f"{name}: the quantity is {line.quantity.value}, which cannot be ordered. Correct it, or "
            "reject the line.", f"{path}.quantity", line.quantity.evidence, cost=value)
    else:
        yield from _plain(line.quantity, f"{path}.quantity", f"{name}: the quantity", DoubtCode.QUANTITY_UNSURE, value, policy)
    if line.item is not None and line.uom is None:
        yield Doubt(DoubtCode.UNIT_UNSURE, f"{name}: the unit is not known. Choose it.", f"{path}.uom", _proof(line), cost=value)
    elif line.uom is not None and line.item is not None:
        yield from _plain(line.uom, f"{path}.uom", f"{name}: the unit", DoubtCode.UNIT_UNSURE, value, policy)
    if line.unit_price is not None:
        yield from _plain(
            line.unit_price, f"{path}.unit_price", f"{name}: the price", DoubtCode.FIELD_UNSURE, 0.2 * value, policy)
    if line.requested_date is not None:
        yield from _plain(
            line.requested_date, f"{path}.requested_date", f"{name}: the date", DoubtCode.DATE_UNSURE, 0.1 * value, policy)


def _as_a_whole(line: DraftLine, doubts: Sequence[Doubt], policy: Policy) -> Iterator[Doubt]:
    """A line of which no single value is asked about, though all of them right at once is too unlikely. Its least sure value
    stands for it; a line on which a person has set something was looked at."""
    path = f"lines.{line.key}."
    read = {name: found for name in ("quantity", "uom", "unit_price") if (found := getattr(line, name)) is not None}
    looked_at = any(map(is_typed, (line.item, *read.values()))) or any((d.path or "").startswith(path) for d in doubts)
    if line.state is LineState.REJECTED or line.confidence >= policy.line_confidence or looked_at or not read:
        return
    name, found = min(read.items(), key=lambda entry: entry[1].confidence)
    yield Doubt(
        DoubtCode.FIELD_UNSURE,
        f"{row_name(line)}: not all of it may be read rightly ({line.confidence:.0%} sure). Compare it with the page; least sure "
        f"is the {_WORDS[name]}, {_shown(found.value)}.",
        path + name, found.evidence, _choices(found), (1 - line.confidence) * line_value(line))


def _shown(value: Any) -> str:
    return number(value) if isinstance(value, Decimal) and value.is_finite() else str(value)


def _choices(found: Found[Any]) -> tuple[Choice, ...]:
    """What was read, and what else it could be."""
    shown = _shown(found.value)
    others = (Choice(str(c.value), str(c.value), c.probability) for c in found.candidates[:8])
    return (Choice(shown, f"{shown}, as read", found.confidence), *others)


def _proof(line: DraftLine) -> Evidence | None:
    known = next((f for f in (line.description, line.supplier_sku, line.buyer_sku, line.gtin, line.mpn, line.line_no) if f), None)
    return known.evidence if known else None


def _item(line: DraftLine, policy: Policy, name: str, value: float) -> Iterator[Doubt]:
    said = next((f.value for f in (line.description, line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f), None)
    what = f"“{said}”" if said else "what is ordered"
    if line.item is None:
        likely = f" The nearest is {line.item_candidates[0].sku}." if line.item_candidates else ""
        yield Doubt(
            DoubtCode.UNKNOWN_ITEM, f"{name}: we do not know {what}.{likely} Choose the item, or reject the line.",
            f"lines.{line.key}.item", _proof(line), item_choices(line), value)
    elif line.item.confidence < policy.line_confidence:
        yield Doubt(
            DoubtCode.ITEM_UNSURE,
            f"{name}: {what} is probably {line.item.value.sku} ({line.item.confidence:.0%} sure). Is that right?",
            f"lines.{line.key}.item", _proof(line), item_choices(line), (1 - line.item.confidence) * value)


def _plain(found: Found[Any], path: str, name: str, code: DoubtCode, value: float, policy: Policy) -> Iterator[Doubt]:
    """A value that was read, but not surely."""
    if is_typed(found) or found.confidence >= policy.line_confidence:
        return
    yield Doubt(
        code, f"{name} is probably {_shown(found.value)} ({found.confidence:.0%} sure). Is that right?", path, found.evidence,
        _choices(found),
        (1 - found.confidence) * max(value, LEAST_VALUE))
