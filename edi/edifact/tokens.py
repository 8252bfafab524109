"""EDIFACT interchanges → segments, with the separators each UNA declares or the usual ones. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments

_USUAL = ":+.? '"          # component, element, decimal mark, release, reserved, terminator (ISO 9735)
_DECLARED = re.compile(r"UNA(.{6})\s*(?=UNB)", re.DOTALL)


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments of all interchanges in the file, UNA left out. Raises MalformedInterchange (code malformed_edi)."""
    text = decode(content).strip()
    starts = sorted({0, *(m.start() for m in _DECLARED.finditer(text))})
    return numbered([segment for start, end in pairwise([*starts, len(text)]) for segment in _interchange(text[start:end])])


def _interchange(text: str) -> list[list[list[str]]]:
    declared = _DECLARED.match(text)
    component, element, _decimal, release, _reserved, terminator = tuple(declared[1] if declared else _USUAL)
    marks = {component, element, terminator}
    found = split_segments(text[declared.end() if declared else 0:], terminator, element, component, release.strip())
    if not found or found[0][0][0] != "UNB" or len(marks) < 3 or any(mark.isalnum() for mark in marks):
        raise MalformedInterchange("The EDIFACT interchange has no UNB segment. Ask the sender to transmit it again.")
    return found
