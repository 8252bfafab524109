"""Letters to customers: what they say, and the house's own words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.outbox import NoticeKind
from oms.letters.ready import Letter
from oms.notices.compose import NAMES, PHRASES, Facts, Goods, OwnWords, check_words, compose
from oms.notices.words import EVERYBODY, drop_words, save_words, words_in_force
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.message_words import NOTICE_WORDS
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
_WITH_TOTAL = frozenset({NoticeKind.INVOICE, NoticeKind.CREDIT_MEMO, NoticeKind.QUOTE})
_SAMPLE = {
    "po_number": "PO-4711", "order_no": "SO-000123", "shipment": "SH-000045", "carrier": "Parcel Hare", "tracking": "PH 00340",
    "invoice": "IN-000067", "credit_memo": "CM-000008", "return": "RMA-000009", "reason": "…"}
_GOODS = (Goods("WID-1", "Widget no. 1", Decimal(12), "PCE"),)


def _show(request: Request, template: str, kind: NoticeKind, language: str, customer: str) -> Response:
    services = services_of(request)
    language = language if language in PHRASES else "en"
    with services.db.read() as db:
        found = words_in_force(db, language, customer.strip())
    words, is_own = found[kind]
    return render(
        request, template, kinds=NOTICE_WORDS, kind=kind, language_shown=language, customer=customer.strip(), words=words,
        is_own=is_own, own_kinds={k for k, (_, own) in found.items() if own}, languages=list(PHRASES), names=sorted(NAMES),
        is_sent=kind in services.settings.notices, preview=_preview(kind, language, words, services.settings.company_name))


def _preview(kind: NoticeKind, language: str, words: OwnWords, company_name: str) -> dict[str, str]:
    facts = Facts(
        kind, Letter("buyer@zebra.example", "preview", language, None), "EUR",
        _SAMPLE if kind is NoticeKind.SHIPMENT else {n: v for n, v in _SAMPLE.items() if n not in {"carrier", "tracking"}},
        _GOODS if kind not in _WITH_TOTAL else (),
        total=Decimal("1234.5") if kind in _WITH_TOTAL else None,
        due=date(2031, 3, 31) if kind is NoticeKind.INVOICE else None,
        until=date(2031, 3, 31) if kind is NoticeKind.QUOTE else None)
    ready = compose(facts, company_name=company_name, own=words)
    return {"subject": ready.subject, "text": ready.text}


@router.get("/letters")
def show(
    request: Request, _user: Viewer, kind: NoticeKind = NoticeKind.SHIPMENT, language: str = "en", customer: str = EVERYBODY
) -> Response:
    """The page."""
    return _show(request, "letters/page.html", kind, language, customer)


@router.post("/letters/preview")
def preview(
    request: Request, _user: Admin, kind: Annotated[NoticeKind, Form()], language: Annotated[str, Form()],
    subject: Annotated[str, Form()] = "", text: Annotated[str, Form()] = "",
) -> Response:
    """The letter in words that are not saved yet."""
    words = OwnWords(subject, text)
    check_words(words)
    shown = _preview(kind, language, words, services_of(request).settings.company_name)
    return render(request, "letters/_preview.html", preview=shown)


@router.post("/letters/save")
def save(
    request: Request, user: Admin, kind: Annotated[NoticeKind, Form()], language: Annotated[str, Form()],
    customer: Annotated[str, Form()] = EVERYBODY, subject: Annotated[str, Form()] = "", text: Annotated[str, Form()] = "",
) -> Response:
    """Say it in these words from now on."""
    with services_of(request).db.write() as db:
        save_words(db, kind, language, OwnWords(subject, text), actor=user.name, customer_no=customer.strip())
    return _show(request, "letters/_editor.html", kind, language, customer)


@router.post("/letters/drop")
def drop(
    request: Request, user: Admin, kind: Annotated[NoticeKind, Form()], language: Annotated[str, Form()],
    customer: Annotated[str, Form()] = EVERYBODY,
) -> Response:
    """Go back to our words."""
    with services_of(request).db.write() as db:
        drop_words(db, kind, language, actor=user.name, customer_no=customer.strip())
    return _show(request, "letters/_editor.html", kind, language, customer)
