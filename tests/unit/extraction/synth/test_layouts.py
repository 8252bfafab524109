"""Layouts differ in structure, and train and check share none."""

from __future__ import annotations

from extraction.model.synth.headers import HEADERS
from extraction.model.synth.layouts import HELD_BACK, LABEL_FORMS, ROW_SHAPES, RULES, TOTALS, layouts


def _structure(part: str) -> set[tuple[object, ...]]:
    found = layouts("train") if part == "train" else layouts("check")
    return {(x.header, x.info, x.label_form, x.row_shape, x.rules, x.totals, x.columns) for x in found}


def test_there_are_a_hundred_and_more_different_structures() -> None:
    assert len(layouts("train")) >= 100
    assert len(layouts()) == len(layouts("train")) + len(layouts("check")) == len(_structure("train") | _structure("check"))


def test_train_and_check_share_neither_layout_nor_structure() -> None:
    assert not {x.id for x in layouts("train")} & {x.id for x in layouts("check")}
    assert not _structure("train") & _structure("check")


def test_held_back_values_occur_in_the_check_part_alone() -> None:
    for dimension, held in HELD_BACK.items():
        assert all(getattr(x, dimension) not in held for x in layouts("train"))
        for value in held:
            assert sum(getattr(x, dimension) == value for x in layouts("check")) >= 2, value


def test_every_value_of_every_dimension_is_used() -> None:
    for dimension, values in (
        ("header", HEADERS),
        ("row_shape", ROW_SHAPES),
        ("rules", RULES),
        ("totals", TOTALS),
        ("label_form", LABEL_FORMS),
    ):
        assert {getattr(x, dimension) for x in layouts()} == set(values)
        trained = [getattr(x, dimension) for x in layouts("train")]
        assert all(trained.count(v) >= 1 for v in values if v not in HELD_BACK.get(dimension, ()))


def test_the_table_of_layouts_never_changes_between_calls() -> None:
    first = layouts("check")
    layouts.cache_clear()
    assert layouts("check") == first
