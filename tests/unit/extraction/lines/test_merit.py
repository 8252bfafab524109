"""Which of two readings of the same words is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from extraction.layout.evidence import found
from extraction.layout.geometry import Line
from extraction.layout.reading_order import document_lines
from extraction.lines.merit import merit
from extraction.lines.tagged import Witness
from extraction.model.tagger import Tags
from models.domain.reading import ReadingLine
from tests.support.papers import table


def printed() -> Line:
    """A row of a table: text, twelve pieces at 4.50."""
    (line,) = document_lines([table(100, "Hinge     12     4.50     54.00")])
    return line


def test_the_tagger_says_which_factor_is_the_quantity() -> None:
    line = printed()
    text, twelve, price, amount = line.tokens
    kinds = ("description", "quantity", "unit_price", "amount")
    witness = Witness([line], Tags(line.tokens, [{f"line.{kind}": 0.9} for kind in kinds]))
    right = ReadingLine(
        description=found("Hinge", [text], 0.9), quantity=found(Decimal(12), [twelve], 0.9),
        unit_price=found(Decimal("4.5"), [price], 0.9), amount=found(Decimal(54), [amount], 0.9))
    swapped = replace(right, quantity=found(Decimal(54), [amount], 0.9), amount=found(Decimal(12), [twelve], 0.9))
    assert merit([right], witness=witness) - merit([swapped], witness=witness) > merit([right]) - merit([swapped])


def test_a_word_that_was_never_tagged_speaks_for_nothing() -> None:
    line = printed()
    said = ReadingLine(description=found("Hinge", line.tokens[:1], 0.9), quantity=found(Decimal(12), line.tokens[1:2], 0.9))
    nobody = Witness([], Tags((), ()))
    assert merit([said], witness=nobody) == merit([said])


def test_words_with_white_between_them_are_no_one_text() -> None:
    (line,) = document_lines([table(100, "O-ring 16X2          KX-1045     12")])
    *text, code, twelve = line.tokens
    quantity = found(Decimal(12), [twelve], 0.9)
    apart = ReadingLine(description=found("O-ring 16X2", text, 0.9), buyer_sku=found("KX-1045", [code], 0.9), quantity=quantity)
    joined = ReadingLine(description=found("O-ring 16X2 KX-1045", [*text, code], 0.9), quantity=quantity)
    close = ReadingLine(description=found("O-ring 16X2", text, 0.9), quantity=quantity)
    assert merit([close]) > merit([joined])
    assert merit([apart]) > merit([joined])


def test_a_unit_is_one_where_it_shares_its_word_with_the_price() -> None:
    (line,) = document_lines([table(100, "Hinge     12     4.50/ea")])
    text, twelve, price = line.tokens
    kinds = ("description", "quantity", "unit_price")
    witness = Witness([line], Tags(line.tokens, [{f"line.{kind}": 0.9} for kind in kinds]))
    said = ReadingLine(
        description=found("Hinge", [text], 0.9), quantity=found(Decimal(12), [twelve], 0.9),
        unit_price=found(Decimal("4.5"), [price], 0.9))
    assert merit([replace(said, uom=found("ea", [price], 0.9))], witness=witness) > merit([said], witness=witness)


def test_a_column_holds_numbers_of_one_owner() -> None:
    (line,) = document_lines([table(100, "KX-4 Hinge     KX-5 Hinge     KX-6 Hinge")])
    words = [line.tokens[n : n + 1] for n in (0, 2, 4)]
    alike = [ReadingLine(buyer_sku=found(code[0].text, code, 0.9)) for code in words]
    mixed = [*alike[:2], ReadingLine(supplier_sku=found(words[2][0].text, words[2], 0.9))]
    assert merit(alike) > merit(mixed)


def test_a_code_with_white_in_it_is_no_better_than_a_price_beside_it() -> None:
    (line,) = document_lines([table(100, "0.72840          KX-1045     12")])
    price, code, twelve = line.tokens
    quantity = found(Decimal(12), [twelve], 0.9)
    joined = ReadingLine(buyer_sku=found("0.72840 KX-1045", [price, code], 0.9), quantity=quantity)
    alone = ReadingLine(buyer_sku=found("KX-1045", [code], 0.9), quantity=quantity)
    assert merit([alone]) > merit([joined])


def test_the_figures_of_an_item_number_no_line() -> None:
    line = printed()
    said = ReadingLine(description=found("Hinge", line.tokens[:1], 0.9), quantity=found(Decimal(12), line.tokens[1:2], 0.9))
    first, item = (replace(said, line_no=found(text, line.tokens[:1], 0.9)) for text in ("00010", "2900076"))
    assert merit([first]) > merit([said]) > merit([item])
