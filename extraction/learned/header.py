"""Lessons about header fields: drawn from a value that is known to be right, and applied to the next copy of the form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.fields.dates import DateOrder, DateStyle, find_dates, is_weekday
from extraction.fields.names import without_legal_form
from extraction.fields.numbers import CONTINENTAL, ENGLISH, NumberStyle, parse_number
from extraction.fields.view import text_of
from extraction.layout.evidence import found
from extraction.layout.labels import fields_of, fold
from extraction.learned.anchors import all_located, anchors_of, locate
from extraction.learned.paper import Paper
from extraction.learned.search import Run, at_places, runs_of, same_text
from extraction.learned.values import ADDRESSES, CODES, DATES, SAME_ALWAYS, Manner, address_lines, value_at
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.learned import Anchor, Fact, Lesson, LessonKind
from models.domain.reading import Header

LEARNED_SURE = 0.97
MUST = frozenset({"po_number", "total"})
"""Fields whose label a form always prints: without it, it is another form than the one that was learned."""

_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?$")
_RELATIONS = {"beside": 2.0, "below": 1.5, "at": 0.5}


@dataclass(frozen=True, slots=True)
class Drift:
    """A fact that does not fit a copy of its form any more, with what a person is told."""

    fact: Fact
    sentence: str


def lesson_of(
    paper: Paper, field: str, value: Any, places: Sequence[Place], manner: Manner, taken: set[int], was: Found[Any] | None = None,
) -> Lesson | None:
    """What the right value of a header field teaches: where it stands on the form; else that it is always this, for what may be;
    else that it is meant where the same is read again that `was` read, or nothing was.

    `places` are where a person pointed, if they did; `taken` the ids of words that are other values. A place is kept only when
    it leads back to the value on this very paper.
    """
    if field in SAME_ALWAYS:
        return constant_lesson(paper, field, value)
    pointed = at_places(paper.lines, places)
    best: tuple[float, Lesson] | None = None
    for run in (pointed,) if pointed and not _is_print_time(paper, pointed) else tuple(runs_of(paper.lines, value))[:12]:
        lesson = _place(paper, field, value, _with_weekday(paper, run) if isinstance(value, date) else run, manner, taken)
        if lesson is None:
            continue
        score = _RELATIONS[lesson.anchors[0].relation] + 0.3 * len(lesson.anchors) + 3 * _is_named(lesson, field)
        score -= 2 * any(id(t) in taken for t in run) + 4 * _is_print_time(paper, run)
        if best is None or score > best[0]:
            best = (score, lesson)
    if best:
        return best[1]
    if not isinstance(value, str) or field == "po_number" or (was is not None and _same(was.value, value)):
        return None
    printed = next(runs_of(paper.lines, value), ())
    if printed and field in CODES:       # those of another copy are others
        return None
    is_always = not printed and field not in ADDRESSES       # goods go elsewhere on another copy
    instead = None if is_always else str(was.value) if was else ""
    return Lesson(LessonKind.CONSTANT, field, text_of(printed), value, instead=instead)


def _with_weekday(paper: Paper, run: Run) -> Run:
    """The words of a date with the day of the week before it, "Monday, ", "lundi": another copy has another there."""
    part = next(s for line in paper.lines for s in line.segments if any(t is run[0] for t in s.tokens))
    at = next(n for n, t in enumerate(part.tokens) if t is run[0])
    before = part.tokens[at - 1].text if at else ""
    named = is_weekday(before.rstrip(".,")) or (before.endswith(",") and before[:-1].isalpha())
    return (part.tokens[at - 1], *run) if named else run


def constant_lesson(paper: Paper, field: str, value: Any) -> Lesson:
    """That a field is always this on the form; `label` is the value as printed there, empty when it is not."""
    return Lesson(LessonKind.CONSTANT, field, text_of(next(runs_of(paper.lines, value), ())), str(value))


def not_lesson(paper: Paper, field: str, was: Found[Any]) -> Lesson | None:
    """What a value that a person took away teaches: what stands at that label is not this field; a name is not this party."""
    if field in SAME_ALWAYS:
        return Lesson(LessonKind.NOT, field, value=str(was.value))
    run = at_places(paper.lines, was.evidence.places)
    anchors = anchors_of(paper, run, field) if run else ()
    near = tuple(a for a in anchors if a.relation != "at")
    return Lesson(LessonKind.NOT, field, near[0].words, anchors=near, seen=around(run)) if near else None


def _is_named(lesson: Lesson, field: str) -> bool:
    return field in fields_of(lesson.anchors[0].words)


def _is_print_time(paper: Paper, run: Run) -> bool:
    """True for words beside a time of day: when the paper was printed is on no copy what it says on another."""
    line = next(line for line in paper.lines if any(t is run[0] for t in line.tokens))
    return any(_TIME.match(t.text) for t in line.tokens)


def _place(paper: Paper, field: str, value: Any, run: Run, manner: Manner, taken: set[int]) -> Lesson | None:
    wholes = (False, True) if field in ADDRESSES else (False,)
    return next((x for whole in wholes if (x := _led_to(paper, field, value, run, manner, taken, is_whole=whole))), None)


def _led_to(
    paper: Paper, field: str, value: Any, run: Run, manner: Manner, taken: set[int], *, is_whole: bool) -> Lesson | None:
    kept = []
    lesson = Lesson(LessonKind.PLACE, field, is_whole=is_whole)
    for anchor in anchors_of(paper, run, field, taken - set(map(id, run))):
        there = next((r for r in all_located(paper, anchor) or () if r[0] is run[0]), ())
        if not there:
            continue
        changed = replace(lesson, words=_words(field, run, there), skip=_skip(paper, lesson, value, there, manner))
        for style in _manners(manner):
            got = _said(paper, anchor, changed, style)
            if got and _same(got[0], value):
                lesson = changed
                kept.append(anchor)
                break
    labelled = [a for a in kept if a.relation != "at"]      # a place beside other words is for values without a label
    kept = labelled or kept
    return replace(lesson, label=_printed(paper, kept[0].words), anchors=tuple(kept), seen=around(run)) if kept else None


def _said(paper: Paper, anchor: Anchor, lesson: Lesson, manner: Manner) -> tuple[Any, Run] | None:
    """The first value that the anchor leads to."""
    values = (value_at(paper, run, lesson, manner) for run in all_located(paper, anchor) or ())
    return next((got for got in values if got), None)


def around(run: Run) -> Place:
    """The box of some words."""
    boxes = [t.word.box for t in run]
    left, top, right, bottom = (pick(edges) for pick, edges in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    return Place(run[0].word.page, (left, top, right, bottom), run[0].kind)


def _words(field: str, run: Run, there: Run) -> int:
    """How many words make the value, where more stand behind it."""
    return 0 if field in ADDRESSES or len(run) >= len(there) else len(run)


def _skip(paper: Paper, lesson: Lesson, value: Any, there: Run, manner: Manner) -> tuple[str, ...]:
    """The beginnings of the lines in an address block that are no part of the address, "Attn", "Gate"; and what follows it on the
    line on which it ends."""
    if lesson.field not in ADDRESSES:
        return ()
    wanted = "".join(fold(str(value)))
    lines = address_lines(paper, there, manner, is_whole=lesson.is_whole)
    strange = [line for line in lines if "".join(fold(text_of(line))) not in wanted]
    ends = [next((line[n:] for n in range(len(line) - 1, 0, -1) if wanted.endswith(_plain(line[:n]))), ()) for line in strange]
    return tuple(dict.fromkeys(
        " ".join(fold(text_of(end)) if end else fold(text_of(line))[:2]) for line, end in zip(strange, ends, strict=True)))


def _plain(run: Run) -> str:
    return "".join(fold(text_of(run))) or " "


def _manners(manner: Manner) -> Iterator[Manner]:
    """The manner as settled, then the other ways a paper may write."""
    yield manner
    for order in DateOrder:
        for numbers in (ENGLISH, CONTINENTAL):
            yield replace(manner, numbers=numbers, dates=DateStyle(order, near=manner.dates.near))


def _same(got: Any, value: Any) -> bool:
    return same_text(got, value) if isinstance(got, str) and isinstance(value, str) else bool(got == value)


def _printed(paper: Paper, words: str) -> str:
    """An anchor's words as the paper prints them."""
    wanted = words.split()
    for line in paper.lines:
        tokens = line.tokens
        for n in range(len(tokens)):
            said: list[str] = []
            for end in range(n, min(n + len(wanted) + 1, len(tokens))):
                said += fold(tokens[end].text)
                if said == wanted:
                    return text_of(tokens[n : end + 1]).rstrip(": ")
    return words


def with_places(paper: Paper, header: Header, facts: Sequence[Fact], manner: Manner) -> tuple[Header, tuple[Drift, ...]]:
    """The header as the facts have it, newest fact first, and the facts that do not fit this copy of their form."""
    changed: dict[str, Any] = {}
    drifts: dict[str, Drift] = {}
    for fact in facts:
        field = fact.lesson.field
        if field in changed or not hasattr(header, field):
            continue
        value, drift = _applied(paper, getattr(header, field), fact, manner)
        if value is not None:
            changed[field] = value
        elif drift is not None:
            drifts.setdefault(field, drift)
        elif _is_refused(paper, getattr(header, field), fact):
            changed[field] = None
    return replace(header, **changed), tuple(d for field, d in drifts.items() if field not in changed)


def _applied(paper: Paper, was: Found[Any] | None, fact: Fact, manner: Manner) -> tuple[Found[Any] | None, Drift | None]:
    lesson = fact.lesson
    if lesson.kind is LessonKind.CONSTANT:
        return None if _is_other(paper, lesson, was) else _constant(paper, fact), None
    if lesson.kind is not LessonKind.PLACE:
        return None, None
    runs = [all_located(paper, anchor) for anchor in lesson.anchors]
    for run in (run for led in runs for run in led or ()):
        if was is not None and lesson.is_let_stand and _begins_in(run, was):
            return _confirmed(run, was, fact), None
        got = value_at(paper, run, lesson, manner)
        if got:
            return _learned(got, fact, was), None
    if lesson.field not in MUST or (was is not None and all(run is None for run in runs) and not _is_labelled(lesson)):
        return None, None
    name = lesson.field.replace("_", " ").replace("po number", "PO number")
    where = f"“{lesson.label}”"
    gone = all(run is None for run in runs)
    said = f"{where} is not on the page" if gone else f"what stands at {where} is no {name}"
    return None, Drift(fact, f"On this form the {name} was learned to stand at {where}, but here {said}.")


def _is_other(paper: Paper, lesson: Lesson, was: Found[Any] | None) -> bool:
    """Whether a constant has nothing to say: something else was read than where it is meant; or a firm's name that nobody put
    right was read with its legal form, as it is printed everywhere."""
    said = str(was.value) if was else ""
    if lesson.instead is not None:
        return not same_text(said, lesson.instead)
    if not lesson.is_let_stand or len(said) <= len(lesson.value) or not same_text(without_legal_form(said), lesson.value):
        return False
    return all(_goes_on(paper, run) for run in runs_of(paper.lines, lesson.value))


def _goes_on(paper: Paper, run: Run) -> bool:
    """Whether the legal form of a firm follows its name."""
    part = next(s.tokens for line in paper.lines for s in line.segments if any(t is run[-1] for t in s.tokens))
    after = text_of(part[next(n for n, t in enumerate(part) if t is run[-1]) + 1 :])
    return bool(after) and not same_text(without_legal_form(f"{text_of(run)} {after}"), f"{text_of(run)} {after}")


def _is_labelled(lesson: Lesson) -> bool:
    return bool(lesson.anchors) and lesson.anchors[0].relation != "at"


def _learned(got: tuple[Any, Run], fact: Fact, was: Found[Any] | None) -> Found[Any]:
    value, tokens = got
    read = found(value, tokens, LEARNED_SURE)
    proof = replace(read.evidence, origin=Origin.LEARNED, note=_note(fact), fact_id=fact.fact_id)
    same = was is not None and was.value == value
    return Found(value, max(read.confidence, was.confidence if was and same else 0.0), proof, read.candidates)


def _begins_in(run: Run, value: Found[Any]) -> bool:
    """Whether a value was read from words that begin among these."""
    boxes = {(t.word.page, t.word.box) for t in run}
    return any((p.page, p.box) in boxes for p in value.evidence.places[:1])


def _confirmed(run: Run, was: Found[Any], fact: Fact) -> Found[Any]:
    """A value that was read where it was learned to stand: as it was read, and at least as sure as the place."""
    sure = found(was.value, run, LEARNED_SURE).confidence
    return replace(was, confidence=sure, evidence=replace(was.evidence, note=_note(fact), fact_id=fact.fact_id))


def _constant(paper: Paper, fact: Fact) -> Found[Any] | None:
    lesson = fact.lesson
    run = next(runs_of(paper.lines, lesson.value), ())
    if run:
        return _learned((lesson.value, run), fact, None)
    if lesson.label:            # it was printed where it was learned: here it is somebody else's paper
        return None
    return Found(lesson.value, LEARNED_SURE, Evidence(Origin.LEARNED, note=_note(fact), fact_id=fact.fact_id))


def _note(fact: Fact) -> str:
    lesson = fact.lesson
    if lesson.kind is LessonKind.CONSTANT:
        return "always so on forms like this one" if lesson.instead is None else "so on a form like this one"
    return f"stands at “{lesson.label}” on forms like this one"


def _is_refused(paper: Paper, was: Found[Any] | None, fact: Fact) -> bool:
    """True when the value, or one at its place, was taken away by a person; and for a date when its own label stands empty."""
    if fact.lesson.kind is LessonKind.PLACE and fact.lesson.field in DATES and was is not None:
        return _is_labelled(fact.lesson) and locate(paper, fact.lesson.anchors[0]) == ()
    if fact.lesson.kind is not LessonKind.NOT or was is None:
        return False
    if fact.lesson.value:
        return same_text(str(was.value), fact.lesson.value)
    boxes = {(p.page, p.box) for p in was.evidence.places}
    runs = (locate(paper, anchor) for anchor in fact.lesson.anchors)
    return any((t.word.page, t.word.box) in boxes for run in runs for t in run or ())


def style_lessons(values: Iterable[tuple[str, Any]]) -> Iterator[Lesson]:
    """What right values teach about the document's way of writing, each with its text as printed: the one way in which all of
    them that can be read in several ways read right."""
    orders: set[str] = set()
    marks: set[str] = set()
    for text, right in values:
        if isinstance(right, date):
            orders |= _only(order.value for order in DateOrder if right in _days(text, order, right))
        elif isinstance(right, Decimal):
            marks |= _only(style.decimal for style in (ENGLISH, CONTINENTAL) if right in _numbers(text, style))
    for kind, told in ((LessonKind.DATE_ORDER, orders), (LessonKind.NUMBER_STYLE, marks)):
        if len(told) == 1:
            yield Lesson(kind, kind.value, value=told.pop())


def _only(ways: Iterable[str]) -> set[str]:
    found = set(ways)
    return found if len(found) == 1 else set()


def _days(text: str, order: DateOrder, near: date) -> set[date]:
    return {m.value for m in find_dates(text, DateStyle(order, near=near))}


def _numbers(text: str, style: NumberStyle) -> set[Decimal | None]:
    return {parse_number(word, style) for word in (text, *text.split())}
