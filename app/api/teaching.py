"""The REST API of what a person at a case teaches: tables drawn on its pages, and what approving it would have learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from app.api.auth import allow, rooms_of
from app.api.bounds import LARGEST_ID, Key, RowId
from app.api.cases import Version, Writer, done
from app.api.problems import READ_REFUSALS, REFUSALS
from extraction.lines.drawn import KINDS, Drawn, DrawnTable
from matching.case_view import CaseDetail
from models.domain.learned import Foreseen
from models.errors import NotFound
from review_ui.drawn_form import MOST_CUTS, BadDrawing
from review_ui.presenters.drawn import as_change, load_paper
from review_ui.presenters.fact_words import fact_sentence, holds_for

router = APIRouter(tags=["cases"])
Points = Annotated[float, Field(ge=-10**6, le=10**6, allow_inf_nan=False)]
LessonKey = Annotated[str, Path(max_length=64, description="The lesson's `key`.")]


class DrawnIn(BaseModel):
    """A box on a page of one of the case's documents, in points: left, top, right, bottom. `cuts`: the x between its columns;
    without it, where rules or white part them. `kinds`: what each column holds, "" for nothing of the order; without it, what
    titles and values look like."""

    document: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    page: Annotated[int, Field(ge=0, le=10**6)]
    box: tuple[Points, Points, Points, Points]
    cuts: Annotated[list[Points], Field(max_length=MOST_CUTS)] | None = None
    kinds: Annotated[list[str], Field(max_length=MOST_CUTS + 1, description=f"Of {', '.join(KINDS)}.")] | None = None


class TakeIn(DrawnIn):
    """The table to take. `instead`: its rows take the place of all lines there are."""

    version: Version
    instead: bool = False


class DeclinedIn(BaseModel):
    """Whether approving the case is not to teach the lesson."""

    is_declined: bool


@dataclass(frozen=True, slots=True)
class ForeseenLesson:
    """What approving the case would teach: what it says, and for whom it holds. `is_let_stand`: from a value that was right as
    it was read, not from a correction."""

    key: str
    sentence: str
    holds_for: str
    is_let_stand: bool
    is_declined: bool


def _read(request: Request, case_id: int, wanted: DrawnIn) -> DrawnTable:
    rooms, (left, top, right, bottom) = rooms_of(request), wanted.box
    if not {*(wanted.kinds or ())} <= {*KINDS, ""}:
        raise BadDrawing
    with rooms.db.read() as db:
        paper = load_paper(db, rooms.blobs, case_id, wanted.document, wanted.page)
    return rooms.read_drawn(paper, Drawn(
        (min(left, right), min(top, bottom), max(left, right), max(top, bottom)),
        None if wanted.cuts is None else tuple(sorted(wanted.cuts)), None if wanted.kinds is None else tuple(wanted.kinds)))


@router.post("/cases/{case_id}/drawn/preview", responses=REFUSALS)
def preview(request: Request, case_id: RowId, wanted: DrawnIn, _client: Writer) -> DrawnTable:
    """The rows that a drawn table would give; nothing is changed."""
    return _read(request, case_id, wanted)


@router.post("/cases/{case_id}/drawn", responses=REFUSALS)
def take(request: Request, case_id: RowId, wanted: TakeIn, client: Writer, key: Key = None) -> CaseDetail:
    """Take the rows of a drawn table into the order, with their places; undone as one change."""
    def change() -> None:
        table = _read(request, case_id, wanted)
        rows = as_change(table, wanted.document, wanted.page, instead=wanted.instead)
        rooms_of(request).review.change_rows(case_id, wanted.version, rows, client.user_id)

    return done(request, case_id, client, key, wanted, change)


@router.get("/cases/{case_id}/lessons", responses=READ_REFUSALS, dependencies=[allow("cases:read")])
def lessons(request: Request, case_id: RowId) -> list[ForeseenLesson]:
    """What approving the case as it stands would teach, corrections first."""
    return _told(rooms_of(request).learning.foresee(case_id))


@router.put("/cases/{case_id}/lessons/{key}", responses=READ_REFUSALS)
def decline(request: Request, case_id: RowId, key: LessonKey, wanted: DeclinedIn, client: Writer) -> list[ForeseenLesson]:
    """Have the case not teach a lesson, or teach it after all. Doing it again changes nothing."""
    learning = rooms_of(request).learning
    found = next((x for x in learning.foresee(case_id) if x.key == key), None)
    if found is None:
        raise NotFound("This would not be learned any more. Ask for the lessons again.")
    if found.is_declined != wanted.is_declined:
        learning.decline(case_id, key, client.actor)
    return _told(learning.foresee(case_id))


def _told(found: tuple[Foreseen, ...]) -> list[ForeseenLesson]:
    shown = (ForeseenLesson(
        x.key, fact_sentence(x.lesson), holds_for(x.lesson), x.lesson.is_let_stand, x.is_declined) for x in found)
    return sorted(shown, key=lambda x: x.is_let_stand)
