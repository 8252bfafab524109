"""Drawn tables over HTTP: what is refused, and what asking does not change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.cases import Cases
from models.domain.learned import LessonKind
from models.domain.pages import SourceFormat
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_master_data, add_message, match, open_case, order_reading
from tests.support.desk_documents import make_pdf

TABLE = {"page": "0", "box": "50 188 560 275"}


def paper(desk: Desk, case_id: int) -> str:
    """The id of the document the case was read from."""
    with desk.db.read() as db:
        line = Cases(db).draft(case_id).lines[0]
    assert line.quantity is not None
    return str(line.quantity.evidence.document_id)


def test_a_look_at_a_drawn_table_changes_nothing(desk: Desk, visit: Visit, case_id: int) -> None:
    shown = visit("carl").post(f"/cases/{case_id}/drawn/preview", data=TABLE | {"document": paper(desk, case_id)})
    assert shown.status_code == 200 and "AC-9082" in shown.text
    with desk.db.read() as db:
        assert Cases(db).get(case_id).version == 1


@pytest.mark.parametrize(("form", "status", "code"), [
    ({"box": "1 2 3"}, 422, "bad_drawing"), ({"box": "1 2 3 inf"}, 422, "bad_drawing"), ({"kinds": "price"}, 422, "bad_drawing"),
    ({"cuts": "1 " * 41}, 422, "bad_drawing"), ({"box": "0 0 5 5"}, 422, "unknown_column"), ({"page": "7"}, 404, "not_found"),
    ({"document": "999"}, 404, "not_found"), ({"version": "7"}, 409, "version_changed"),
    ({"box": "50 60 200 80", "kinds": "quantity"}, 422, "nothing_drawn")])
def test_what_cannot_be_taken_is_refused_with_its_reason(
    desk: Desk, visit: Visit, case_id: int, form: dict[str, str], status: int, code: str
) -> None:
    data = TABLE | {"document": paper(desk, case_id), "version": "1"} | form
    answer = visit("carl").post(f"/cases/{case_id}/drawn", data=data, headers={"HX-Request": "true"})
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    with desk.db.read() as db:
        assert Cases(db).get(case_id).version == 1


def test_the_columns_of_a_drawn_table_are_what_approving_would_teach(desk: Desk, visit: Visit) -> None:
    content, pages = make_pdf("PO-55500")
    with desk.db.write() as db:
        desk.ids |= add_master_data(db)
        message = add_message(desk, db, subject="Order PO-55500")
        document = add_document(desk, db, message, content, pages, name="order.pdf", format=SourceFormat.PDF)
        case_id = open_case(desk, db, message, document, replace(order_reading("PO-55500", pages), lines=()))
    match(desk, case_id)
    visit("carl").post(f"/cases/{case_id}/drawn", data=TABLE | {"version": "1", "document": str(document)})
    lessons = [x.lesson for x in desk.services.teaching().foresee(case_id)]
    columns = {x.field: x.label for x in lessons if x.kind is LessonKind.COLUMN}
    assert {"quantity": "Qty", "unit_price": "Price", "uom": "Unit"}.items() <= columns.items()
