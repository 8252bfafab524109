"""What another reader saw in a word's place: candidates of the value, and repairs where arithmetic says so."""

from __future__ import annotations

from decimal import Decimal

from extraction.assemble import assemble
from models.domain.evidence import Origin, PageKind
from models.domain.pages import Page, Parsed, Rival, SourceFormat, Word
from models.domain.reading import Context, Reading

ROWS = (
    ("Pos", "Item No.", "Description", "Qty", "Price", "Amount"),
    ("1", "AB-1001", "Hexagon bolt", "12", "4.50", "54.00"),
    ("2", "AB-1002", "Hexagon nut", "30", "0.40", "12.00"),
    ("3", "AB-1003", "Washer", "25", "0.20", "5.00"),
)
COLUMNS = (50, 90, 170, 330, 400, 480)


def read(changes: dict[str, tuple[str, tuple[str, ...]]]) -> Reading:
    """The page as OCR read it: some printed words as another text, with rivals."""
    words = [Word("PURCHASE", 0, (50, 30, 110, 42), 0.99), Word("ORDER", 0, (115, 30, 160, 42), 0.99)]
    for row, texts in enumerate(ROWS):
        for left, text in zip(COLUMNS, texts, strict=True):
            x = float(left)
            for part in text.split():
                seen, rivals = changes.get(part, (part, ()))
                box = (x, 100.0 + 16 * row, x + 5.5 * len(part), 110.0 + 16 * row)
                words.append(Word(seen, 0, box, 0.95, rivals=tuple(Rival(r, 0.3, "tesseract") for r in rivals)))
                x += 5.5 * (len(part) + 1)
    page = Page(0, PageKind.PAPER, 595, 842, tuple(words), read_by="accurate")
    (reading,) = assemble(Parsed(SourceFormat.IMAGE, (page,)), Context())
    return reading


def test_a_line_that_multiplies_out_keeps_its_value_and_offers_the_rival() -> None:
    quantity = read({"12": ("12", ("72", "I2"))}).lines[0].quantity
    assert quantity is not None
    assert quantity.value == 12
    assert [c.value for c in quantity.candidates] == [72]
    assert 0 < quantity.candidates[0].probability < 1 - quantity.confidence + 0.001


def test_the_one_rival_that_makes_the_line_multiply_out_is_taken() -> None:
    found = read({"12": ("72", ("12",))})
    quantity = found.lines[0].quantity
    assert quantity is not None
    assert (quantity.value, quantity.evidence.origin) == (Decimal(12), Origin.REPAIRED)
    assert quantity.evidence.text == "72"
    assert [c.value for c in quantity.candidates] == [72]
    assert "amount_mismatch" not in {p.code for p in found.problems}


def test_two_ways_out_are_a_question_not_an_answer() -> None:
    found = read({"12": ("72", ("10",)), "54.00": ("45.00", ("324.00",))})
    line = found.lines[0]
    assert line.quantity is not None
    assert line.amount is not None
    assert (line.quantity.value, line.amount.value) == (Decimal(72), Decimal("45.00"))
    assert "amount_mismatch" in {p.code for p in found.problems}


def test_a_codes_rival_is_its_candidate() -> None:
    line = read({"AB-1002": ("AB-1002", ("A8-1002",))}).lines[1]
    code = line.buyer_sku or line.supplier_sku
    assert code is not None
    assert (code.value, [c.value for c in code.candidates]) == ("AB-1002", ["A8-1002"])
