"""Approve or ask: every value an order needs must be sure enough, no check may have failed, the customer's level must allow it.

How sure a line must be is a fixed probability, or, with a target error rate, what reviewed history can answer for. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from matching.assemble import is_typed
from matching.checks import item_choices
from matching.corrections import line_of
from matching.partly import released
from matching.policy import Policy
from matching.promise_words import broken, too_little
from matching.scores import is_touched, line_score, order_score
from matching.suggested import suggested
from matching.wording import LEAST_VALUE, is_above, line_value, money, number, order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found
from models.domain.partners import ApprovalLevel
from models.domain.reading import DocumentType
from models.domain.states import LineState

_HEADS = {"requested_date": "The requested date", "currency": "The currency"}
_WORDS = {"quantity": "quantity", "uom": "unit", "unit_price": "price"}
LIKELY_NONE = 0.5
"""From this probability on a person is told that a line most likely means no item of ours."""
INFORMATION = frozenset({DoubtCode.READING_PROBLEM, DoubtCode.STOCK_SHORT})
"""Doubts that a customer with the level `all_that_passes` need not be asked about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict. `doubts` are ordered by expected cost, dearest first; `approve` means that nobody needs to look.

    `score`: the probability that the least sure line is right, on which alone it hangs whether the order goes through; None
    when something else is asked. `is_sampled`: it would have gone through, but was drawn to be looked at. `release`: keys
    of the lines that may go ahead of the others, where a customer allows that; empty when all go or none.
    """

    approve: bool
    doubts: tuple[Doubt, ...]
    score: float | None = None
    is_sampled: bool = False
    release: tuple[str, ...] = ()

    @property
    def cost(self) -> float:
        """Expected cost of approving without asking; orders the queue."""
        return sum(d.cost for d in self.doubts)


def decide(draft: Draft, checks: Sequence[Doubt], policy: Policy, on: date | None = None) -> Decision:
    """Weigh a draft and what the checks said under a policy. A field that a check already asks about is not asked twice.
    `on`: the day; what is wanted soon costs more to wait for."""
    gone = released(draft)
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED and line.key not in gone]
    checks = [d for d in checks if line_of(d.path) not in gone]
    asked = {d.path for d in checks if d.path}
    lacking = (d for line in lines for d in _lacks(line, policy))
    firm = [*checks, *_not_twice((*_order(draft, policy), *lacking), asked), *suggested(draft)]
    unsure = [d for line in lines if not _answered_for(line, policy) for d in _not_twice(_unsure(line, policy), asked)]
    doubts = [*firm, *unsure]
    asked_lines = frozenset(filter(None, (line_of(d.path) for d in doubts)))
    doubts += [d for line in lines for d in _as_a_whole(line, asked_lines, policy)]
    others = _asking(firm, policy)
    passes = not _asking(doubts, policy)
    of_the_house = list(_of_the_house(draft, policy))
    release = () if passes or of_the_house or policy.is_drawn else _releasable(draft, lines, doubts, policy)
    is_sampled = passes and policy.is_drawn and not is_touched(draft) and not of_the_house
    doubts += of_the_house
    if is_sampled:
        sentence = "This order is to be read as a whole. Compare each line with the page, then approve it."
        doubts.append(Doubt(DoubtCode.SAMPLED, sentence, cost=0.01 * order_value(draft)))
    pressing = _pressing(draft, on)
    ordered = sorted((replace(d, cost=d.cost * pressing) for d in doubts), key=lambda d: -d.cost)
    approve = not _asking(ordered, policy)
    return Decision(approve, tuple(ordered), None if others else order_score(draft), is_sampled, release)


def _not_twice(doubts: Iterable[Doubt], asked: set[str]) -> list[Doubt]:
    return [d for d in doubts if d.path not in asked]


def _asking(doubts: Iterable[Doubt], policy: Policy) -> list[Doubt]:
    """Those that keep an order from going through at the customer's level."""
    return [d for d in doubts if policy.approval is not ApprovalLevel.ALL_THAT_PASSES or d.code not in INFORMATION]


def _of_the_house(draft: Draft, policy: Policy) -> Iterator[Doubt]:
    """What is asked of every order alike, however good it is."""
    name = draft.customer.value.name if draft.customer else "this customer"
    if is_above(draft, policy.two_people_above):
        limit = money(policy.two_people_above or Decimal(0))
        sentence = f"Orders above {limit} need two people. Approve it; another one must agree."
        yield Doubt(DoubtCode.POLICY, sentence, cost=0.01 * order_value(draft))
    if policy.approval is ApprovalLevel.REVIEW_ALL:
        yield Doubt(DoubtCode.POLICY, f"Every order of {name} is looked at before it is approved.", cost=0.01)
    elif policy.promise is not None and not policy.promise.is_kept:
        little = policy.promise.needed > 0
        code = DoubtCode.TOO_LITTLE_HISTORY if little else DoubtCode.POLICY
        yield Doubt(code, too_little(policy.promise) if little else broken(policy.promise), cost=0.01)


def _answered_for(line: DraftLine, policy: Policy) -> bool:
    """True when reviewed history answers for lines that are as sure as this one."""
    return _bar(policy) is not None and line_score(line) >= (_bar(policy) or 0.0)


def _bar(policy: Policy) -> float | None:
    return policy.promise.threshold if policy.promise else None


def _releasable(draft: Draft, lines: Sequence[DraftLine], doubts: Sequence[Doubt], policy: Policy) -> tuple[str, ...]:
    """The lines nobody asks about, when every question is about some other line."""
    doubted = {line_of(d.path) for d in _asking(doubts, policy)}
    if not policy.may_release_partly or draft.doc_type is not DocumentType.PURCHASE_ORDER or None in doubted:
        return ()
    return tuple(line.key for line in lines if line.key not in doubted)


def _pressing(draft: Draft, on: date | None) -> float:
    """By what factor waiting is dearer: 2 for what is wanted today or as soon as possible, 1.5 tomorrow, hardly any in a
    month."""
    wanted = [draft.requested_date, *(line.requested_date for line in draft.lines if line.state is not LineState.REJECTED)]
    days = [(found.value - on).days for found in wanted if found is not None] if on else []
    if draft.urgency is not None:
        days.append(0)
    return 1 + 1 / (1 + max(min(days), 0)) if days else 1.0


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
            yield from _plain(found, name, _HEADS[name], code, 0.1 * value, policy)
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


def _lacks(line: DraftLine, policy: Policy) -> Iterator[Doubt]:
    """What a line cannot go without, however sure the rest of it is."""
    name, path, value = row_name(line), f"lines.{line.key}", line_value(line)
    if line.item is None:
        likely = f" The nearest is {line.item_candidates[0].sku}." if line.item_candidates else ""
        if likely and line.no_item >= LIKELY_NONE:
            likely = f" It is {line.no_item:.0%} sure to be none of our items; the nearest is {line.item_candidates[0].sku}."
        yield Doubt(
            DoubtCode.UNKNOWN_ITEM, f"{name}: we do not know {_said(line)}.{likely} Choose the item, or reject the line.",
            f"{path}.item", _proof(line), item_choices(line), value)
    if line.quantity is None:
        yield Doubt(
            DoubtCode.QUANTITY_MISSING, f"{name}: no quantity was found. Type it, or reject the line.", f"{path}.quantity",
            _proof(line), cost=value)
    elif not (line.quantity.value.is_finite() and line.quantity.value > 0):
        yield Doubt(
            DoubtCode.QUANTITY_UNSURE, f"{name}: the quantity is {line.quantity.value}, which cannot be ordered. Correct it, or "
            "reject the line.", f"{path}.quantity", line.quantity.evidence, cost=value)
    if line.item is not None and line.uom is None:
        yield Doubt(DoubtCode.UNIT_UNSURE, f"{name}: the unit is not known. Choose it.", f"{path}.uom", _proof(line), cost=value)
    if line.requested_date is not None:
        yield from _plain(
            line.requested_date, f"{path}.requested_date", f"{name}: the date", DoubtCode.DATE_UNSURE, 0.1 * value, policy)


def _unsure(line: DraftLine, policy: Policy) -> Iterator[Doubt]:
    """Values of a line that are there, but less sure than the policy asks."""
    name, path, value, sure = row_name(line), f"lines.{line.key}", line_value(line), policy.line_confidence
    if line.item is not None and line.item.confidence < sure:
        yield Doubt(
            DoubtCode.ITEM_UNSURE,
            f"{name}: {_said(line)} is probably {line.item.value.sku} ({line.item.confidence:.0%} sure). Is that right?",
            f"{path}.item", _proof(line), item_choices(line), (1 - line.item.confidence) * value)
    if line.quantity is not None and line.quantity.value.is_finite() and line.quantity.value > 0:
        yield from _plain(line.quantity, f"{path}.quantity", f"{name}: the quantity", DoubtCode.QUANTITY_UNSURE, value, policy)
    if line.uom is not None and line.item is not None:
        yield from _plain(line.uom, f"{path}.uom", f"{name}: the unit", DoubtCode.UNIT_UNSURE, value, policy)
    if line.unit_price is not None:
        yield from _plain(
            line.unit_price, f"{path}.unit_price", f"{name}: the price", DoubtCode.FIELD_UNSURE, 0.2 * value, policy)


def _as_a_whole(line: DraftLine, asked_lines: Set[str], policy: Policy) -> Iterator[Doubt]:
    """A line of which no single value is asked about, though all of them right at once is too unlikely. Its least sure value
    stands for it; a line on which a person has set something was looked at."""
    path = f"lines.{line.key}."
    read = {name: found for name in ("quantity", "uom", "unit_price") if (found := getattr(line, name)) is not None}
    looked_at = any(map(is_typed, (line.item, *read.values()))) or line.key in asked_lines
    bar = _bar(policy)
    likely, enough = (line.confidence, policy.line_confidence) if bar is None else (line_score(line), bar)
    if likely >= enough or looked_at or not read:
        return
    name, found = min(read.items(), key=lambda entry: entry[1].confidence)
    yield Doubt(
        DoubtCode.FIELD_UNSURE,
        f"{row_name(line)}: not all of it may be read rightly ({likely:.0%} sure). Compare it with the page; least sure "
        f"is the {_WORDS[name]}, {_shown(found.value)}.",
        path + name, found.evidence, _choices(found), (1 - likely) * line_value(line))


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


def _said(line: DraftLine) -> str:
    said = next((f.value for f in (line.description, line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f), None)
    return f"“{said}”" if said else "what is ordered"


def _plain(found: Found[Any], path: str, name: str, code: DoubtCode, value: float, policy: Policy) -> Iterator[Doubt]:
    """A value that was read, but not surely."""
    if is_typed(found) or found.confidence >= policy.line_confidence:
        return
    yield Doubt(
        code, f"{name} is probably {_shown(found.value)} ({found.confidence:.0%} sure). Is that right?", path, found.evidence,
        _choices(found),
        (1 - found.confidence) * max(value, LEAST_VALUE))
