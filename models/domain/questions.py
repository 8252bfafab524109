"""What a customer is asked about an order, and how an answer says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerKind(StrEnum):
    """What an answer may be beside one of the options."""

    OPTION = "option"        # nothing else
    NUMBER = "number"        # a quantity or a price
    DATE = "date"
    CODE = "code"            # one word with a figure in it: a PO number
    FREE = "free"            # a person reads it


class Meaning(StrEnum):
    """What an option says if the customer only writes yes or no."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Option:
    """One lettered answer. Taking it sets `path` of the draft to `value`; None: nothing of the draft follows from it."""

    letter: str
    label: str
    value: str | None = None
    path: str | None = None
    meaning: Meaning = Meaning.NEITHER


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question. `path` is the field of the draft that a typed answer sets; None: a person reads the answer."""

    number: int
    sentence: str
    path: str | None
    kind: AnswerKind
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One line of an answer mail. `is_quoted`: from our mail; `page` and `box` (as of a TEXT page) say where it stands."""

    text: str
    is_quoted: bool
    page: int = 0
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one question. `path` and `value` are set when it is certain what follows; `said` is quoted from
    `line`, the index of the reply's line."""

    number: int
    said: str
    line: int
    path: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class AskedMail:
    """A mail with questions. `opening` and `closing` stand above and below them; who it goes to, and in which language.

    `answers` came back since, the newest to each question.
    """

    recipient: str
    language: str
    subject: str
    opening: str
    closing: str
    questions: tuple[Question, ...]
    answers: tuple[Answer, ...] = ()
