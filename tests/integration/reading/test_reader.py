"""Bytes to rows: a generated order through the sandbox, its readings in the database, twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.score import Score, score_document
from extraction.export import reading_to_json
from extraction.model.synth import generate, make_company
from extraction.pages import PRELOAD, PageReader
from extraction.repository import load_pages, load_reading, store_refusal, store_result
from extraction.service import Reader
from models.domain.learned import Corrected, Fact, LessonKind
from models.domain.messages import Source
from models.domain.pages import Parsed, Problem, SourceFormat
from models.domain.reading import Context
from models.domain.states import DocumentState
from models.errors import InputError, NotFound
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.db import Database
from runtime.sandbox import Sandbox, SandboxMode
from tests.support.papers import paper


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    sandbox = Sandbox(preload=PRELOAD, mode=SandboxMode.AUTO)
    yield Reader(PageReader(sandbox))
    sandbox.close()


@pytest.fixture
def document_id(database: Database) -> int:
    with database.write() as db:
        message = MessageRow(source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now())
        db.add(message)
        db.flush()
        document = DocumentRow(message_id=message.id, position=0, sha256="0" * 64, size=1)
        db.add(document)
        db.flush()
        return document.id


@pytest.mark.parametrize("kind", ["xlsx", "pdf", "edi850"])
def test_generated_orders_are_read_through_the_wall(reader: Reader, tmp_path: Path, kind: str) -> None:
    company = make_company(3)
    score = Score()
    for sample in generate(tmp_path, seed=3, count=4, part="train", kinds=[kind], company=company):
        result = reader.read(sample.file.read_bytes(), Context(file_name=sample.file.name, own_names=(company.name,)))
        found = [reading_to_json(r, file=sample.file.name, seconds=result.seconds) for r in result.readings]
        score_document(score, json.loads(sample.truth.read_text())["orders"], found, sample.name)
    assert score.lines.f1 > 0.6, score.misses
    assert score.header_f1 > 0.7, score.misses


def test_storing_twice_replaces_and_keeps_ids(reader: Reader, database: Database, blobs: Blobs, document_id: int) -> None:
    content = b"PO;Item No.;Qty\n4711;KX-4471;5\n4712;KX-4472;7\n4711;KX-4473;9\n"
    result = reader.read(content, Context())
    with database.write() as db:
        first = store_result(db, blobs, document_id, result)
    with database.write() as db:
        second = store_result(db, blobs, document_id, result)
    assert first == second and len(first) == 2
    with database.read() as db:
        assert [r.po_number for r in db.scalars(select(ReadingRow).order_by(ReadingRow.position))] == ["4711", "4712"]
        assert load_reading(db, first[0]) == result.readings[0]
        assert load_pages(db, blobs, document_id) == result.parsed.pages
        row = db.get_one(DocumentRow, document_id)
        assert (row.state, row.page_count) == (DocumentState.READ, 1)


def test_a_refusal_says_why_and_leaves_no_reading(reader: Reader, database: Database, blobs: Blobs, document_id: int) -> None:
    with pytest.raises(InputError) as refused:
        reader.read(b"", Context(file_name="order.pdf"))
    with database.write() as db:
        store_result(db, blobs, document_id, reader.read(b"20 x KX-4471 Hinge\n", Context()))
        store_refusal(db, document_id, refused.value.code, refused.value.sentence)
    with database.read() as db:
        row = db.get_one(DocumentRow, document_id)
        assert (row.state, row.code) == (DocumentState.REFUSED, "empty_file")
        assert db.scalars(select(ReadingRow)).all() == []
        with pytest.raises(NotFound):
            load_reading(db, 1)


def test_a_document_in_which_nothing_was_found_keeps_the_reason(
    reader: Reader, database: Database, blobs: Blobs, document_id: int,
) -> None:
    result = reader.read(b"20 x KX-4471 Hinge\n", Context())
    unread = replace(
        result, readings=(), parsed=replace(result.parsed, problems=(Problem("ocr_unavailable", "Page 1 is a picture.", 0),)))
    with database.write() as db:
        store_result(db, blobs, document_id, unread)
    with database.read() as db:
        row = db.get_one(DocumentRow, document_id)
        assert (row.state, row.code, row.sentence) == (DocumentState.READ, "ocr_unavailable", "Page 1 is a picture.")
    with database.write() as db:
        store_result(db, blobs, document_id, result)
    with database.read() as db:
        assert db.get_one(DocumentRow, document_id).sentence is None


def test_lessons_and_readings_with_them_are_made_behind_the_wall(reader: Reader) -> None:
    page = paper(
        (40, [(40, "Steinbach Armaturen GmbH")]), (70, [(40, "BESTELLUNG")]), (96, [(320, "Bestelldatum:"), (430, "17.05.2031")]),
        (110, [(320, "Unser Zeichen:"), (430, "B-7741")]), (126, [(320, "Auftrags-Nr.:"), (430, "990012")]))
    parsed = Parsed(SourceFormat.PDF, (page,))
    (before,) = reader.pages.understand(parsed, Context())
    learned = reader.pages.learn(parsed.pages, before, Corrected({"po_number": "B-7741", "order_date": None}))
    assert learned is not None and {(x.kind, x.field) for x in learned.lessons} == {
        (LessonKind.PLACE, "po_number"), (LessonKind.NOT, "order_date"), (LessonKind.CONSTANT, "buyer_name")}
    facts = tuple(Fact(n, learned.form, lesson) for n, lesson in enumerate(learned.lessons, 7))
    (after,) = reader.pages.understand(parsed, Context(learned=facts))
    number = after.header.po_number
    assert (number.value, after.header.order_date) == ("B-7741", None)
    assert learned.lessons[number.evidence.fact_id - 7].field == "po_number"
    untouched = reader.pages.learn(parsed.pages, before, Corrected({}))
    assert untouched is not None and all(lesson.is_let_stand for lesson in untouched.lessons)
