"""Lines that say too little to mean one item, and those that do not."""

from bench.match_goods import Goods
from bench.match_lines import is_told_apart, make_lines


def test_a_line_of_few_words_is_told_apart_only_where_no_other_item_fits_all_it_says() -> None:
    few, many = Goods(30, 5), Goods(5_000, 5)
    assert all(is_told_apart(few, line) for line in make_lines(few, 20, 6, kinds=("partial", "partial_reordered")))
    short = [is_told_apart(many, line) for line in make_lines(many, 40, 6, kinds=("partial", "partial_foreign"))]
    assert sum(short) < len(short) / 2
    assert all(is_told_apart(many, line) for line in make_lines(many, 20, 6, kinds=("plain", "sku")))
