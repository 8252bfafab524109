"""The hostile set: files made to hurt whoever reads them, each with the fate it must meet. Nothing of it lies on disk."""

from __future__ import annotations

from tests.support.hostile import archives, cut, mails, markup, office, pdfs, pictures, sheets, texts
from tests.support.hostile.shape import HostileFile


def hostile_files() -> tuple[HostileFile, ...]:
    """All of them, in a fixed order; labels are unique."""
    rooms = (archives, pdfs, pictures, sheets, texts, markup, mails, office, cut)
    return tuple(file for room in rooms for file in room.files())
