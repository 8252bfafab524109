"""The REST API of retention: the rules, what is due under them, and legal holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from intake.retention import repository
from intake.retention.plan import LEAST_DAYS, MOST_DAYS, Kept, Rules
from intake.retention.repository import Due, Hold
from runtime.clock import now

router = APIRouter(tags=["retention"])
_READ = [allow("retention:read")]
Writer = Annotated[Client, allow("retention:write")]
Days = Annotated[int | None, Field(ge=LEAST_DAYS, le=MOST_DAYS, description="Days; null keeps for ever.")]


class RulesIn(BaseModel):
    """How long the content of messages is kept, by what they were."""

    order: Days = None
    other: Days = None


class RetentionOut(BaseModel):
    """The rules in force, how many messages are due now, and the first of them."""

    rules: Rules
    counts: dict[Kept, int]
    due: list[Due]


class HoldIn(BaseModel):
    """Why a message is held."""

    reason: str = Field(min_length=1, max_length=500)


def _told(request: Request, rules: Rules | None = None) -> RetentionOut:
    with rooms_of(request).db.read() as db:
        rules, at = rules or repository.load_rules(db), now()
        return RetentionOut(
            rules=rules, counts=repository.count_due(db, rules, at), due=repository.due(db, rules, at, limit=100))


@router.get("/retention", responses=READ_REFUSALS, dependencies=_READ)
def retention(request: Request) -> RetentionOut:
    """The rules, and what is due under them."""
    return _told(request)


@router.post("/retention/preview", responses=READ_REFUSALS, dependencies=_READ)
def preview(request: Request, wanted: RulesIn) -> RetentionOut:
    """What would be due under other rules; nothing is saved."""
    return _told(request, Rules(wanted.order, wanted.other))


@router.put("/retention", responses=REFUSALS)
def change(request: Request, wanted: RulesIn, client: Writer) -> RetentionOut:
    """Put rules in force; what is due goes within minutes, for good."""
    with rooms_of(request).db.write() as db:
        repository.save_rules(db, Rules(wanted.order, wanted.other), actor=client.name)
    return _told(request)


@router.get("/retention/holds", responses=READ_REFUSALS, dependencies=_READ)
def holds(request: Request) -> list[Hold]:
    """The legal holds that stand, the newest first."""
    with rooms_of(request).db.read() as db:
        return repository.holds(db)


@router.put("/messages/{message_id}/hold", status_code=204, responses=REFUSALS | {404: READ_REFUSALS[404]})
def hold(request: Request, message_id: int, wanted: HoldIn, client: Writer) -> None:
    """Keep a message whatever the rules say."""
    with rooms_of(request).db.write() as db:
        repository.place_hold(db, message_id, wanted.reason, actor=client.name)


@router.delete("/messages/{message_id}/hold", status_code=204, responses=READ_REFUSALS)
def release(request: Request, message_id: int, client: Writer) -> None:
    """Let the rules hold for a message again."""
    with rooms_of(request).db.write() as db:
        repository.release_hold(db, message_id, actor=client.name)
