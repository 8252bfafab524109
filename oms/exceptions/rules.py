"""The house's rules for exceptions: who sees to a kind, by when, whom it goes to then; read, tried, set and taken away again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionKind
from models.errors import InputError, NotFound
from models.tables.exceptions import ExceptionRuleRow
from models.tables.people import UserRow
from oms.exceptions.listing import ListedException, WantedExceptions, find_exceptions
from oms.exceptions.plan import DEFAULT_RULES, Route, Rule, route
from oms.exceptions.service import rule_from
from runtime.audit import record

LONGEST = 24 * 365
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """An open exception, and where it would have gone by a rule; `is_late`: its due time would have passed by now."""

    exception: ListedException
    route: Route
    is_late: bool


def own_rules(db: Session) -> Mapping[ExceptionKind, Rule]:
    """The rules the house has made; for any other kind the default holds."""
    return {row.kind: rule_from(row) for row in db.execute(select(ExceptionRuleRow)).scalars()}


def save_rule(db: Session, kind: ExceptionKind, rule: Rule, *, user: str) -> None:
    """Route exceptions of a kind so from now on; what is open stays where it is. Raises InputError, NotFound for nobody."""
    check_rule(db, rule)
    values = asdict(rule)
    db.merge(ExceptionRuleRow(kind=kind, **values))
    record(db, actor=user, action="exception_rule.set", subject=f"exception_rule:{kind}", content=values)


def remove_rule(db: Session, kind: ExceptionKind, *, user: str) -> None:
    """The default holds again for the kind. Where it holds already, nothing happens."""
    removed = db.execute(delete(ExceptionRuleRow).where(ExceptionRuleRow.kind == kind).returning(ExceptionRuleRow.kind)).all()
    if removed:
        record(db, actor=user, action="exception_rule.removed", subject=f"exception_rule:{kind}", content=asdict(
            DEFAULT_RULES[kind]))


def try_rule(db: Session, kind: ExceptionKind, rule: Rule, *, at: datetime, limit: int = 100) -> list[Tried]:
    """Where the open exceptions of the kind would have gone by this rule, the most urgent first; writes nothing."""
    check_rule(db, rule)
    found = find_exceptions(db, WantedExceptions(kind=kind), limit=limit)
    routes = [route(rule, x.opened_at) for x in found]
    return [Tried(x, to, to.due_at is not None and to.due_at <= at) for x, to in zip(found, routes, strict=True)]


def check_rule(db: Session, rule: Rule) -> None:
    """Raise InputError for hours or names out of range, NotFound for a person who is not here any more."""
    if rule.due_hours is not None and not 1 <= rule.due_hours <= LONGEST:
        raise InputError(f"Write between 1 and {LONGEST:,} hours, or none.", code="out_of_range")
    if any(len(name) > LONGEST_NAME for name in (rule.team, rule.escalate_to) if name):
        raise InputError(f"The name of a team has at most {LONGEST_NAME} characters.", code="out_of_range")
    if rule.assignee_id is not None:
        user = db.get(UserRow, rule.assignee_id)
        if user is None or not user.is_active:
            raise NotFound("This person is not here any more; choose somebody else.")
