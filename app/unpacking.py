"""A message taken apart behind the wall, with the files that its PDFs carry: they are documents beside the pages."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

from extraction.pages import PageReader
from intake.unpack import UnpackOptions
from models.domain.messages import Part, Unpacked
from models.errors import InputError
from runtime import codec
from runtime.sandbox import Sandbox

UNPACK = "intake.unpack:unpack_bytes"
_CARRIED = (b"/EmbeddedFile", b"/EF")
"""The type of a stream that is a file, which may be left out, and what leads to it: both stay in sight (PDF 32000-1, 7.11)."""


def unpack_message(sandbox: Sandbox, pages: PageReader, content: bytes, options: UnpackOptions) -> Unpacked:
    """The parts of a message. Raises InputError (SandboxFailure) as `intake.unpack` does.

    Each PDF that carries files is opened in a child of its own, so that one that breaks its reader costs no other part.
    """
    unpacked = _run(sandbox, content, options)
    parts = list(unpacked.parts)
    for position, part in enumerate(parts):         # grows while it runs: what is carried may carry files too
        if part.code is None and part.content.startswith(b"%PDF") and any(mark in part.content for mark in _CARRIED):
            parts += _carried(sandbox, pages, parts, position, options)
    return replace(unpacked, parts=tuple(parts))


def _carried(sandbox: Sandbox, pages: PageReader, parts: list[Part], position: int, options: UnpackOptions) -> list[Part]:
    """The files of one PDF, as the members of an archive under the limits that are left; none where it cannot be opened,
    which the reading of its pages will tell."""
    part = parts[position]
    try:
        files = pages.carried_files(part.content)
        room = options.unpacked_bytes - sum(len(p.content) for p in parts)
        left = replace(
            options, is_mail=False, parts=max(0, options.parts - len(parts)), unpacked_bytes=max(0, room),
            depth=max(1, options.depth - _depth(parts, position)))
        found = _run(sandbox, _archive(files), left).parts if files else ()
    except InputError:
        return []
    first = len(parts)
    return [
        replace(p, parent=position if p.parent is None else first + p.parent, is_carried=p.parent is None,
                forwards=(*part.forwards, *p.forwards))
        for p in found]


def _depth(parts: list[Part], position: int) -> int:
    """How many parts lie around one."""
    depth, parent = 0, parts[position].parent
    while parent is not None:
        depth, parent = depth + 1, parts[parent].parent
    return depth


def _archive(files: tuple[tuple[str, bytes], ...]) -> bytes:
    """The files as members of one archive, unpacked: what unpacks and limits archives serves them too."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in files:
            archive.writestr(name.replace("\x00", "") or "file", data)
    return buffer.getvalue()


def _run(sandbox: Sandbox, content: bytes, options: UnpackOptions) -> Unpacked:
    return codec.unpack(Unpacked, sandbox.run(UNPACK, content, codec.pack(options)))
