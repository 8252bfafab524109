"""Tables that the places of their titles alone explain badly: rulings, tiers, arithmetic and habits of the rows decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from extraction.assemble import assemble
from models.domain.pages import Page
from models.domain.reading import Context
from tests.support.papers import body, parsed, sheet, table

Line = tuple[str | None, str | None, str | None, str | None, str | None]


def lines(*pages: Page) -> list[Line]:
    """Code, description, quantity, unit and price of each line read."""
    return [
        (
            line.buyer_sku.value if line.buyer_sku else None,
            line.description.value if line.description else None,
            f"{line.quantity.value:f}" if line.quantity else None,
            line.uom.value if line.uom else None,
            f"{line.unit_price.value:f}" if line.unit_price else None,
        )
        for reading in assemble(parsed(*pages), Context()) for line in reading.lines
    ]


def test_titles_and_rows_in_two_tiers() -> None:
    page = table(
        100,
        "Pos   Item No.     Description",
        "Date        Qty     Unit      Price       Amount",
        "1     KX-4471      Hinge brass, left, 80 mm",
        "2031-03-04   24     EA         1.10        26.40",
        "2     KX-5501      Door closer",
        "2031-03-04    2     EA        10.00        20.00",
    )
    assert lines(page) == [
        ("KX-4471", "Hinge brass, left, 80 mm", "24", "EA", "1.10"), ("KX-5501", "Door closer", "2", "EA", "10.00")]


def test_rulings_part_a_column_without_a_title() -> None:
    rows = table(
        100,
        "Item      Description                        Qty      Price      Amount",
        "KX-4      Hinge brass                EA       24       1.10       26.40",
        "KX-5      Hinge brass with a spring  EA      100       0.90       90.00",
        "KX-6      Door closer                CT        2      10.00       20.00",
    )
    across = (17.0, 67.0, 203.0, 233.0, 277.0, 328.0, 380.0)
    page = replace(rows, rules=tuple((x, 95.0, x + 0.5, 160.0) for x in across))
    assert [(code, text, unit) for code, text, _, unit, _ in lines(page)] == [
        ("KX-4", "Hinge brass", "EA"), ("KX-5", "Hinge brass with a spring", "EA"), ("KX-6", "Door closer", "CT")]


def test_a_number_beside_every_code_is_the_quantity_no_title_names() -> None:
    page = table(
        100,
        "                    Item               Price       Amount",
        "3         KX-4471   Hinge brass         4.58        13.74",
        "1         KX-5501   Door closer       154.70       154.70",
        "20        KX-7730   Hinge, spring       2.10        42.00",
    )
    assert [quantity for _, _, quantity, _, _ in lines(page)] == ["3", "1", "20"]


def test_words_that_ran_into_the_code_belong_to_the_description() -> None:
    page = table(
        100,
        "Description              Item No.    Qty    Price    Amount",
        "Hinge brass, left        KX-44771     24     1.10     26.40",
        "Hinge brass with spring, KX-44772      2     2.00      4.00",
        "Door closer of oak with a KX-44773     1     9.00      9.00",
    )
    assert [code for code, *_ in lines(page)] == ["KX-44771", "KX-44772", "KX-44773"]


def test_three_numbers_that_multiply_out_are_quantity_price_and_amount_of_a_typed_row() -> None:
    page = table(
        100,
        "Ln Item                                                     Code   Qty   Price  Tax   Amount",
        "1 Hinge brass 80 mm KX-44771 24 1.10 20 26.40",
        "2 Washer M8 DIN 125 KX-44772 150 0.04 20 6.00",
    )
    assert [(quantity, price) for _, _, quantity, _, price in lines(page)] == [("24", "1.10"), ("150", "0.04")]


def test_a_header_that_comes_again_continues_its_table() -> None:
    header = "Item      Description            Qty        Price      Amount"
    first = table(100, header, "KX-4      Hinge brass             24         1.10       26.40",
                  "KX-5      Hinge steel with         2         0.90        1.80")
    second = table(100, header, "          a long pin", "KX-6      Door closer              1        10.00       10.00", number=1)
    assert [code for code, *_ in lines(first, second)] == ["KX-4", "KX-5", "KX-6"]


def test_a_number_in_a_wrapped_text_makes_no_line_where_lines_are_priced() -> None:
    page = table(
        100,
        "Item      Description            Qty    Price      Amount",
        "KX-4      Hinge brass             24     1.10       26.40",
        "          screwed, strength      8.8",
        "KX-5      Hinge steel              2     0.90        1.80",
    )
    assert [quantity for _, _, quantity, _, _ in lines(page)] == ["24", "2"]


def test_clauses_under_a_table_are_no_lines() -> None:
    page = table(
        100,
        "Ln   Item      Description                    Qty    Price     Amount",
        "1    KX-4      Hinge brass                     24     1.10      26.40",
        "2    KX-5      Hinge steel                      2     0.90       1.80",
        "",
        "3.   Invoices  are payable within              30   days after receipt.",
        "4.   The risk  passes with the goods, clause   12   of our conditions.",
    )
    assert [code for code, *_ in lines(page)] == ["KX-4", "KX-5"]


def test_words_of_two_columns_that_touch_are_cut_where_the_column_begins() -> None:
    page = table(
        100,
        "Item   Description             Qty      Price      Amount",
        "44-712 Hinge brass              24       1.10       26.40",
        "44-713Hinge steel with pin       2       0.90        1.80",
        "44-714Door closer                1      10.00       10.00",
    )
    assert [(code, text) for code, text, *_ in lines(page)] == [
        ("44-712", "Hinge brass"), ("44-713", "Hinge steel with pin"), ("44-714", "Door closer")]


def test_titles_that_touch_are_two_titles() -> None:
    page = table(
        100,
        "CodeDescription           Qty      PriceAmount",
        "KX-4 Hinge brass           24       1.10  26.40",
        "KX-5 Hinge steel            2       0.90   1.80",
        "KX-6 Door closer            1      10.00  10.00",
    )
    assert lines(page)[1] == ("KX-5", "Hinge steel", "2", None, "0.90")


def test_values_that_stand_under_one_another_are_a_column_without_a_title() -> None:
    page = table(
        100,
        "Item      Description                       Price      Amount",
        "KX-4      Hinge brass             24  EA     1.10       26.40",
        "KX-5      Hinge with a spring    100  EA     0.90       90.00",
        "KX-6      Door closer              2  CT    10.00       20.00",
        "KX-7      Door closer, white       3  CT    12.00       36.00",
    )
    assert [(quantity, unit) for _, _, quantity, unit, _ in lines(page)] == [
        ("24", "EA"), ("100", "EA"), ("2", "CT"), ("3", "CT")]


def test_a_price_names_its_unit_behind_the_currency() -> None:
    page = table(
        100,
        "Item      Description            Qty        Price         Amount",
        "KX-4      Hinge brass             24      1.10 €/EA      26.40 €",
        "KX-6      Door closer              2     10.00 €/CT      20.00 €",
    )
    assert [(unit, price) for *_, unit, price in lines(page)] == [("EA", "1.10"), ("CT", "10.00")]


def test_a_code_may_end_a_text_of_several_lines() -> None:
    page = table(
        100,
        "Ln   Description                      Qty    Price    Amount",
        "1    Hinge of brass, polished, with    24     1.10     26.40",
        "     two long pins - KX-44771",
        "2    Door closer, heavy, white -        2     2.00      4.00",
        "     KX-44772",
    )
    assert [(code, text) for code, text, *_ in lines(page)] == [
        ("KX-44771", "Hinge of brass, polished, with two long pins"), ("KX-44772", "Door closer, heavy, white")]


def test_a_charge_whose_text_stands_over_its_numbers_is_a_row() -> None:
    page = table(
        100,
        "Ln    Item       Qty    Unit     Price    Amount",
        "Hinge brass, left, with two long pins",
        "1     KX-4471     24     EA       1.10     26.40",
        "Door closer of oak, heavy, for wide doors",
        "2     KX-5501      2     EA       9.00     18.00",
        "Freight",
        "3                  1     EA      12.00     12.00",
    )
    assert [(text, quantity) for _, text, quantity, *_ in lines(page)][-1] == ("Freight", "1")


def test_running_text_across_the_columns_makes_no_row() -> None:
    page = table(
        100,
        "Ln    Item       Qty    Unit     Price    Amount",
        "Hinge brass DIN 933 zinc plated with pin",
        "1     KX-4471     24     EA       1.10     26.40",
        "Door closer for 14 doors of oak and elm",
        "2     KX-5501      2     EA       9.00     18.00",
    )
    assert [quantity for _, _, quantity, *_ in lines(page)] == ["24", "2"]


def test_a_column_tells_how_its_own_numbers_are_written() -> None:
    grouped = table(
        100,
        "Item      Description                 Qty    Unit",
        "KX-4      Wire 0.75 mm                 12    m",
        "KX-5      Wire 1.25 mm              2.500    m",
    )
    decimals = table(
        100,
        "Item      Description                 Qty    Unit",
        "KX-4      Wire 0,75 mm             12,000    m",
        "KX-5      Wire 1,25 mm             40,000    m",
    )
    assert [quantity for _, _, quantity, *_ in lines(grouped)] == ["12", "2500"]
    assert [Decimal(quantity or 0) for _, _, quantity, *_ in lines(decimals)] == [12, 40]


def test_values_without_a_label_on_a_card_are_what_it_lacks() -> None:
    page = table(
        100,
        "Line: 1     Part No.: KX-4471     24",
        "   Hinge brass, left, 80 mm",
        "EA     Price: 1.10     Amount: 26.40",
        "",
        "Line: 2     Part No.: KX-5501     2",
        "   Door closer",
        "CT     Price: 10.00     Amount: 20.00",
    )
    assert [(quantity, unit, price) for _, _, quantity, unit, price in lines(page)] == [
        ("24", "EA", "1.10"), ("2", "CT", "10.00")]


def test_a_label_whose_value_cannot_be_one_makes_no_card_and_no_fault() -> None:
    page = table(100, "Part No.: on request        12", "Packed in straw")
    assert lines(page) == []


def test_rows_of_two_stacks_under_the_same_titles_are_lines_of_one_table() -> None:
    page = table(
        100,
        "Item      Qty    Unit        Item      Qty    Unit",
        "KX-4471   24     pcs         KX-5501   2      ctn",
        "KX-9012   6      pcs         KX-7013   48     pcs",
        "KX-8800   1      pcs",
    )
    assert [(code, quantity, unit) for code, _, quantity, unit, _ in lines(page)] == [
        ("KX-4471", "24", "pcs"), ("KX-5501", "2", "ctn"), ("KX-9012", "6", "pcs"), ("KX-7013", "48", "pcs"),
        ("KX-8800", "1", "pcs")]


def test_figures_under_the_title_of_the_items_numbers_are_no_numbers_of_lines() -> None:
    rows = [("00471", "Scharnier Messing 40 mm", "24", "1,10", "26,40"),
            ("00934", "Dichtring Gummi 6 mm", "100", "0,90", "90,00"), ("01207", "Handschuhe Leder", "12", "7,85", "94,20")]
    text = "\n".join(
        f"{a:<9}{b:<25}{c:>6}  Stk{d:>8}{e:>8}" for a, b, c, d, e in (("Art.-Nr.", "Bezeichnung", "Menge", "EP", "GP"), *rows))
    found = assemble(parsed(body("Bestellung 77-12 vom 12.03.2031\n\n" + text.replace("  Stk", "  ME ", 1))), Context())
    assert [(line.line_no, line.buyer_sku.value if line.buyer_sku else None) for r in found for line in r.lines] == [
        (None, row[0]) for row in rows]


def test_two_tables_beside_each_other_on_a_sheet_are_both_read() -> None:
    page = sheet(
        ("Order 4711",), (), ("Item", "Description", "Qty", "", "Item", "Description", "Qty"),
        ("KX-4471", "Hinge brass", "24", "", "LM-9", "Lamp", "5"), ("KX-4472", "Hinge steel", "100", "", "CB-10", "Cable", "7"),
        ("00815", "Gloves", "12"))
    assert sorted((code, text, quantity) for code, text, quantity, _, _ in lines(page)) == sorted([
        ("KX-4471", "Hinge brass", "24"), ("KX-4472", "Hinge steel", "100"), ("00815", "Gloves", "12"),
        ("LM-9", "Lamp", "5"), ("CB-10", "Cable", "7")])


def test_a_stack_ends_where_the_next_one_begins_however_far_right_its_values_stand() -> None:
    page = table(
        100,
        "Item          Qty                   Item          Qty",
        "KX-4471                   24 pcs    KX-5501                2 ctn",
        "KX-9012                   6 pcs     KX-7013                48 pcs",
        "KX-8800                   120 pcs",
        "Confirm quantities and the day of delivery within two working days.",
    )
    assert [(code, quantity, unit) for code, _, quantity, unit, _ in lines(page)] == [
        ("KX-4471", "24", "pcs"), ("KX-5501", "2", "ctn"), ("KX-9012", "6", "pcs"), ("KX-7013", "48", "pcs"),
        ("KX-8800", "120", "pcs")]


def test_two_stacks_are_parted_between_numbers_that_stand_close() -> None:
    page = table(
        100,
        "Pos.      Item No.       Qty  Pos.      Item No.       Qty",
        "1         KX-4471        2400 2         KX-5501        36",
        "3         KX-9012        1250 4         KX-7013        48",
    )
    assert [(code, quantity) for code, _, quantity, _, _ in lines(page)] == [
        ("KX-4471", "2400"), ("KX-5501", "36"), ("KX-9012", "1250"), ("KX-7013", "48")]


def test_a_code_with_a_variant_behind_a_colon_stays_whole() -> None:
    page = table(
        100,
        "Item No.            Description            Quantity   Units   Rate      Amount",
        "TENT-2P : Moss      Tent for two, moss           24   Each    118.50    2844.00",
        "TENT-2P : Clay      Tent for two, clay           12   Each    118.50    1422.00",
        "PAD-R               Foam pad, folding            60   Each     14.80     888.00",
    )
    assert [(code, text) for code, text, *_ in lines(page)] == [
        ("TENT-2P : Moss", "Tent for two, moss"), ("TENT-2P : Clay", "Tent for two, clay"), ("PAD-R", "Foam pad, folding")]


def test_a_text_that_ends_in_a_count_does_not_take_the_price_with_it() -> None:
    page = body("""\
Menge  Einheit  Ihre Art.-Nr.  Artikel                             Preis/Einheit
5      Pack     KX-2001        Wischtuch fusselfrei L, 100 St      7,49 €
2      Karton   KX-3140        Kabelbinder 180 mm, 3000 St         41,00 €
10     Rolle    KX-3308        Etiketten 2-lagig, 80 St            6,35 €
1      Stk      KX-8850        Spindelöl-Spray 500 ml              23,90 €
4      Btl      KX-5512        Gips schnell bindend 500 g          9,15 €""")
    assert [(text, quantity, price) for _, text, quantity, _, price in lines(page)] == [
        ("Wischtuch fusselfrei L, 100 St", "5", "7.49"), ("Kabelbinder 180 mm, 3000 St", "2", "41.00"),
        ("Etiketten 2-lagig, 80 St", "10", "6.35"), ("Spindelöl-Spray 500 ml", "1", "23.90"),
        ("Gips schnell bindend 500 g", "4", "9.15")]


def test_facts_right_above_the_titles_are_none_of_them() -> None:
    page = table(
        100,
        "Delivery : Thursday 15 October 2031 before 6 h, to the bakery (rear door)",
        "Terms : direct debit 30 days",
        "Reference   Description              Qty   Unit   Price     Amount",
        "                                                    net",
        "FAR-25      Flour, bag 25 kg          40   bag    19.80     792.00",
        "RYE-25      Rye flour, bag 25 kg       8   bag    23.15     185.20",
    )
    (reading,) = assemble(parsed(page), Context())
    assert [line.quantity.value for line in reading.lines if line.quantity] == [40, 8]
    assert reading.header.requested_date and reading.header.requested_date.value == date(2031, 10, 15)
    assert reading.header.payment_terms and reading.header.payment_terms.value == "direct debit 30 days"


def test_a_remark_between_two_rows_belongs_to_the_upper_one_though_only_a_rule_above_it_parts_them() -> None:
    page = table(
        100,
        "Description                               Qty        Price     Amount",
        "[KX-3000] LED spot dimmable                24 pcs     39.75     954.00",
        "Please pack singly, spots go to two floors.",
        "[KX-2000] Track rail 2 m                    8 pcs     54.00     432.00",
        pitch=20.0,
    )
    ruled = replace(page, rules=tuple((20.0, y, 400.0, y + 0.5) for y in (115.0, 135.0, 175.0)))
    assert [(code, text) for code, text, *_ in lines(ruled)] == [("KX-3000", "LED spot dimmable"), ("KX-2000", "Track rail 2 m")]


def test_rows_without_titles_are_parted_where_most_of_them_part_though_a_long_text_touches_the_next_cell() -> None:
    texts = ("Saw blade 40 in, fine tooth, hardened", "Saw blade 40 in, coarse and hooked tooth", "Blade lubricant")
    sums = (("20 ea", "$23.75", "$475.00"), ("10 ea", "$26.40", "$264.00"), (" 2 ea", "$58.00", "$116.00"))
    rows = (f"{n})  KX-1588-{n}   {text:<40} {'   '.join(own)}" for n, (text, own) in enumerate(zip(texts, sums, strict=True), 1))
    page = body("\n".join((*rows, "", "Total $855.00")))
    assert [(text, quantity) for _, text, quantity, *_ in lines(page)] == list(zip(texts, ("20", "10", "2"), strict=True))
