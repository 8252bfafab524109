"""State machines as tables of data: what may follow what, and a refusal that says what is possible."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from models.errors import ConflictError

S = TypeVar("S", bound=StrEnum)


class RefusedMove(ConflictError):
    """The state machine does not allow this move."""

    code = "refused_move"


def check_move(moves: Mapping[S, frozenset[S]], frm: S, to: S, noun: str) -> None:
    """Raise RefusedMove, saying what is possible, unless a `noun` ("shipment SH-000001") may go from `frm` to `to`."""
    if to not in moves[frm]:
        choices = ", ".join(sorted(moves[frm])) or "nothing: this is an end"
        raise RefusedMove(f"{noun[:1].upper()}{noun[1:]} is {frm} and cannot become {to}; possible is {choices}.")


def sources(moves: Mapping[S, frozenset[S]], to: S) -> tuple[S, ...]:
    """The states from which `to` can be reached in one move; what a compare-and-set asks for."""
    return tuple(state for state, targets in moves.items() if to in targets)
