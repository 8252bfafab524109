"""PyMuPDF, silent: what it has to say about broken files goes into our problems, not to stderr."""

from __future__ import annotations

import pymupdf

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

BROKEN = (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase)
"""What MuPDF raises about a broken file, depending on which of its layers notices."""

__all__ = ["BROKEN", "pymupdf"]
