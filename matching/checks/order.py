"""What is unusual about an order as a whole: its kind, its sender, its currency. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.assemble import is_typed
from matching.change_diff import diff_orders
from matching.customer import answers_elsewhere, look_alike, writes_for
from matching.ordered import lines_of
from matching.records import Facts, Twin
from matching.wording import order_value
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.reading import DocumentType


def check_kind(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """Changes and cancellations: which order they amend, what they change, and where they come too late."""
    if draft.doc_type is DocumentType.PURCHASE_ORDER:
        return
    po = draft.po_number.value if draft.po_number else None
    target = amended(facts.twins)
    which = f"{target.label} (PO {po})" if target else f"PO {po}, which we do not have" if po else "an order it does not name"
    change = diff_orders(draft.doc_type, target.lines, lines_of(draft)) if target else None
    late = "; ".join(f"line {line.name}: {line.refused}" for line in change.refused) if change else ""
    too_late = [f"It comes too late for {late}."] if late else []
    if draft.doc_type is DocumentType.CANCELLATION:
        sentence = " ".join([f"This cancels {which}.", *too_late, _next(target, late, cancels=True)])
        yield Doubt(DoubtCode.CANCELLATION, sentence, cost=order_value(draft))
    else:
        words = change.words() if change else ""
        changes = f"This changes {which}: {words}." if words else f"This changes {which}."
        sentence = " ".join([changes, *too_late, _next(target, late, cancels=False)])
        yield Doubt(DoubtCode.CHANGE_OF_ORDER, sentence, cost=order_value(draft))


def _next(target: Twin | None, late: str, *, cancels: bool) -> str:
    if target is None:
        return "Correct the PO number, or wait until the order itself is approved."
    if target.order_no is None:                       # only a sales order can be changed by approving this case
        return "Reject that case, then this one." if cancels else "Approve that case first; this one then changes its order."
    if late:
        return "Agree with the customer what is to be done, correct the lines, then approve."
    return "Approve to cancel the order." if cancels else "Approve to change the order."


def amended(twins: Sequence[Twin]) -> Twin | None:
    """The order that a change is about: a sales order before a case."""
    return next((t for t in twins if t.order_no), None) or next(iter(twins), None)


def check_sender(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    address, customer = facts.sender.address, facts.customer
    if not address:
        return
    domain = address.rpartition("@")[2].lower()
    if facts.sender.is_forged:
        yield Doubt(
            DoubtCode.UNKNOWN_SENDER,
            f"The mail says it comes from {address}, but the mail server found that it does not ({facts.sender.authentication}). "
            "Call the customer on a number you know before you approve.", cost=order_value(draft))
        return
    elsewhere = answers_elsewhere(facts.sender)
    if elsewhere and not (customer is not None and writes_for(elsewhere, customer)):
        yield Doubt(
            DoubtCode.UNKNOWN_SENDER,
            f"The mail says it comes from {address}, but answers to it go to {elsewhere}. The sender may be forged: call the "
            "customer on a number you know before you approve.", cost=order_value(draft))
        return
    if customer is not None and writes_for(address, customer):
        return
    resembled = look_alike(domain, facts.known_domains)
    warning = f"Its domain resembles {resembled} but is not it: call the customer before you approve." if resembled else ""
    who = f"not known to write for {customer.name}" if customer else "not known to us"
    whose = f"{address}, whose mail {facts.sender.passed_on_by} passed on," if facts.sender.passed_on_by else address
    yield Doubt(
        DoubtCode.UNKNOWN_SENDER, " ".join([f"The sender {whose} is {who}.", warning or "Check that the order is genuine."]),
        cost=order_value(draft) * (1 if resembled else 0.1))


def check_currency(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    ours = facts.customer.currency if facts.customer else None
    if draft.currency is None or ours is None or draft.currency.value == ours or is_typed(draft.currency):
        return
    choices = tuple(Choice(c, c, p) for c, p in ((ours, 0.5), (draft.currency.value, 0.5)))
    yield Doubt(
        DoubtCode.CURRENCY_MISMATCH, f"The order is in {draft.currency.value}, but we trade with this customer in {ours}.",
        "currency", draft.currency.evidence, choices, order_value(draft) * 0.2)
