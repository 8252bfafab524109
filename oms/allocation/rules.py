"""The house's sourcing rules: stored as data, asked in the order of their position."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.sourcing import SourcingRule
from models.errors import ConflictError, InputError, NotFound
from models.tables.inventory import SourcingRuleRow
from runtime.audit import record
from runtime.clock import now
from runtime.codec import from_json, to_json


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A stored rule."""

    position: int
    name: str
    is_active: bool
    rule: SourcingRule


def sourcing_rules(db: Session) -> list[NamedRule]:
    """All rules, the one asked first first."""
    rows = db.execute(select(SourcingRuleRow).order_by(SourcingRuleRow.position)).scalars()
    return [NamedRule(row.position, row.name, row.is_active, from_json(SourcingRule, row.content)) for row in rows]


def set_rule(db: Session, rule: NamedRule, *, actor: str) -> None:
    """Make the rule at this position, or replace it. Raises InputError for one that could never send anything,
    ConflictError for a new one whose name another rule has."""
    if rule.rule.max_locations is not None and rule.rule.max_locations < 1:
        raise InputError("At least one location must be allowed to send; leave max_locations out for any number.")
    if rule.rule.max_km is not None and rule.rule.max_km < 1:
        raise InputError("A location must be allowed to be 1 km away at least; leave max_km out for any distance.")
    row = db.execute(select(SourcingRuleRow).where(SourcingRuleRow.position == rule.position)).scalar_one_or_none()
    namesake = db.execute(select(SourcingRuleRow.position).where(
        SourcingRuleRow.name == rule.name, SourcingRuleRow.position != rule.position).limit(1)).scalar_one_or_none()
    if row is None and namesake is not None:
        raise ConflictError(
            f"There is a rule {rule.name} at position {namesake} already. Change that one, or choose another name.",
            code="rule_exists")
    if row is None:
        row = SourcingRuleRow(position=rule.position)
        db.add(row)
    row.name, row.is_active, row.content, row.made_by, row.made_at = rule.name, rule.is_active, to_json(rule.rule), actor, now()
    db.flush()
    record(db, actor=actor, action="sourcing_rule.set", subject=f"sourcing_rule:{rule.position}", content={"name": rule.name})


def drop_rule(db: Session, position: int, *, actor: str) -> None:
    """Take the rule at this position away. Raises NotFound."""
    row = db.execute(select(SourcingRuleRow).where(SourcingRuleRow.position == position)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no sourcing rule at position {position}; look at the list of rules.")
    db.delete(row)
    db.flush()
    record(db, actor=actor, action="sourcing_rule.dropped", subject=f"sourcing_rule:{position}")
