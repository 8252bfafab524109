"""UN/EDIFACT: ORDERS and ORDCHG."""

from edi.edifact.parse import parse
from edi.edifact.tokens import segments

__all__ = ["parse", "segments"]
