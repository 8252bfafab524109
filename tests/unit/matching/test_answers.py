"""Answers of customers: what is said is taken, what is not certain is left to a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.answers import interpret, parse_answers
from models.domain.questions import AnswerKind, Meaning, Option, Question, ReplyLine

ITEM = Question(1, "Line 10 (blue gloves, 3 box): which item do you mean?", "lines.1.item", AnswerKind.OPTION, (
    Option("a", "GL-L · Nitrile gloves size L blue", "GL-L", "lines.1.item"),
    Option("b", "GL-M · Nitrile gloves size M blue", "GL-M", "lines.1.item")))
TWICE = Question(2, "Line 20 (Hex bolt) repeats another line. Do you want both?", "lines.2.state", AnswerKind.OPTION, (
    Option("a", "yes, both", "confirmed", "lines.2.state", Meaning.YES),
    Option("b", "no, leave this line out", "rejected", "lines.2.state", Meaning.NO)))
PLACE = Question(3, "Which address shall we deliver to?", "ship_to", AnswerKind.OPTION, (
    Option("a", "MAIN · Tinfield Pumps, 14 Quarry Lane, Leeds", "MAIN", "ship_to"),
    Option("b", "YORK · Tinfield depot, 2 Mill Road, York", "YORK", "ship_to")))
COUNT = Question(4, "Line 30 (Ball valve): how many do you want?", "lines.3.quantity", AnswerKind.NUMBER, (
    Option("a", "20", "20", "lines.3.quantity"),))
DAY = Question(5, "On which day shall the goods arrive?", "requested_date", AnswerKind.DATE)
NUMBER = Question(6, "What is the number of your order?", "po_number", AnswerKind.CODE)
AGAIN = Question(7, "Do you want these goods once more?", None, AnswerKind.FREE, (
    Option("a", "yes, once more", meaning=Meaning.YES), Option("b", "no, it is the same order", meaning=Meaning.NO)))
ALL = (ITEM, TWICE, PLACE, COUNT, DAY, NUMBER, AGAIN)


def lines(text: str) -> list[ReplyLine]:
    """As mail programs send: ">" begins what is quoted."""
    return [ReplyLine(line.lstrip("> "), line.startswith(">")) for line in text.strip().splitlines()]


def values(text: str, questions: tuple[Question, ...] = ALL) -> dict[int, str | None]:
    return {a.number: a.value for a in parse_answers(lines(text), questions)}


@pytest.mark.parametrize(("text", "expected"), [
    ("1b 2 yes 3: Leeds", {1: "GL-M", 2: "confirmed", 3: "MAIN"}),
    ("1) B\n2) nein\n3) b", {1: "GL-M", 2: "rejected", 3: "YORK"}),
    ("1 a, 2 ja, 3 = York", {1: "GL-L", 2: "confirmed", 3: "YORK"}),
    ("1. GL-M\n4: 25\n5: 12.05.2031\n6: PO-99/7", {1: "GL-M", 4: "25", 5: "2031-05-12", 6: "PO-99/7"}),
    ("zu 1: b bitte\nzu 2: nein danke", {1: "GL-M", 2: "rejected"}),
    ("Question 2: non\nQ1: b) GL-M", {1: "GL-M", 2: "rejected"}),
    ("1: sí\n2: sí", {1: None, 2: "confirmed"}),
    ("4:\n30", {4: "30"}),
    ("2 oui", {2: "confirmed"}),
    ("1: Nitrile gloves size M", {1: "GL-M"}),
    ("4 a", {4: "20"}),
])
def test_short_answers_are_understood(text: str, expected: dict[int, str | None]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(("text", "number"), [
    ("1: a box of 20", 1), ("1: not the L", 1), ("1: gloves", 1), ("1c", 1), ("3: Hull", 3), ("4: 1,234", 4), ("4: 20 or 30", 4),
    ("4: about 20", 4), ("5: next week", 5), ("6: the usual", 6), ("2: yes and no", 2), ("3: not Leeds", 3), ("1a\n1: b", 1),
    ("7: yes", 7), ("4: -5", 4), ("5: 31.02.2031", 5), ("3: Leeds or York", 3)])
def test_what_is_not_certain_is_left_to_a_person(text: str, number: int) -> None:
    (found,) = [a for a in parse_answers(lines(text), ALL) if a.number == number]
    assert found.value is None and found.said


@pytest.mark.parametrize("text", [
    "Hello,\n\nwe will look into it and come back to you.\n", "We need 3 boxes as soon as possible.",
    "Please call me at 0113 496 0001.", "The 2 pallets came yesterday, thanks.", "See 1.5 mm drawing.", "On 3 May we move."])
def test_prose_answers_nothing(text: str) -> None:
    assert values(text) == {}


def test_answers_stand_between_quoted_questions() -> None:
    text = """
Hello, see below.
> 1. Line 10 (blue gloves, 3 box): which item
> do you mean?
>    a) GL-L · Nitrile gloves size L blue
>    b) GL-M · Nitrile gloves size M blue
b
> 2. Line 20 (Hex bolt) repeats another line. Do you want both?
no, leave this line out
> 3. Which address shall we deliver to?
>    a) MAIN · Tinfield Pumps, 14 Quarry Lane, Leeds
"""
    assert values(text) == {1: "GL-M", 2: "rejected"}


def test_a_number_in_an_older_quote_is_no_question_of_ours() -> None:
    assert values("> 1. Please note our new opening hours\nthanks\n") == {}


def test_to_a_single_question_the_number_may_be_missing() -> None:
    assert values("Hello,\nb please\n", (ITEM,)) == {1: "GL-M"}
    assert values("Dear team,\nYork", (Question(1, "Where?", "ship_to", AnswerKind.OPTION, PLACE.options),)) == {1: "YORK"}
    assert values("b please", (ITEM, TWICE)) == {}


def test_an_answer_tells_the_line_it_stands_on() -> None:
    answers = parse_answers(lines("Hello\n1b\n2 yes"), ALL)
    assert [(a.number, a.said, a.line) for a in answers] == [(1, "b", 1), (2, "yes", 2)]


STYLES = st.sampled_from(["{n}{a}", "{n} {a}", "{n}) {a}", "{n}. {a}", "{n}: {a}", "{n} = {a}", "Frage {n}: {a}"])

CHOSEN = st.dictionaries(st.sampled_from([1, 2, 3]), st.tuples(st.sampled_from("ab"), STYLES), min_size=1)


@given(CHOSEN, st.sampled_from(["\n", "  "]))
def test_letters_are_taken_in_every_style_and_nothing_else_is(chosen: dict[int, tuple[str, str]], glue: str) -> None:
    text = glue.join(style.format(n=n, a=letter) for n, (letter, style) in sorted(chosen.items()))
    options = {q.number: {o.letter: o.value for o in q.options} for q in ALL}
    assert values(text) == {n: options[n][letter] for n, (letter, _) in chosen.items()}


@given(st.text(max_size=200), st.sampled_from(ALL))
def test_whatever_is_written_a_value_is_one_of_the_options_or_typed_in_full(text: str, question: Question) -> None:
    found = interpret(question, text)
    offered = {(o.path, o.value) for o in question.options}
    assert found is None or found in offered or question.kind in {AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.CODE}
