"""EDIFACT ORDERS and ORDCHG → readings. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edi.build import OrderBuilder, kind, total_of
from edi.edifact.header import read_header, read_summary
from edi.edifact.lines import read_line
from edi.edifact.tokens import segments_of
from edi.segments import MalformedInterchange, Segment, to_decimal
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_MESSAGES = {                                              # [0065] message type
    "ORDERS": DocumentType.PURCHASE_ORDER, "ORDCHG": DocumentType.ORDER_CHANGE, "INVOIC": DocumentType.INVOICE,
    "QUOTES": DocumentType.QUOTE, "REQOTE": DocumentType.QUOTE,
}
_FUNCTIONS = {                                             # [1225] message function
    "1": DocumentType.CANCELLATION, "3": DocumentType.CANCELLATION,
    "4": DocumentType.ORDER_CHANGE, "5": DocumentType.ORDER_CHANGE,
}


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each message of the interchange. Raises MalformedInterchange (code malformed_edi)."""
    segments = segments_of(content)
    messages = _messages(segments)
    if not messages:
        raise MalformedInterchange("The EDIFACT interchange holds no message. Ask the sender to transmit it again.")
    odd = _envelope_problems(segments, len(messages))
    return tuple(_reading(message, odd) for message in messages)


def _messages(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments from each UNH up to its UNT, or up to the next envelope segment where UNT is missing."""
    messages: list[list[Segment]] = []
    is_open = False
    for segment in segments:
        if segment.tag == "UNH":
            messages.append([])
            is_open = True
        elif segment.tag in {"UNE", "UNZ", "UNG", "UNB"}:
            is_open = False
        if is_open:
            messages[-1].append(segment)
        is_open = is_open and segment.tag != "UNT"
    return messages


def _envelope_problems(segments: Sequence[Segment], messages: int) -> list[tuple[str, str]]:
    """UNZ repeats the reference of UNB and counts messages, or groups where there are any."""
    last = {segment.tag: segment for segment in segments if segment.tag in {"UNB", "UNZ"}}
    if "UNZ" not in last:
        return [("envelope_incomplete", "The interchange has no UNZ segment; its end may be missing.")]
    problems: list[tuple[str, str]] = []
    if last["UNB"].get(5) != last["UNZ"].get(2):
        problems.append(("control_number_mismatch",
                         f"Reference {last['UNB'].get(5)} of UNB is {last['UNZ'].get(2)} in UNZ."))
    counted = sum(1 for s in segments if s.tag == "UNG") or messages
    if to_decimal(last["UNZ"].get(1)) != counted:
        problems.append(("message_count_mismatch",
                         f"The interchange states {last['UNZ'].get(1)} messages or groups but holds {counted}."))
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
    by_message = _MESSAGES.get(segments[0].get(2), DocumentType.OTHER)
    begin = next((s for s in segments if s.tag == "BGM"), None)
    if begin is None or not by_message.opens_case:
        return kind(by_message, segments[0], 2)
    function = _FUNCTIONS.get(begin.get(3))
    return kind(by_message, segments[0], 2) if function is None else kind(function, begin, 3)


def _parts(segments: Sequence[Segment]) -> tuple[list[Segment], list[list[Segment]], list[Segment]]:
    """Header, one list for each line item, summary (from UNS on)."""
    header: list[Segment] = []
    lines: list[list[Segment]] = []
    summary: list[Segment] = []
    for segment in segments:
        if segment.tag == "LIN" and not summary:
            lines.append([])
        if summary or segment.tag in {"UNS", "UNT"}:
            summary.append(segment)
        else:
            (lines[-1] if lines else header).append(segment)
    return header, lines, summary


def _check_totals(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    end = segments[-1]
    if end.tag != "UNT":
        builder.note("message_incomplete", "The message has no UNT segment; its end may be missing.")
    else:
        builder.check_count("segment_count_mismatch", "segments", to_decimal(end.get(1)), len(segments))
    for control in (s for s in segments if s.tag == "CNT"):
        stated = to_decimal(control.get(1, 1))
        if control.get(1) == "2":                          # [6069] control total qualifier: line items
            builder.check_count("line_count_mismatch", "lines", stated, len(builder.lines))
        elif control.get(1) == "1":                        # the sum of quantities
            builder.check_count("hash_total_mismatch", "as the sum of quantities", stated, total_of(builder.lines, "quantity"))
