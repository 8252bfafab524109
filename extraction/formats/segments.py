"""EDI and XML → one page: a line for each segment (XML: each leaf), a word for each element."""

from __future__ import annotations

from edi.read import SEGMENTS
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.sniff import sniff
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, SourceFormat, Word
from models.errors import InputError


def parse_segments(content: bytes, options: ParseOptions) -> Portion:
    """One page of kind SEGMENTS. Raises InputError: malformed_edi, doctype_refused, too_many_rows."""
    kind = sniff(content)
    return Portion(Parsed(kind, (segments_page(content, kind, options),)))


def segments_page(content: bytes, kind: SourceFormat, options: ParseOptions, number: int = 0) -> Page:
    """An interchange of a format with a codec as page `number`. Raises what `parse_segments` raises."""
    segments = SEGMENTS[kind](content)
    if len(segments) > options.max_rows:
        raise InputError(f"The interchange has {len(segments)} segments; at most {options.max_rows} are read.",
                         code="too_many_rows")
    words = tuple(
        Word(":".join(element).strip(), number, segment.place(n).box)
        for segment in segments for n, element in enumerate(segment.elements) if any(c.strip() for c in element))
    width = max((len(segment.elements) for segment in segments), default=0)
    return Page(number, PageKind.SEGMENTS, float(width), float(len(segments)), words)
