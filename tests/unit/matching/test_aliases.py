"""What people said a line means, weighed against what stands on it: sure, asked, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.alias_keys import fold_text, keys_of, printed_line, say_otherwise
from matching.aliases import ASKED, SAME_CODE, SURE, Answer, answer, laid_over
from matching.records import Facts, ItemRecord, LineQuery
from models.domain.draft import ItemMatch
from models.domain.learned import Alias, Lesson, LessonKind

BLUE = ItemRecord(1, "GL-B", "Nitrile gloves size L blue")
ITEMS = (BLUE, ItemRecord(2, "GL-R", "Nitrile gloves size L red"), ItemRecord(3, "HB-8", "Hex bolt M8 x 40"))


def said(number: int, query: LineQuery, sku: str, *, is_on_trial: bool = False) -> Alias:
    label = next(iter(query.codes), query.description)
    lesson = Lesson(LessonKind.ITEM, "item", label, sku, printed=printed_line(query))
    return Alias(number, 1, lesson, is_on_trial, "Ann in case 1")


def facts(aliases: Iterable[Alias], part_numbers: dict[str, int] | None = None) -> Facts:
    filed: dict[str, tuple[Alias, ...]] = {}
    for alias in aliases:
        for key in keys_of(LessonKind.ITEM, alias.lesson.printed) if alias.lesson.printed else ():
            filed[key] = (*filed.get(key, ()), alias)
    return Facts(
        date(2031, 5, 6), items={i.item_id: i for i in ITEMS}, aliases=filed, meant={i.sku: i.item_id for i in ITEMS},
        part_numbers=part_numbers or {})


def weighed(
    query: LineQuery, *aliases: Alias, pool: Sequence[ItemRecord] = ITEMS, part_numbers: dict[str, int] | None = None
) -> tuple[str, float] | None:
    found = answer(query, pool, facts(aliases, part_numbers))
    return (found.item.sku, found.probability) if found else None


GRIPS = LineQuery(("ZX-900",), "Grips, blue", "box")


@pytest.mark.parametrize(("query", "expected"), [
    (GRIPS, ("GL-B", SURE)),
    (LineQuery(("zx 9OO",), "GRIPS blue.", "box"), ("GL-B", SURE)),                     # spacing, case, O for 0
    (LineQuery(("ZX-900",), ""), ("GL-B", SAME_CODE)),
    (LineQuery(("ZX-900", "4006381333931"), "Grips, blue"), ("GL-B", SAME_CODE)),      # one code more
    (LineQuery(("ZX-900",), "Grips for both hands in blue"), ("GL-B", SAME_CODE)),
    (LineQuery(("ZX-900",), "Cable drum, 50 m, three sockets"), ("GL-B", ASKED)),      # quite another text
    (LineQuery(("ZX-900", "GL-R"), "Grips"), ("GL-B", ASKED)),                         # another code names another item
    (LineQuery((), "Grips, blue"), ("GL-B", ASKED)),                                   # the text without its code
    (LineQuery((), "blue grips"), ("GL-B", ASKED)),
    (LineQuery(("ZX-901",), "Grips, blue"), None),                                     # another code
    (LineQuery((), "Grips, red"), None),
])
def test_what_was_said_counts_as_far_as_the_same_stands_there(query: LineQuery, expected: tuple[str, float] | None) -> None:
    assert weighed(query, said(1, GRIPS, "GL-B")) == expected


def test_a_text_beside_the_code_that_names_another_attribute_is_asked_about() -> None:
    taught = LineQuery(("ZX-900",), "Nitrile gloves size L blue")
    assert weighed(replace(taught, description="Nitrile gloves size L red"), said(1, taught, "GL-B")) == ("GL-B", ASKED)
    odd = LineQuery(("ZX-900",), "Nitrile gloves size L red")          # a person said blue though red is printed
    assert weighed(odd, said(1, odd, "GL-B")) == ("GL-B", SURE)


def test_different_words_of_people_and_their_own_part_numbers_are_asked_about() -> None:
    assert weighed(GRIPS, said(1, GRIPS, "GL-B"), said(2, GRIPS, "GL-R")) == ("GL-R", ASKED)
    assert weighed(GRIPS, said(1, GRIPS, "GL-B"), part_numbers={"2X900": 2}) == ("GL-B", ASKED)
    assert weighed(GRIPS, said(1, GRIPS, "GL-B", is_on_trial=True)) == ("GL-B", ASKED)
    assert weighed(GRIPS, said(1, GRIPS, "GONE-1")) is None             # the item has left the catalogue


def test_a_contested_answer_leaves_nothing_sure_and_a_sure_one_leaves_the_rest() -> None:
    ranked = (ItemMatch(2, "GL-R", "red", 0.97), ItemMatch(1, "GL-B", "blue", 0.02))
    alias = said(1, GRIPS, "GL-B")
    contested = laid_over(ranked, Answer(alias, BLUE, ASKED, True, "said"))
    assert [(m.sku, m.probability) for m in contested] == [("GL-B", ASKED), ("GL-R", pytest.approx(0.396, abs=0.001))]
    sure = laid_over(ranked, Answer(alias, BLUE, SURE, False, "said"))
    assert sure[0].sku == "GL-B" and sure[0].reasons[0] == "said" and sum(m.probability for m in sure) <= 1
    hint = laid_over(ranked, Answer(alias, BLUE, ASKED, False, "said"))
    assert hint[0].probability == ASKED and sum(m.probability for m in hint) <= 1


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4), st.text(max_size=10))
def test_every_line_is_filed_under_short_keys_that_it_is_found_by(text: str, codes: list[str], unit: str) -> None:
    query = LineQuery(tuple(codes), text, unit)
    keys = keys_of(LessonKind.ITEM, printed_line(query))
    assert all(len(key) <= 72 and "\0" not in key for key in keys)
    again = keys_of(LessonKind.ITEM, printed_line(LineQuery(tuple(reversed(codes)), f"  {text} ", unit)))
    assert set(again) == set(keys)


@given(st.text(max_size=60))
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_numbers_stay_apart_whatever_is_folded() -> None:
    assert fold_text("M8×40, verz.") == fold_text("m 8 x 40 VERZ") != fold_text("M84 x 0")
    assert len({fold_text(t) for t in ("1.5 mm", "15 mm", "1 5 mm", "1/5 mm")}) == 4
    assert fold_text("1,5 mm") == fold_text("1.5 mm")


def test_the_same_words_by_another_unit_do_not_contradict() -> None:
    box, piece, none = (printed_line(replace(GRIPS, uom=uom)) for uom in ("box", "pcs", None))
    assert not say_otherwise(box, piece) and say_otherwise(box, box) and say_otherwise(box, none)
