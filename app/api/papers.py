"""The REST API of papers: pick lists, packing slips, labels, delivery notes and customs papers, as PDF."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from app.api.auth import allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.fulfilment import PaperKind
from models.errors import InputError
from oms.fulfilment.papers import print_papers

router = APIRouter(tags=["fulfilment"])
Reader = allow("fulfilment:read")
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}, **REFUSALS}


class PapersIn(BaseModel):
    """What to print into one file: of fulfilment orders or a wave for a pick list, else of shipments, or of fulfilment
    orders for all that they send."""

    kind: PaperKind
    numbers: list[str] = Field(min_length=1, max_length=200)


@router.get("/shipments/{number}/papers/{kind}", responses=_PDF | READ_REFUSALS, dependencies=[Reader], response_class=Response)
def paper(request: Request, number: str, kind: PaperKind) -> Response:
    """One paper of a shipment, as PDF."""
    if kind is PaperKind.PICK_LIST:
        raise InputError("A pick list is of fulfilment orders; ask for it at /papers.", code="wrong_paper")
    return _print(request, PapersIn(kind=kind, numbers=[number]))


@router.post("/papers", responses=_PDF | READ_REFUSALS, dependencies=[Reader], response_class=Response)
def print_many(request: Request, wanted: PapersIn) -> Response:
    """Papers of several shipments, or the pick list of fulfilment orders or a wave, in one PDF."""
    return _print(request, wanted)


def _print(request: Request, wanted: PapersIn) -> Response:
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        content = print_papers(db, wanted.kind, wanted.numbers, company=rooms.settings.company_name)
    return Response(content, media_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{wanted.kind}.pdf"'})
