"""X12 interchanges → segments, with the separators each ISA segment declares. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments, texts

_BROKEN = "The X12 interchange has no whole ISA segment. Ask the sender to transmit it again."
_START = re.compile(r"ISA([^A-Za-z0-9 \t\r\n])")
_HEAD_CHARS = 400        # ISA has 106 characters; it may have gained or lost some on the way


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments of all interchanges in the file. ISA may have lost its padding, segments may be wrapped or indented.
    Raises MalformedInterchange (code malformed_edi)."""
    text = decode(content).strip()
    if not _START.match(text):
        raise MalformedInterchange(_BROKEN)
    starts = [0, *(m.start() for m in _START.finditer(text, 1) if _begins_interchange(text, m)), len(text)]
    return numbered([segment for start, end in pairwise(starts) for segment in _interchange(text[start:end].rstrip())])


def segments(content: bytes | str) -> list[list[str]]:
    """The segments as a page shows them: the tag, then a text for each element. Raises MalformedInterchange."""
    return texts(segments_of(content))


def _begins_interchange(text: str, found: re.Match[str]) -> bool:
    """Another ISA segment, not the letters ISA within an element: IEA and its terminator stand before it."""
    before = text[:found.start()].rstrip("\r\n\t ")
    last = max(before.rfind("IEA"), 0)
    return last > 0 and re.fullmatch(r"IEA(?:[^\r\n]{0,40})", before[last:]) is not None and not before[-1:].isalpha()


def _interchange(text: str) -> list[list[list[str]]]:
    separator = text[3]
    head, terminator = _head(text, separator)
    # Free text may hold the component separator, and the elements we read are simple: they stay whole.
    isa = [[element] for element in text[:head].rstrip(terminator).split(separator)]
    return [isa, *split_segments(text[head:], terminator, separator, "")]


def _head(text: str, separator: str) -> tuple[int, str]:
    """Where ISA ends, and the segment terminator. ISA's last element is the component separator; what stands between it
    and the next segment is the terminator, be it a line break. Lengths are not trusted."""
    mark = re.escape(separator)
    found = re.search(rf"([^A-Za-z0-9 \t\r\n{mark}])([ \t\r\n]*)(?:GS|ST|TA1){mark}", text[:_HEAD_CHARS])
    if found is None:
        raise MalformedInterchange(_BROKEN)
    last, gap = found.groups()
    is_component = text[found.start() - 1] == separator and text[-1] != last
    if not is_component:
        return found.end(1), last
    if "\n" not in gap and "\r" not in gap:
        raise MalformedInterchange(_BROKEN)
    return found.end(1), "\n" if "\n" in gap else "\r"
