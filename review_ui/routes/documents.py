"""Documents: pages for the viewer, pictures, originals as downloads, mail HTML behind bars."""

from __future__ import annotations

import html

import nh3
from fastapi import APIRouter, Request, Response

from extraction.repository import load_pages
from models.errors import InputError, NotFound
from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.headers import FRAME_HEADERS, FRAME_STYLE, IMAGE_HEADERS, download_headers
from review_ui.page_images import DPIS
from review_ui.pages import render
from review_ui.presenters.document_facts import load_document, load_message_blob
from review_ui.presenters.documents import show_page
from review_ui.state import services_of, ui_of

router = APIRouter(route_class=PageRoute)
MAIL_TAGS = nh3.ALLOWED_TAGS - {"img", "area", "map", "a"}


@router.get("/documents/{document_id}/pages/{number:int}")
def page(request: Request, _user: Viewer, document_id: int, number: int) -> Response:
    """One page for the viewer, or the reason why there is none."""
    services = services_of(request)
    with services.db.read() as db:
        document = load_document(db, document_id)
        pages = load_pages(db, services.blobs, document_id)
    found = next((p for p in pages if p.number == number), None)
    shown = show_page(found) if found else None
    return render(request, "case/_page.html", document=document, page=shown, dpis=DPIS)


@router.get("/documents/{document_id}/pages/{number:int}.png")
def picture(request: Request, _user: Viewer, document_id: int, number: int, dpi: int = DPIS[0]) -> Response:
    """The picture of a page, drawn in the sandbox, upright as it was read."""
    if dpi not in DPIS:
        raise InputError(f"Pages are drawn at {', '.join(map(str, DPIS[:-1]))} or {DPIS[-1]} dpi.")
    ui = ui_of(request)
    with ui.services.db.read() as db:
        sha256 = load_document(db, document_id).sha256
        turn = next((p.turn for p in load_pages(db, ui.services.blobs, document_id) if p.number == number), 0)
    return Response(ui.images.png(sha256, number, dpi, turn), media_type="image/png", headers=dict(IMAGE_HEADERS))


@router.get("/documents/{document_id}/original")
def original(request: Request, _user: Viewer, document_id: int) -> Response:
    """The document's bytes as they came, to save; never to open in the browser."""
    services = services_of(request)
    with services.db.read() as db:
        document = load_document(db, document_id)
    if document.code == "erased":
        raise NotFound(document.sentence or "This document was taken away.")
    name = document.name or f"document-{document_id}"
    return Response(
        services.blobs.get(document.sha256), media_type="application/octet-stream", headers=download_headers(name))


@router.get("/documents/{document_id}/mail.html")
def mail_html(request: Request, _user: Viewer, document_id: int) -> Response:
    """A mail's HTML, cleaned, for an iframe without scripts: no pictures, no links, nothing fetched from anywhere."""
    services = services_of(request)
    with services.db.read() as db:
        document = load_document(db, document_id)
    if not document.is_html:
        raise NotFound("This document has no HTML. Look at its pages instead.")
    text = services.blobs.get(document.sha256).decode("utf-8", "replace")
    clean = nh3.clean(text, tags=set(MAIL_TAGS), attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}})
    title = html.escape(document.name or "Mail")
    framed = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{FRAME_STYLE}</style>{clean}"
    return Response(framed, media_type="text/html; charset=utf-8", headers=dict(FRAME_HEADERS))


@router.get("/messages/{message_id}/raw")
def raw_message(request: Request, _user: Viewer, message_id: int) -> Response:
    """The message's bytes as they arrived, to save."""
    services = services_of(request)
    with services.db.read() as db:
        sha256, name = load_message_blob(db, message_id)
    return Response(services.blobs.get(sha256), media_type="application/octet-stream", headers=download_headers(name))
