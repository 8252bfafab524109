"""Routing and escalating exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.domain.order_work import EXCEPTION_MOVES, ExceptionKind, ExceptionState
from oms.exceptions.plan import DEFAULT_RULES, Escalation, Overdue, Rule, escalations, route

AT = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)


def test_every_kind_has_a_rule_and_every_state_can_be_reached() -> None:
    assert set(DEFAULT_RULES) == set(ExceptionKind)
    assert {to for targets in EXCEPTION_MOVES.values() for to in targets} == set(ExceptionState)


def test_a_rule_with_a_person_assigns_at_once() -> None:
    to = route(Rule(True, 4, assignee_id=7, team="Credit"), AT)
    assert (to.state, to.assignee_id, to.team, to.is_blocking) == (ExceptionState.ASSIGNED, 7, "Credit", True)
    assert to.due_at == AT + timedelta(hours=4)


def test_the_caller_may_say_whether_it_blocks() -> None:
    assert route(Rule(True), AT, is_blocking=False).is_blocking is False
    assert route(Rule(True), AT).due_at is None


def test_only_overdue_ones_escalate_and_only_once() -> None:
    rules = {ExceptionKind.CREDIT: Rule(True, 4, escalate_to="Management")}
    late, later = AT - timedelta(minutes=1), AT + timedelta(minutes=1)
    found = escalations([
        Overdue(1, ExceptionKind.CREDIT, late, None), Overdue(2, ExceptionKind.CREDIT, later, None),
        Overdue(3, ExceptionKind.CREDIT, late, late), Overdue(4, ExceptionKind.PRICE, late, None),
        Overdue(5, ExceptionKind.PRICE, None, None)], rules, AT)
    assert found == (Escalation(1, "Management"), Escalation(4, None))
