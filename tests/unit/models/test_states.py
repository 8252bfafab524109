"""The state tables are whole: every state can be reached, and ends are ends on purpose."""

import pytest

from models.domain.states import CASE_MOVES, CaseState, RefusedMove, check_case_move

STARTS = {CaseState.RECEIVED, CaseState.MATCHING}
ENDS = {CaseState.HANDED_OVER, CaseState.MERGED}


def test_every_case_state_is_reachable_from_the_start() -> None:
    seen, todo = set(STARTS), list(STARTS)
    while todo:
        for state in CASE_MOVES[todo.pop()] - seen:
            seen.add(state)
            todo.append(state)
    assert seen == set(CaseState)


def test_only_the_ends_have_no_way_out() -> None:
    assert {state for state, moves in CASE_MOVES.items() if not moves} == ENDS


def test_a_refused_move_says_what_is_possible() -> None:
    with pytest.raises(RefusedMove, match="handed_over and cannot become approved"):
        check_case_move(CaseState.HANDED_OVER, CaseState.APPROVED)
    check_case_move(CaseState.APPROVED, CaseState.HANDED_OVER)
