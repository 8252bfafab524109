"""Which codec reads which format. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from edi.cii.parse import ROOTS as CII_ROOTS
from edi.cii.parse import read as read_cii
from edi.edifact.parse import parse as parse_edifact
from edi.edifact.tokens import segments_of as edifact_segments
from edi.segments import Segment
from edi.tradacoms.parse import parse as parse_tradacoms
from edi.tradacoms.tokens import segments_of as tradacoms_segments
from edi.ubl.parse import read as read_ubl
from edi.x12.parse import parse as parse_x12
from edi.x12.tokens import segments_of as x12_segments
from edi.xml.leaves import Leaves, local_name
from models.domain.pages import SourceFormat
from models.domain.reading import Reading


def parse_xml(content: bytes) -> tuple[Reading, ...]:
    """The orders of an XML document, by its root element."""
    leaves = Leaves(content)
    return read_cii(leaves) if local_name(leaves.root) in CII_ROOTS else read_ubl(leaves)


PARSERS: Mapping[SourceFormat, Callable[[bytes], tuple[Reading, ...]]] = {
    SourceFormat.X12: parse_x12, SourceFormat.EDIFACT: parse_edifact, SourceFormat.TRADACOMS: parse_tradacoms,
    SourceFormat.XML: parse_xml,
}
"""Format → its orders. Each raises InputError: malformed_edi; for XML also unsupported_xml, doctype_refused, too_many_rows."""

SEGMENTS: Mapping[SourceFormat, Callable[[bytes], Sequence[Segment]]] = {
    SourceFormat.X12: x12_segments, SourceFormat.EDIFACT: edifact_segments, SourceFormat.TRADACOMS: tradacoms_segments,
    SourceFormat.XML: lambda content: Leaves(content).segments,
}
"""Format → its segments, numbered as the places of a reading's values are."""
