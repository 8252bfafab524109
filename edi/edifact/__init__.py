"""UN/EDIFACT: ORDERS and ORDCHG."""

from edi.edifact.parse import parse

__all__ = ["parse"]
