"""Who sees to an exception, by when, and whom it goes to when nobody did. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.domain.order_work import ExceptionKind, ExceptionState


@dataclass(frozen=True, slots=True)
class Rule:
    """How exceptions of one kind are routed. `due_hours` None: no due time; `team` and `escalate_to` are names of groups."""

    is_blocking: bool
    due_hours: int | None = None
    assignee_id: int | None = None
    team: str | None = None
    escalate_to: str | None = None


DEFAULT_RULES: Mapping[ExceptionKind, Rule] = {
    ExceptionKind.UNKNOWN_ITEM: Rule(True, 8),
    ExceptionKind.PRICE: Rule(True, 8),
    ExceptionKind.MINIMUM: Rule(False, 24),
    ExceptionKind.CREDIT: Rule(True, 4),
    ExceptionKind.SHORT_STOCK: Rule(False, 24),
    ExceptionKind.DUPLICATE_PO: Rule(True, 4),
    ExceptionKind.ADDRESS: Rule(True, 8),
    ExceptionKind.COMPLIANCE: Rule(True, 4),
    ExceptionKind.SYNC_FAILURE: Rule(False, 2),
    ExceptionKind.RECONCILIATION: Rule(False, 48),
}
"""What holds for a kind nobody made a rule for."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a new exception goes."""

    state: ExceptionState
    assignee_id: int | None
    team: str | None
    due_at: datetime | None
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open exception whose due time may have passed."""

    id: int
    kind: ExceptionKind
    due_at: datetime | None
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Exception `id` goes to `team` (None: stays where it is) and is shown as escalated."""

    id: int
    team: str | None


def route(rule: Rule, at: datetime, *, is_blocking: bool | None = None) -> Route:
    """Where an exception opened at `at` goes; `is_blocking` None leaves that to the rule."""
    return Route(
        state=ExceptionState.ASSIGNED if rule.assignee_id else ExceptionState.OPEN, assignee_id=rule.assignee_id, team=rule.team,
        due_at=at + timedelta(hours=rule.due_hours) if rule.due_hours else None,
        is_blocking=rule.is_blocking if is_blocking is None else is_blocking)


def escalations(open_ones: Iterable[Overdue], rules: Mapping[ExceptionKind, Rule], at: datetime) -> tuple[Escalation, ...]:
    """Those past their due time that were not escalated yet; each is escalated once."""
    return tuple(
        Escalation(x.id, rules.get(x.kind, DEFAULT_RULES[x.kind]).escalate_to) for x in open_ones
        if x.due_at is not None and x.due_at <= at and x.escalated_at is None)
