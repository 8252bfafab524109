"""Whether an order is here already. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.records import Facts, Twin
from matching.wording import order_value
from models.domain.codes import fold_code
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.reading import DocumentType
from models.domain.states import LineState


def check_duplicates(draft: Draft, facts: Facts) -> Iterator[Doubt]:
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
