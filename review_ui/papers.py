"""Papers in the browser: who writes them, and a PDF to look at."""

from __future__ import annotations

from fastapi import Request, Response

from oms.billing.paper import Letterhead
from review_ui.state import services_of


def sender_of(request: Request) -> Letterhead:
    """Who writes our papers."""
    s = services_of(request).settings
    return Letterhead.of(s.company_name, s.company_address, s.company_vat_id, s.company_bank)


def shown_pdf(content: bytes, name: str) -> Response:
    """The PDF in the browser's own viewer; saved, it is called by its number."""
    return Response(content, media_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"})
