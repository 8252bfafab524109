"""An EDIFACT interchange → segments, with the separators its UNA declares or the usual ones. Pure."""

from __future__ import annotations

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments, texts

_USUAL = ":+.? '"          # component, element, decimal mark, release, reserved, terminator (ISO 9735)


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments from UNB on. Raises MalformedInterchange when there is no UNB."""
    text = decode(content).lstrip()
    marks = _USUAL
    if text.startswith("UNA") and len(text) > 9:
        marks, text = text[3:9], text[9:]
    component, element, _decimal, release, _reserved, terminator = tuple(marks)
    found = split_segments(text, terminator, element, component, release.strip())
    if not found or found[0][0][0] != "UNB":
        raise MalformedInterchange("The EDIFACT interchange has no UNB segment. Ask the sender to transmit it again.")
    return numbered(found)


def segments(content: bytes | str) -> list[list[str]]:
    """The segments as a page shows them: the tag, then a text for each element. Raises MalformedInterchange."""
    return texts(segments_of(content))
