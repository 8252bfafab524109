"""Which readings of one message make which case. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.domain.codes import clean_code
from models.domain.reading import DocumentType


@dataclass(frozen=True, slots=True)
class ReadingHead:
    """What is needed of a reading to say which case it feeds."""

    reading_id: int
    doc_type: DocumentType
    po_number: str | None
    is_body: bool
    line_count: int


def plan_cases(heads: Sequence[ReadingHead]) -> list[tuple[int, ...]]:
    """Reading ids by case, in the order of their first reading.

    Readings of one kind with the same PO number are one order. A mail body that names no PO number of its own belongs to the
    one order attached; with several attached it joins the first if it has no lines, and stands alone if it has.
    """
    wanted = sorted((h for h in heads if h.doc_type.opens_case), key=lambda h: (h.is_body, h.reading_id))
    groups: dict[tuple[str, str], list[ReadingHead]] = {}
    for head in wanted:
        groups.setdefault(_key(head, groups), []).append(head)
    return [tuple(h.reading_id for h in group) for group in sorted(groups.values(), key=lambda g: g[0].reading_id)]


def _key(head: ReadingHead, groups: dict[tuple[str, str], list[ReadingHead]]) -> tuple[str, str]:
    if head.is_body and groups and (len(groups) == 1 or head.line_count == 0) and _says_nothing_else(head, groups):
        return next(iter(groups))
    number = clean_code(head.po_number or "")
    return head.doc_type, number or f"#{head.reading_id}"


def _says_nothing_else(head: ReadingHead, groups: dict[tuple[str, str], list[ReadingHead]]) -> bool:
    """True when the body has no PO number, or when none is printed in the one attachment it comes with."""
    if head.po_number is None:
        return True
    return len(groups) == 1 and all(h.po_number is None and not h.is_body for group in groups.values() for h in group)
