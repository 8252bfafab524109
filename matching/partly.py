"""An order that goes ahead line by line: which lines wait, which have gone, and that what has gone stays as it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from matching.corrections import Told, line_of
from models.domain.doubt import Doubt
from models.domain.draft import Draft
from models.domain.reading import DocumentType
from models.domain.states import LineState
from models.errors import InputError

_FIXED = frozenset({"customer", "po_number", "currency", "ship_to"})
"""What an order and the lines that are added to it have in common."""


PARTLY = "partly_released"
"""Code of a case of which some lines have gone ahead."""


class LineReleased(InputError):
    """The line is part of a sales order already; it is changed there."""

    code = "line_released"


def hold_back(draft: Draft, ahead: Collection[str]) -> Draft:
    """The draft whose lines go ahead when their key is in `ahead`, and wait otherwise. Raises InputError for a choice that leaves
    nothing to go, or nothing to wait for."""
    if draft.doc_type is not DocumentType.PURCHASE_ORDER:
        raise InputError("Only a purchase order can go ahead in parts. Approve the whole of this, or none.", code="not_in_parts")
    open_keys = {line.key for line in draft.lines if line.is_due or line.state is LineState.WAITING}
    if unknown := sorted(set(ahead) - open_keys):
        raise InputError(f"There is no open line {', '.join(unknown)} in this draft. Reload and look again.", code="unknown_line")
    if not ahead:
        raise InputError("Choose at least one line that goes ahead.", code="no_lines_chosen")
    if open_keys == set(ahead):
        raise InputError("All lines are chosen, so nothing would wait. Approve the order as a whole.", code="nothing_waits")
    return replace(draft, lines=tuple(
        replace(line, state=_held(line.state, is_ahead=line.key in ahead)) if line.key in open_keys else line
        for line in draft.lines))


def _held(state: LineState, *, is_ahead: bool) -> LineState:
    if not is_ahead:
        return LineState.WAITING
    return LineState.PROPOSED if state is LineState.WAITING else state


def after_release(draft: Draft) -> Draft:
    """The draft once its lines have gone ahead: those are released, and those that waited are open again."""
    return replace(draft, lines=tuple(
        replace(line, state=LineState.RELEASED) if line.is_due
        else replace(line, state=LineState.PROPOSED) if line.state is LineState.WAITING else line
        for line in draft.lines))


def waiting(draft: Draft) -> frozenset[str]:
    """The keys of the lines that stay behind."""
    return frozenset(line.key for line in draft.lines if line.state is LineState.WAITING)


def released(draft: Draft) -> frozenset[str]:
    """The keys of the lines that have gone ahead."""
    return frozenset(line.key for line in draft.lines if line.state is LineState.RELEASED)


def partly_words(draft: Draft) -> str:
    """What an approval in parts means, in a sentence."""
    ahead, stay = sum(line.is_due for line in draft.lines), len(waiting(draft))
    return f"{_lines(ahead, 'goes', 'go')} ahead; {_lines(stay, 'waits', 'wait')} for review."


def _lines(count: int, one: str, many: str) -> str:
    return f"1 line {one}" if count == 1 else f"{count} lines {many}"


def still_asked(doubts: Sequence[Doubt], draft: Draft) -> tuple[Doubt, ...]:
    """The doubts about lines that stay behind; the others were answered by letting their lines go."""
    kept = waiting(draft)
    return tuple(d for d in doubts if line_of(d.path) in kept)


def check_released(before: Draft, after: Draft, told: Sequence[Told]) -> None:
    """Raise LineReleased when a change would touch a line that has gone ahead, or what its order has in common with the rest."""
    gone = released(before)
    if not gone:
        return
    lost = sorted(gone - released(after))
    touched = sorted({key for t in told if (key := line_of(t.path)) in gone})
    if lost or touched:
        raise LineReleased(
            f"Line {', '.join(lost or touched)} has gone ahead and is part of the sales order. Change it there, not here.")
    if shared := sorted({t.path for t in told} & _FIXED):
        raise LineReleased(
            f"Lines of this order have gone ahead, so its {shared[0].replace('_', ' ')} cannot change any more. Change the sales "
            "order, or set this case aside and enter the rest anew.")
