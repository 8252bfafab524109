"""The company at the head of a block of lines."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.fields.names import OFFICES, STREET, head_of, is_company, is_legal_form
from extraction.fields.view import text_of
from extraction.layout.geometry import Token
from extraction.layout.labels import fold

_BLANK = 0.3             # ems of a blank between words
_DEEPEST = 4             # lines of a block over which a name may be spread


def name_of(lines: Sequence[tuple[Token, ...]]) -> tuple[Token, ...] | None:
    """The company at the head of a block: the first of three lines with a legal form, else the first that is no number.

    A name too long for a narrow column goes on below, and its legal form may stand there alone.
    """
    lines = [x for x in lines if sum(t.isalpha() for w in x for t in w.text) > 2 or is_legal_form(text_of(x))]
    if not lines:
        return None
    at = next((n for n, x in enumerate(lines[:_DEEPEST]) if is_company(text_of(x)) and not STREET.search(text_of(x))), 0)
    first, text = lines[at], text_of(lines[at])
    if text.count(",") > 1 or ("," in text and (len(lines) == 1 or is_company(text.partition(",")[0]))):
        first = without_office(first)
        return first[: len(head_of(text_of(first)).split())]
    if at and not says_again(lines[0], first) and all(_runs_on(lines, n) for n in range(at)):
        first = tuple(t for line in lines[: at + 1] for t in line)
    below = lines[at + 1 : at + 2]
    return (*first, *below[0]) if below and is_legal_form(text_of(below[0])) else first


def says_again(name: Sequence[Token], below: Sequence[Token]) -> bool:
    """True for a logo, and the name in full below it: they begin with the same word."""
    return fold(text_of(name))[:1] == fold(text_of(below))[:1]


def _runs_on(lines: Sequence[tuple[Token, ...]], n: int) -> bool:
    """True when the next line's first word has no room at the end of this one, which is no part of an address."""
    line, after, text = lines[n], lines[n + 1][0], text_of(lines[n])
    edge = max(t.right for line in lines for t in line)
    full = line[-1].right + _BLANK + after.right - after.left > edge
    return full and not STREET.search(text) and not any(c.isdigit() for c in text)


def without_office(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name without the department or office beside it on its line: "Purchasing, Acme Ltd", "Acme College, Accounts"."""
    end = next((n for n, t in enumerate(tokens, 1) if t.text.endswith(",")), 0)
    rest = tokens[end:]
    if end and OFFICES & set(fold(text_of(rest))) and not OFFICES & set(fold(text_of(tokens[:end]))) and (
            not is_company(text_of(rest))):
        return tokens[:end]
    named = is_company(text_of(rest)) and not is_legal_form(text_of(rest))
    return rest if named and OFFICES & set(fold(text_of(tokens[:end]))) else tokens
