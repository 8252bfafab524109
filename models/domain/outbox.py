"""Words about what leaves the house."""

from enum import StrEnum


class Channel(StrEnum):
    """Who receives a message of the outbox."""

    ERP = "erp"
    MAIL = "mail"
    WEBHOOK = "webhook"


class NoticeKind(StrEnum):
    """What a customer is told of after the acknowledgement."""

    BACKORDER = "backorder"
    SHIPMENT = "shipment"
    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    RETURN_APPROVED = "return_approved"
    RETURN_DECLINED = "return_declined"
    RETURN_RECEIVED = "return_received"
    ORDER_CHANGED = "order_changed"
    ORDER_CANCELLED = "order_cancelled"
    QUOTE = "quote"
