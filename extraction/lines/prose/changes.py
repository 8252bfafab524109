"""A changed quantity in a sentence: "change KX-4 from 5 to 8", "instead of 5 make it 8 KX-4", "8 statt 5 KX-4"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.lines.prose.codes import AROUND, coded, trimmed
from extraction.lines.prose.counts import Count, count_at
from extraction.lines.prose.items import item
from extraction.lines.prose.naming import described
from extraction.lines.prose.speech import Setting, Speech, folded
from extraction.lines.values import is_code
from models.domain.codes import clean_code
from models.domain.reading import ReadingLine

_SURE = 0.9
_ARROWS = frozenset({"→", "->", "=>", ">", "-->"})
_LONGEST_NAME = 12             # words that name the item of a line
_ENDS = ("change", "goes", "verb", "polite", "not", "and")         # what no name of an item goes on over
_NEAR = 4                      # words between the old and the new quantity


def changed_line(words: tuple[Token, ...], speech: Speech) -> ReadingLine | None:
    """The item with its new quantity; None when the sentence changes none, or names the item neither by number nor by line."""
    change = _change(words, speech)
    if change is None or (value := change.new.value) is None:
        return None
    new = change.new
    line_no, named_to = _line_no(words, speech)
    rest = (*words[: change.start], *words[change.end :])
    if line_no is not None:
        unit = found(new.unit_text, new.unit, _SURE) if new.unit_text else None
        line = ReadingLine(
            line_no=found(line_no.text.strip(".,:;"), (line_no,), _SURE), uom=unit, quantity=found(value, new.tokens, _SURE))
        rest = words[named_to : change.start] if named_to <= change.start else words[change.end :]
        return _with_item(line, rest, speech, apart=line_no.text.endswith((",", ":")))
    code = next((t for t in rest if _is_named(t, speech)), None)
    if code is None:
        return None
    is_told = speech.holds(folded(rest), "command") or speech.holds(folded(rest), "change")
    counted = (replace(t) for t in (*new.tokens, *new.unit))
    return item((*counted, *((code,) if is_told else rest)), speech, Setting(asked=True, line=not is_told))


def _line_no(words: tuple[Token, ...], speech: Speech) -> tuple[Token | None, int]:
    """The number of the line that is changed ("line 20"), and where the words behind it begin."""
    for n in range(len(words) - 1):
        size = speech.spans(words, "line_ref", n)
        if size and n + size < len(words) and words[n + size].text.strip(".,:;").isdigit():
            return words[n + size], n + size + 1
    return None, 0


def _with_item(line: ReadingLine, rest: tuple[Token, ...], speech: Speech, *, apart: bool) -> ReadingLine:
    """The line with the number and the name of its item, where the words between its number and the change give them:
    "line 2 (KX-4 hinge) from 5 to 8", "line 2, KX-4 hinge, goes from 5 to 8". `apart`: a mark follows the line's number, so
    that words up to the next mark are a name even without a code."""
    end = next((n for n in range(len(rest)) if any(speech.spans(rest, role, n) for role in _ENDS)), len(rest))
    words = trimmed(rest[:end])
    owner, code, text = coded(_unbracketed(words), speech) if 0 < len(words) <= _LONGEST_NAME else (None, (), ())
    if code:
        value = found(" ".join(t.text for t in code).strip(AROUND), code, _SURE)
        line = replace(line, supplier_sku=value) if owner == "supplier_sku" else replace(line, buyer_sku=value)
    apart = apart and 0 < end <= _LONGEST_NAME and rest[end - 1].text.endswith((",", ":"))
    named = described(text) if code or apart or (words and words[0].text[0] in "([") else ""
    return replace(line, description=found(named, text, _SURE - 0.1)) if named else line


def _unbracketed(words: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words without one pair of brackets around them all."""
    if len(words) > 1 and words[0].text[0] == "(" and words[-1].text.rstrip(",;.:").endswith(")"):
        first, last = words[0], words[-1]
        return (replace(first, text=first.text[1:]), *words[1:-1], replace(last, text=last.text.rstrip(",;.:")[:-1]))
    return words


def is_changed(words: tuple[Token, ...], speech: Speech) -> bool:
    """True when the sentence puts one quantity in the place of another."""
    return _change(words, speech) is not None


@dataclass(frozen=True, slots=True)
class _Change:
    """The new quantity, and which words say the change."""

    new: Count
    start: int
    end: int


def _change(words: tuple[Token, ...], speech: Speech) -> _Change | None:
    for n in range(len(words)):
        if size := speech.spans(words, "instead", n):
            old = count_at(words, n + size, speech)
            if old is not None:
                end = n + size + old.size
                for at in (*range(end, min(len(words), end + _NEAR)), *range(max(0, n - 3), n)):
                    if (new := count_at(words, at, speech)) and (at >= end or at + new.size == n):
                        return _Change(new, min(n, at), max(end, at + new.size))
        if size := speech.spans(words, "from", n):
            old = count_at(words, n + size, speech)
            if old is None:
                continue
            end = n + size + old.size
            if old.other is not None:                                  # "from 5 to 8" reads like a range
                return _Change(replace(old, value=old.other, other=None, tokens=old.tokens[-1:]), n, end)
            joint = speech.spans(words, "into", end)
            new = count_at(words, end + joint, speech) if joint else None
            if new is not None:
                return _Change(new, n, end + joint + new.size)
        if words[n].text in _ARROWS and n and (new := count_at(words, n + 1, speech)):
            start = next((m for m in range(max(0, n - 3), n) if (c := count_at(words, m, speech)) and m + c.size == n), None)
            if start is not None:
                return _Change(new, start, n + 1 + new.size)
    return _was_and_is(words, speech)


def _was_and_is(words: tuple[Token, ...], speech: Speech) -> _Change | None:
    """ "was 5, now 8", "now 8 (was 5)", "8 (previously 5)"."""
    was, now = _behind(words, "old", speech), _behind(words, "new", speech)
    if was is None:
        return None
    old_at, old_end, _ = was
    if now is not None:
        at, end, new = now
        return _Change(new, min(at, old_at), max(end, old_end))
    for m in range(max(0, old_at - _NEAR), old_at):
        new_count = count_at(words, m, speech)
        if new_count is not None and m + new_count.size >= old_at - 1:
            return _Change(new_count, m, old_end)
    return None


def _behind(words: tuple[Token, ...], role: str, speech: Speech) -> tuple[int, int, Count] | None:
    """Where a wording of this role stands with a count behind it, where that ends, and the count."""
    for n in range(len(words)):
        size = _opened(words, n, role, speech)
        if size:
            at = n + size + (n + size < len(words) and words[n + size].text == ":")
            count = count_at(words, at, speech)
            if count is not None:
                return n, at + count.size, count
    return None


def _opened(words: tuple[Token, ...], n: int, role: str, speech: Speech) -> int:
    """How many words a wording takes here; a bracket before it and a colon behind it are no part of it."""
    bare = (replace(words[n], text=words[n].text.strip("([:,;") or words[n].text), *words[n + 1 : n + 3])
    return speech.spans(bare, role)


def _is_named(token: Token, speech: Speech) -> bool:
    bare = token.text.strip("[]()*:,;.")
    if clean_code(bare) in speech.styles.known_codes:
        return True
    digits = sum(c.isdigit() for c in bare)
    return is_code(bare) and (digits > 4 or (0 < digits < len(bare) and any(c.isalpha() for c in bare)))
