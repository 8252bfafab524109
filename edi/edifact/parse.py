"""EDIFACT ORDERS and ORDCHG → readings. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edi.build import OrderBuilder, kind, total_of
from edi.edifact.header import read_header
from edi.edifact.lines import read_line
from edi.edifact.tokens import segments_of
from edi.segments import MalformedInterchange, Segment, enclosed, in_parts, split_at, to_decimal
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_MESSAGES = {                                              # [0065] message type
    "ORDERS": DocumentType.PURCHASE_ORDER, "ORDCHG": DocumentType.ORDER_CHANGE, "INVOIC": DocumentType.INVOICE,
    "QUOTES": DocumentType.QUOTE, "REQOTE": DocumentType.QUOTE,
    "ORDRSP": DocumentType.ORDER_CONFIRMATION, "DESADV": DocumentType.DELIVERY_NOTE,
}
_ORDERS_OF_OTHER_KINDS = {"DELFOR", "DELJIT"}
_FUNCTIONS = {                                             # [1225] message function
    "1": DocumentType.CANCELLATION, "3": DocumentType.CANCELLATION,
    "4": DocumentType.ORDER_CHANGE, "5": DocumentType.ORDER_CHANGE,
}
_REPEATS = {"7": "a duplicate", "31": "a copy", "42": "a confirmation"}
_ENVELOPE = {"UNB", "UNG", "UNE", "UNZ"}


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each message of the file. Raises MalformedInterchange (code malformed_edi)."""
    readings: list[Reading] = []
    for interchange in split_at(segments_of(content), "UNB"):
        messages = enclosed(interchange, "UNH", "UNT", _ENVELOPE)
        odd = _envelope_problems(interchange, len(messages))
        readings += (_reading(message, odd) for message in messages)
    if not readings:
        raise MalformedInterchange("The EDIFACT interchange holds no message. Ask the sender to transmit it again.")
    return tuple(readings)


def _envelope_problems(segments: Sequence[Segment], messages: int) -> list[tuple[str, str]]:
    """UNZ repeats the reference of UNB and counts messages, or groups where there are any."""
    head, tail = segments[0], next((s for s in reversed(segments) if s.tag == "UNZ"), None)
    if tail is None:
        return [("envelope_incomplete", "The interchange has no UNZ segment; its end may be missing. Ask for it again.")]
    problems: list[tuple[str, str]] = []
    if head.get(5) != tail.get(2):
        problems.append(("control_number_mismatch",
                         f"Reference {head.get(5)} of UNB is {tail.get(2)} in UNZ; check what was sent."))
    counted = sum(1 for s in segments if s.tag == "UNG") or messages
    if to_decimal(tail.get(1)) != counted:
        problems.append(("count_mismatch", f"The sender states {tail.get(1)} messages or groups but {counted} arrived; "
                         "part of it may be missing."))
    return problems


def _reading(segments: Sequence[Segment], odd: Sequence[tuple[str, str]]) -> Reading:
    builder = OrderBuilder(_document_type(segments))
    for code, sentence in odd:
        builder.note(code, sentence)
    if not builder.doc_type.value.opens_case:
        _explain_unread(builder, segments[0].get(2))
        return builder.finish()
    parts = in_parts(segments, {"LIN"}, {"UNS", "UNT"})
    read_header(builder, parts.header, parts.summary)
    for line in parts.lines:
        read_line(builder, line)
    _check_totals(builder, segments)
    return builder.finish()


def _explain_unread(builder: OrderBuilder, name: str) -> None:
    if name in _ORDERS_OF_OTHER_KINDS:
        builder.note("unsupported_transaction", f"Message {name} is not read; enter it by hand, or ask for an ORDERS message.")


def _document_type(segments: Sequence[Segment]) -> Found[DocumentType]:
    by_message = _MESSAGES.get(segments[0].get(2), DocumentType.OTHER)
    begin = _begin(segments)
    function = _FUNCTIONS.get(begin.get(3)) if begin and by_message.opens_case else None
    return kind(function, begin, 3) if begin and function else kind(by_message, segments[0], 2)


def _begin(segments: Sequence[Segment]) -> Segment | None:
    return next((s for s in segments if s.tag == "BGM"), None)


def _check_totals(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    begin, end = _begin(segments), segments[-1]
    builder.require("po_number", "BGM")
    if begin and begin.get(3) in _REPEATS:
        builder.note("repeated_order", f"The sender marks this as {_REPEATS[begin.get(3)]} of an order; it may be here already.")
    if end.tag != "UNT":
        builder.note("missing_segment", "The message has no UNT segment; its end may be missing. Ask for it again.")
    else:
        builder.check_count("segments", to_decimal(end.get(1)), len(segments))
    for control in (s for s in segments if s.tag == "CNT"):
        stated = to_decimal(control.get(1, 1))
        if control.get(1) == "2":                          # [6069] control total qualifier: line items
            builder.check_count("lines", stated, len(builder.lines))
        elif control.get(1) == "1":                        # the sum of quantities
            builder.check_count("as the sum of quantities", stated, total_of(builder.lines, "quantity"))
