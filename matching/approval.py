"""How approval stands: the rules in force, the threshold with its evidence, what goes through unseen, and what escapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.partners_sql import load_customers
from matching.policy import Policy
from matching.promise import Promise, Step, curve
from matching.promise_words import broken, one_in, too_little
from matching.promises import Promises, Tally, owner_of
from matching.records import CustomerRecord
from matching.sampling import Escaped, escaped
from models.domain.outcomes import Seen
from models.domain.partners import ApprovalLevel
from models.errors import NotFound
from models.tables.partners import CustomerRow

SPAN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Approval:
    """The state of approval for the house, or for one customer. `promise` is None without a target; `curve` shows the bound at
    other thresholds. Counts and the escape are those since `since`."""

    customer_no: str | None
    customer_name: str | None
    policy: Policy
    promise: Promise | None
    curve: tuple[Step, ...]
    reviewed: int
    tally: Tally
    escaped: Escaped
    since: datetime
    sentence: str


def load_approval(db: Session, policy: Policy, at: datetime, customer_no: str | None = None) -> Approval:
    """How approval stands at a moment. Raises NotFound for a customer there is none of."""
    promises = Promises(db)
    rules, customer = _rules(db, policy, customer_no)
    owner = owner_of(customer)
    history = promises.history(owner)
    target = rules.target if rules.approval is not ApprovalLevel.REVIEW_ALL else None
    state = promises.promise(target, owner) if target is not None else None
    tally = promises.tally(at - SPAN, customer.customer_id if customer else None)
    return Approval(
        customer_no, customer.name if customer else None, rules, state,
        curve(history, target) if target is not None else (), len(history), tally,
        escaped(history, tally.lines_unseen), at - SPAN, _sentence(rules, state))


def load_escaped(db: Session, policy: Policy, at: datetime, customer_no: str | None = None) -> Escaped:
    """What escapes, as `load_approval` says it, without all it says beside. Raises NotFound for a customer there is none of."""
    promises = Promises(db)
    _, customer = _rules(db, policy, customer_no)
    blind = promises.history(owner_of(customer), seen=(Seen.BLIND, Seen.REPORTED))
    return escaped(blind, promises.tally(at - SPAN, customer.customer_id if customer else None).lines_unseen)


def _rules(db: Session, policy: Policy, customer_no: str | None) -> tuple[Policy, CustomerRecord | None]:
    """The rules in force for the house or a customer, and the customer."""
    rules = Promises(db).house(policy)
    if customer_no is None:
        return rules, None
    found = db.execute(select(CustomerRow.id).where(CustomerRow.customer_no == customer_no)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no customer {customer_no}.")
    (record,) = load_customers(db, [found])
    return rules.for_customer(record), record


def _sentence(policy: Policy, state: Promise | None) -> str:
    if policy.approval is ApprovalLevel.REVIEW_ALL:
        return "Every order is looked at before it is approved."
    if state is None:
        return f"Orders go through when every value is at least {policy.line_confidence:.0%} sure. No error rate is promised."
    if state.threshold is None:
        return too_little(state) if state.needed else broken(state)
    step = state.evidence
    return (
        f"At most {one_in(state.target)} lines approved unseen may be wrong. Orders go through when every line is at least "
        f"{state.threshold:.1%} sure: of {step.reviewed:,} reviewed lines as sure as that {step.wrong:,} were wrong, so that at "
        f"most {step.bound:.2%} are, with 95% confidence.")
