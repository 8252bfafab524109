"""X12 850 and 860 → readings. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edi.build import OrderBuilder, kind, total_of
from edi.segments import MalformedInterchange, Segment, enclosed, in_parts, split_at, to_decimal
from edi.x12.header import read_header
from edi.x12.lines import read_line
from edi.x12.tokens import segments_of
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_SETS = {                                                  # [143] transaction set
    "850": DocumentType.PURCHASE_ORDER, "860": DocumentType.ORDER_CHANGE, "810": DocumentType.INVOICE,
    "840": DocumentType.QUOTE, "843": DocumentType.QUOTE,
    "855": DocumentType.ORDER_CONFIRMATION, "856": DocumentType.DELIVERY_NOTE,
}
_ORDERS_OF_OTHER_KINDS = {"830", "862", "875", "876", "940"}
_PURPOSES = {                                              # [353] transaction set purpose
    "01": DocumentType.CANCELLATION, "03": DocumentType.CANCELLATION, "02": DocumentType.ORDER_CHANGE,
    "04": DocumentType.ORDER_CHANGE, "05": DocumentType.ORDER_CHANGE,
}
_REPEATS = {"06": "a confirmation", "07": "a duplicate", "15": "a re-submission"}
_ENVELOPE = {"ISA", "GS", "GE", "IEA"}


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each transaction set of the file. Raises MalformedInterchange (code malformed_edi)."""
    readings: list[Reading] = []
    for interchange in split_at(segments_of(content), "ISA"):
        odd = _envelope_problems(interchange)
        readings += (_reading(part, odd) for part in enclosed(interchange, "ST", "SE", _ENVELOPE))
    if not readings:
        raise MalformedInterchange("The X12 interchange holds no transaction set. Ask the sender to transmit it again.")
    return tuple(readings)


def _envelope_problems(segments: Sequence[Segment]) -> list[tuple[str, str]]:
    """Control numbers of the heads and tails of an interchange and of its groups must be the same."""
    problems: list[tuple[str, str]] = []
    for head, at, tail in (("ISA", 13, "IEA"), ("GS", 6, "GE")):
        heads = [segment.get(at) for segment in segments if segment.tag == head]
        tails = [segment.get(2) for segment in segments if segment.tag == tail]
        if len(heads) != len(tails):
            problems.append(("envelope_incomplete", f"The interchange has {len(heads)} {head} but {len(tails)} {tail} segments; "
                             "part of it may be missing."))
        problems += (("control_number_mismatch", f"Control number {stated} of {head} is {found} in {tail}; check what was sent.")
                     for stated, found in zip(heads, tails, strict=False) if to_decimal(stated) != to_decimal(found))
    return problems


def _reading(segments: Sequence[Segment], odd: Sequence[tuple[str, str]]) -> Reading:
    builder = OrderBuilder(_document_type(segments))
    for code, sentence in odd:
        builder.note(code, sentence)
    if not builder.doc_type.value.opens_case:
        _explain_unread(builder, segments[0].get(1))
        return builder.finish()
    parts = in_parts(segments, {"PO1", "POC"}, {"CTT", "SE"})
    read_header(builder, parts.header, parts.summary)
    for line in parts.lines:
        read_line(builder, line)
    _check_totals(builder, segments)
    return builder.finish()


def _explain_unread(builder: OrderBuilder, name: str) -> None:
    if name in _ORDERS_OF_OTHER_KINDS:
        builder.note("unsupported_transaction", f"Transaction set {name} is not read; enter it by hand, or ask for an 850.")


def _document_type(segments: Sequence[Segment]) -> Found[DocumentType]:
    by_set = _SETS.get(segments[0].get(1), DocumentType.OTHER)
    begin = _begin(segments)
    purpose = _PURPOSES.get(begin.get(1)) if begin and by_set.opens_case else None
    return kind(purpose, begin, 1) if begin and purpose else kind(by_set, segments[0], 1)


def _begin(segments: Sequence[Segment]) -> Segment | None:
    return next((s for s in segments if s.tag in {"BEG", "BCH"}), None)


def _check_totals(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    begin, last = _begin(segments), {segment.tag: segment for segment in segments}
    builder.require("po_number", "BCH" if segments[0].get(1) == "860" else "BEG")
    if begin and begin.get(1) in _REPEATS:
        builder.note("repeated_order", f"The sender marks this as {_REPEATS[begin.get(1)]} of an order; it may be here already.")
    if "SE" not in last:
        builder.note("missing_segment", "The transaction set has no SE segment; its end may be missing. Ask for it again.")
    else:
        builder.check_count("segments", to_decimal(last["SE"].get(1)), len(segments))
    if "CTT" in last:
        builder.check_count("lines", to_decimal(last["CTT"].get(1)), len(builder.lines))
        builder.check_count("as the sum of quantities", to_decimal(last["CTT"].get(2)), total_of(builder.lines, "quantity"))
