"""What a person chooses from who approves a part of an order, or in spite of a doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.corrections import line_of
from matching.overrides import needing_reason
from models.domain.doubt import Doubt
from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState


@dataclass(frozen=True, slots=True)
class LineChoice:
    """One open line. `doubts`: how many questions are open about it."""

    key: str
    number: str
    what: str
    doubts: int

    @property
    def is_clean(self) -> bool:
        """True when nothing is asked about the line."""
        return not self.doubts


@dataclass(frozen=True, slots=True)
class ApprovalForm:
    """`overrides`: sentences of the doubts that need a reason."""

    lines: tuple[LineChoice, ...]
    overrides: tuple[str, ...]


def approval_form(draft: Draft, doubts: Sequence[Doubt]) -> ApprovalForm:
    """The open lines with what is asked about them, and what approving overrides."""
    asked = [line_of(d.path) for d in doubts]
    lines = tuple(
        LineChoice(
            line.key, line.line_no.value if line.line_no else str(n), _what(line), asked.count(line.key))
        for n, line in enumerate(draft.lines, 1) if line.is_due or line.state is LineState.WAITING)
    return ApprovalForm(lines, tuple(d.sentence for d in needing_reason(doubts)))


def _what(line: DraftLine) -> str:
    if line.item is not None:
        return f"{line.item.value.sku} {line.item.value.description}"
    return line.description.value if line.description else "?"
