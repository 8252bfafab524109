"""TRADACOMS (GS1 UK): the ORDERS file."""

from edi.tradacoms.parse import parse

__all__ = ["parse"]
