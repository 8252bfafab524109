"""Several orders in one document: where one ends and the next begins. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from extraction.fields.po_number import named_in
from extraction.layout.geometry import Line
from models.domain.codes import clean_code
from models.domain.evidence import PageKind
from models.domain.pages import WordFlag

_LONGEST_HEADING = 12          # words; a longer line speaks of an order, it does not begin one
_MOST = 50                     # orders of one mail
_GROUPS = 5                    # words that one number may be printed in: "45 0001 2345"

Lines = tuple[Line, ...]


def text_parts(lines: Lines, has_goods: Callable[[Sequence[Line]], bool]) -> tuple[Lines, ...]:
    """The lines of each order in a text that holds several, each under a line that begins with its number.

    What stands above the first and the signature belong to all of them. The text stays whole unless every part names goods.
    """
    if not lines or lines[0].kind is not PageKind.TEXT:
        return (lines,)
    starts: list[int] = []
    seen: set[str] = set()
    for n, line in enumerate(lines):
        number = clean_code(_heading(line) or "")
        if number and number not in seen:
            seen.add(number)
            starts.append(n)
    if not 1 < len(starts) <= _MOST:
        return (lines,)
    above, signature = lines[:starts[0]], tuple(x for x in lines if _is_signed(x))
    own = [tuple(x for x in lines[a:b] if not _is_signed(x)) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    if has_goods(above) or not all(has_goods(part) for part in own):
        return (lines,)
    return tuple((*(x for x in above if not _is_signed(x)), *part, *signature) for part in own)


def bears(lines: Iterable[Line], number: str) -> bool:
    """Whether this number (as `clean_code` gives it) is printed on these lines, whole or in groups."""
    return any(
        clean_code("".join(t.text for t in part.tokens[n:n + size])) == number
        for line in lines for part in line.segments
        for n in range(len(part.tokens)) for size in range(1, _GROUPS + 1))


def _heading(line: Line) -> str | None:
    """The order number that a line begins with the name of."""
    if len(line.tokens) > _LONGEST_HEADING:
        return None
    return named_in(line.text)


def _is_signed(line: Line) -> bool:
    return all(WordFlag.SIGNATURE in t.word.flags for t in line.tokens)
