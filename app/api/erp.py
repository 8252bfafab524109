"""The REST API of the connection to the ERP: how it is, pulls and comparisons to be started, dry runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from app.erp import preview
from models.errors import NotFound
from oms.erp import pulls
from oms.erp.connection import Connection, load_connection, resend_refused, wanted_nouns
from oms.erp.port import COMPARISON, Capability, Noun
from runtime.clock import now

router = APIRouter(prefix="/erp", tags=["erp"])
Writer = Annotated[Client, allow("erp:write")]


class PullIn(BaseModel):
    """What to pull; everything the ERP offers when no noun is named. `full`: all of it, not only what changed."""

    nouns: list[Noun] = Field([], max_length=len(Noun))
    full: bool = False


class Said(BaseModel):
    """One sentence."""

    sentence: str


class Resent(BaseModel):
    """How many messages are tried again."""

    messages: int


@router.get("", responses=READ_REFUSALS, dependencies=[allow("erp:read")])
def show(request: Request) -> Connection:
    """How the connection is: queue, pulls, differences, what can be done."""
    rooms = rooms_of(request)
    port, s = rooms.erp, rooms.settings
    with rooms.db.read() as db:
        return load_connection(db, port, every_s=s.erp_pull_every_s, compare_every_s=s.erp_compare_every_s, at=now())


@router.post("/pulls", status_code=202, responses=REFUSALS)
def pull(request: Request, wanted: PullIn, client: Writer) -> Connection:
    """Have nouns pulled; a worker begins within ten seconds. Asking twice is asking once."""
    rooms = rooms_of(request)
    nouns = wanted_nouns(rooms.erp, wanted.nouns)
    with rooms.db.write() as db:
        pulls.ask(db, rooms.erp.system, nouns, user=f"token:{client.name}", is_full=wanted.full)
    return show(request)


@router.post("/comparisons", status_code=202, responses=REFUSALS)
def compare(request: Request, client: Writer) -> Connection:
    """Have our orders compared with the ERP's sales; differences are exceptions until they are gone."""
    rooms = rooms_of(request)
    if Capability.LIST_SALES not in rooms.erp.capabilities:
        raise NotFound(f"The ERP adapter “{rooms.erp.system}” has no sales to compare.")
    with rooms.db.write() as db:
        pulls.ask(db, rooms.erp.system, [COMPARISON], user=f"token:{client.name}")
    return show(request)


@router.post("/checks", responses=REFUSALS)
def check(request: Request, _client: Writer) -> Said:
    """Ask the ERP whether it answers and accepts us."""
    return Said(sentence=rooms_of(request).erp.check())


@router.post("/resends", responses=REFUSALS)
def resend(request: Request, client: Writer) -> Resent:
    """Have everything tried again that the ERP refused, once what it named is mended."""
    with rooms_of(request).db.write() as db:
        return Resent(messages=resend_refused(db, f"token:{client.name}"))


@router.get("/dry-runs/{order_no}", responses=REFUSALS, dependencies=[allow("erp:read")])
def dry_run(request: Request, order_no: str) -> list[str]:
    """What the ERP is, or was, told about an order, as its adapter would write it. Nothing is sent."""
    return preview(rooms_of(request), order_no)
