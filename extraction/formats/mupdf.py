"""PyMuPDF without its layout add-on, whose neural models cost 0.5 s to import, 90 MB and threads that do not survive a fork.

Import `pymupdf` from here, never directly.
"""

from __future__ import annotations

import sys

for _add_on in ("pymupdf.layout", "pymupdf4llm"):
    if "pymupdf" not in sys.modules:
        sys.modules[_add_on] = None  # type: ignore[assignment]  # the documented way to make an import fail

import pymupdf  # noqa: E402

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

__all__ = ["pymupdf"]
