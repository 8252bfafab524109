"""What a message of the outbox is called on the screens."""

from __future__ import annotations

from collections.abc import Mapping

from models.domain.outbox import NoticeKind
from review_ui.language import N_

NOTICE_WORDS: Mapping[str, str] = {
    NoticeKind.BACKORDER: N_("Backorder"), NoticeKind.SHIPMENT: N_("Shipment"), NoticeKind.INVOICE: N_("Invoice"),
    NoticeKind.CREDIT_MEMO: N_("Credit memo"),
    NoticeKind.RETURN_APPROVED: N_("Return approved"), NoticeKind.RETURN_DECLINED: N_("Return declined"),
    NoticeKind.RETURN_RECEIVED: N_("Return received"), NoticeKind.ORDER_CHANGED: N_("Order changed"),
    NoticeKind.ORDER_CANCELLED: N_("Order cancelled"), NoticeKind.QUOTE: N_("Quote")}
_OTHERS = {
    "acknowledgement": N_("Acknowledgement"), "question": N_("Question"), "sales_order.created": N_("Order"),
    "sales_order.changed": N_("Order changed"), "sales_order.cancelled": N_("Order cancelled")}


def message_word(kind: str) -> str:
    """The English words for a kind of message, to be translated; the kind itself where nobody named it."""
    return _OTHERS.get(kind) or NOTICE_WORDS.get(kind, kind)
