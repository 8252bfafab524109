"""The house's rules of automatic holds, kept as a setting: the newest in force, each saved one stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.order_work import HoldKind
from models.domain.states import Role
from models.errors import Forbidden, InputError
from models.tables.desk import HouseSettingRow
from oms.orders.checking.decide import DEFAULT_RULES, KINDS, HoldRule
from runtime.audit import record
from runtime.clock import now
from runtime.codec import from_json, to_json

NAME = "hold_rules"
RELEASERS = (Role.APPROVER, Role.ADMIN)
NEWEST = select(HouseSettingRow.content).where(HouseSettingRow.name == NAME).order_by(HouseSettingRow.id.desc()).limit(1)
"""What `rules_from` reads the rules in force from."""


def hold_rules(db: Session) -> Mapping[HoldKind, HoldRule]:
    """The rule in force for each kind that rules can place."""
    return rules_from(db.execute(NEWEST).scalar_one_or_none())


@lru_cache(maxsize=8)
def rules_from(content: str | None) -> Mapping[HoldKind, HoldRule]:
    """The rules as they were kept; those of the house that were never set are the defaults."""
    own = {rule.kind: rule for rule in from_json(tuple[HoldRule, ...], content)} if content else {}
    return {**DEFAULT_RULES, **own}


def save_hold_rules(db: Session, rules: Iterable[HoldRule], *, user: str) -> None:
    """Put rules in force; kinds left out keep theirs. Raises InputError for a rule that cannot be."""
    new = {rule.kind: _checked(rule) for rule in rules}
    content = to_json(tuple((dict(hold_rules(db)) | new).values()))
    db.add(HouseSettingRow(name=NAME, content=content, made_by=user, made_at=now()))
    db.flush()
    record(db, actor=user, action="policy.hold_rules", subject="policy:hold_rules", content={
        "kinds": {rule.kind.value: rule.is_on for rule in new.values()}})


def check_may_release(db: Session, kind: HoldKind, *, is_admin: bool) -> None:
    """Raise Forbidden unless somebody who may release holds at all may release those of this kind."""
    rule = hold_rules(db).get(kind)
    if rule is not None and rule.released_by is Role.ADMIN and not is_admin:
        raise Forbidden(f"Holds of the kind {kind} are released by administrators. Ask {rule.owner or 'one of them'}.")


def _checked(rule: HoldRule) -> HoldRule:
    if rule.kind not in KINDS:
        raise InputError(f"Holds of the kind {rule.kind} are placed by people, not by rules.", code="bad_rule")
    if rule.limit is not None and (not rule.limit.is_finite() or rule.limit < 0):
        raise InputError(f"The limit of the rule for {rule.kind} is a number from 0 on.", code="bad_rule")
    if rule.released_by not in RELEASERS:
        raise InputError("Holds are released by approvers or by administrators.", code="bad_rule")
    return rule
