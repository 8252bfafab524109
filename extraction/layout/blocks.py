"""Blocks of lines that stand under one another: addresses, the letterhead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.layout.geometry import Line, Rules, Segment, segment
from extraction.layout.labels import labels_in
from extraction.layout.pairs import is_label
from models.domain.evidence import PageKind

LEADING = 1.15
"""Ems of white between two lines from which on a block is over; in a text body an empty line ends it."""

ATTENTION = re.compile(
    r"^(?:(?:attn|att|attention|fao|z\. ?hd|z\. ?h|t\.a\.v|ter attentie|zu h[äa]nden|[àa] l['’]attention|a la atenci[óo]n|"
    r"at\.?te|all['’]attenzione|c\.a|do r[ąa]k|do wiadomo[śs]ci)\b)", re.IGNORECASE
)
"""How a line begins that says for whom in the house a delivery is."""

_CARE_OF = re.compile(
    r"^(?:c/o|p/a|care of|per adres|presso|chez)\b:? ?\S|"
    r"^(?:job ?site|site|baustelle|chantier|obra|cantiere|bouwplaats|budowa): \S", re.IGNORECASE)
"""How the line of an address begins that names whose place it is, or the site."""

_KEYED = re.compile(r"^[^\W\d](?:[\w.-]{3,24}(?: [\w.-]{2,20})?|[\w.-]{1,24} [\w.-]{2,20}): ?\S")
"""How a line begins that says something of its own: "Incoterm: DAP", "Req. no.: 4711"."""

_TITLES = 3
"""So many titles of columns on a line, and it heads a table."""


def _is_titles(part: Segment) -> bool:
    return len(labels_in(part.tokens, columns=True)) >= _TITLES


def block(
    lines: Sequence[Line], start: int, left: float, right: float, rules: Rules, *, longest: int = 8, until: float = float("inf"),
) -> tuple[Segment, ...]:
    """The segments under one another from line `start` on whose left edge lies in `left`..`right`, one a line; what begins right
    of `until` belongs to the next block.

    The block ends at a wide gap, a horizontal rule, a label, a line without a fitting segment, or after `longest` lines.
    """
    out: list[Segment] = []
    leading = 0.9 if lines[start : start + 1] and lines[start].kind is PageKind.TEXT else LEADING
    for line in lines[start : start + longest + 2]:
        part = _at(line, left, right, rules, until)
        if out and (line.page != lines[start].page or line.top - out[-1].bottom > leading):
            break
        if part is None:
            if out and line.top - out[-1].bottom > leading / 2:
                break
            continue
        is_inside = ATTENTION.match(part.text) or _CARE_OF.match(part.text)
        stops = (is_label(part) or _KEYED.match(part.text) or _is_titles(part)) and not is_inside
        if out and (stops or rules.crosses_y(out[-1].bottom - 0.2, part.top + 0.2, part.left)):
            break
        out.append(part)
        if len(out) == longest:
            break
    return tuple(out)


def _at(line: Line, left: float, right: float, rules: Rules, until: float) -> Segment | None:
    """The segment that begins between these edges, with what follows it after no more than a few blanks."""
    first = next((n for n, s in enumerate(line.segments) if left <= s.left <= right), None)
    if first is None:
        return None
    tokens = list(line.segments[first].tokens)
    for part in line.segments[first + 1 :]:
        if (
            part.left - tokens[-1].right > 1.2
            or part.left > until
            or is_label(part)
            or rules.crosses_x(tokens[-1].right, part.left, part.tokens[0].middle)
        ):
            break
        tokens += part.tokens
    return segment(tokens, line.index)
