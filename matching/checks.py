"""What is wrong or unusual about a draft, each as a doubt with code, full sentence, place, choices and cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from matching.assemble import is_typed, unit_readings
from matching.customer import is_domain, look_alike
from matching.merge import Merged
from matching.money_checks import check_money
from matching.policy import Policy
from matching.records import Facts, ItemRecord, Twin
from matching.units import UnitReading, unit_name
from matching.wording import line_value, number, order_value, row_name
from models.domain.codes import fold_code
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.items import ItemStatus
from models.domain.reading import DocumentType
from models.domain.states import LineState


def run_checks(draft: Draft, merged: Merged, facts: Facts, policy: Policy) -> tuple[Doubt, ...]:
    """All doubts that master data, other orders and arithmetic raise; not those about how sure a value is (see `decide`)."""
    currency = draft.currency.value if draft.currency else None
    doubts = [*_about_the_kind(draft, facts), *_duplicates(draft, facts), *_sender(draft, facts), *_currency(draft, facts)]
    if facts.changed_form:
        doubts.append(Doubt(DoubtCode.FORM_CHANGED, facts.changed_form, cost=order_value(draft)))
    doubts += [
        Doubt(DoubtCode.READING_PROBLEM, notice, evidence=merged.shown.get(notice), cost=0.02 * order_value(draft))
        for notice in merged.notices]
    for line in draft.lines:
        if line.state is not LineState.REJECTED:
            item = facts.items.get(line.item.value.item_id) if line.item else None
            doubts += _item(line, item, facts)
            if item is not None:
                doubts += _unit(line, merged, item, currency, facts)
                doubts += _stock(line, item) if policy.asks_about_stock else ()
    return (*doubts, *check_money(draft, merged.header, policy))


def _about_the_kind(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    if draft.doc_type is DocumentType.PURCHASE_ORDER:
        return
    po = draft.po_number.value if draft.po_number else None
    target = next((t.label for t in facts.twins if t.order_no), None) or next((t.label for t in facts.twins), None)
    which = f"{target} (PO {po})" if target else f"PO {po}, which we do not have" if po else "an order it does not name"
    if draft.doc_type is DocumentType.CANCELLATION:
        sentence = f"This cancels {which}. Cancel it there, then reject this case."
        yield Doubt(DoubtCode.CANCELLATION, sentence, cost=order_value(draft))
    else:
        sentence = f"This changes {which}. Change it there, then reject this case."
        yield Doubt(DoubtCode.CHANGE_OF_ORDER, sentence, cost=order_value(draft))


def _duplicates(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    if draft.doc_type is not DocumentType.PURCHASE_ORDER or draft.po_number is None:
        return
    ours = signature_of(draft)
    for twin in facts.twins:
        how = "the same" if twin.signature == ours else "other" if twin.signature else "unknown"
        yield Doubt(
            DoubtCode.DUPLICATE_PO,
            f"PO {draft.po_number.value} of this customer is already here as {twin.label}, with {how} content. "
            "Reject this one if it is the same order.",
            "po_number", draft.po_number.evidence, cost=order_value(draft))


def identical_twin(draft: Draft, facts: Facts, sure: float) -> Twin | None:
    """The case that already holds exactly this order; None while customer or PO number are not sure."""
    if draft.doc_type is not DocumentType.PURCHASE_ORDER or not draft.lines:
        return None
    if any(f is None or f.confidence < sure for f in (draft.customer, draft.po_number)):
        return None
    ours = signature_of(draft)
    return next((t for t in facts.twins if t.case_id is not None and t.signature == ours), None)


def signature_of(draft: Draft) -> str:
    """Two drafts with the same signature ask for the same goods at the same prices, date, place and revision."""
    lines = sorted(_line_signature(line) for line in draft.lines if line.state is not LineState.REJECTED)
    head = (
        draft.doc_type, fold_code(draft.revision.value) if draft.revision else "",
        str(draft.requested_date.value) if draft.requested_date else "",
        str(draft.ship_to.value.address_id) if draft.ship_to else "")
    return "|".join((*head, *lines))


def _line_signature(line: DraftLine) -> str:
    thing = line.item.value.sku if line.item else fold_code(line.description.value) if line.description else ""
    numbers = (line.quantity.value if line.quantity else None, line.unit_price.value if line.unit_price else None)
    uom = line.uom.value if line.uom else ""
    date = str(line.requested_date.value) if line.requested_date else ""
    return ":".join((thing, uom, date, *("" if n is None else f"{n.normalize():f}" for n in numbers)))


def _sender(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    address, customer = facts.sender.address, facts.customer
    if not address:
        return
    domain = address.rpartition("@")[2].lower()
    known = customer is not None and (address.lower() in customer.emails or (
        customer.email_domain is not None and is_domain(domain, customer.email_domain)))
    if known:
        return
    resembled = look_alike(domain, facts.known_domains)
    warning = f" Its domain resembles {resembled} but is not it: call the customer before you approve." if resembled else ""
    who = f"not known to write for {customer.name}" if customer else "not known to us"
    whose = f", whose mail {facts.sender.passed_on_by} passed on," if facts.sender.passed_on_by else ""
    yield Doubt(
        DoubtCode.UNKNOWN_SENDER, f"The sender {address}{whose} is {who}.{warning or ' Check that the order is genuine.'}",
        cost=order_value(draft) * (1 if resembled else 0.1))


def _currency(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    ours = facts.customer.currency if facts.customer else None
    if draft.currency is None or ours is None or draft.currency.value == ours or is_typed(draft.currency):
        return
    choices = tuple(Choice(c, c, p) for c, p in ((ours, 0.5), (draft.currency.value, 0.5)))
    yield Doubt(
        DoubtCode.CURRENCY_MISMATCH, f"The order is in {draft.currency.value}, but we trade with this customer in {ours}.",
        "currency", draft.currency.evidence, choices, order_value(draft) * 0.2)


def _item(line: DraftLine, item: ItemRecord | None, facts: Facts) -> Iterator[Doubt]:
    path, name = f"lines.{line.key}.item", row_name(line)
    if item is not None and item.status is not ItemStatus.ACTIVE:
        yield Doubt(
            DoubtCode.ITEM_INACTIVE, f"{name}: {item.sku} is {item.status}. Choose another item or reject the line.", path,
            line.item.evidence if line.item else None, item_choices(line), line_value(line))
    best = line.item_candidates[0] if line.item_candidates and not is_typed(line.item) else None
    if best is None or line.item is not None:
        return
    against = next((r for r in best.reasons if ", not " in r), None)
    named = next((r for r in best.reasons if r.endswith(" agrees") and "brand" not in r), None)
    if against and named:
        yield Doubt(
            DoubtCode.ITEM_CONFLICT,
            f"{name}: {named} with {best.sku}, but the description contradicts it ({against}). Which is meant?",
            path, line.description.evidence if line.description else None, item_choices(line), line_value(line))


def item_choices(line: DraftLine) -> tuple[Choice, ...]:
    """The candidates of a line as answers; the value is the SKU."""
    return tuple(
        Choice(m.sku, f"{m.sku} · {m.description}", m.probability, "; ".join(m.reasons)) for m in line.item_candidates[:9])


def _unit(line: DraftLine, merged: Merged, item: ItemRecord, currency: str | None, facts: Facts) -> Iterator[Doubt]:
    if is_typed(line.uom) or line.quantity is None:
        return
    path, name = f"lines.{line.key}.uom", row_name(line)
    readings = unit_readings(line, merged.printed.get(line.key), item, currency, facts)
    if not readings:
        said = merged.printed[line.key].uom if line.key in merged.printed else None
        units = tuple(Choice(u.uom, unit_name(u.uom, Decimal(2)), 0.0) for u in item.units)[:9]
        yield Doubt(
            DoubtCode.UNIT_UNSURE, f"{name}: {item.sku} is not sold by “{said.value if said else '?'}”. Which unit is meant?",
            path, line.quantity.evidence, units, line_value(line))
    elif line.uom is not None and line.uom.confidence < facts.line_confidence:
        meant = _by_unit(readings)[:9]
        said_words = [unit_meaning(line.quantity.value, r, item.base_uom) for r in meant[:2]]
        choices = tuple(
            Choice(r.uom, unit_meaning(line.quantity.value, r, item.base_uom), r.probability, "; ".join(r.reasons))
            for r in meant)
        yield Doubt(
            DoubtCode.UNIT_UNSURE, f"{name}: {', or '.join(said_words)}?", path, line.uom.evidence, choices,
            (1 - line.uom.confidence) * line_value(line))


def _by_unit(readings: tuple[UnitReading, ...]) -> list[UnitReading]:
    """The likeliest reading of each unit that is worth offering."""
    best: dict[str, UnitReading] = {}
    for reading in readings:
        best.setdefault(reading.uom, reading)
    return [r for r in best.values() if r.probability >= 0.01] or list(best.values())[:2]


def unit_meaning(quantity: Decimal, reading: UnitReading, base_uom: str) -> str:
    """A quantity in words: "12 cases of 24 = 288 pieces", or "12 pieces"."""
    said = f"{number(quantity)} {unit_name(reading.uom, quantity)}"
    if reading.factor == 1:
        return said
    total = quantity * reading.factor
    return f"{said} of {number(reading.factor)} = {number(total)} {unit_name(base_uom, total)}"


def _stock(line: DraftLine, item: ItemRecord) -> Iterator[Doubt]:
    if line.base_quantity is None or item.available is None or line.base_quantity <= item.available:
        return
    yield Doubt(
        DoubtCode.STOCK_SHORT,
        f"{row_name(line)}: {number(line.base_quantity)} {unit_name(item.base_uom, line.base_quantity)} of {item.sku} are "
        f"wanted, {number(item.available)} can be promised.",
        f"lines.{line.key}.quantity", line.quantity.evidence if line.quantity else None, cost=0.05 * line_value(line))
