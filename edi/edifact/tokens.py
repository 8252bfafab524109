"""EDIFACT interchanges → segments, with the separators each UNA declares or the usual ones. Pure."""

from __future__ import annotations

import re

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments

_USUAL = ":+.? '"          # component, element, decimal mark, release, reserved, terminator (ISO 9735)
_START = re.compile(r"(?:UNA(.{6})\s*)?UNB(?=[^A-Za-z0-9\s])", re.DOTALL)
_END = re.compile(r"UNZ[^A-Za-z0-9].{0,40}\Z", re.DOTALL)
_TAIL_CHARS = 60           # UNZ has at most 26, and line breaks may follow it


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments of all interchanges in the file, UNA left out. Raises MalformedInterchange (code malformed_edi)."""
    text = decode(content).strip()
    heads = [m for m in _START.finditer(text) if m.start() == 0 or m[1] or _is_behind_end(text, m.start())]
    if not heads or heads[0].start() > 0:
        raise MalformedInterchange("The EDIFACT interchange has no UNB segment. Ask the sender to transmit it again.")
    segments: list[list[list[str]]] = []
    marks = _USUAL
    for head, end in zip(heads, [*(m.start() for m in heads[1:]), len(text)], strict=True):
        marks = head[1] or (marks if text[head.end()] == marks[1] else _USUAL)
        segments += _interchange(text[head.end() - len("UNB"):end], marks)
    return numbered(segments)


def _is_behind_end(text: str, start: int) -> bool:
    """Tells the next interchange from the letters UNB within an element."""
    return _END.search(text[max(0, start - _TAIL_CHARS):start]) is not None


def _interchange(text: str, marks: str) -> list[list[list[str]]]:
    component, element, _decimal, release, _reserved, terminator = tuple(marks)
    separators = {component, element, terminator}
    if len(separators) < 3 or any(mark.isalnum() for mark in separators):
        raise MalformedInterchange("The EDIFACT interchange declares unusable separators. Ask for a new transmission.")
    return split_segments(text, terminator, element, component, release.strip())
