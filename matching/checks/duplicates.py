"""Whether an order is here already: as the same file, the same order again, a revision, or the same goods under another number.
Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.change_diff import diff_orders
from matching.ordered import lines_of
from matching.records import Facts, Twin
from matching.same_order import Verdict, verdict
from matching.wording import order_value
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.reading import DocumentType

_HOW = {
    Verdict.SAME_FILE: "as the very same file", Verdict.SAME_ORDER: "with the same content",
    Verdict.UNKNOWN: "with content we cannot compare"}


def check_duplicates(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """One doubt for each other order that this one may be."""
    if draft.doc_type is not DocumentType.PURCHASE_ORDER:
        return
    for twin in facts.twins:
        found = verdict(draft, twin)
        if found is not None:
            yield _doubt(draft, twin, found, facts)


def _doubt(draft: Draft, twin: Twin, found: Verdict, facts: Facts) -> Doubt:
    value = order_value(draft)
    path, proof = ("po_number", draft.po_number.evidence) if draft.po_number else (None, None)
    who = f"PO {draft.po_number.value} of this customer" if draft.po_number else "This order"
    if found is Verdict.SAME_GOODS:
        ago = (facts.on - twin.seen_on).days if twin.seen_on else 0
        when = "today" if ago <= 0 else "yesterday" if ago == 1 else f"{ago} days ago"
        number = f"PO {twin.po_number}" if twin.po_number else "no PO number"
        sentence = f"The same goods came {when} as {twin.label} under {number}. Ask the customer whether both are meant."
        return Doubt(DoubtCode.SAME_GOODS_AGAIN, sentence, path, proof, cost=0.3 * value)
    if found is Verdict.REVISION:
        change = diff_orders(draft.doc_type, twin.lines, lines_of(draft))
        what = change.words() or "only its date, place or revision differ"
        left = "; ".join(f"line {line.name}: {line.refused}" for line in change.refused)
        too_late = [f"It comes too late for {left}."] if left else []
        differs = f"{who} is already here as {twin.label}, and this one differs: {what}."
        sentence = " ".join([differs, *too_late, _what_next(twin)])
        return Doubt(DoubtCode.REVISED_ORDER, sentence, path, proof, cost=value)
    sentence = f"{who} is already here as {twin.label}, {_HOW[found]}. Reject this one if it is the same order."
    return Doubt(DoubtCode.DUPLICATE_PO, sentence, path, proof, cost=value)


def _what_next(twin: Twin) -> str:
    if twin.order_no is None:
        return "Reject the one that does not hold, then approve the other."
    return "Approve to change the order so; if it is a further order, give it another PO number first."


def identical_twin(draft: Draft, facts: Facts, sure: float) -> Twin | None:
    """The case that already holds exactly this order; None while customer or PO number are not sure."""
    if draft.doc_type is not DocumentType.PURCHASE_ORDER or not draft.lines:
        return None
    if any(f is None or f.confidence < sure for f in (draft.customer, draft.po_number)):
        return None
    same = (t for t in facts.twins if t.case_id is not None and verdict(draft, t) in {Verdict.SAME_FILE, Verdict.SAME_ORDER})
    return next(same, None)
