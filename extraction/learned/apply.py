"""Learned facts at work while a document is read: which of them are for this form, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extraction.fields.dates import DateOrder
from extraction.fields.numbers import NumberStyle
from extraction.fields.view import View
from extraction.layout.geometry import Line, Rules
from extraction.layout.reading_order import document_lines
from extraction.learned.fingerprint import fingerprint, is_form
from extraction.learned.header import LEARNED_SURE, with_places
from extraction.learned.judge import judge_of
from extraction.learned.paper import Paper, paper_of
from extraction.learned.table import columns_of, read_learned
from extraction.learned.titles import is_titled
from extraction.learned.values import Manner
from extraction.lines.build import Styles
from extraction.lines.merit import merit
from extraction.lines.table import Table
from models.domain.evidence import Candidate, Found, Origin
from models.domain.forms import SAME_FORM, likeness
from models.domain.learned import KIND, Fact, Fingerprint, LessonKind
from models.domain.pages import Page, Problem
from models.domain.reading import DocumentType, Header

_CLEARLY = 1.0        # of merit by which learned columns must be better where the reader has read the form right without them
DRIFTED = "learned_layout_drifted"
_NOT_APPLIED = "What was learned was not applied; look at the values, and correct them if needed."
_NO_TABLE = "The columns that were learned for this form were not found on it."


@dataclass(frozen=True, slots=True)
class Memory:
    """The facts for the form that these lines are a copy of, newest first; `form` is None for what is no form."""

    paper: Paper
    facts: tuple[Fact, ...] = ()
    form: Fingerprint | None = None

    def styles(self, styles: Styles) -> Styles:
        """How numbers and dates are written, as learned."""
        order, mark = self._value(LessonKind.DATE_ORDER), self._value(LessonKind.NUMBER_STYLE)
        if order:
            styles = replace(styles, date=replace(styles.date, order=DateOrder(order), sure=True))
        if mark:
            styles = replace(styles, number=NumberStyle(mark), is_shown=True)
        judge = judge_of(self.paper, self.columns)
        return replace(styles, judge=judge.worth) if judge else styles

    @property
    def columns(self) -> tuple[Fact, ...]:
        """The learned columns, one fact each; none when there is none for the quantities."""
        columns = columns_of([f for f in self.facts if f.lesson.kind is LessonKind.COLUMN])
        return columns if any(f.lesson.field == "quantity" for f in columns) else ()

    @property
    def _is_read_well(self) -> bool:
        """Whether nobody ever had to put lines of the form right."""
        return all(f.lesson.is_let_stand for f in self.columns)

    def _value(self, kind: LessonKind) -> str | None:
        return next((f.lesson.value for f in self.facts if f.lesson.kind is kind), None)

    def kind(self, read: Found[DocumentType]) -> Found[DocumentType]:
        """What the paper is for: where it reads like what a person said this form only looks like, what they said it is. What was
        said last holds, of what an earlier word makes of the paper too."""
        fact, kind = None, read.value.value
        for said in reversed(self.facts):
            if said.lesson.field == KIND and said.lesson.label == kind:
                fact, kind = said, said.lesson.value
        if fact is None or kind == read.value:
            return read
        proof = replace(read.evidence, origin=Origin.LEARNED, note="always so on forms like this one", fact_id=fact.fact_id)
        return Found(DocumentType(fact.lesson.value), LEARNED_SURE, proof, (Candidate(read.value, 0.0, read.evidence),))

    def tables(
        self, read: Sequence[Table], styles: Styles, rules: Mapping[int, Rules],
    ) -> tuple[tuple[Table, ...], tuple[Problem, ...]]:
        """The line tables, by the learned columns where they explain the page no worse than what was read without them; and
        what is said when learned columns are not on the paper."""
        if not self.columns:
            return tuple(read), ()
        table = read_learned(self.paper, self.columns, styles, rules)
        if table is None and not is_titled(self.columns):       # they were never to be found again: nothing has changed
            return tuple(read), ()
        if table is None:
            return tuple(read), (Problem(DRIFTED, f"{_NO_TABLE} {_NOT_APPLIED}", self.paper.lines[0].page),)
        rival = [line for t in read for line in t.lines]
        other = merit(rival) + (styles.judge(rival) if styles.judge else 0.0)
        if table.worth < other + (_CLEARLY if self._is_read_well else 0.0):
            return tuple(read), ()
        return (Table(table.first, table.last, table.lines, table.kinds),), ()

    def header(self, header: Header, view: View) -> tuple[Header, tuple[Problem, ...]]:
        """The header as learned, and what does not fit any more."""
        if not self.facts:
            return header, ()
        manner = Manner(view.numbers, view.dates, view.rules)
        changed, drifts = with_places(self.paper, header, self.facts, manner)
        return changed, tuple(Problem(DRIFTED, f"{d.sentence} {_NOT_APPLIED}", self.paper.lines[0].page) for d in drifts)


def is_known(pages: Sequence[Page], facts: Sequence[Fact]) -> bool:
    """Whether anything was learned on a form that one of these pages may be the first page of."""
    by_page: dict[int, list[Line]] = {}
    for line in document_lines(pages):
        by_page.setdefault(line.page, []).append(line)
    return any(recall(lines, pages, facts).facts for lines in by_page.values())


def recall(lines: Sequence[Line], pages: Sequence[Page], facts: Sequence[Fact]) -> Memory:
    """The facts that were learned on the form these lines (at least one) are a copy of."""
    paper = paper_of(lines, pages)
    own = fingerprint(paper)
    if not is_form(own):
        return Memory(paper)
    alike = {form: likeness(own, form) for form in {fact.form for fact in facts}}
    return Memory(paper, tuple(f for f in facts if alike[f.form] >= SAME_FORM), own)
