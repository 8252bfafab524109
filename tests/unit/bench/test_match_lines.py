"""How many items a line fits by what it says, and what the best reader could do with such lines."""

from bench.match import possible
from bench.match_goods import Goods
from bench.match_lines import fitting, make_lines


def test_a_line_of_few_words_fits_several_items_of_a_large_shop_and_a_code_fits_one() -> None:
    few, many = Goods(30, 5), Goods(5_000, 5)
    assert all(fitting(few, line) == 1 for line in make_lines(few, 20, 6, kinds=("partial", "partial_reordered")))
    short = [fitting(many, line) for line in make_lines(many, 40, 6, kinds=("partial", "partial_foreign"))]
    assert sum(count > 1 for count in short) > len(short) / 2 and min(short) >= 1
    assert all(fitting(many, line) == 1 for line in make_lines(many, 20, 6, kinds=("sku", "gtin", "part", "code_in_text")))


def test_a_line_that_leaves_out_an_attribute_may_fit_several_items_too() -> None:
    goods = Goods(60_000, 5)
    lines = make_lines(goods, 60, 6, kinds=("short", "plain"))
    for line in lines:
        assert line.says is not None
        fit = [n for n in range(line.number % len(goods.families), len(goods), len(goods.families))
               if line.says <= {*goods.made(n).spec, goods.made(n).brand, goods.made(n).series}]
        assert fitting(goods, line) == len(fit) and line.number in fit
    assert sum(fitting(goods, line) > 1 for line in lines) > 0


def test_the_best_reader_guesses_among_the_items_that_a_line_fits() -> None:
    assert possible([1, 1, 2, 10], 1) == (1 + 1 + 0.5 + 0.1) / 4
    assert possible([1, 1, 2, 10], 5) == (1 + 1 + 1 + 0.5) / 4
