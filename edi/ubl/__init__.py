"""UBL 2: Order, OrderChange and OrderCancellation documents."""

from edi.ubl.parse import parse

__all__ = ["parse"]
