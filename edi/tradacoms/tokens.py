"""A TRADACOMS transmission → segments: tag, "=", elements by "+", components by ":", end "'", release "?". Pure."""

from __future__ import annotations

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments from STX on. Raises MalformedInterchange (code malformed_edi) when there is no STX."""
    found = split_segments(decode(content).strip(), "'", "+", ":", "?")
    segments: list[list[list[str]]] = []
    for first, *others in found:
        tag, sign, start = first[0].partition("=")
        segments.append([[tag], [start, *first[1:]], *others] if sign else [first, *others])
    if not segments or segments[0][0][0] != "STX":
        raise MalformedInterchange("The TRADACOMS transmission has no STX segment. Ask the sender to transmit it again.")
    return numbered(segments)
