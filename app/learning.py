"""Learning between the stages: what a customer's papers taught is recalled before a case is matched, and drawn from a case once a
person has approved it: from what they put right, and from what they let stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.context import context_of_row
from app.papers import Paper, papers_of, papers_of_case, weight
from edi.read import PARSERS
from extraction.learned.apply import DRIFTED
from extraction.learned.derive import without_known
from extraction.learned.ledger import ACTOR, Ledger
from extraction.no_order import as_no_order
from extraction.pages import PageReader
from extraction.repository import load_pages, load_readings, replace_readings
from matching.cases import Cases, Correction
from matching.facts import likely_customer, likely_sender
from matching.learned_sql import AliasBook
from matching.policy import Policy
from matching.review import standing
from matching.reviewed import enter, foreseen, hear
from models.domain.draft import AddressMatch, Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.domain.forms import SAME_FORM, likeness
from models.domain.learned import KIND, Corrected, Fact, FactState, Fingerprint, Foreseen, Learned, Lesson, LessonKind
from models.domain.pages import Parsed, Problem
from models.domain.reading import Reading
from models.domain.states import LineState
from models.errors import NotFound
from models.tables.intake import DocumentRow
from runtime.blobs import Blobs
from runtime.codec import from_json, pack
from runtime.db import Database
from runtime.log import get_logger
from runtime.settings import Settings

log = get_logger("learning")
_HEADER = {
    "po_number": "po_number", "revision": "revision", "order_date": "order_date", "requested_date": "requested_date",
    "currency": "currency", "ship_to": "ship_to", "ship_to_text": "ship_to", "bill_to_text": "bill_to",
    "buyer_name": "buyer_name", "payment_terms": "payment_terms", "delivery_terms": "delivery_terms", "total": "total",
}
"""Path of a correction to the header field of a reading."""
_LINE = ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "unit_price", "amount", "requested_date")
_TEACHES = frozenset({*_LINE, "uom", "state"})


@dataclass(frozen=True, slots=True)
class _FormTaught:
    """What a case says about its form, by whom, and the facts it contradicts."""

    case_id: int
    customer_id: int
    document_id: int
    made_by: str
    learned: Learned
    contradicted: frozenset[int]

    def keep(self, db: Session, state: FactState = FactState.ACTIVE) -> list[int]:
        """Enter it in the ledger; returns the ids of what is new."""
        return Ledger(db).keep(
            self.learned, case_id=self.case_id, customer_id=self.customer_id, document_id=self.document_id, made_by=self.made_by,
            state=state)


_REMEMBERED = 64      # documents whose lessons are kept in memory
_NOTHING = Learned(Fingerprint("", 0.0, ()), ())


class Learning:
    """Recalls and learns. Safe to share between threads; each call may be repeated."""

    def __init__(self, db: Database, blobs: Blobs, pages: PageReader, policy: Policy, settings: Settings) -> None:
        self._db = db
        self._blobs = blobs
        self._pages = pages
        self._policy = policy
        self._settings = settings
        self._lessons: dict[tuple[int, bytes], Learned] = {}

    def recall(self, case_id: int) -> int:
        """Read the documents of a case that was not matched before with what is known of its customer's forms; returns how many
        facts said something. The customer is known by what was read without it, so it works for uploads too."""
        with self._db.read() as db:
            if Cases(db).get(case_id).version or not Ledger(db).knows_anything():
                return 0
            customer_id = likely_customer(db, self._policy, case_id)
            facts = Ledger(db).facts_for(customer_id) if customer_id is not None else ()
            papers = list(papers_of_case(db, case_id)) if facts else []
        if customer_id is None or not papers:
            return 0
        changed = {p.document.id: again for p in papers if (again := self._read_again(p, facts))}
        used = {f for readings in changed.values() for f in _fact_ids(readings)}
        with self._db.write() as db:
            for document_id, readings in changed.items():
                replace_readings(db, document_id, readings)
            Ledger(db).note_uses(case_id, used)
            for problem in (p for readings in changed.values() for p in _drifts(readings)):
                Ledger(db).note_drift(case_id, customer_id, problem.message)
        if changed:
            log.info("case.recalled", case_id=case_id, facts=len(used))
        return len(used)

    def recall_kinds(self, message_id: int) -> int:
        """Read the documents of a message with what people said its sender's forms are; returns how many of them are orders after
        all, or none."""
        with self._db.read() as db:
            if not load_readings(db, message_id) or not Ledger(db).knows_kinds():
                return 0
            customer_id = likely_sender(db, self._policy, message_id)
            facts = Ledger(db).facts_for(customer_id) if customer_id is not None else ()
            papers = list(papers_of(db, message_id)) if any(f.lesson.field == KIND for f in facts) else []
        changed = {p.document.id: again for p in papers if (again := self._read_again(p, facts)) and (
            _opens_case(again) != _opens_case(p.readings))}
        with self._db.write() as db:
            for document_id, again in changed.items():
                replace_readings(db, document_id, again)
        return len(changed)

    def note(self, case_id: int) -> int:
        """Count the facts that gave a matched case one of its values; returns how many."""
        with self._db.write() as db:
            used = set(_draft_facts(Cases(db).draft(case_id))) if Cases(db).get(case_id).version else set()
            Ledger(db).note_uses(case_id, used)
        return len(used)

    def learn(self, case_id: int) -> int:
        """Enter in the ledger what the review of an approved case teaches: what the customer means by its words, and how its form
        is read. Returns how many facts are new."""
        with self._db.read() as db:
            approver = Cases(db).approved_by(case_id)
            if approver == ACTOR:
                return 0
            heard = hear(db, self._policy, case_id)
        made = []
        if heard:
            with self._db.write() as db:
                made = enter(db, heard)
                Ledger(db).note_conflicts(case_id, heard.contradicted)
        made += self._learn_form(case_id, approver)
        log.info("case.learned", case_id=case_id, facts=len(made))
        return len(made)

    def foresee(self, case_id: int) -> tuple[Foreseen, ...]:
        """What approving a case as it stands would teach that is not known yet, and what a person declined of it.

        Raises NotFound, InputError.
        """
        with self._db.read() as db:
            taught = foreseen(db, self._policy, case_id)
            declined = Ledger(db).declined(case_id)
        form = self._form(case_id)
        lessons = (*(t.lesson for t in taught), *(form.learned.lessons if form else ()))
        return tuple(Foreseen(_key(x), x, x.gist in declined) for x in {x.gist: x for x in lessons}.values())

    def decline(self, case_id: int, key: str, person: str) -> None:
        """Have approving a case not teach this lesson; once more, and it is taught again. Raises NotFound for one that it would
        not teach."""
        with self._db.read() as db:
            taught = next((t for t in foreseen(db, self._policy, case_id) if _key(t.lesson) == key), None)
        form = None if taught else self._form(case_id)
        lesson = taught.lesson if taught else next((x for x in form.learned.lessons if _key(x) == key), None) if form else None
        if lesson is None:
            raise NotFound("This would not be learned any more. Reload and look again.")
        with self._db.write() as db:
            was_declined = Ledger(db).declined(case_id).get(lesson.gist)
            if was_declined is not None:
                Ledger(db).drop(was_declined, person)
            elif taught:
                AliasBook(db, case_id, person).decline(taught)
            elif form:
                alone = replace(form, learned=replace(form.learned, lessons=(lesson,)), made_by=person)
                alone.keep(db, FactState.UNDONE)

    def foresee_no_order(self, case_id: int) -> Lesson | None:
        """What saying that a case is no order would teach: that its form is none. Nothing for a form that orders came on, or that
        cannot be known again. Raises NotFound."""
        form = self._no_order(case_id, "")
        return form.learned.lessons[0] if form else None

    def learn_no_order(self, case_id: int, person: str) -> int:
        """Learn that the form of a case is no order, because a person says so; returns how many facts are new.

        Raises NotFound.
        """
        form = self._no_order(case_id, person)
        if form is None:
            return 0
        with self._db.write() as db:
            return len(form.keep(db))

    def _no_order(self, case_id: int, person: str) -> _FormTaught | None:
        with self._db.read() as db:
            case = Cases(db).get(case_id)
            paper = max(papers_of_case(db, case_id), key=weight, default=None)
            if case.customer_id is None or paper is None or not paper.readings or paper.document.format in PARSERS:
                return None
            told = Ledger(db).told_before(case.customer_id, case_id)
        reading = as_no_order(max(paper.readings, key=lambda r: len(r.lines)), person)
        learned = self._drawn(paper.document.id, reading, Corrected({}))
        ordered = any(f.lesson.field != KIND and likeness(f.form, learned.form) >= SAME_FORM for f in told)
        kinds = tuple(x for x in learned.lessons if x.field == KIND)
        if ordered or not kinds:
            return None
        return _FormTaught(
            case_id, case.customer_id, paper.document.id, person, replace(learned, lessons=kinds), frozenset())

    def _learn_form(self, case_id: int, approver: str) -> list[int]:
        form = self._form(case_id)
        if form is None:
            return []
        form = form if form.made_by else replace(form, made_by=approver)
        with self._db.write() as db:
            Ledger(db).note_conflicts(case_id, form.contradicted)
            return form.keep(db) if form.learned.lessons else []

    def _form(self, case_id: int) -> _FormTaught | None:
        """What a case as it stands says about its form that is not known yet; None when it is no form, or nobody's."""
        with self._db.read() as db:
            case = Cases(db).get(case_id)
            if not case.version or case.customer_id is None:
                return None
            corrections = standing(Cases(db).corrections(case_id))
            draft = Cases(db).draft(case_id)
            paper = max(papers_of_case(db, case_id), key=weight, default=None)
            if paper is None or not paper.readings or paper.document.format in PARSERS:
                return None
            told = Ledger(db).told_before(case.customer_id, case_id)
        reading = max(paper.readings, key=lambda r: len(r.lines))
        learned = self._drawn(paper.document.id, reading, _corrected(draft, corrections, reading, paper.document.id))
        learned = without_known(learned, told)
        if draft.ship_to_text:       # what is printed there was explained as an alias; other copies may print another
            learned = replace(learned, lessons=tuple(x for x in learned.lessons if not _is_constant_address(x)))
        return _FormTaught(
            case_id, case.customer_id, paper.document.id, corrections[-1].user if corrections else "", learned,
            frozenset(_contradicted(draft, corrections, reading)))

    def _drawn(self, document_id: int, reading: Reading, corrected: Corrected) -> Learned:
        """What this reading of a document, put right so, teaches. Made out once: a case is looked at many times."""
        key = document_id, hashlib.sha256(pack((reading, corrected))).digest()
        learned = self._lessons.get(key)
        if learned is None:
            with self._db.read() as db:
                pages = load_pages(db, self._blobs, document_id)
            learned = self._pages.learn(pages, reading, corrected) or _NOTHING
            while len(self._lessons) >= _REMEMBERED:
                self._lessons.pop(next(iter(self._lessons)), None)
            self._lessons[key] = learned
        return learned

    def _read_again(self, paper: Paper, facts: tuple[Fact, ...]) -> tuple[Reading, ...]:
        """The readings with the facts; empty when they say nothing about this document."""
        row = paper.document
        with self._db.read() as db:
            pages = load_pages(db, self._blobs, row.id)
            bodies = db.execute(select(DocumentRow).where(
                DocumentRow.message_id == row.message_id, DocumentRow.is_body, DocumentRow.id != row.id,
                DocumentRow.parent_position.is_not_distinct_from(row.parent_position))).scalars().all()
            context = context_of_row(db, paper.message, row, bodies, self._settings)
        if row.format is None or row.format in PARSERS or row.noticed is None or any(p.kind is PageKind.SEGMENTS for p in pages):
            return ()
        parsed = Parsed(row.format, pages, problems=from_json(tuple[Problem, ...], row.noticed))
        readings = self._pages.understand_again(parsed, replace(context, learned=facts))
        if len(readings) != len(paper.readings):
            return ()
        readings = tuple(map(_as_said, paper.readings, readings))
        says = any(_fact_ids(readings)) or any(_drifts(readings)) or any(map(_differs, paper.readings, readings))
        return readings if says else ()


def _opens_case(readings: Iterable[Reading]) -> bool:
    return any(r.doc_type.value.opens_case for r in readings)


def _as_said(before: Reading, again: Reading) -> Reading:
    """A reading made anew with what a person said the paper is."""
    return replace(again, doc_type=before.doc_type) if before.doc_type.evidence.origin is Origin.TYPED else again


def _differs(before: Reading, again: Reading) -> bool:
    """Whether the paper says something else now: not every lesson leaves its mark on what it changed."""
    if len(before.lines) != len(again.lines):
        return True
    pairs: tuple[tuple[Any, Any], ...] = ((before.header, again.header), *zip(before.lines, again.lines, strict=True))
    values = ((getattr(was, f.name), getattr(now, f.name)) for was, now in pairs for f in fields(was))
    found = ((a, b) for a, b in values if isinstance(a or b, Found) and not (a and a.evidence.origin is Origin.SUGGESTED))
    return any((a.value if a else None) != (b.value if b else None) for a, b in found)


def _key(lesson: Lesson) -> str:
    return hashlib.sha256("\0".join(lesson.gist).encode()).hexdigest()[:16]


def _is_constant_address(lesson: Lesson) -> bool:
    return lesson.kind is LessonKind.CONSTANT and lesson.field == "ship_to"


def _values(reading: Reading) -> Iterator[Found[Any]]:
    yield reading.doc_type
    holders: tuple[Any, ...] = (reading.header, *reading.lines)
    for holder in holders:
        yield from (found for f in fields(holder) if isinstance(found := getattr(holder, f.name), Found))


def _fact_ids(readings: Iterable[Reading]) -> Iterator[int]:
    return (v.evidence.fact_id for r in readings for v in _values(r) if v.evidence.fact_id)


def _draft_facts(draft: Draft) -> Iterator[int]:
    holders: tuple[Any, ...] = (draft, *draft.lines)
    values = (getattr(holder, f.name) for holder in holders for f in fields(holder))
    return (v.evidence.fact_id for v in values if isinstance(v, Found) and v.evidence.fact_id)


def _drifts(readings: Iterable[Reading]) -> Iterator[Problem]:
    return (p for r in readings for p in r.problems if p.code == DRIFTED)


def _corrected(draft: Draft, corrections: Iterable[Correction], reading: Reading, document_id: int) -> Corrected:
    """The corrections as what the document's reading should have been."""
    header: dict[str, str | None] = {}
    places: dict[str, tuple[Place, ...]] = {}
    lines = False
    for path in (c.path for c in corrections):
        parts = path.split(".")
        if path in _HEADER:
            found: Found[Any] | None = getattr(draft, path)
            header[_HEADER[path]] = _text(found.value) if found else None
            if found and found.evidence.document_id == document_id:
                places[_HEADER[path]] = found.evidence.places
        lines |= len(parts) == 3 and (parts[2] in _TEACHES or parts[1].startswith("new-"))
    kept = [line for line in draft.lines if line.state is not LineState.REJECTED]
    return Corrected(header, tuple(_line(line, reading, corrections) for line in kept) if lines else (), places)


def _line(line: DraftLine, reading: Reading, corrections: Iterable[Correction]) -> dict[str, str]:
    """A line as printed: what a person typed, else what was read."""
    read = reading.lines[int(line.key) - 1] if line.key.isdecimal() and int(line.key) <= len(reading.lines) else None
    typed = {c.path.rpartition(".")[2] for c in corrections if c.path.startswith(f"lines.{line.key}.")}
    out: dict[str, str] = {}
    for name in (*_LINE, "uom"):
        found = getattr(line, name) if name in typed or read is None else getattr(read, name)
        if found is None:
            continue
        if name == "uom" and name in typed:       # a unit is typed as a code; what is printed is known where it was pointed at
            out |= {name: found.evidence.text} if found.evidence.places and found.evidence.text else {}
        else:
            out[name] = _text(found.value)
    if read is None and line.item and "supplier_sku" not in out:
        out["supplier_sku"] = line.item.value.sku
    return out


def _text(value: Any) -> str:
    match value:
        case AddressMatch():
            return value.label.partition(" · ")[2] or value.label
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _contradicted(draft: Draft, corrections: Iterable[Correction], reading: Reading) -> set[int]:
    """The facts that gave a value which a person replaced by another."""
    out: set[int] = set()
    for path in (c.path for c in corrections):
        was, now = _at(reading, path), _in(draft, path)
        said: Evidence | None = was.evidence if was else None
        if was is not None and said and said.fact_id and (now is None or now.value != was.value):
            out.add(said.fact_id)
    return out


def _at(reading: Reading, path: str) -> Found[Any] | None:
    parts = path.split(".")
    if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) <= len(reading.lines):
        return getattr(reading.lines[int(parts[1]) - 1], parts[2], None)
    return getattr(reading.header, _HEADER.get(path, path), None) if len(parts) == 1 and path != "ship_to" else None


def _in(draft: Draft, path: str) -> Found[Any] | None:
    parts = path.split(".")
    holder: Any = draft if len(parts) == 1 else next((x for x in draft.lines if x.key == parts[1]), None)
    found = getattr(holder, parts[-1], None)
    return found if isinstance(found, Found) else None
