"""Pictures of pages, drawn in the sandbox and kept for a while: a reviewer turns the same pages back and forth."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from review_ui.services import RenderPage
from runtime.blobs import Blobs

DPIS = (110, 220, 400, 600)
"""Resolutions the viewer may ask for: reading size first, and what is sharp on large screens zoomed in."""


class PageImages:
    """A least-recently-used memory of PNGs, bounded in bytes. Safe to share between threads."""

    def __init__(self, render: RenderPage, blobs: Blobs, *, most_bytes: int = 64 * 2**20) -> None:
        self._render, self._blobs, self._most = render, blobs, most_bytes
        self._kept: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def png(self, sha256: str, page: int, dpi: int, turn: int = 0) -> bytes:
        """The picture of a 0-based page of the document with this digest, turned as its reading asks for.

        Raises what the renderer raises.
        """
        key = (sha256, page, dpi, turn)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        drawn = self._render(self._blobs.get(sha256), page, float(dpi), turn)
        self._keep(key, drawn)
        return drawn

    def _keep(self, key: tuple[str, int, int, int], drawn: bytes) -> None:
        with self._lock:
            self._bytes += len(drawn) - len(self._kept.pop(key, b""))
            self._kept[key] = drawn
            while self._bytes > self._most and len(self._kept) > 1:
                self._bytes -= len(self._kept.popitem(last=False)[1])
