"""TRADACOMS (GS1 UK): the ORDERS file."""

from edi.tradacoms.parse import parse
from edi.tradacoms.tokens import segments

__all__ = ["parse", "segments"]
