"""X12 850 and 860 → readings. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edi.build import OrderBuilder, kind, total_of
from edi.segments import MalformedInterchange, Segment, number_at, to_decimal
from edi.x12.header import read_header, read_summary
from edi.x12.lines import read_line
from edi.x12.tokens import segments_of
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_SETS = {                                                  # [143] transaction set
    "850": DocumentType.PURCHASE_ORDER, "875": DocumentType.PURCHASE_ORDER, "860": DocumentType.ORDER_CHANGE,
    "810": DocumentType.INVOICE, "840": DocumentType.QUOTE, "843": DocumentType.QUOTE,
}
_PURPOSES = {                                              # [353] transaction set purpose
    "01": DocumentType.CANCELLATION, "03": DocumentType.CANCELLATION, "02": DocumentType.ORDER_CHANGE,
    "04": DocumentType.ORDER_CHANGE, "05": DocumentType.ORDER_CHANGE,
}


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each transaction set of the interchange. Raises MalformedInterchange (code malformed_edi)."""
    segments = segments_of(content)
    sets = _transaction_sets(segments)
    if not sets:
        raise MalformedInterchange("The X12 interchange holds no transaction set. Ask the sender to transmit it again.")
    odd = _envelope_problems(segments)
    return tuple(_reading(part, odd) for part in sets)


def _transaction_sets(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments from each ST up to its SE, or up to the next envelope segment where SE is missing."""
    sets: list[list[Segment]] = []
    is_open = False
    for segment in segments:
        if segment.tag == "ST":
            sets.append([])
            is_open = True
        elif segment.tag in {"GE", "IEA", "GS", "ISA"}:
            is_open = False
        if is_open:
            sets[-1].append(segment)
        is_open = is_open and segment.tag != "SE"
    return sets


def _envelope_problems(segments: Sequence[Segment]) -> list[tuple[str, str]]:
    """Control numbers of the interchange's head and tail must be the same."""
    problems: list[tuple[str, str]] = []
    last = {segment.tag: segment for segment in segments if segment.tag in {"ISA", "IEA", "GS", "GE"}}
    for head, at, tail in (("ISA", 13, "IEA"), ("GS", 6, "GE")):
        if tail not in last or head not in last:
            problems.append(("envelope_incomplete", f"The interchange has no {tail} or {head} segment; its end may be missing."))
        elif to_decimal(last[head].get(at)) != to_decimal(last[tail].get(2)):
            stated, found = last[head].get(at), last[tail].get(2)
            problems.append(("control_number_mismatch", f"Control number {stated} of {head} is {found} in {tail}."))
    return problems


def _reading(segments: Sequence[Segment], odd: Sequence[tuple[str, str]]) -> Reading:
    builder = OrderBuilder(_document_type(segments))
    for code, sentence in odd:
        builder.note(code, sentence)
    if not builder.doc_type.value.opens_case:
        return builder.finish()
    header, lines, summary = _parts(segments)
    read_header(builder, header)
    for line in lines:
        read_line(builder, line)
    read_summary(builder, summary)
    _check_totals(builder, segments)
    return builder.finish()


def _document_type(segments: Sequence[Segment]) -> Found[DocumentType]:
    by_set = _SETS.get(segments[0].get(1), DocumentType.OTHER)
    begin = next((s for s in segments if s.tag in {"BEG", "BCH", "G50"}), None)
    if begin is None or not by_set.opens_case:
        return kind(by_set, segments[0], 1)
    purpose = _PURPOSES.get(begin.get(1))
    return kind(by_set, segments[0], 1) if purpose is None else kind(purpose, begin, 1)


def _parts(segments: Sequence[Segment]) -> tuple[list[Segment], list[list[Segment]], list[Segment]]:
    """Header, one list for each line item, summary."""
    header: list[Segment] = []
    lines: list[list[Segment]] = []
    summary: list[Segment] = []
    for segment in segments:
        if segment.tag in {"PO1", "POC"}:
            lines.append([])
        if summary or segment.tag in {"CTT", "SE"}:
            summary.append(segment)
        else:
            (lines[-1] if lines else header).append(segment)
    return header, lines, summary


def _check_totals(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    last = {segment.tag: segment for segment in segments}
    if "SE" not in last:
        builder.note("transaction_incomplete", "The transaction set has no SE segment; its end may be missing.")
    else:
        builder.check_count("segment_count_mismatch", "segments", _number(last["SE"], 1), len(segments))
    if "CTT" in last:
        builder.check_count("line_count_mismatch", "lines", _number(last["CTT"], 1), len(builder.lines))
        builder.check_count("hash_total_mismatch", "as the sum of quantities", _number(last["CTT"], 2),
                            total_of(builder.lines, "quantity"))


def _number(segment: Segment, element: int) -> Decimal | None:
    found = number_at(segment, element)
    return found.value if found else None
