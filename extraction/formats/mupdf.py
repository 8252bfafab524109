"""PyMuPDF, silent: what it has to say about broken files goes into our problems, not to stderr."""

from __future__ import annotations

import pymupdf

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

__all__ = ["pymupdf"]
