"""An X12 interchange → segments, with the separators its ISA segment declares. Pure."""

from __future__ import annotations

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments

_AFTER_TAG = 3           # the element separator stands right behind "ISA"
_ELEMENTS = 16           # of ISA; the last is the component separator, and the segment terminator follows it


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments. ISA may have lost its padding, segments may be wrapped or indented. Raises MalformedInterchange."""
    text = decode(content).lstrip()
    separator = text[_AFTER_TAG:_AFTER_TAG + 1]
    parts = text.split(separator, _ELEMENTS) if text.startswith("ISA") and separator else []
    if len(parts) <= _ELEMENTS or len(parts[_ELEMENTS]) < 2:
        raise MalformedInterchange("The X12 interchange has no whole ISA segment. Ask the sender to transmit it again.")
    component, terminator = parts[_ELEMENTS][0], parts[_ELEMENTS][1]
    tail = parts[_ELEMENTS][2:]
    if terminator == "\r" and tail.startswith("\n"):
        terminator, tail = "\n", tail.replace("\r\n", "\n")
    if terminator.isalnum() or separator.isalnum():
        raise MalformedInterchange("The X12 interchange declares a letter or digit as separator. Ask for a new transmission.")
    # Free text may hold the component separator, and the elements we read are simple: they stay whole.
    head = [[element] for element in (*parts[:_ELEMENTS], component)]
    return numbered([head, *split_segments(tail, terminator, separator, "")])
