"""An answer to an offer that takes lines of it by their numbers, "items 1 and 3 please", with the goods as quoted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extraction.fields.kind_words import titles
from extraction.layout.evidence import found
from extraction.layout.geometry import Line
from extraction.layout.labels import fold, heard
from extraction.layout.quotes import newest
from extraction.lines.build import Styles
from extraction.lines.prose import Answer, answered, numbered_goods, speech_of
from extraction.lines.table import Table
from models.domain.evidence import Found, PageKind
from models.domain.reading import DocumentType

_SURE = 0.8


def answer_to_offer(
    lines: Sequence[Line], subject: str | None, styles: Styles, tables: Callable[[Sequence[Line]], Sequence[Table]]
) -> Answer | None:
    """What the newest part of a mail takes of an offer quoted below it; None for any other document. `tables` reads lines."""
    new = newest(lines)
    if not lines or lines[0].kind is not PageKind.TEXT or len(new) == len(lines):
        return None
    own = {line.index for line in new}
    below = [line for line in lines if line.index not in own]
    texts = (subject or "", *(line.text for line in below))
    if not any(titles()[phrase] is DocumentType.QUOTE for text in texts for phrase in heard(fold(text), titles())):
        return None
    if any(line.buyer_sku or line.supplier_sku for table in tables(new) for line in table.lines):
        return None                                        # it says by itself what is ordered
    text = {line.index: line.text for line in below}
    goods = [(text[t.first] if len(t.lines) == 1 else "", line) for t in tables(below) for line in t.lines]
    return answered(new, numbered_goods(goods), speech_of(new, styles)) if goods else None


def taken(answer: Answer) -> Found[DocumentType]:
    """The kind of such a mail: an order, by the words that take the lines."""
    return found(DocumentType.PURCHASE_ORDER, answer.said, _SURE)
