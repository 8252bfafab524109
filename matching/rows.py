"""What a person does to the rows of a draft at once: fill, move, insert, remove, split, merge, shift, swap, paste, take. Pure.

Each is one change: one version, taken back as one. Values that move keep the place they were read at and how sure they are; they
count as given by the person, so that nothing that follows puts them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from matching.applied import parse_number
from matching.corrections import Lookups, Told, apply_correction, new_key, text_of
from matching.row_change import (
    CODES,
    COLUMNS,
    NUMBERS,
    PASTED,
    Fill,
    Insert,
    Merge,
    Move,
    Paste,
    Remove,
    RowChange,
    Shift,
    Split,
    Swap,
    Take,
)
from matching.rows_paste import paste_rows, take_rows
from matching.wording import row_name
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin
from models.domain.states import LineState
from models.errors import InputError, NotFound

LINES = "lines"
"""The path of a correction that changed which rows there are, or their order."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The draft afterwards, and everything that changed in it."""

    draft: Draft
    told: tuple[Told, ...]


def change_rows(draft: Draft, change: RowChange, evidence: Evidence, lookups: Lookups) -> Changed:
    """Do one change. `evidence` names the person. Raises InputError for what cannot be, with the row; then nothing is changed."""
    match change:
        case Fill():
            changed = _fill(draft, change, evidence, lookups)
        case Move():
            changed = _move(draft, change)
        case Insert():
            changed = _insert(draft, change, evidence, lookups)
        case Remove():
            changed = _remove(draft, change)
        case Split():
            changed = _split(draft, change, evidence)
        case Merge():
            changed = _merge(draft, change, evidence)
        case Shift():
            changed = _shift(draft, change, evidence)
        case Swap():
            changed = _swap(draft, change, evidence)
        case Paste():
            changed = Changed(*paste_rows(draft, change, evidence, lookups))
        case Take():
            changed = _take(draft, change, evidence, lookups)
    if not changed.told:
        raise InputError("Nothing would change: the rows are like that already.", code="nothing_changes")
    return changed


def _place(draft: Draft, key: str) -> int:
    found = next((place for place, line in enumerate(draft.lines) if line.key == key), None)
    if found is None:
        raise NotFound(f"There is no line {key} in this draft. Reload and look again.")
    return found


def _kept(draft: Draft) -> list[DraftLine]:
    return [line for line in draft.lines if line.state is not LineState.REJECTED]


def _column(name: str, among: Sequence[str] = COLUMNS) -> str:
    if name not in among:
        raise InputError(f"The column “{name}” cannot be changed for several rows at once.", code="unknown_column")
    return name


def _given(found: Found[Any] | None, evidence: Evidence) -> Found[Any] | None:
    """The value as the person's own: where it stands and how sure it was read stay."""
    if found is None:
        return None
    return replace(found, evidence=replace(found.evidence, origin=Origin.TYPED, person=evidence.person))


def _differences(before: DraftLine, after: DraftLine, names: Iterable[str]) -> list[Told]:
    texts = ((name, text_of(before, name), text_of(after, name)) for name in names)
    return [Told(f"lines.{before.key}.{name}", was, now) for name, was, now in texts if was != now]


def _with_values(draft: Draft, values: dict[str, dict[str, Any]]) -> Changed:
    """The draft with these fields of these lines, and what that changed."""
    lines: list[DraftLine] = []
    told: list[Told] = []
    for line in draft.lines:
        new = replace(line, **values[line.key]) if line.key in values else line
        lines.append(new)
        told += _differences(line, new, values.get(line.key, ()))
    return Changed(replace(draft, lines=tuple(lines)), tuple(told))


def _each(draft: Draft, texts: Sequence[tuple[str, str]], evidence: Evidence, lookups: Lookups) -> Changed:
    """The same as that many single corrections (path, text); a refusal says which row it is about."""
    told = []
    for path, text in texts:
        try:
            applied = apply_correction(draft, path, text, replace(evidence, text=evidence.text or text), lookups)
        except InputError as e:
            raise InputError(f"Row {path.split('.')[1]}: {e.sentence}", code=e.code) from e
        draft = applied.draft
        if applied.before != applied.after or path == "lines.new":
            told.append(Told(applied.path, applied.before, applied.after))
    return Changed(draft, tuple(told))


def _fill(draft: Draft, change: Fill, evidence: Evidence, lookups: Lookups) -> Changed:
    name = _column(change.field, PASTED)
    source = draft.lines[_place(draft, change.source)]
    text = text_of(source, name)
    if text is None:
        raise InputError(f"{row_name(source)} has nothing in this column to fill with.", code="nothing_to_fill")
    below = [line.key for line in draft.lines[_place(draft, change.source) + 1:] if line.state is not LineState.REJECTED]
    targets = change.targets or tuple(below)
    return _each(draft, [(f"lines.{key}.{name}", text) for key in targets if key != change.source], evidence, lookups)


def _move(draft: Draft, change: Move) -> Changed:
    at = _place(draft, change.key)
    to = min(max(at + change.by, 0), len(draft.lines) - 1)
    if to == at:
        return Changed(draft, ())
    lines = [line for line in draft.lines if line.key != change.key]
    lines.insert(to, draft.lines[at])
    told = Told(LINES, f"line {change.key} in row {at + 1}", f"in row {to + 1}")
    return Changed(replace(draft, lines=tuple(lines)), (told,))


def _insert(draft: Draft, change: Insert, evidence: Evidence, lookups: Lookups) -> Changed:
    applied = apply_correction(draft, "lines.new", change.text, evidence, lookups)
    *others, new = applied.draft.lines
    place = _place(draft, change.after) + 1 if change.after is not None else len(others)
    others.insert(place, new)
    return Changed(replace(draft, lines=tuple(others)), (Told(applied.path, None, applied.after),))


def _remove(draft: Draft, change: Remove) -> Changed:
    for key in change.keys:
        _place(draft, key)
    told: list[Told] = []
    lines: list[DraftLine] = []
    for line in draft.lines:
        if line.key not in change.keys:
            lines.append(line)
        elif line.key.startswith("new-"):
            told.append(Told(LINES, f"line {line.key}", None))
        else:
            lines.append(replace(line, state=LineState.REJECTED))
            told += _differences(line, lines[-1], ["state"])
    return Changed(replace(draft, lines=tuple(lines)), tuple(told))


def _take(draft: Draft, change: Take, evidence: Evidence, lookups: Lookups) -> Changed:
    cleared = Changed(draft, ())
    if change.instead:
        cleared = _remove(draft, Remove(tuple(line.key for line in _kept(draft))))
    taken, told = take_rows(cleared.draft, change, evidence, lookups)
    return Changed(taken, (*cleared.told, *told))


def _split(draft: Draft, change: Split, evidence: Evidence) -> Changed:
    at = _place(draft, change.key)
    line = draft.lines[at]
    whole = line.quantity.value if line.quantity else None
    if whole is None or line.quantity is None:
        raise InputError(f"{row_name(line)} has no quantity to split; type one first.", code="nothing_to_split")
    part = parse_number(change.quantity) if change.quantity else _half(whole)
    if not 0 < part < whole:
        raise InputError(f"Of {whole:f} between 0 and {whole:f} can go to a row of their own.", code="bad_split")
    key = new_key(draft)
    first = replace(line, quantity=_of(line.quantity, whole - part, evidence), amount=None)
    second = replace(line, key=key, line_no=None, quantity=_of(line.quantity, part, evidence), amount=None)
    second = replace(second, item=_given(line.item, evidence), uom=_given(line.uom, evidence))     # nothing is printed for it
    lines = (*draft.lines[:at], first, second, *draft.lines[at + 1:])
    told = (
        Told(f"lines.{line.key}.quantity", f"{whole:f}", f"{whole - part:f}"), Told(f"lines.{key}.quantity", None, f"{part:f}"))
    return Changed(replace(draft, lines=lines), told)


def _half(whole: Decimal) -> Decimal:
    """Half, the second part the smaller: whole numbers stay whole."""
    if whole != whole.to_integral_value():
        return whole / 2
    return whole - (whole / 2).to_integral_value(rounding=ROUND_CEILING)


def _of(found: Found[Decimal], value: Decimal, evidence: Evidence) -> Found[Decimal]:
    return Found(value, found.confidence, replace(found.evidence, origin=Origin.TYPED, person=evidence.person))


def _merge(draft: Draft, change: Merge, evidence: Evidence) -> Changed:
    at = _place(draft, change.key)
    line = draft.lines[at]
    following = next((x for x in draft.lines[at + 1:] if x.state is not LineState.REJECTED), None)
    if following is None:
        raise InputError(f"There is no row below {row_name(line)} to merge with.", code="nothing_to_merge")
    joined = _joined(line, following, evidence)
    lines = tuple(joined if x is line else x for x in draft.lines if x is not following)
    told = [Told(LINES, f"lines {line.key} and {following.key}", f"line {line.key}")]
    told += _differences(line, joined, (*CODES, "quantity"))
    return Changed(replace(draft, lines=lines), tuple(told))


def _joined(line: DraftLine, other: DraftLine, evidence: Evidence) -> DraftLine:
    if line.quantity is not None and other.quantity is not None:
        if not _is_same_goods(line, other):
            raise InputError(
                f"{row_name(line)} and {row_name(other)} are different goods, units or prices. Make them alike first, or leave "
                "one out.", code="rows_differ")
        total = _of(line.quantity, line.quantity.value + other.quantity.value, evidence)
        return replace(line, quantity=total, amount=None)
    values: dict[str, Any] = {
        name: _given(getattr(other, name), evidence) for name in (*COLUMNS, "item") if getattr(line, name) is None}
    if line.description and other.description:
        text = f"{line.description.value} {other.description.value}"[:2_000]
        proof = line.description.evidence
        values["description"] = Found(text, min(line.description.confidence, other.description.confidence), replace(
            proof, origin=Origin.TYPED, person=evidence.person, text=text,
            places=(*proof.places, *other.description.evidence.places)))
    return replace(line, **values)


def _is_same_goods(a: DraftLine, b: DraftLine) -> bool:
    same_item = (a.item.value.item_id if a.item else None) == (b.item.value.item_id if b.item else None)
    return same_item and all(text_of(a, name) == text_of(b, name) for name in ("uom", "unit_price", "requested_date"))


def _shift(draft: Draft, change: Shift, evidence: Evidence) -> Changed:
    name = _column(change.field)
    kept = _kept(draft)
    if not change.by or abs(change.by) >= len(kept):
        raise InputError("A column is shifted by at least one row, and by fewer than there are.", code="bad_shift")
    values: dict[str, dict[str, Any]] = {}
    for place, line in enumerate(kept):
        came = place - change.by
        values[line.key] = {name: _given(getattr(kept[came], name), evidence) if 0 <= came < len(kept) else None}
    return _with_values(draft, values)


def _swap(draft: Draft, change: Swap, evidence: Evidence) -> Changed:
    one, other = _column(change.field), _column(change.other)
    if not any({one, other} <= set(group) for group in (NUMBERS, CODES)):
        raise InputError("A number cannot stand where a text does: swap two columns of numbers, or two of texts.",
                         code="columns_differ")
    kept = _kept(draft)
    into = {one: other, other: one}.get("quantity")
    for line in kept if into else ():
        if (found := getattr(line, into or one)) is not None and found.value == 0:
            raise InputError(f"{row_name(line)} would get the quantity 0. Correct it first, or leave the row out.",
                             code="bad_quantity")
    return _with_values(draft, {
        line.key: {one: _given(getattr(line, other), evidence), other: _given(getattr(line, one), evidence)} for line in kept})
