"""What the segment formats share: segments with components, and values that carry the place they stand at. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.errors import InputError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)-?")
_AROUND = "\r\n\t \x00\x1a"                # indents, and what old systems put behind the end of a file
_MOST_DIGITS = 24        # no order needs more, and exact arithmetic ends at 28


class MalformedInterchange(InputError):
    """The bytes begin like an interchange but cannot be taken apart."""

    code = "malformed_edi"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `elements[0]` is its tag, each element a tuple of components; `index` counts from 0 in the interchange."""

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
        """Where an element stands on the interchange's page."""
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


def number_at(segment: Segment, element: int, component: int = 0, *, per: Decimal = Decimal(1)) -> Found[Decimal] | None:
    """The component as a number, divided by `per`; None when it is empty or no number."""
    value = to_decimal(segment.get(element, component))
    return None if value is None else Found(value / per, 1.0, evidence([(segment, element, component)]))


def date_at(segment: Segment, element: int, component: int = 0) -> Found[date] | None:
    """The component as a date (CCYYMMDD or YYMMDD, a time behind it ignored); None when it is empty or no date."""
    value = to_date(segment.get(element, component))
    return None if value is None else Found(value, 1.0, evidence([(segment, element, component)]))


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

    Without a component separator each element is one component.
    """
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
    parts = [""]
    for piece in re.split(rf"({re.escape(release)}.|{re.escape(mark)})", text, flags=re.DOTALL):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _plain(text: str, release: str) -> str:
    return re.sub(rf"{re.escape(release)}(.)", r"\1", text, flags=re.DOTALL) if release and release in text else text


def numbered(segments: Sequence[Sequence[Sequence[str]]]) -> list[Segment]:
    """Segments with their index in the interchange."""
    return [Segment(n, tuple(tuple(element) for element in segment)) for n, segment in enumerate(segments)]


def texts(segments: Iterable[Segment]) -> list[list[str]]:
    """Segments as a page shows them: the tag, then one text for each element, components parted by ":"."""
    return [[":".join(components) for components in segment.elements] for segment in segments]
