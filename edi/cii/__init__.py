"""UN/CEFACT Cross Industry Order (SCRDM), as Order-X puts it into PDFs."""

from edi.cii.parse import parse

__all__ = ["parse"]
