"""What the segment formats share: segments with components, and values that carry the place they stand at. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.errors import InputError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)-?")
_MOST_DIGITS = 24                            # no order needs more, and exact arithmetic ends at 28
_AROUND = "\r\n\t \x00\x1a"                  # indents, and what old systems put behind the end of a file


class MalformedInterchange(InputError):
    """The bytes begin like an interchange but cannot be taken apart."""

    code = "malformed_edi"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `elements[0]` is its tag, each element a tuple of components; `index` counts from 0 in the file."""

    index: int
    elements: tuple[tuple[str, ...], ...]

    @property
    def tag(self) -> str:
        """The segment's name in capitals."""
        return self.elements[0][0].upper()

    def get(self, element: int, component: int = 0) -> str:
        """The text of a component, "" when it is absent. Element 1 is the first after the tag."""
        if element >= len(self.elements) or component >= len(self.elements[element]):
            return ""
        return self.elements[element][component].strip()

    def place(self, element: int) -> Place:
        """Where an element stands on the file's page."""
        return Place(0, (float(element), float(self.index), element + 1.0, self.index + 1.0), PageKind.SEGMENTS)


Spot = tuple[Segment, int, int]
"""A component: segment, element, component."""


def decode(content: bytes | str) -> str:
    """Text of an interchange: UTF-8 where it is, else Windows-1252, which includes the usual Latin 1."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def evidence(spots: Iterable[Spot]) -> Evidence:
    """Proof from one or more components, in the order given."""
    found = list(spots)
    text = " ".join(segment.get(e, c) for segment, e, c in found)
    return Evidence(Origin.READ, text, tuple(segment.place(e) for segment, e, _ in found))


def text_at(segment: Segment, element: int, component: int = 0) -> Found[str] | None:
    """The component as text, None when it is empty."""
    value = segment.get(element, component)
    return Found(value, 1.0, evidence([(segment, element, component)])) if value else None


def joined(spots: Iterable[Spot], by: str = ", ") -> Found[str] | None:
    """Several components as one text, empty ones left out."""
    full = [spot for spot in spots if spot[0].get(spot[1], spot[2])]
    if not full:
        return None
    return Found(by.join(segment.get(e, c) for segment, e, c in full), 1.0, evidence(full))


def to_decimal(text: str) -> Decimal | None:
    """An interchange's number: optional sign (also behind), point or comma as the decimal mark, no grouping."""
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    sign = -1 if "-" in text else 1
    return sign * Decimal(text.strip("+-").replace(",", "."))


def to_date(text: str) -> date | None:
    """CCYYMMDD… or YYMMDD as a date, years 70–99 in the last century; None for anything else."""
    digits = text[:8] if len(text) >= 8 else (("19" if text[:2] >= "70" else "20") + text if len(text) == 6 else "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def split_segments(text: str, terminator: str, element: str, component: str, release: str = "") -> list[list[list[str]]]:
    """Text → segments → elements → components. A release character takes the meaning from the character behind it.

    Without a component separator each element is one component. Lines wrapped at some width are joined again.
    """
    if terminator not in "\r\n":
        text = text.replace("\r", "").replace("\n", "")
    segments: list[list[list[str]]] = []
    for raw in _split(text, terminator, release):
        stripped = raw.strip(_AROUND)
        if stripped:
            elements = _split(stripped, element, release)
            segments.append([[_plain(c, release) for c in _split(e, component, release)] for e in elements])
    return segments


def _split(text: str, mark: str, release: str) -> list[str]:
    if not mark:
        return [text]
    if not release or release not in text:
        return text.split(mark)
    marks = re.finditer(rf"{re.escape(release)}.|({re.escape(mark)})", text, re.DOTALL)
    cuts = [m.start() for m in marks if m[1]]
    return [text[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(text)], strict=True)]


def _plain(text: str, release: str) -> str:
    return re.sub(rf"{re.escape(release)}(.)", r"\1", text, flags=re.DOTALL) if release and release in text else text


def numbered(segments: Sequence[Sequence[Sequence[str]]]) -> list[Segment]:
    """Segments with their index in the file."""
    return [Segment(n, tuple(tuple(element) for element in segment)) for n, segment in enumerate(segments)]


def split_at(segments: Iterable[Segment], tag: str) -> list[list[Segment]]:
    """Groups that each begin with the tag; what stands before the first is left out."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if segment.tag == tag:
            groups.append([])
        if groups:
            groups[-1].append(segment)
    return groups


def enclosed(segments: Iterable[Segment], start: str, end: str, outer: Collection[str]) -> list[list[Segment]]:
    """Groups from each `start` to its `end`, or to the next segment of the `outer` envelope where the end is missing."""
    groups: list[list[Segment]] = []
    is_open = False
    for segment in segments:
        if segment.tag == start:
            groups.append([])
            is_open = True
        elif segment.tag in outer:
            is_open = False
        if is_open:
            groups[-1].append(segment)
        is_open = is_open and segment.tag != end
    return groups


@dataclass(frozen=True, slots=True)
class Parts:
    """An order's segments: header, a group for each line, summary."""

    header: list[Segment]
    lines: list[list[Segment]]
    summary: list[Segment]


def in_parts(segments: Iterable[Segment], line: Collection[str], summary: Collection[str]) -> Parts:
    """Lines begin with a tag of `line`, the summary with the first tag of `summary`."""
    parts = Parts([], [], [])
    for segment in segments:
        if parts.summary or segment.tag in summary:
            parts.summary.append(segment)
            continue
        if segment.tag in line:
            parts.lines.append([])
        (parts.lines[-1] if parts.lines else parts.header).append(segment)
    return parts
