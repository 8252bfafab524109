"""An order twice: as data inside a PDF and as print on its pages. Pure.

The data is the better source, but nobody sees it: where the print says something else, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from extraction.lexicon import units
from models.domain.codes import clean_code
from models.domain.evidence import Candidate, Found, PageKind
from models.domain.pages import Parsed, Problem
from models.domain.reading import Header, Reading, ReadingLine

_CONTRADICTED = 0.5        # confidence of a value that the print contradicts
_HEADER = ("po_number", "order_date", "currency", "total")
_CODES = ("buyer_sku", "supplier_sku", "gtin")
_PIECE, _PIECES = "H87", frozenset({"C62", "EA"})
_MOST_TOLD = 8             # contradictions told one by one


def reconcile(data: Sequence[Reading], printed: Sequence[Reading], parsed: Parsed) -> tuple[Reading, ...]:
    """The order as the data has it, completed and contradicted by the print of the pages in `parsed`.

    Data that is no order (an invoice, say) only tells what the printed paper is.
    """
    if not data:
        return tuple(printed)
    if not data[0].doc_type.value.opens_case:
        return tuple(replace(reading, doc_type=data[0].doc_type) for reading in printed) or tuple(data)
    seen = _counterpart(data[0], printed)
    if seen is None:
        alone = Problem(
            "print_not_compared", "The order data inside the PDF could not be compared with its printed pages; look at both.")
        return (replace(data[0], problems=(*data[0].problems, *parsed.problems, alone)), *data[1:])
    header, odd = _header(data[0].header, seen.header)
    lines, more = _lines(data[0].lines, seen.lines, _printed_text(parsed))
    pages = tuple(sorted({*data[0].pages, *seen.pages}))
    told = (*data[0].problems, *parsed.problems, *_told([*odd, *more]))
    first = replace(data[0], header=header, lines=lines, problems=told, pages=pages, language=seen.language)
    return (first, *data[1:])


def _counterpart(data: Reading, printed: Sequence[Reading]) -> Reading | None:
    """The printed order with the same number, else the first that says anything."""
    number = data.header.po_number
    same = (r for r in printed if number and r.header.po_number and _plain(r.header.po_number) == _plain(number))
    return next(same, None) or next((r for r in printed if r.lines or r.header.po_number), None)


def _header(data: Header, seen: Header) -> tuple[Header, list[Problem]]:
    changed: dict[str, Any] = {}
    odd: list[Problem] = []
    for name in (f.name for f in fields(Header)):
        ours, theirs = getattr(data, name), getattr(seen, name)
        if ours is None:
            changed[name] = theirs
        elif name in _HEADER and _differ(ours, theirs):
            changed[name] = _contradicted(ours, theirs)
            odd.append(_contradiction(name.replace("_", " ").replace("po number", "order number"), ours, theirs))
    return replace(data, **changed), odd


def _printed_text(parsed: Parsed) -> str:
    """All that a person sees on the printed pages, as codes are compared."""
    return clean_code("".join(
        word.text for page in parsed.pages if page.kind is not PageKind.SEGMENTS for word in page.words if word.seen))


def _lines(
    data: Sequence[ReadingLine], seen: Sequence[ReadingLine], printed: str,
) -> tuple[tuple[ReadingLine, ...], list[Problem]]:
    if len(data) != len(seen):
        sentence = (f"The order data inside the PDF has {len(data)} lines, its printed pages {len(seen)}; "
                    "ask the sender which are meant.")
        return tuple(data), [Problem("data_differs_from_print", sentence)]
    lines: list[ReadingLine] = []
    odd: list[Problem] = []
    for n, (ours, theirs) in enumerate(zip(data, seen, strict=True), 1):
        differing = _differing(ours, theirs, printed)
        odd += [_contradiction(f"{name.replace('_', ' ')} of line {n}", getattr(ours, name), getattr(theirs, name))
                for name in differing]
        changed: dict[str, Any] = {name: _contradicted(getattr(ours, name), getattr(theirs, name)) for name in differing}
        if "uom" not in differing:
            changed["uom"] = theirs.uom or ours.uom        # the same unit in the word of the order, not of the code list
        lines.append(replace(ours, **changed))
    return tuple(lines), odd


def _differing(ours: ReadingLine, theirs: ReadingLine, printed: str) -> list[str]:
    """The fields in which the two contradict each other. A code may stand anywhere in print, and a price may be printed
    before its discount when quantity and amount agree."""
    names = ["quantity"] if _differ(ours.quantity, theirs.quantity) else []
    same_sum = ours.amount is not None and theirs.amount is not None and ours.amount.value == theirs.amount.value
    if _differ(ours.unit_price, theirs.unit_price) and (names or not same_sum):
        names.append("unit_price")
    if ours.uom and theirs.uom and not _meanings(ours.uom.value) & _meanings(theirs.uom.value):
        names.append("uom")
    for name in _CODES:
        code = getattr(ours, name)
        if _differ(code, getattr(theirs, name)) and clean_code(code.value) not in printed:
            names.append(name)
    return names


def _meanings(unit: str) -> frozenset[str]:
    """The codes a unit may stand for; all words for single pieces are one."""
    bare = unit.strip("() .").casefold()
    codes = {code for code, words in units().items() if bare in {w.casefold().rstrip(".") for w in (code, *words)}}
    return frozenset(_PIECE if code in _PIECES else code for code in codes) or frozenset({bare})


def _differ(ours: Found[Any] | None, theirs: Found[Any] | None) -> bool:
    return ours is not None and theirs is not None and _plain(ours) != _plain(theirs)


def _plain(found: Found[Any]) -> object:
    return clean_code(found.value) if isinstance(found.value, str) else found.value


def _contradicted(ours: Found[Any], theirs: Found[Any]) -> Found[Any]:
    other = Candidate(theirs.value, _CONTRADICTED, theirs.evidence)
    return replace(ours, confidence=min(ours.confidence, _CONTRADICTED), candidates=(other, *ours.candidates))


def _contradiction(what: str, ours: Found[Any], theirs: Found[Any]) -> Problem:
    place = theirs.evidence.places[0] if theirs.evidence.places else None
    return Problem(
        "data_differs_from_print",
        f"The {what} is {ours.value} in the order data inside the PDF but {theirs.value} in print; "
        "ask the sender which is meant.",
        place.page if place else None, place.box if place else None)


def _told(odd: Sequence[Problem]) -> list[Problem]:
    if len(odd) <= _MOST_TOLD:
        return list(odd)
    sentence = f"{len(odd) - _MOST_TOLD} more values differ between the order data inside the PDF and its printed pages."
    return [*odd[:_MOST_TOLD], Problem("data_differs_from_print", sentence)]


def on_page(reading: Reading, page: int) -> Reading:
    """The reading with all its places moved from page 0 to `page`."""
    return replace(
        reading, doc_type=_moved(reading.doc_type, page), header=_all_moved(reading.header, page),
        lines=tuple(_all_moved(line, page) for line in reading.lines), pages=(page,),
        problems=tuple(replace(p, page=page if p.page == 0 else p.page) for p in reading.problems))


def _all_moved(values: Any, page: int) -> Any:
    found = {f.name: getattr(values, f.name) for f in fields(values)}
    return replace(values, **{name: _moved(value, page) for name, value in found.items() if isinstance(value, Found)})


def _moved(found: Found[Any], page: int) -> Found[Any]:
    candidates = tuple(replace(c, evidence=_placed(c.evidence, page)) for c in found.candidates)
    return replace(found, evidence=_placed(found.evidence, page), candidates=candidates)


def _placed(evidence: Any, page: int) -> Any:
    return replace(evidence, places=tuple(replace(place, page=page) for place in evidence.places))
