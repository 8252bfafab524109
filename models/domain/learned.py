"""What reviewers taught about one customer, by what they put right and what they let stand: how its forms are read, and what
it means by its words."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from models.domain.evidence import Place


class LessonKind(StrEnum):
    """What a fact says: about a form, or (`ALIASES`) what this customer means by something printed."""

    PLACE = "place"                  # where the value of a header field stands: at a label, or at other words of the form
    NOT = "not"                      # what stands there, or `value`, is not this header field, though it looks so
    COLUMN = "column"                # a column of the line table, and the line field it holds
    CONSTANT = "constant"            # this header field is always the same on this form
    DATE_ORDER = "date_order"        # which part of a numeric date comes first: "day" or "month"
    NUMBER_STYLE = "number_style"    # the decimal mark: "." or ","
    UNIT = "unit"                    # what a printed unit means: `label` is the unit, `value` a UN/ECE Rec 20 code
    ITEM = "item"                    # what a printed line means: `label` is its code or text, `value` our SKU
    SHIP_TO = "ship_to"              # what a printed address means: `value` is the code of one of the customer's addresses
    SENDER = "sender"                # who writes from an address: `label` is the address, `value` the customer's number
    CUSTOMER = "customer"            # who is meant by a printed name: `label` is the name, `value` the customer's number


ALIASES = frozenset({
    LessonKind.UNIT, LessonKind.ITEM, LessonKind.SHIP_TO, LessonKind.SENDER, LessonKind.CUSTOMER})
"""The kinds that say what something printed means; they hold on any form of the customer."""


KIND = "doc_type"
"""The field of a constant that says what a form is: `value` is the kind, `label` the kind it reads like."""


class FactState(StrEnum):
    """Whether a fact is used."""

    ACTIVE = "active"
    ON_TRIAL = "on_trial"            # it contradicts an earlier one: applied, but asked about until a person agrees once
    PAUSED = "paused"                # contradicted too often; a person decides whether it comes back
    UNDONE = "undone"                # taken back by a person; as if it had never been learned


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a form that any filled-in copy bears, folded, and where they begin: `x` in percent of the page's width on
    paper, in ems elsewhere."""

    text: str
    x: float


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a form looks like whatever is filled in. `kind` is the page's kind, `shape` its width over its height (0: any)."""

    kind: str
    shape: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of the form from which a value is found.

    `relation`: "beside" (right of the words), "below" (under them) or "at" (that far away). `dx` and `dy` are ems from the
    words' left top corner to the value's, `rx` to its right edge; `x` is where the words begin, as in `Mark`. `em` is what an em
    was there, in the measure of `x`: on another copy other sizes of type may prevail (0: as on the copy).
    """

    words: str
    relation: str
    x: float
    dx: float
    dy: float
    rx: float
    em: float = 0.0


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Where a column's values stand: from `left` to `right` as `Mark.x`; `title` folded and where it begins, empty without one.

    `step` is the text line of the row on which they stand, counted from the line of the quantities; `filled` the share of rows
    that have a value. `first` and `last`, of a text column, are the first and last such line its words were met on, and
    `room`, of a text column, is how far it is from there to the next, as `Mark.x` (0: none follows).
    """

    title: str
    title_x: float
    left: float
    right: float
    step: int = 0
    filled: float = 1.0
    first: int = 0
    last: int = 0
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class Printed:
    """What stood on the paper where an alias was taught, as `matching.alias_keys` folds it: codes sorted, text, unit; `said` is
    the text as it was."""

    codes: tuple[str, ...] = ()
    text: str = ""
    uom: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing learned. `field` is a header field or, for a column, a line field ("ignore": not part of the order).

    `label` is what people call the place: the label or title as printed. `words` of a value are taken where more follow it on
    the line, 0 means all of them; for a code within the description `value` says "first" or "last" word; `skip` are folded
    beginnings of lines that are no part of an address, and ends of lines; `is_whole` says that all else in its block is.
    `instead` of a constant is what was read where it is meant ("": nothing was), None where it is meant always.
    """

    kind: LessonKind
    field: str
    label: str = ""
    value: str = ""
    anchors: tuple[Anchor, ...] = ()
    column: ColumnPlace | None = None
    words: int = 0
    skip: tuple[str, ...] = ()
    seen: Place | None = None        # where on the document that taught it
    printed: Printed | None = None   # of an alias: what it is known again by
    is_let_stand: bool = False       # of a form: read so and approved, not put right
    is_whole: bool = False
    instead: str | None = None

    @property
    def origin(self) -> str:
        """Whether a person put it right ("corrected") or approved it as it was read ("approved")."""
        return "approved" if self.is_let_stand else "corrected"

    @property
    def gist(self) -> tuple[str, str, str, str]:
        """What a person takes it to say, wherever on the form it was measured: kind, field, label, value."""
        return self.kind.value, self.field, self.label, self.value


@dataclass(frozen=True, slots=True)
class Learned:
    """The lessons of one corrected document and the form they are for."""

    form: Fingerprint
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What an order says as a person left it, in text form (ISO dates, plain decimals), by field of a reading.

    `header` holds only what they put right, None where they took a value away, and `places` where they pointed; `lines`, all
    of them, only when a line was put right.
    """

    header: dict[str, str | None]
    lines: tuple[dict[str, str], ...] = ()
    places: dict[str, tuple[Place, ...]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """A lesson that is in force for the customer whose document is read; `fact_id` is its number in the ledger (0: not kept)."""

    fact_id: int
    form: Fingerprint
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class Alias:
    """A fact of one of the kinds in `ALIASES` that is in force. `told` says who taught it and where: "Ann Ames in case 12"."""

    fact_id: int
    customer_id: int
    lesson: Lesson
    is_on_trial: bool
    told: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A lesson that approving a case would teach, or would but for a person who declined it. `key` names it in this case."""

    key: str
    lesson: Lesson
    is_declined: bool
