"""Our credit memos beside the credit notes of the ERP: what is missing, what is too much, what differs. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from oms.erp.compare import Difference


@dataclass(frozen=True, slots=True)
class MemoHere:
    """A credit memo that the ERP knows. `note`: the number of the ERP's note it was booked from; "": it is ours, and the ERP was
    told of it."""

    order_id: int
    order_no: str
    number: str
    note: str
    currency: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class NoteThere:
    """A credit note of the ERP. `memo`: our memo's number where we entered it, else "". `total` is above zero for what the
    customer gets. One that is cancelled is told only where somebody else entered it."""

    order_no: str                  # "" where the ERP does not say
    number: str
    memo: str
    is_posted: bool
    currency: str
    total: Decimal
    is_cancelled: bool = False


def compare_credits(
    memos: Iterable[MemoHere], notes: Iterable[NoteThere], known: frozenset[str], booked: frozenset[str],
    orders: Mapping[str, int],
) -> tuple[Difference, ...]:
    """All differences, by what they are about. `known` are all numbers of our memos, `booked` the ERP's numbers of all notes that
    are booked here, also of older ones; `orders` the ids of our orders by number."""
    ours: dict[str, list[NoteThere]] = defaultdict(list)
    theirs: dict[str, NoteThere] = {}
    cancelled = set()
    for note in notes:
        if note.is_cancelled:
            cancelled.add(note.number)
        elif note.memo:
            ours[note.memo].append(note)
        else:
            theirs[note.number] = note
    found: list[Difference] = []
    for memo in memos:
        if not memo.note:
            found += _of_memo(memo, ours.get(memo.number, ()))
        elif memo.note in theirs:                       # it may be older than what was asked for
            found += _of_memo(memo, [theirs[memo.note]])
        elif memo.note in cancelled:
            found.append(Difference(memo.order_no, "erp_credit_cancelled", (
                f"The credit note {memo.note}, from which {memo.number} of {memo.order_no} was booked, is cancelled in the ERP. "
                "Enter it there again, or bill anew what it credited."), memo.order_id, memo.number))
    found += [_extra(note, orders) for number, some in ours.items() if number not in known for note in some]
    found += [_extra(note, orders) for number, note in theirs.items() if number not in booked and note.is_posted]
    return tuple(sorted(found, key=lambda d: (d.about, d.code)))


def _of_memo(memo: MemoHere, notes: Sequence[NoteThere]) -> Iterator[Difference]:
    def differs(code: str, sentence: str) -> Difference:
        return Difference(memo.order_no, code, sentence, memo.order_id, memo.number)

    if not notes:
        yield differs("erp_credit_missing", f"The ERP has no credit note for {memo.number} of {memo.order_no}. Enter it there.")
    elif len(notes) > 1:
        numbers = ", ".join(note.number for note in notes)
        yield differs("erp_credit_doubled", (
            f"The ERP has {memo.number} of {memo.order_no} {len(notes)} times: {numbers}. Cancel all but one there."))
    elif not notes[0].is_posted:
        yield differs("erp_credit_draft", (
            f"The credit note {notes[0].number} for {memo.number} of {memo.order_no} is a draft in the ERP. Post it there."))
    elif (notes[0].currency, notes[0].total) != (memo.currency, memo.total):
        note = notes[0]
        yield differs("erp_credit_differs", (
            f"{memo.number} of {memo.order_no} credits {memo.total:f} {memo.currency} here, {note.total:f} {note.currency} in "
            f"the credit note {note.number}. Correct the one that is wrong."))


def _extra(note: NoteThere, orders: Mapping[str, int]) -> Difference:
    sentence = (
        f"The ERP has the credit note {note.number} of {note.total:f} {note.currency} for {note.order_no}, no memo here. Pull "
        "its invoices, or cancel it there.") if note.order_no else (
        f"The ERP has the credit note {note.number} of {note.total:f} {note.currency} under our name, no memo here. Cancel it "
        "there.")
    return Difference(note.order_no, "erp_credit_extra", sentence, orders.get(note.order_no), note.memo or note.number)
