"""Tables whose rows and titles take two printed lines each: both tiers are laid side by side, and read as one wide table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import mean

from extraction.layout.geometry import Line, Segment, Token
from extraction.lines.cells import Prices, assign, spans
from extraction.lines.columns import LONGEST, STACK, Column, Header, header_score, stacked
from extraction.lines.kinds import fit
from models.domain.evidence import PageKind

_LOSS = 0.1        # two tiers that are as good a header as one are tried; the rows decide
_LINE = 0.01       # of two equal headers the one of more lines: "Price" over "net" is one title
_TALL = 2 * STACK - 1   # lines of titles above a header that may be its upper tier: one of them was taken for the header's first
_NEAR = 1.3        # ems of white at most between the tiers of one row


def side_by_side(header: Header, lines: Sequence[Line]) -> tuple[Header, tuple[Line, ...]] | None:
    """The header and the lines under it as one wide tier, when the titles stand in two tiers; None when they do not.

    `lines` are all lines of the document part, the header's own included.
    """
    at = next((n for n, line in enumerate(lines) if line.index == header.first), None)
    last = next((n for n, line in enumerate(lines) if line.index == header.last), None)
    if at is None or last is None or lines[at].kind is PageKind.SHEET:
        return None
    found = _tiers(lines, at, last, header)
    if not found:
        return None
    first, end, upper, lower = found
    shift = max(t.right for line in lines for t in line.tokens) + 4
    moved = tuple(replace(c, left=c.left + shift, right=c.right + shift) for c in lower)
    wide = Header(lines[first].index, lines[end].index, (*upper, *moved))
    return wide, _joined(lines[end + 1 :], upper, lower, shift)


def _tiers(
    lines: Sequence[Line], at: int, last: int, header: Header,
) -> tuple[int, int, tuple[Column, ...], tuple[Column, ...]] | None:
    """First and last line of the titles, and the columns of both tiers; None where one tier explains the titles better."""
    best, most = None, header_score(header.columns) - _LOSS
    for first in range(max(0, at - _TALL), last):
        for end in range(last, min(last + STACK, len(lines))):
            if not (_is_title_block(lines[first : end + 1], end - last) and all(map(_may_be_titles, lines[first:at]))):
                continue
            for cut in range(first + 1, end + 1):
                upper, lower = stacked(lines[first:cut]), stacked(lines[cut : end + 1])
                kinds = [{c.kinds[0] for c in tier if c.kinds} for tier in (upper, lower)]
                if len(upper) < 2 or len(lower) < 2 or kinds[0] & kinds[1] or min(map(len, kinds)) < 1:
                    continue
                score = header_score((*upper, *lower)) + _LINE * (end - first)
                if score > most:
                    best, most = (first, end, upper, lower), score
    return best


def _is_title_block(lines: Sequence[Line], added: int) -> bool:
    """True for lines close together on one page of which the last `added` hold no digits: those would be a row."""
    close = all(b.page == a.page and b.top - a.bottom < _NEAR for a, b in pairwise(lines))
    return close and not any(c.isdigit() for line in lines[len(lines) - added :] for c in line.text)


def _may_be_titles(line: Line) -> bool:
    """False for what stands above a table and says something itself: an address, a label with its value, a sentence."""
    words = max(len(s.tokens) for s in line.segments)
    return words <= LONGEST and not any(c.isdigit() or c == ":" for c in line.text) and line.text[-1] not in ".,;"


def _joined(body: Sequence[Line], upper: Sequence[Column], lower: Sequence[Column], shift: float) -> tuple[Line, ...]:
    """Each line of the upper tier with the line of the lower tier that follows it; other lines stay as they are."""
    out: list[Line] = []
    is_open = False                # the last line of `out` still waits for its lower tier
    for line in body:
        if is_open and _is_lower(line, lower, upper) and line.page == out[-1].page and line.top - out[-1].bottom < _NEAR:
            parts = tuple(_moved(s, shift) for s in line.segments)
            out[-1] = replace(out[-1], bottom=line.bottom, segments=(*out[-1].segments, *parts))
            is_open = False
        else:
            out.append(line)
            is_open = True
    return tuple(out)


def _is_lower(line: Line, lower: Sequence[Column], upper: Sequence[Column]) -> bool:
    """True when the line's words look more like what the lower titles name than like what the upper ones do."""
    return _fit(line, lower) > _fit(line, upper)


def _fit(line: Line, tier: Sequence[Column]) -> float:
    """How well the words look like what the titles above them name, 0..1."""
    cells = assign(line, Prices(spans(tier)))
    return mean(
        fit(tier[c].kinds[0], " ".join(t.text for t in tokens)) if tier[c].kinds else 0.3 for c, tokens in cells.items())


def _moved(part: Segment, shift: float) -> Segment:
    tokens = tuple(_shifted(t, shift) for t in part.tokens)
    return replace(part, tokens=tokens, left=part.left + shift, right=part.right + shift)


def _shifted(token: Token, shift: float) -> Token:
    return replace(token, left=token.left + shift, right=token.right + shift)
