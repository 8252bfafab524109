"""Entry point inside the sandbox: packed pages and context in, packed readings out.

The words are the sender's, and a page of a million of them, or of what makes a pattern run long, must not hold up anybody else.
"""

from __future__ import annotations

from extraction.assemble import assemble
from extraction.learned.apply import is_known
from extraction.learned.derive import derive, right_of
from extraction.lines.drawn import Drawn, read_drawn
from models.domain.evidence import PageKind
from models.domain.learned import Corrected
from models.domain.pages import Page, Parsed, SourceFormat, Word
from models.domain.reading import Context, Reading
from runtime.codec import pack, unpack

_SAMPLE = (
    "PURCHASE ORDER PO-1001", "Order date: 14 March 2031", "Ship to: Example Ltd, 1 Example Road",
    "Pos  Item No.  Description  Qty  Unit  Price  Amount", "1  AB-1001  Sample bolt M8  12  pcs  4.50  54.00", "Total  54.00")


def understand(content: bytes, options: bytes) -> bytes:
    """Packed `Parsed`, packed `Context` → packed tuple of `Reading`."""
    return pack(assemble(unpack(Parsed, content), unpack(Context, options)))


def again(content: bytes, options: bytes) -> bytes:
    """Packed `Parsed`, packed `Context` → packed tuple of `Reading`; an empty one when none of the context's facts is about this
    form."""
    parsed, context = unpack(Parsed, content), unpack(Context, options)
    return pack(assemble(parsed, context) if is_known(parsed.pages, context.learned) else ())


def learn(content: bytes, options: bytes) -> bytes:
    """Packed (pages, the reading of them), packed `Corrected` → packed `Learned` or None."""
    pages, reading = unpack(tuple[tuple[Page, ...], Reading], content)
    return pack(derive(pages, reading, right_of(unpack(Corrected, options))))


def drawn(content: bytes, options: bytes) -> bytes:
    """Packed `Page`, packed `Drawn` → packed `DrawnTable`."""
    return pack(read_drawn(unpack(Page, content), unpack(Drawn, options)))


def _warm_up() -> None:
    """Read a sample, so that patterns are compiled and the lexicon is loaded before the first child is forked, not in each."""
    for kind in PageKind.TEXT, PageKind.PAPER:
        words = tuple(
            Word(text, 0, (9.0 * at, float(row), 9.0 * at + len(text), row + 1.0))
            for row, line in enumerate(_SAMPLE) for at, text in enumerate(line.split()))
        assemble(Parsed(SourceFormat.TEXT, (Page(0, kind, 200.0, float(len(_SAMPLE)), words),)), Context())


_warm_up()
