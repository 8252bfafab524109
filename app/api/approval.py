"""The REST API of approval: how it stands, and what other rules would have done."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app.api.auth import allow, rooms_of
from app.api.problems import READ_REFUSALS
from matching.approval import Approval, load_approval
from matching.changes import parse_change
from matching.promise import Promise, Step
from matching.promises import Tally
from matching.replay_diff import Replayed
from matching.sampling import Escaped
from models.domain.partners import ApprovalLevel, PriceRule
from runtime.clock import now

router = APIRouter(tags=["approval"])


class Rules(BaseModel):
    """The rules in force. `price_tolerance` is in percent, `sample_share` and the rates are shares of 1; orders worth more than
    `two_people_above` are approved by two people; the same goods within `same_goods_days` are asked about."""

    approval: ApprovalLevel
    target_error_rate: float | None
    line_confidence: float
    price_tolerance: Decimal
    sample_share: float
    two_people_above: Decimal | None
    price_rule: PriceRule
    takes_successors: bool
    same_goods_days: int


class ApprovalOut(BaseModel):
    """How approval stands: the rules, what reviewed lines can answer for, what went through unseen of late, what escaped."""

    customer_no: str | None
    sentence: str
    rules: Rules
    promise: Promise | None
    curve: list[Step]
    reviewed_lines: int
    since: datetime
    decided: Tally
    touchless: float
    escaped: Escaped


class ReplayIn(BaseModel):
    """Rules to try on past cases, as text: {"price_tolerance": "3"}; `aliases` maps a customer's part number to a SKU."""

    settings: dict[str, str] = Field({}, max_length=10)
    aliases: dict[str, str] = Field({}, max_length=100)
    cases: int = Field(200, ge=1, le=1_000)
    customer_no: str | None = None


def approval_out(state: Approval) -> ApprovalOut:
    """The state of approval as the API and the command line give it alike."""
    p = state.policy
    return ApprovalOut(
        customer_no=state.customer_no, sentence=state.sentence,
        rules=Rules(
            approval=p.approval, target_error_rate=p.target, line_confidence=p.line_confidence,
            price_tolerance=p.price_tolerance, sample_share=p.sample_share,
            two_people_above=p.two_people_above, price_rule=p.price_rule, takes_successors=p.takes_successors,
            same_goods_days=p.same_goods_days),
        promise=state.promise, curve=list(state.curve), reviewed_lines=state.reviewed, since=state.since, decided=state.tally,
        touchless=state.tally.touchless, escaped=state.escaped)


@router.get("/approval", responses=READ_REFUSALS, dependencies=[allow("policy:read")])
def approval(
    request: Request, customer: Annotated[str | None, Query(description="The customer's number.")] = None
) -> ApprovalOut:
    """How approval stands for the house, or for one customer."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        return approval_out(load_approval(db, rooms.policy, now(), customer))


@router.post("/policy/replay", responses=READ_REFUSALS, dependencies=[allow("policy:read")])
def replay(request: Request, wanted: ReplayIn) -> Replayed:
    """Decide the newest cases anew under other rules and tell exactly which outcomes change. Nothing is written."""
    change = parse_change(
        (f"{name}={value}" for name, value in wanted.settings.items()),
        (f"{code}={sku}" for code, sku in wanted.aliases.items()))
    replayer = rooms_of(request).replayer
    return replayer.replay(replayer.cases(wanted.cases, wanted.customer_no), change)
