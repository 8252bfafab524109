"""Whatever bytes come, a codec answers with readings or an InputError, soon; values it gives are still proven."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.read import PARSERS, SEGMENTS
from models.domain.pages import SourceFormat
from models.errors import InputError
from tests.unit.edi.agreement import all_found
from tests.unit.edi.strategies import Order, orders
from tests.unit.edi.test_edifact import write as write_edifact
from tests.unit.edi.test_tradacoms_and_ubl import TRADACOMS, write_ubl
from tests.unit.edi.test_x12 import write as write_x12

_WRITERS: dict[SourceFormat, Callable[[Order], str]] = {
    SourceFormat.X12: write_x12, SourceFormat.EDIFACT: write_edifact, SourceFormat.XML: write_ubl,
    SourceFormat.TRADACOMS: lambda order: TRADACOMS.format(lines=1, end="END=3'"),
}
_MARKS = [b"'", b"~", b"*", b"+:", b"ISA*", b"?", b"\n"]


@st.composite
def mangled(draw: st.DrawFn) -> tuple[SourceFormat, bytes]:
    """A good document with some bytes lost, changed, doubled or inserted."""
    kind = draw(st.sampled_from(list(_WRITERS)))
    content = bytearray(_WRITERS[kind](draw(orders("*~>|^\n"))).encode())
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(content)))
        content[start:start + draw(st.integers(0, 30))] = draw(st.binary(max_size=6) | st.sampled_from(_MARKS))
    return kind, bytes(content)


@settings(max_examples=150)
@given(mangled())
def test_a_mangled_document_is_read_or_refused(case: tuple[SourceFormat, bytes]) -> None:
    kind, content = case
    try:
        readings = PARSERS[kind](content)
    except InputError as e:
        assert e.code in {"malformed_edi", "unsupported_xml", "doctype_refused"}
        assert e.sentence.count(". ") >= 1                 # what is wrong, and what to do
        return
    rows = len(SEGMENTS[kind](content))
    for reading in readings:
        for found in all_found(reading):
            assert 0 < found.confidence <= 0.99
            assert found.evidence.places
            assert all(place.box[1] < rows for place in found.evidence.places)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "content"), [
    (SourceFormat.EDIFACT, b"UNB+UNOC:3+S+R+1+7'UNH+1+ORDERS'FTX+AAI+++" + b"??" * 1_000_000 + b"'UNT+3+1'UNZ+1+7'"),
    (SourceFormat.X12, b"ISA*00*" + b" " * 90 + b"*P*>~GS*PO~ST*850*1~" + b"MSG*a~" * 100_000 + b"SE*9*1~"),
    (SourceFormat.X12, b"ISA*00*" + b" " * 90 + b"*P*>~GS*PO~ST*850*1~" + b"IEA*1~ISA*" * 100_000),
    (SourceFormat.TRADACOMS, b"STX=A'MHD=1+ORDERS:9'" + b"DNA=1+2+a:b'" * 60_000 + b"END=1'"),
    (SourceFormat.XML, b"<Order><ID>1</ID>" + b"<Note>a</Note>" * 60_000 + b"</Order>"),
    (SourceFormat.XML, b"<Order>" + b"<a>" * 100_000),
])
def test_a_large_hostile_document_takes_linear_time(kind: SourceFormat, content: bytes) -> None:
    begun = time.process_time()
    try:
        PARSERS[kind](content)
    except InputError as e:
        assert e.code == "malformed_edi"
    assert time.process_time() - begun < 10                # quadratic work would take minutes
