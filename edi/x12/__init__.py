"""ANSI X12: the 850 purchase order and the 860 purchase order change."""

from edi.x12.parse import parse

__all__ = ["parse"]
