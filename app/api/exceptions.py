"""The REST API of exceptions: what went wrong, who sees to it, and how it was settled; and the rules that route them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import LARGEST_ID, Key, RowId
from app.api.idempotent import answer_once
from app.api.many import MOST_AT_ONCE, ManyOut, do_each
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.order_work import ExceptionKind, ExceptionState
from models.errors import NotFound
from models.tables.people import UserRow
from oms.exceptions.listing import ListedException, WantedExceptions, find_exceptions, load_exception
from oms.exceptions.plan import Rule
from oms.exceptions.rules import remove_rule, save_rule
from oms.exceptions.service import assign, confirm_warning, reopen, resolve, rule_of, waive
from runtime.clock import now

router = APIRouter(tags=["exceptions"])
Writer = Annotated[Client, allow("exceptions:write")]


class ActIn(BaseModel):
    """`reason` is needed to resolve and to waive; `assignee` (a login) and `team` to assign; `warning_id` to confirm."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=2_000)
    assignee: str | None = Field(None, max_length=128)
    team: str | None = Field(None, max_length=64)
    warning_id: int | None = Field(None, ge=1, le=LARGEST_ID)


class ActOnManyIn(BaseModel):
    """Exceptions by id; the rest as of one."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=1, le=LARGEST_ID)]] = Field(min_length=1, max_length=MOST_AT_ONCE)
    reason: str = Field("", max_length=2_000)
    assignee: str | None = Field(None, max_length=128)
    team: str | None = Field(None, max_length=64)


class RuleIo(BaseModel):
    """How exceptions of a kind are routed. `due_hours` null: no due time; when it has passed they go to `escalate_to`."""

    model_config = ConfigDict(extra="forbid")

    is_blocking: bool
    due_hours: int | None = Field(None, ge=1, le=24 * 365)
    assignee: str | None = Field(None, max_length=128)
    team: str | None = Field(None, max_length=64)
    escalate_to: str | None = Field(None, max_length=64)


@router.get("/exceptions", responses=READ_REFUSALS, dependencies=[allow("exceptions:read")])
def exceptions(
    request: Request, state: Annotated[list[ExceptionState] | None, Query()] = None, kind: ExceptionKind | None = None,
    team: Annotated[str, Query(max_length=64)] = "", order_no: Annotated[str, Query(max_length=32)] = "", overdue: bool = False,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0, limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[ListedException]:
    """Exceptions by due time; without `state` those that are open or assigned."""
    wanted = WantedExceptions(
        tuple(state or ()), kind, team=team, overdue_at=now() if overdue else None, order_no=order_no)
    with rooms_of(request).db.read() as db:
        return find_exceptions(db, wanted, skip=skip, limit=limit)


@router.get("/exceptions/{exception_id}", responses=READ_REFUSALS, dependencies=[allow("exceptions:read")])
def exception(request: Request, exception_id: RowId) -> ListedException:
    """One exception."""
    with rooms_of(request).db.read() as db:
        return load_exception(db, exception_id)


@router.post("/exceptions/all/{action}", responses=REFUSALS)
def act_on_many(
    request: Request, action: Literal["assign", "resolve", "waive", "reopen"], wanted: ActOnManyIn, client: Writer,
    key: Key = None,
) -> ManyOut:
    """See to several exceptions, each by itself; `name` is the id. With an Idempotency-Key a repeat gets the first answer."""
    asked = ActIn(reason=wanted.reason, assignee=wanted.assignee, team=wanted.team)

    def work() -> ManyOut:
        return do_each(
            rooms_of(request).db, [str(i) for i in wanted.ids],
            lambda db, name: _act(db, int(name), action, asked, client.actor))

    return answer_once(request, client, key, wanted.model_dump_json(), ManyOut, work)


@router.post("/exceptions/{exception_id}/{action}", responses=REFUSALS)
def act(
    request: Request, exception_id: RowId, action: Literal["assign", "confirm", "resolve", "waive", "reopen"],
    wanted: ActIn, client: Writer,
) -> ListedException:
    """See to an exception. `confirm` answers yes to the warning of that id: its message is sent again, and the ERP goes on."""
    with rooms_of(request).db.write() as db:
        _act(db, exception_id, action, wanted, client.actor)
        return load_exception(db, exception_id)


def _act(db: Session, exception_id: int, action: str, wanted: ActIn, user: str) -> None:
    if action == "assign":
        assign(db, exception_id, user=user, assignee_id=_user_id(db, wanted.assignee), team=wanted.team)
    elif action == "confirm":
        confirm_warning(db, exception_id, wanted.warning_id or 0, user=user)
    elif action == "resolve":
        resolve(db, exception_id, user=user, resolution=wanted.reason)
    elif action == "waive":
        waive(db, exception_id, user=user, reason=wanted.reason)
    else:
        reopen(db, exception_id, user=user)


@router.get("/exception-rules/{kind}", responses=READ_REFUSALS, dependencies=[allow("exceptions:read")])
def rule(request: Request, kind: ExceptionKind) -> RuleIo:
    """How exceptions of a kind are routed."""
    with rooms_of(request).db.read() as db:
        found = rule_of(db, kind)
        login = db.execute(select(UserRow.login).where(UserRow.id == found.assignee_id)).scalar_one_or_none()
        return RuleIo(
            is_blocking=found.is_blocking, due_hours=found.due_hours, assignee=login, team=found.team,
            escalate_to=found.escalate_to)


@router.put("/exception-rules/{kind}", responses=REFUSALS)
def set_rule(request: Request, kind: ExceptionKind, wanted: RuleIo, client: Writer) -> RuleIo:
    """Route exceptions of a kind so from now on; what is open stays where it is."""
    with rooms_of(request).db.write() as db:
        values = wanted.model_dump(exclude={"assignee"}) | {"assignee_id": _user_id(db, wanted.assignee)}
        save_rule(db, kind, Rule(**values), user=client.actor)
    return wanted


@router.delete("/exception-rules/{kind}", status_code=204, responses=REFUSALS)
def drop_rule(request: Request, kind: ExceptionKind, client: Writer) -> None:
    """The rule as delivered holds again for a kind."""
    with rooms_of(request).db.write() as db:
        remove_rule(db, kind, user=client.actor)


def _user_id(db: Session, login: str | None) -> int | None:
    if login is None:
        return None
    found = db.execute(select(UserRow.id).where(UserRow.login == login, UserRow.is_active)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no user {login}; name somebody by their login.")
    return found
