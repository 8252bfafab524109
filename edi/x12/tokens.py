"""X12 interchanges → segments, with the separators each ISA segment declares. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments

_BROKEN = "The X12 interchange has no whole ISA segment. Ask the sender to transmit it again."
_START = re.compile(r"ISA([^A-Za-z0-9 \t\r\n])")
_END = re.compile(r"IEA[^A-Za-z0-9][^A-Za-z]{0,30}\Z")
_HEAD_CHARS = 400        # ISA has 106 characters; it may have gained or lost some on the way
_TAIL_CHARS = 60         # IEA has at most 18, and some may have been put behind it


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments of all interchanges in the file. ISA may have lost its padding, segments may be wrapped or indented.
    Raises MalformedInterchange (code malformed_edi)."""
    text = decode(content).strip()
    if not _START.match(text):
        raise MalformedInterchange(_BROKEN)
    starts = [0, *(m.start() for m in _START.finditer(text, 1) if _is_behind_end(text, m.start())), len(text)]
    return numbered([segment for start, end in pairwise(starts) for segment in _interchange(text[start:end].rstrip())])


def _is_behind_end(text: str, start: int) -> bool:
    """Tells the next interchange, which may have other separators, from the letters ISA within an element."""
    return not text[start - 1].isalnum() and _END.search(text[max(0, start - _TAIL_CHARS):start]) is not None


def _interchange(text: str) -> list[list[list[str]]]:
    separator = text[3]
    head, terminator = _head(text, separator)
    # Free text may hold the component separator, and the elements we read are simple: they stay whole.
    isa = [[element.replace("\r", "").replace("\n", "")] for element in text[:head].rstrip(terminator).split(separator)]
    return [isa, *split_segments(text[head:], terminator, separator, "")]


def _head(text: str, separator: str) -> tuple[int, str]:
    """Where ISA ends, and the segment terminator: what stands between ISA's last element (the component separator) and
    the next segment, be it a line break. Lengths are not trusted."""
    mark = re.escape(separator)
    found = re.search(rf"([^A-Za-z0-9 \t\r\n{mark}])([ \t\r\n]*)(?:GS|ST|TA1){mark}", text[:_HEAD_CHARS])
    if found is None:
        raise MalformedInterchange(_BROKEN)
    last, gap = found.groups()
    if text[found.start() - 1] != separator or text[-1] == last:
        return found.end(1), last
    if "\n" not in gap and "\r" not in gap:
        raise MalformedInterchange(_BROKEN)
    return found.end(1), "\n" if "\n" in gap else "\r"
