"""Pages, documents and headers: everything is escaped, caged, and explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from models.domain.evidence import PageKind
from models.domain.pages import Page, SourceFormat, Word, WordFlag
from models.domain.states import DocumentState
from models.errors import InputError
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit, come_in
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_document, add_message
from tests.support.desk_documents import make_pdf, sheet_page, text_page
from tests.support.desk_house import furnish

Put = Callable[..., int]


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """Documents lie in the blob store; one kind of database is enough for them."""
    return make_desk(tmp_path, db=sqlite_database)


@pytest.fixture
def put(desk: Desk) -> Put:
    """Store a document of a fresh message; answers its id."""

    def document(content: bytes, *pages: Page, **values: object) -> int:
        with desk.db.write() as db:
            return add_document(desk, db, add_message(desk, db, subject="Order"), content, pages, **values)

    return document


def test_pages_of_a_full_house_are_complete_and_carry_their_policy(database: Database, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, db=database)
    furnish(desk)
    client = come_in(desk, "vera")
    expected = {
        "/": "PO-77120", "/?view=aside": "Cancelled by phone.", "/?view=failed": "Look into the log", "/messages": "locked.pdf",
        "/messages?view=ignored": "An automatic reply", "/orders": "SO-000001", "/orders/SO-000001": "180 pieces",
        "/operations": "The server refused the password.", f"/cases/{desk.ids['long']}": "14,457.00",
        "/orders?text=nothing": "Nothing fits", "/messages?text=nothing": "Nothing fits",
    }
    for path, words in expected.items():
        answer = client.get(path)
        assert answer.status_code == 200 and words in answer.text, path
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';") and "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in answer.text and "<script>" not in answer.text and " onclick" not in answer.text


@pytest.mark.parametrize("path", ["/", "/messages", "/orders", "/operations", "/?view=done", "/messages?view=trouble"])
def test_an_empty_house_says_what_to_do(visit: Visit, path: str) -> None:
    answer = visit("adam").get(path)
    assert answer.status_code == 200
    assert any(words in answer.text for words in ("appear", "show up", "Drop an order file", "Set ORDERMILL_MAIL_HOST"))


@pytest.mark.parametrize(
    "path", ["/cases/999", "/orders/SO-9", "/documents/999/pages/0", "/documents/999/original", "/messages/999/raw"])
def test_what_does_not_exist_is_a_page_with_code_and_sentence(visit: Visit, path: str) -> None:
    answer = visit("vera").get(path)
    assert answer.status_code == 404 and "not_found" in answer.text and "There is no" in answer.text


def test_warnings_stand_on_every_page(sqlite_database: Database, tmp_path: Path) -> None:
    desk = make_desk(tmp_path, db=sqlite_database, warnings=["Parsers run without a sandbox <b>now</b>."])
    client = come_in(desk, "vera")
    for path in ("/", "/messages", "/orders", "/operations", "/cases/999"):
        assert "Parsers run without a sandbox &lt;b&gt;now&lt;/b&gt;." in client.get(path).text


def test_a_page_is_drawn_once_and_only_at_known_resolutions(desk: Desk, put: Put, visit: Visit) -> None:
    content, pages = make_pdf("PO-1")
    document_id, client = put(content, *pages, format=SourceFormat.PDF), visit("vera")
    first = client.get(f"/documents/{document_id}/pages/0.png")
    assert first.content.startswith(b"\x89PNG") and "sandbox" in first.headers["Content-Security-Policy"]
    assert client.get(f"/documents/{document_id}/pages/0.png?dpi=220").status_code == 200
    assert client.get(f"/documents/{document_id}/pages/0.png?dpi=9000").status_code == 422


def test_a_page_that_cannot_be_drawn_is_an_explained_error(sqlite_database: Database, tmp_path: Path) -> None:
    def refuse(content: bytes, page: int, dpi: float, turn: int) -> bytes:
        raise InputError("The page cannot be drawn. Save the original.", code="not_drawable")

    desk = make_desk(tmp_path, db=sqlite_database, draw=refuse)
    with desk.db.write() as db:
        document_id = add_document(desk, db, add_message(desk, db, subject="Order"), b"no pdf", ())
    client = come_in(desk, "vera")
    answer = client.get(f"/documents/{document_id}/pages/0.png")
    assert answer.status_code == 422 and "not_drawable" in answer.text


def test_words_sheets_texts_and_segments_come_with_their_boxes(put: Put, visit: Visit) -> None:
    client = visit("vera")
    content, pages = make_pdf("PO-1")
    paper = client.get(f"/documents/{put(content, *pages)}/pages/0").text
    assert 'data-text="PO-1"' in paper and 'viewBox="0 0 595.0 842.0"' in paper
    merged = Word("Title", 0, (0, 0, 3, 1), flags=frozenset({WordFlag.MERGED}))
    sheet = Page(0, PageKind.SHEET, 3, 2, (merged, Word("=1+1", 0, (2, 1, 3, 2))), name="<Order>")
    shown = client.get(f"/documents/{put(b'', sheet)}/pages/0").text
    assert 'data-box="0 0 3 1" colspan="3"' in shown and "=1+1</td>" in shown and "&lt;Order&gt;" in shown
    assert shown.count("<th>") == 6 and "<th>C</th>" in shown
    text = client.get(f"/documents/{put(b'', text_page('20  boxes'))}/pages/0").text
    assert 'data-box="4 0 9 1"' in text and "20</span>  <span" in text


def test_a_very_long_sheet_is_cut_and_says_so(put: Put, visit: Visit) -> None:
    document_id = put(b"", sheet_page([(str(n),) for n in range(2_100)]))
    page = visit("vera").get(f"/documents/{document_id}/pages/0").text
    assert "100 more rows are not shown here" in page


def test_words_that_people_do_not_see_are_marked(put: Put, visit: Visit) -> None:
    hidden = Page(0, PageKind.PAPER, 100, 100, (Word("999", 0, (1, 1, 9, 9), flags=frozenset({WordFlag.HIDDEN})),))
    page = visit("vera").get(f"/documents/{put(b'', hidden)}/pages/0").text
    assert 'class="hidden"' in page and "people do not see it" in page


def test_a_refused_document_says_why(put: Put, visit: Visit) -> None:
    document_id = put(
        b"%PDF", state=DocumentState.REFUSED, pages_sha256=None, code="encrypted", sentence="It is password-protected.")
    page = visit("vera").get(f"/documents/{document_id}/pages/0").text
    assert "It is password-protected." in page and "encrypted" in page and f"/documents/{document_id}/original" in page


def test_originals_are_attachments_that_no_browser_opens(put: Put, visit: Visit) -> None:
    document_id = put(b"<script>alert(1)</script>", name='evil"\r\nX-Evil: 1.html', format=SourceFormat.HTML)
    answer = visit("vera").get(f"/documents/{document_id}/original")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="evil___X-Evil__1.html"')
    assert "X-Evil" not in answer.headers and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_mail_html_is_cleaned_and_caged(put: Put, visit: Visit) -> None:
    document_id = put(
        b"<p onclick=x>12 <b>boxes</b><script>alert(1)</script><img src=http://e.example/x><a href=javascript:x>y</a>",
        format=SourceFormat.HTML)
    answer = visit("vera").get(f"/documents/{document_id}/mail.html")
    assert "<p>12 <b>boxes</b>y</p>" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; style-src 'sha256-")
    assert "allow" not in answer.headers["Content-Security-Policy"]


def test_static_files_are_checked_for_changes_each_time(visitor: TestClient) -> None:
    answer = visitor.get("/static/app.css")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/app.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
