"""A TRADACOMS transmission → segments: tag, "=", elements by "+", components by ":", end "'", release "?". Pure."""

from __future__ import annotations

from edi.segments import MalformedInterchange, Segment, decode, numbered, split_segments, texts


def segments_of(content: bytes | str) -> list[Segment]:
    """All segments from STX on. Raises MalformedInterchange when there is no STX."""
    found = split_segments(decode(content).lstrip(), "'", "+", ":", "?")
    segments: list[list[list[str]]] = []
    for first, *others in found:
        tag, sign, start = first[0].partition("=")
        segments.append([[tag], [start, *first[1:]], *others] if sign else [first, *others])
    if not segments or segments[0][0][0] != "STX":
        raise MalformedInterchange("The TRADACOMS transmission has no STX segment. Ask the sender to transmit it again.")
    return numbered(segments)


def segments(content: bytes | str) -> list[list[str]]:
    """The segments as a page shows them: the tag, then a text for each element. Raises MalformedInterchange."""
    return texts(segments_of(content))
