"""Words about what leaves the house."""

from enum import StrEnum


class Channel(StrEnum):
    """Who receives a message of the outbox."""

    ERP = "erp"
    MAIL = "mail"
    WEBHOOK = "webhook"
