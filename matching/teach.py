"""What an order that a person has approved teaches about its customer's words. Pure.

A person teaches by setting or confirming a value, and by approving what they were asked about. What was surely matched already
teaches nothing, and neither does a substitute: it stands for the item meant, it is not what the words mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from matching.alias_keys import keys_of, printed_line, printed_sender, printed_text, printed_unit, say_otherwise
from matching.assemble import LIKELY, is_typed, query_of
from matching.customer import is_domain, look_alike, name_likeness
from matching.merge import Merged
from matching.records import CustomerRecord, Sender
from matching.units import as_item_says, unit_codes
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found
from models.domain.learned import Lesson, LessonKind, Printed
from models.domain.messages import domain_of
from models.domain.reading import ReadingLine
from models.domain.states import LineState

_IDENTITY = frozenset({DoubtCode.UNKNOWN_ITEM, DoubtCode.ITEM_UNSURE, DoubtCode.ITEM_CONFLICT, DoubtCode.CODES_DISAGREE})
"""Doubts about which item is meant."""
_KNOWN_NAME = 0.995


@dataclass(frozen=True, slots=True)
class Taught:
    """An alias that a case teaches, the keys it is filed under, and the document where it stands (None: the case's first)."""

    customer_id: int
    lesson: Lesson
    keys: tuple[str, ...]
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An approved order and what is known around it.

    `doubts` were open when a person approved; `customer` is the record of the draft's customer as master data has it;
    `substitutes` says which items stand in for which, by item id; `sure` is the probability from which nobody is asked.
    """

    draft: Draft
    merged: Merged
    doubts: tuple[Doubt, ...]
    customer: CustomerRecord
    sender: Sender
    known_domains: frozenset[str]
    substitutes: Mapping[int, Collection[int]]
    sure: float


def taught_by(reviewed: Reviewed) -> tuple[Taught, ...]:
    """All aliases that an approved order teaches."""
    currency = reviewed.draft.currency.value if reviewed.draft.currency else None
    lines = [
        (line, reviewed.merged.printed[line.key]) for line in reviewed.draft.lines
        if line.state is not LineState.REJECTED and line.key in reviewed.merged.printed]
    found = [
        *(t for line, printed in lines for t in _item(line, printed, currency, reviewed)),
        *(t for line, printed in lines for t in _unit(line, printed, reviewed.customer.customer_id)),
        *_ship_to(reviewed), *_sender(reviewed), *_name(reviewed)]
    return tuple(t for t in {(t.lesson.kind, t.lesson.printed): t for t in found}.values() if not _is_disputed(t, found))


def _is_disputed(taught: Taught, others: Collection[Taught]) -> bool:
    """Whether the same words mean two things in one order: then they say nothing."""
    return any(
        o.lesson.kind is taught.lesson.kind and o.lesson.value != taught.lesson.value and o.lesson.printed
        and taught.lesson.printed and say_otherwise(o.lesson.printed, taught.lesson.printed) for o in others)


def _taught(
    customer_id: int, kind: LessonKind, field: str, label: str, value: str, printed: Printed, proof: Evidence | None
) -> Iterator[Taught]:
    keys = keys_of(kind, printed)
    if keys:
        seen = proof.places[0] if proof and proof.places else None
        lesson = Lesson(kind, field, label, value, seen=seen, printed=printed)
        yield Taught(customer_id, lesson, keys, proof.document_id if proof else None)


def _item(line: DraftLine, printed: ReadingLine, currency: str | None, reviewed: Reviewed) -> Iterator[Taught]:
    asked = any(d.code in _IDENTITY and d.path == f"lines.{line.key}.item" for d in reviewed.doubts)
    if line.item is None or not (is_typed(line.item) or asked):
        return
    chosen = line.item.value
    if any(m.item_id == chosen.item_id and m.probability >= reviewed.sure for m in line.item_candidates):
        return
    if any(m.probability >= LIKELY and chosen.item_id in reviewed.substitutes.get(m.item_id, ()) for m in line.item_candidates):
        return
    told: tuple[Found[str] | None, ...] = (line.buyer_sku, line.supplier_sku, line.gtin, line.mpn, line.description)
    first = next((f for f in told if f), None)
    if first is not None:
        what = printed_line(query_of(line, printed, currency))
        yield from _taught(
            reviewed.customer.customer_id, LessonKind.ITEM, "item", first.value[:200], chosen.sku, what, first.evidence)


def _unit(line: DraftLine, printed: ReadingLine, customer_id: int) -> Iterator[Taught]:
    """A spelling nobody knows means the same for all items; one that usually means something else, for this item alone."""
    if line.uom is None or not is_typed(line.uom) or line.item is None or printed.uom is None:
        return
    usual = unit_codes(printed.uom.value)
    if usual and as_item_says(usual[0], [line.uom.value]) == line.uom.value:
        return
    what = printed_unit(printed.uom.value, line.item.value.sku if usual else None)
    proof = line.quantity.evidence if line.quantity else None
    label = f"{printed.uom.value} of {line.item.value.sku}" if usual else printed.uom.value
    yield from _taught(customer_id, LessonKind.UNIT, "uom", label[:200], line.uom.value, what, proof)


def _ship_to(reviewed: Reviewed) -> Iterator[Taught]:
    draft = reviewed.draft
    asked = any(d.code is DoubtCode.SHIP_TO_UNKNOWN for d in reviewed.doubts)
    if draft.ship_to is None or draft.ship_to_text is None or not (is_typed(draft.ship_to) or asked):
        return
    code = next((a.code for a in reviewed.customer.addresses if a.address_id == draft.ship_to.value.address_id), None)
    known = {a.address_id for a in draft.ship_to_candidates if a.probability >= reviewed.sure}
    if code and draft.ship_to.value.address_id not in known:
        text = draft.ship_to_text
        yield from _taught(
            reviewed.customer.customer_id, LessonKind.SHIP_TO, "ship_to", text.value[:200], code, printed_text(text.value),
            text.evidence)


def _sender(reviewed: Reviewed) -> Iterator[Taught]:
    """Whoever a person lets order for a customer writes for it; never an address that is made to look like another's, nor one
    that the mail only pretends to come from."""
    address, customer = (reviewed.sender.address or "").strip().lower(), reviewed.customer
    domain = domain_of(address)
    asked = any(d.code is DoubtCode.UNKNOWN_SENDER for d in reviewed.doubts)
    if not address or not domain or reviewed.sender.is_forged or not (asked or is_typed(reviewed.draft.customer)):
        return
    is_theirs = customer.email_domain is not None and is_domain(domain, customer.email_domain)
    if address in customer.emails or is_theirs or look_alike(domain, reviewed.known_domains):
        return
    yield from _taught(
        customer.customer_id, LessonKind.SENDER, "customer", address, customer.customer_no, printed_sender(address), None)


def _name(reviewed: Reviewed) -> Iterator[Taught]:
    name, customer = reviewed.draft.buyer_name, reviewed.customer
    asked = any(d.code in {DoubtCode.UNKNOWN_CUSTOMER, DoubtCode.CUSTOMER_UNSURE} for d in reviewed.doubts)
    if name is None or not (asked or is_typed(reviewed.draft.customer)):
        return
    if name_likeness(name.value, customer.name) < _KNOWN_NAME and sum(c.isalpha() for c in name.value) >= 4:
        yield from _taught(
            customer.customer_id, LessonKind.CUSTOMER, "customer", name.value[:200], customer.customer_no,
            printed_text(name.value), name.evidence)
