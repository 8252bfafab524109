"""What was learned from corrections, in plain words, by customer and form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from extraction.repository import load_pages
from models.domain.evidence import PageKind, Place
from models.domain.learned import FactState, Lesson, LessonKind
from models.domain.pages import Page
from models.tables.cases import CaseRow
from models.tables.learned import LearnedDriftRow, LearnedFactRow, LearnedUseRow
from models.tables.partners import CustomerRow
from review_ui.presenters.crops import Crop, crop_of
from runtime.blobs import Blobs
from runtime.codec import from_json

MOST = 300
_FIELDS = {
    "po_number": "PO number", "ship_to": "ship-to address", "bill_to": "bill-to address", "buyer_name": "buyer",
    "supplier_name": "supplier", "requested_date": "requested date", "vat_id": "VAT number", "customer_account": "account number",
    "line_no": "line number", "buyer_sku": "customer’s part number", "supplier_sku": "our item number", "gtin": "GTIN",
    "mpn": "manufacturer’s number", "uom": "unit", "unit_price": "price", "total": "printed total",
}
_ORDERS = {"day": "the day first", "month": "the month first"}
_MARKS = {",": "a comma", ".": "a point"}


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact. `uses` and `conflicts` count cases; `changed` says who took it back or brought it back."""

    id: int
    sentence: str
    state: FactState
    uses: int
    conflicts: int
    last_used: datetime | None
    changed: str
    crop: Crop | None

    @property
    def is_active(self) -> bool:
        """True when it is applied."""
        return self.state is FactState.ACTIVE


@dataclass(frozen=True, slots=True)
class FormShown:
    """The facts that one case taught, all about one form."""

    customer: str
    case_id: int
    po_number: str
    taught_by: str
    taught_at: datetime
    facts: tuple[FactShown, ...]


@dataclass(frozen=True, slots=True)
class DriftShown:
    """A changed form that nobody has looked at yet."""

    case_id: int
    customer: str
    sentence: str
    at: datetime


def fact_sentence(lesson: Lesson) -> str:
    """What a fact says: “Unser Zeichen” is the PO number."""
    name = _FIELDS.get(lesson.field, lesson.field.replace("_", " "))
    label = f"“{lesson.label}”"
    match lesson.kind:
        case LessonKind.PLACE:
            relation = lesson.anchors[0].relation if lesson.anchors else "beside"
            return {
                "beside": f"{label} is the {name}", "below": f"The {name} stands below {label}",
            }.get(relation, f"The {name} stands at its place near {label}")
        case LessonKind.NOT:
            return f"“{lesson.value}” is not the {name}" if lesson.value else f"What stands at {label} is not the {name}"
        case LessonKind.CONSTANT:
            return f"The {name} is always “{lesson.value}”"
        case LessonKind.DATE_ORDER:
            return f"Dates are written with {_ORDERS.get(lesson.value, lesson.value)}"
        case LessonKind.NUMBER_STYLE:
            return f"Decimals come after {_MARKS.get(lesson.value, lesson.value)}"
        case LessonKind.COLUMN:
            column = f"The column {label}" if lesson.label else "A column without a title"
            return f"{column} is not part of the order" if lesson.field == "ignore" else f"{column} is the {name}"
        case _:
            return f"{label} means {lesson.value}"


def load_learned(db: Session, blobs: Blobs, text: str = "", fact: int | None = None) -> tuple[FormShown, ...]:
    """The forms with what was learned of them, newest first; `text` narrows by customer, `fact` to the form with one fact.

    At most MOST facts.
    """
    uses = (
        select(
            LearnedUseRow.fact_id, func.count().label("uses"), func.max(LearnedUseRow.at).label("last"),
            func.sum(cast(LearnedUseRow.is_conflict, Integer)).label("conflicts"))
        .group_by(LearnedUseRow.fact_id).subquery())
    stmt = (
        select(LearnedFactRow, CustomerRow.name, CaseRow.po_number, uses.c.uses, uses.c.conflicts, uses.c.last)
        .join(CustomerRow, CustomerRow.id == LearnedFactRow.customer_id).join(CaseRow, CaseRow.id == LearnedFactRow.case_id)
        .outerjoin(uses, uses.c.fact_id == LearnedFactRow.id)
        .order_by(LearnedFactRow.case_id.desc(), LearnedFactRow.position).limit(MOST))
    if text.strip():
        word = text.strip().lower()
        stmt = stmt.where(or_(
            func.lower(CustomerRow.name).contains(word, autoescape=True),
            func.lower(CustomerRow.customer_no).contains(word, autoescape=True)))
    if fact is not None:
        stmt = stmt.where(LearnedFactRow.case_id.in_(select(LearnedFactRow.case_id).where(LearnedFactRow.id == fact)))
    forms: dict[int, FormShown] = {}
    pages: dict[int, dict[int, Page]] = {}
    for row, customer, po_number, used, conflicts, last in db.execute(stmt):
        lesson = from_json(Lesson, row.lesson)
        shown = FactShown(
            row.id, fact_sentence(lesson), row.state, used or 0, conflicts or 0, last, _changed(row),
            _crop(db, blobs, pages, lesson.seen, row.document_id))
        form = forms.get(row.case_id) or FormShown(customer, row.case_id, po_number or "", row.made_by, row.made_at, ())
        forms[row.case_id] = FormShown(
            form.customer, form.case_id, form.po_number, form.taught_by, form.taught_at, (*form.facts, shown))
    return tuple(forms.values())


def load_drifts(db: Session) -> tuple[DriftShown, ...]:
    """Changed forms that wait for a look, oldest first."""
    rows = db.execute(
        select(LearnedDriftRow, CustomerRow.name).join(CustomerRow, CustomerRow.id == LearnedDriftRow.customer_id)
        .where(LearnedDriftRow.seen_at.is_(None)).order_by(LearnedDriftRow.at))
    return tuple(DriftShown(row.case_id, name, row.sentence, row.at) for row, name in rows)


def _changed(row: LearnedFactRow) -> str:
    if row.state is FactState.PAUSED:
        return "paused by itself: people said otherwise twice"
    if row.changed_by is None:
        return ""
    return f"taken back by {row.changed_by}" if row.state is FactState.UNDONE else f"brought back by {row.changed_by}"


def _crop(db: Session, blobs: Blobs, pages: dict[int, dict[int, Page]], seen: Place | None, document_id: int) -> Crop | None:
    """The piece of paper that taught it."""
    if seen is None or seen.kind is not PageKind.PAPER:
        return None
    if document_id not in pages:
        pages[document_id] = {p.number: p for p in load_pages(db, blobs, document_id)}
    page = pages[document_id].get(seen.page)
    return crop_of(seen.box, page, document_id) if page and page.width and page.height else None
