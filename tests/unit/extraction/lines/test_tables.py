"""Line tables: the row shapes of real orders, typed on a grid."""

from __future__ import annotations

from decimal import Decimal

from extraction.assemble import assemble
from extraction.lines.run_together import strangeness
from models.domain.pages import Page
from models.domain.reading import Context, Reading
from tests.support.papers import paper, parsed, sheet, table

Rows = tuple[tuple[float, list[tuple[float, str]]], ...]


def lines(*pages: Page) -> list[dict[str, str]]:
    """The lines read, each as its filled fields."""
    readings = assemble(parsed(*pages), Context())
    return [flat(reading, n) for reading in readings for n in range(len(reading.lines))]


def flat(reading: Reading, n: int) -> dict[str, str]:
    fields = ("line_no", "buyer_sku", "supplier_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount", "comment")
    line = reading.lines[n]
    return {f: str(found.value) for f in fields if (found := getattr(line, f))}


def test_one_row_a_line() -> None:
    page = table(
        100,
        "Ln  Item     Description        Qty   UM    Price     Amount",
        "1   KX-4     Hinge brass         24   EA     1.10      26.40",
        "2   KX-5     Hinge steel        100   EA     0.90      90.00",
        "                                        Total:        116.40",
    )
    assert lines(page) == [
        {
            "line_no": "1",
            "buyer_sku": "KX-4",
            "description": "Hinge brass",
            "quantity": "24",
            "uom": "EA",
            "unit_price": "1.10",
            "amount": "26.40",
        },
        {
            "line_no": "2",
            "buyer_sku": "KX-5",
            "description": "Hinge steel",
            "quantity": "100",
            "uom": "EA",
            "unit_price": "0.90",
            "amount": "90.00",
        },
    ]


def test_numbers_first_then_code_then_text() -> None:
    page = table(
        100,
        "Line              Quantity  Unit      Price    Amount",
        "010               24        EA         1.10     26.40",
        "  KX-4477",
        "    Hinge brass",
        "020               2         EA        10.00     20.00",
        "  KX-5501",
        "    Door closer",
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"]) for x in lines(page)] == [
        ("KX-4477", "Hinge brass", "24"),
        ("KX-5501", "Door closer", "2"),
    ]


def test_a_line_that_was_not_full_did_not_wrap() -> None:
    page = table(
        100,
        "Description                       Qty   Price   Amount",
        "Steel cabinet with two doors,       4   10.00    40.00",
        "grey",
        "urgent",
        "Shelf                               2    5.00    10.00",
    )
    first, second = lines(page)
    assert first["description"] == "Steel cabinet with two doors, grey"
    assert first["comment"] == "urgent"
    assert second["description"] == "Shelf"


def test_a_text_that_breaks_off_goes_on_below_and_a_remark_does_not() -> None:
    page = table(
        100,
        "Ln  Item     Description                                  Qty    Price     Amount",
        "1   KX-4     Glass cloth, herringbone, wide rolls, white   24     1.10      26.40",
        "2   KX-5     Drain, slotted,                              100     0.90      90.00",
        "             1 m wide",
        "3   KX-6     Drain with filter                             10     2.00      20.00",
        "             as quoted",
        "4   KX-7     Drain pipe                                    10     2.00      20.00",
        "             Cut to length",
        "5   KX-8     Drain pipe, large, with end caps of steel     10     2.00      20.00",
        "             N.B. DELIVER FIRST",
    )
    assert [x["description"] for x in lines(page)] == [
        "Glass cloth, herringbone, wide rolls, white", "Drain, slotted, 1 m wide", "Drain with filter", "Drain pipe",
        "Drain pipe, large, with end caps of steel",
    ]


def test_text_first_numbers_last() -> None:
    page = table(
        100,
        "Description               Qty     Price    Amount",
        "Steel cabinet",
        "                            4     10.00     40.00",
        "Wooden shelf",
        "                            2      5.00     10.00",
    )
    assert [(x["description"], x["quantity"]) for x in lines(page)] == [("Steel cabinet", "4"), ("Wooden shelf", "2")]


def test_your_and_our_number_under_the_text() -> None:
    page = table(
        100,
        "Description               Qty     Price    Amount",
        "Steel cabinet               4     10.00     40.00",
        "Your Part No.: SC-4471",
        "Our Part No.: 55-0012",
    )
    (line,) = lines(page)
    assert (line["supplier_sku"], line["buyer_sku"], line["description"]) == ("SC-4471", "55-0012", "Steel cabinet")


def test_a_revision_behind_the_number_is_no_part_of_it_where_the_title_says_so() -> None:
    page = table(
        100,
        "Part No / Rev   Description               Qty     Price    Amount",
        "ZK-4471-02/C    Bush, hardened              4     10.00     40.00",
        "                Your Part: 4471-BU",
        "ZK-2208-11 / A  End plate                   3     20.00     60.00",
    )
    assert [(x["buyer_sku"], x.get("supplier_sku"), x["description"]) for x in lines(page)] == [
        ("ZK-4471-02", "4471-BU", "Bush, hardened"), ("ZK-2208-11", None, "End plate")]


def test_a_table_of_deliveries_within_a_row_is_no_part_of_its_text() -> None:
    page = table(
        100,
        "Ln  Item     Description              Qty         Price     Amount",
        "1   KX-4471  Bush, hardened            150 EA      1.00     150.00",
        "             Rel   Due Date     Quantity",
        "             1     04-Mar-2031   100 EA",
        "             2     18-Mar-2031    50 EA",
        "2   KX-2208  End plate                  30 EA      2.00      60.00",
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"]) for x in lines(page)] == [
        ("KX-4471", "Bush, hardened", "150"), ("KX-2208", "End plate", "30")]


def test_a_code_inside_the_description_is_taken_out() -> None:
    page = table(
        100,
        "Product                        Qty     Price    Amount",
        "[DESK-4711] Desk oak             4     10.00     40.00",
        "[DESK-4712] Desk beech           1     12.00     12.00",
    )
    assert [(x["buyer_sku"], x["description"]) for x in lines(page)] == [("DESK-4711", "Desk oak"), ("DESK-4712", "Desk beech")]


def test_a_price_per_hundred_is_divided_by_print_or_by_arithmetic() -> None:
    page = table(
        100,
        "Item      Qty     Unit Price      Amount",
        "KX-4471   500     12.80 / 100      64.00",
        "KX-4472   250     4.00             10.00",
    )
    assert [x["unit_price"] for x in lines(page)] == ["0.128", "0.04"]


def test_which_twin_column_is_the_price_follows_from_the_amount() -> None:
    page = table(
        100,
        "Item        Qty    List Price    Net Price    Amount",
        "KX-4471      10         5.00         4.00     40.00",
        "KX-4472       3         8.00         6.00     18.00",
    )
    assert [x["unit_price"] for x in lines(page)] == ["4.00", "6.00"]


def test_schedule_rows_and_kit_parts_are_no_lines() -> None:
    page = table(
        100,
        "Description               Qty     Price    Amount",
        "Service kit                 2     55.00    110.00",
        "- filter                    4",
        "- gasket                    8",
        "Hinge                     600      1.10    660.00",
        "Delivery 04.03.2031       200",
        "Delivery 18.03.2031       400",
    )
    assert [(x["description"], x["quantity"]) for x in lines(page)] == [("Service kit", "2"), ("Hinge", "600")]


def test_empty_numbered_rows_totals_and_terms_are_no_lines() -> None:
    page = table(
        100,
        "No.  Description               Qty     Price    Amount",
        "1    Steel cabinet               4     10.00     40.00",
        "2                                                 0.00",
        "3                                                 0.00",
        "     Subtotal                                    40.00",
        "     Freight                                      5.00",
        "     Total                                       45.00",
        "Prices are fixed for 30 days; quantity and price need our consent, cancellation within 14 days.",
    )
    assert [x["description"] for x in lines(page)] == ["Steel cabinet"]


def test_a_table_runs_over_pages_with_and_without_its_header() -> None:
    head = "Ln  Item     Description        Qty   UM    Price     Amount"
    first = table(
        100,
        head,
        "1   KX-4     Hinge brass         24   EA     1.10      26.40",
        "    Carried forward                                  26.40",
    )
    again = table(60, head, "2   KX-5     Hinge steel        100   EA     0.90      90.00", number=1)
    bare = table(60, "3   KX-6     Hinge oak           10   EA     2.00      20.00", number=2)
    assert [x["line_no"] for x in lines(first, again, bare)] == ["1", "2", "3"]


def test_a_header_stacked_on_two_lines() -> None:
    page = table(
        100,
        "Item        Order      Unit        Extended",
        "Number      Qty        Price       Price",
        "",
        "KX-4471      10         5.00          50.00",
        pitch=11.0,
    )
    (line,) = lines(page)
    assert (line["buyer_sku"], line["quantity"], line["unit_price"], line["amount"]) == ("KX-4471", "10", "5.00", "50.00")


def test_cards_of_labelled_values() -> None:
    page = table(
        100,
        "Line: 10   Item: KX-4471   Qty: 20",
        "Hinge brass",
        "Unit Price: 1.10   Amount: 22.00",
        "Line: 20   Item: KX-4472   Qty: 5",
        "Hinge steel",
        "Unit Price: 2.00   Amount: 10.00",
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"], x["amount"]) for x in lines(page)] == [
        ("KX-4471", "Hinge brass", "20", "22.00"),
        ("KX-4472", "Hinge steel", "5", "10.00"),
    ]


def test_cards_whose_titles_stand_above_their_values() -> None:
    page = table(
        100,
        "1  Hinge, brass 40 x 30",
        "Qty          Price        Total          Need By",
        "20 EA        1.10         22.00          04-Mar-2031",
        "Supplier Part No    Material No          Cost Center",
        "BQ-4471             770119               OPS-12",
        "2  Hinge, steel",
        "Keep dry in transit",
        "Qty          Price        Total          Need By",
        "5 EA         2.00         10.00          11-Mar-2031",
        "Supplier Part No    Material No          Cost Center",
        "BQ-4472                                  OPS-12",
    )
    assert [(x["line_no"], x["supplier_sku"], x["description"], x["quantity"], x["amount"]) for x in lines(page)] == [
        ("1", "BQ-4471", "Hinge, brass 40 x 30", "20", "22.00"), ("2", "BQ-4472", "Hinge, steel", "5", "10.00")]


def test_boxes_above_a_table_of_one_row_make_no_card() -> None:
    page = table(
        100,
        "P.O. No.     Terms        Due Date       Rep",
        "10-4471      Net 30       04-Mar-2031    QB",
        "Qty   Item       Description         Rate     Amount",
        "20    KX-4471    Hinge brass         1.10      22.00",
        "                 with long wings",
    )
    (line,) = lines(page)
    assert (line["buyer_sku"], line["description"], line["quantity"]) == ("KX-4471", "Hinge brass with long wings", "20")


def test_prices_that_add_up_to_the_sum_below_are_amounts() -> None:
    page = table(
        100,
        "Quantity    What                          Price ex GST",
        "1200        Flyers, one fold                   $450.00",
        "40          Banners, hemmed                    $320.00",
        "                                 Total ex GST  $770.00",
    )
    assert [(x["quantity"], x["amount"], x.get("unit_price")) for x in lines(page)] == [
        ("1200", "450.00", None), ("40", "320.00", None)]


def test_prices_of_one_piece_stay_prices_whatever_is_printed_below() -> None:
    page = table(
        100,
        "Quantity    What                          Price ex GST",
        "2           Flyers, one fold                    $10.00",
        "3           Banners, hemmed                     $20.00",
        "                                 Total ex GST   $80.00",
        "                                 Deposit        $30.00",
    )
    assert [(x["quantity"], x["unit_price"]) for x in lines(page)] == [("2", "10.00"), ("3", "20.00")]


def test_rows_run_together_are_parted_by_looks() -> None:
    page = table(
        100,
        "Item       Description            Qty     UM      Price     Amount",
        "KX-4471 Hinge brass 24 EA 1.10 26.40",
        "KX-4472 Hinge steel long 10 EA 2.00 20.00",
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"], x["amount"]) for x in lines(page)] == [
        ("KX-4471", "Hinge brass", "24", "26.40"),
        ("KX-4472", "Hinge steel long", "10", "20.00"),
    ]


def test_a_unit_behind_the_quantity_of_a_row_run_together_is_its_unit() -> None:
    page = table(
        100,
        "Item       Description            Qty     Price     Amount",
        "KX-4471 Hinge brass 24 pcs 1.10 26.40",
        "KX-4472 Grease 2 kg tin 10 box 2.00 20.00",
    )
    assert [(x["description"], x["quantity"], x["uom"], x["unit_price"]) for x in lines(page)] == [
        ("Hinge brass", "24", "pcs", "1.10"), ("Grease 2 kg tin", "10", "box", "2.00")]


def test_a_price_names_what_it_is_for_and_its_unit_behind_a_slash_each() -> None:
    page = table(
        100,
        "Item        Description     Qty      Price              Amount",
        "KX-4471     Hinge brass     1000     17.54 / 100/pcs    175.40",
        "KX-4472     Hinge steel     3        13.26/pcs          39.78",
    )
    assert [(x["quantity"], x["uom"], x["unit_price"]) for x in lines(page)] == [("1000", "pcs", "0.1754"), ("3", "pcs", "13.26")]


def test_a_table_without_titles_is_proved_by_arithmetic() -> None:
    page = table(
        100, "KX-4471     Hinge brass          24     1.10      26.40", "KX-4472     Hinge steel         100     0.90      90.00"
    )
    assert [(x["quantity"], x["unit_price"], x["amount"]) for x in lines(page)] == [
        ("24", "1.10", "26.40"),
        ("100", "0.90", "90.00"),
    ]


def test_a_last_word_that_looks_like_a_unit_stays_in_its_text() -> None:
    page = table(
        100,
        "Description                     Quantity     Unit Price     Tax      Amount",
        "Sleeper 200x50                     36.00          24.90     10%      896.40",
        "Concrete premix, rapid set         60.00           8.15     10%      489.00",
        "H post 1350 mm, galvanised         13.00          41.50     10%      539.50",
        "Pallet deposit, returnable          2.00          38.00     10%       76.00",
    )
    assert lines(page)[1] == {
        "description": "Concrete premix, rapid set", "quantity": "60.00", "unit_price": "8.15", "amount": "489.00"}


def test_a_line_number_and_a_code_run_together_with_the_text_are_parted() -> None:
    page = table(
        100,
        "Description                        Quantity     Unit Price       Amount",
        "10 1064333952 Nitrile glove              20           6.30       126.00",
        "20 1083158145 V-belt                      2           5.40        10.80",
        "30 1033433045 O-ring                    100           0.50        50.00",
    )
    read = [(x.get("line_no"), x.get("buyer_sku"), x.get("description")) for x in lines(page)]
    assert read == [("10", "1064333952", "Nitrile glove"), ("20", "1083158145", "V-belt"), ("30", "1033433045", "O-ring")]


def test_german_columns_and_comma_decimals() -> None:
    page = table(
        100,
        "Pos  Artikel-Nr.   Bezeichnung         Menge  ME     EP        GP",
        "10   K-4471        Scharnier Messing   1.000  Stk    1,10   1.100,00",
        "20   K-4472        Scharnier Stahl        50  Stk    0,90      45,00",
    )
    assert [(x["quantity"], x["uom"], x["amount"]) for x in lines(page)] == [("1000", "Stk", "1100.00"), ("50", "Stk", "45.00")]


def test_a_catalogue_sheet_orders_only_the_rows_with_a_quantity() -> None:
    page = sheet(
        ["Code", "Description", "Pack", "Price", "Qty"],
        ["KX-1", "Hinge", "10", "1.10", ""],
        ["KX-2", "Bolt", "50", "0.20", "5"],
        ["KX-3", "Nut", "50", "0.10", "0"],
    )
    assert [(x["buyer_sku"], x["quantity"]) for x in lines(page)] == [("KX-2", "5")]


def test_the_column_that_is_filled_for_some_goods_only_says_how_many_of_them() -> None:
    page = sheet(
        ["Order", "Code", "Product", "Case", "Barcode", "Case price"],
        ["", "", "GARDEN TOOLS", "", "", ""],
        ["", "KX-1", "Hand trowel", "12", "4000000001010", "3.10"],
        ["2", "KX-2", "Garden fork", "6", "4000000001027", "5.20"],
        ["", "KX-3", "Wooden rake", "6", "4000000001034", "6.10"],
        ["4", "KX-4", "Leaf broom", "8", "4000000001041", "4.40"],
        ["6", "", "cases garden tools", "", "", ""],
        ["6", "", "TOTAL CASES", "", "Order value", "28.00"],
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"]) for x in lines(page)] == [
        ("KX-2", "Garden fork", "2"), ("KX-4", "Leaf broom", "4")]


def test_a_sheet_whose_case_column_is_the_only_one_of_numbers_counts_cases() -> None:
    page = sheet(
        ["Note", "Code", "Product", "Case", "Barcode"],
        ["new", "KX-1", "Hand trowel", "12", "4000000001010"],
        ["", "KX-2", "Garden fork", "6", "4000000001027"],
        ["", "KX-3", "Wooden rake", "6", "4000000001034"],
        ["", "KX-4", "Leaf broom", "8", "4000000001041"],
    )
    assert [x["quantity"] for x in lines(page)] == ["12", "6", "6", "8"]


def test_a_row_of_sums_below_a_sheet_is_no_line() -> None:
    page = sheet(
        ["Item code", "Product", "Leeds", "Hull", "Total", "Cost"],
        ["KX-1", "Hand trowel", "6", "4", "10", "3.10"],
        ["KX-2", "Garden fork", "2", "3", "5", "5.20"],
        ["Totals", "", "8", "7", "15", ""],
    )
    assert [(x["buyer_sku"], x["quantity"]) for x in lines(page)] == [("KX-1", "10"), ("KX-2", "5")]


def test_a_sheet_without_titles_is_read_where_codes_and_units_stand_beside_whole_numbers() -> None:
    page = sheet(
        ["Order from Example Bistro"],
        ["KX-220", "Hand trowel steel", "6", "pcs"],
        ["KX-SES", "Garden fork long", "10", "box"],
        ["Thanks, call us if something is missing"],
    )
    assert [(x["quantity"], x["uom"]) for x in lines(page)] == [("6", "pcs"), ("10", "box")]


def test_a_price_list_without_titles_is_no_order() -> None:
    assert not lines(sheet(["KX-220", "Hand trowel steel", "6.40"], ["KX-SES", "Garden fork long", "10.10"]))


def test_clothes_by_colour_and_size_are_a_line_each() -> None:
    page = sheet(
        ["Style", "KX-200", "Polo shirt"],
        ["Colour", "S", "M", "XL"],
        ["Navy", "4", "", "7"],
        ["Grey", "", "6", "0"],
        [""],
        ["All in one parcel", "please"],
    )
    assert [(x["buyer_sku"], x["description"], x["quantity"]) for x in lines(page)] == [
        ("KX-200", "Polo shirt Navy S", "4"), ("KX-200", "Polo shirt Navy XL", "7"), ("KX-200", "Polo shirt Grey M", "6")]


def test_a_sheet_with_two_order_numbers_is_two_orders() -> None:
    page = sheet(
        ["PO Number", "Item No.", "Description", "Qty"],
        ["4711", "KX-1", "Hinge", "5"],
        ["4712", "KX-1", "Hinge", "7"],
        ["4711", "KX-2", "Bolt", "9"],
    )
    readings = assemble(parsed(page), Context())
    assert [
        (r.header.po_number.value, [str(x.quantity.value) for x in r.lines if x.quantity]) for r in readings if r.header.po_number
    ] == [("4711", ["5", "9"]), ("4712", ["7"])]


def test_a_labelled_number_at_the_end_of_a_text_is_the_items() -> None:
    page = table(
        100,
        "Pos  Bezeichnung                                  Menge  Einheit   Preis    Betrag",
        "1    Regalbrett Buche 80 cm, Ref. RB-4471             4  Stk       10,00     40,00",
        "2    Winkel verzinkt 50 x 50 mm (Art. W-3304)        20  Stk        1,50     30,00",
        "3    Rundstahl 8 mm, Material 1.4301                  2  Stk        7,50     15,00",
        "                                                               Summe         85,00",
    )
    assert [(x.get("buyer_sku"), x["description"]) for x in lines(page)] == [
        ("RB-4471", "Regalbrett Buche 80 cm"),
        ("W-3304", "Winkel verzinkt 50 x 50 mm"),
        (None, "Rundstahl 8 mm, Material 1.4301"),
    ]


def test_two_discounts_are_taken_one_after_the_other() -> None:
    page = table(
        100,
        "Item     Description        Qty   Price   Sc.1   Sc.2    Amount",
        "KX-4     Hinge brass         40   10.00     35     10    234.00",
        "KX-5     Hinge steel         10    4.00     30             28.00",
        "KX-6     Hinge chrome         2    5.00                    10.00",
    )
    (reading,) = assemble(parsed(page), Context())
    assert [line.discount and f"{line.discount.value:f}" for line in reading.lines] == ["41.5", "30", None]
    assert [x["unit_price"] for x in lines(page)] == ["10.00", "4.00", "5.00"]


def test_a_price_that_is_net_of_the_discount_printed_beside_it_is_not_reduced_again() -> None:
    page = table(
        100,
        "Item     Description        Qty   List     Disc.    Net     Amount",
        "KX-4     Hinge brass         24   2.15     10 %    1.935     46.44",
        "KX-5     Hinge steel        100   2.00     20 %    1.600    160.00",
    )
    (reading,) = assemble(parsed(page), Context())
    assert [(x.unit_price and str(x.unit_price.value), x.discount) for x in reading.lines] == [("1.935", None), ("1.600", None)]


def test_what_a_price_is_for_may_be_written_with_a_mark_for_thousands() -> None:
    page = table(
        100,
        "Item     Description        Qty      Unit   Price              Amount",
        "KX-4     Hinge brass        5,000    EA     148.20 /1,000 EA   741.00",
        "KX-5     Hinge steel        2,500    EA     9.84 /100 EA       246.00",
    )
    assert [Decimal(x["unit_price"]) for x in lines(page)] == [Decimal("0.1482"), Decimal("0.0984")]


def test_a_short_word_behind_a_quantity_is_its_unit_whether_it_is_known_or_not() -> None:
    page = table(
        100,
        "Item     Description        Qty       Price    Amount",
        "KX-4     Rape oil           2 bid      23.40     46.80",
        "KX-5     Flour              1 qrt      19.75     19.75",
    )
    assert [x["uom"] for x in lines(page)] == ["bid", "qrt"]


def test_a_text_that_begins_where_codes_stand_is_no_code() -> None:
    page = table(
        100,
        "Ln  Item          Description                    Qty   UM    Price    Amount",
        "1   KX-4471       HINGE BRASS LEFT                 4   EA    10.00     40.00",
        "2   KX-4472       HINGE STEEL LEFT                 2   EA     5.00     10.00",
        "3   PAINT MARKER  GREEN FINE TIP                   8   BX    22.00    176.00",
        "4   CHALK LINE REFILL POWDER BLUE                  1   BX     9.00      9.00",
    )
    assert [(x.get("buyer_sku"), x["description"]) for x in lines(page)][3] == (None, "CHALK LINE REFILL POWDER BLUE")


def test_the_sum_of_the_quantities_below_them_is_no_line() -> None:
    page = sheet(
        ["Style", "Garment", "Size", "Qty", "Cost", "Value"],
        ["KX-4", "Jumper", "S", "36", "8.45", ""],
        ["KX-5", "Cardigan", "M", "48", "9.60", ""],
        ["", "", "pcs", "84", "Total", ""],
    )
    assert [x["quantity"] for x in lines(page)] == ["36", "48"]


def test_a_table_titled_in_plain_words_is_one() -> None:
    page = table(
        100,
        "How many      What                                 Price",
        "2,500         Season brochures, 16 pages            1.86",
        "120           Posters, gloss, one side              1.98",
    )
    assert [(x["quantity"], x["description"]) for x in lines(page)] == [
        ("2500", "Season brochures, 16 pages"), ("120", "Posters, gloss, one side")]


def test_a_quantity_may_stand_without_a_title_beside_its_unit() -> None:
    page = table(
        100,
        "Pos.     Material     Text                                             ME",
        "010      TA-1038      Adhesive tape 38 mm x 33 m clear          20     CTN",
        "020      HB-1301      Hex bolt M20x20 DIN 933 zinc plated        1     CTN",
    )
    assert [(x["buyer_sku"], x["quantity"], x["uom"]) for x in lines(page)] == [("TA-1038", "20", "CTN"), ("HB-1301", "1", "CTN")]


def test_a_table_without_titles_is_read_beside_a_list_of_earlier_orders() -> None:
    page = table(
        100,
        "1   KX-4471   Hinge, brass 40 mm      2   box   16.82    33.64",
        "3             Freight                 1   lot  100.63   100.63",
        "",
        "",
        "",
        "For information: earlier orders",
        "17-10-2030    KX-4471     Hinge, brass 40 mm    4",
        "26-06-2030    Freight                           2",
    )
    assert [(x.get("buyer_sku") or x.get("supplier_sku"), x["quantity"], x["amount"]) for x in lines(page)] == [
        ("KX-4471", "2", "33.64"), (None, "1", "100.63")]


def test_the_unit_that_a_price_is_for_is_that_of_the_quantity() -> None:
    page = table(
        100,
        "EAN            Ref.       Description              Qty   Price            Amount",
        "4006381333931  35.1003.2  Bag filter G4 287X287      4   10.48 EUR/box     41.92 EUR",
        "5901234123457  36.1002.3  Hinge, right, 60 mm       25   17.94 EUR/pair   448.50 EUR",
    )
    assert [(x["quantity"], x["uom"], x["unit_price"]) for x in lines(page)] == [("4", "box", "10.48"), ("25", "pair", "17.94")]


def test_a_title_that_says_what_is_required_is_one_title() -> None:
    page = table(
        100,
        "Quantity    Goods / services required               Price each    Value",
        "3 boxes     Candle wicks, waxed, 200 per box              9.50    28.50",
        "40 m        Marker rope, orange, on a reel of             1.25    50.00",
        "            ten metres",
    )
    assert [(x["description"], x["quantity"], x["uom"]) for x in lines(page)] == [
        ("Candle wicks, waxed, 200 per box", "3", "boxes"), ("Marker rope, orange, on a reel of ten metres", "40", "m")]


def test_a_first_row_with_days_and_sums_is_no_second_line_of_titles() -> None:
    page = table(
        100,
        "Chg   Line   Part No. / Rev / Description    Order Qty    Due Date     Unit Price     Ext. Price",
        "      1/1    QT-4001       Rev: C            120.00 EA    08/21/2031   3.4000/EA          408.00",
        "             Bracket, left, zinc",
        "R     2/1    QT-4002       Rev: A             75.00 EA    08/28/2031   6.2000/EA          465.00",
        "             Bracket, right, zinc",
    )
    assert [(x["line_no"], x["buyer_sku"], x["description"], x["quantity"]) for x in lines(page)] == [
        ("1/1", "QT-4001", "Bracket, left, zinc", "120.00"), ("2/1", "QT-4002", "Bracket, right, zinc", "75.00")]


def test_the_facts_of_an_order_above_a_table_are_none_of_its_titles() -> None:
    page = table(
        100,
        "Orderdatum    11-6-2031          Levering uiterlijk   21-8-2031   Contactpersoon   Mies",
        "Regel         Onze code          Art.nr.              Omschrijving                 Aantal    Eenheid   Prijs    Bedrag",
        "1             5120.331           VK-A4-RD             Tekenblok A4                 40        pak       4.15     166.00",
        "2             5120.345           VK-A4-BL             Tekenblok A5                 20        pak       4.00      80.00",
    )
    (reading,) = assemble(parsed(page), Context())
    assert reading.header.order_date
    assert str(reading.header.order_date.value) == "2031-06-11"
    assert [(x["buyer_sku"], x["supplier_sku"]) for x in lines(page)] == [("5120.331", "VK-A4-RD"), ("5120.345", "VK-A4-BL")]


def test_cards_whose_labels_have_no_colon_are_lines() -> None:
    page = table(
        100,
        "Lines",
        "1   Filter paper, round, 90 mm                                             46.00 EUR",
        "    Qty 10      Unit Case      Price 4.60       Supplier Part Number FP-90-R",
        "    Commodity Lab consumables      Account 40-1",
        "2   Sample vials, amber                                                    27.00 EUR",
        "    Qty 4       Unit Box       Price 6.75       Supplier Part Number None",
        "    Commodity Lab consumables      Account 40-1",
    )
    found = [(x["line_no"], x["description"], x["quantity"], x["uom"], x["unit_price"], x["amount"], x.get("supplier_sku"))
             for x in lines(page)]
    assert found == [
        ("1", "Filter paper, round, 90 mm", "10", "Case", "4.60", "46.00", "FP-90-R"),
        ("2", "Sample vials, amber", "4", "Box", "6.75", "27.00", None)]


def test_rows_of_a_list_of_earlier_orders_are_no_lines() -> None:
    page = table(
        100,
        "Ln   Item       Description              Qty    UM",
        "1    KX-4471    Fuse link 10x38 2 A       6     EA",
        "2    KX-4472    Fuse link 10x38 4 A      12     EA",
        "Earlier deliveries of the same",
        "29/07/2030      Fuse link 10x38 2 A      40     EA",
        "06/05/2030      Fuse link 10x38 2 A      30     EA",
    )
    assert [x["quantity"] for x in lines(page)] == ["6", "12"]


def test_a_sentence_below_a_row_without_a_text_describes_nothing() -> None:
    for sentence in ("Please confirm quantity and date within two days.", "Goods are received Monday to Thursday 7:00–15:30."):
        page = table(100, "Ln     Item         Qty     UM", "1      KX-4471        4     EA", sentence)
        assert lines(page) == [{"line_no": "1", "buyer_sku": "KX-4471", "quantity": "4", "uom": "EA", "comment": sentence}]


def test_a_number_behind_a_hash_at_the_end_of_a_text_is_the_items() -> None:
    page = table(
        100,
        "Description                          Qty   Unit   Price    Amount",
        "Paper trimmer, guillotine #KT-38H      6   ea     48.99    293.94",
        "Glue sticks, small #WL-612             2   doz     9.60     19.20",
    )
    assert [(x["buyer_sku"], x["description"]) for x in lines(page)] == [
        ("KT-38H", "Paper trimmer, guillotine"), ("WL-612", "Glue sticks, small")]


def test_an_address_above_a_table_of_two_tiers_is_none_of_its_titles() -> None:
    page = table(
        100,
        "Please deliver to:",
        "Quillfeather Pumps Ltd",
        "Federation Road",
        "OLDTOWN OT6 4RB",
        "Terms of payment:  Net 60 days",
        "Item     Material      Description",
        "         Order qty.    Unit        Price per unit       Net value",
        "00010    2207731       HEX BOLT M12X60 ZINC",
        "         2,400         EA          18.40 / 100 EA          441.60",
        "00020    2207744       FLAT WASHER M12",
        "         5,000         EA           2.10 / 100 EA          105.00",
    )
    (reading,) = assemble(parsed(page), Context())
    assert reading.header.ship_to
    assert reading.header.ship_to.value == "Quillfeather Pumps Ltd, Federation Road, OLDTOWN OT6 4RB"
    assert [(x["line_no"], x["quantity"]) for x in lines(page)] == [("00010", "2400"), ("00020", "5000")]


def test_a_unit_that_found_no_room_beside_its_quantity_stands_below_it() -> None:
    page = table(
        100,
        "Item     Description                  Qty      Price     Amount",
        "KX-4     Hinge brass                   24       1.10      26.40",
        "                                      box",
        "KX-5     Hinge steel                  100       0.90      90.00",
        "                                      pcs",
    )
    assert [(x["quantity"], x["uom"]) for x in lines(page)] == [("24", "box"), ("100", "pcs")]


def test_an_ean_with_a_wrong_digit_stands_rather_under_its_title_than_a_code_does() -> None:
    right, misread, code = (strangeness(text, "gtin") for text in ("9520081043266", "9520081043267", "KX-4471"))
    assert right < misread < code


def test_the_numbers_of_a_row_may_be_centred_beside_a_text_of_two_lines() -> None:
    def row(top: float, code: str, text: tuple[str, str], quantity: str, price: str, amount: str) -> Rows:
        return (
            (top, [(110, text[0])]), (top + 5, [(20, code), (300, quantity), (400, price), (480, amount)]),
            (top + 10, [(110, text[1])]))

    rows = (
        (100, [(20, "Item No."), (110, "Description"), (300, "Qty"), (400, "Unit Price"), (480, "Amount")]),
        (114, [(20, "BX-1000"), (110, "Oil filter"), (300, "20"), (400, "6.35"), (480, "127.00")]),
        *row(130, "BX-1001", ("Brake disc front ventilated", "280 mm"), "12", "31.50", "378.00"),
        *row(152, "BX-1002", ("Motor oil 5W30, drum of 60", "l, with tap"), "2", "168.00", "336.00"))
    assert [x["description"] for x in lines(paper(*rows))] == [
        "Oil filter", "Brake disc front ventilated 280 mm", "Motor oil 5W30, drum of 60 l, with tap"]


def test_a_second_line_that_all_rows_have_says_what_the_item_is() -> None:
    page = table(
        100,
        "No  Description                      Qty   UM    Price    Amount",
        "1   Bath sheet 100x150                60   EA    11.20    672.00",
        "    White, dobby border",
        "2   Duvet cover super king           24   EA    27.40    657.60",
        "    Percale",
        "3   Robe                             20   EA    21.75    435.00",
        "    Shawl collar",
    )
    assert [x["description"] for x in lines(page)] == [
        "Bath sheet 100x150 White, dobby border", "Duvet cover super king Percale", "Robe Shawl collar"]


def test_a_unit_may_stand_before_its_quantity() -> None:
    page = table(
        100,
        "Item     Description             Qty        Price     Amount",
        "KX-4     Green bottle 0.75       pcs 4032    0.50     2016.00",
        "KX-5     Green bottle 0.37       pcs 1200    0.40      480.00",
    )
    assert [(x["quantity"], x["uom"], x["description"]) for x in lines(page)] == [
        ("4032", "pcs", "Green bottle 0.75"), ("1200", "pcs", "Green bottle 0.37")]


def test_a_short_word_in_the_units_column_is_one_whether_it_is_known_or_not() -> None:
    page = table(
        100,
        "Item       Description                        UM        Qty",
        "FT6061-QV  Floor tile 60x60 ivory             M2      86.40",
        "SK-9X60A   Skirting 9x60 ivory                M       54.00",
        "ADH-K3WH   Adhesive white bag 25 kg           SQ         22",
        "GRT-KM31   Grout grey 5 kg                    SE          6",
    )
    assert [x["uom"] for x in lines(page)] == ["M2", "M", "SQ", "SE"]


def test_a_number_may_begin_the_second_line_of_a_text_behind_its_label() -> None:
    page = table(
        100,
        "Product                                       Qty     Price     Value",
        "Pipette tips 200 uL, sterile                   14     52.30    732.20",
        "Cat. no. QX-71402 pack of 10",
        "Blood culture bottle, 30 mL                     6    168.00   1008.00",
        "Cat. no. QX-71407 box of 50",
    )
    assert [x.get("supplier_sku") or x.get("buyer_sku") for x in lines(page)] == ["QX-71402", "QX-71407"]


def test_a_letter_lists_numbered_goods_in_units_without_titles_and_prices() -> None:
    page = table(
        100,
        "Bestellung 4711",
        "Wir bestellen zur Lieferung bis Freitag:",
        "",
        "1.    10 Stück    Backform rund 28 cm, Blech",
        "2.    6 Stück     Stellwagen 20 Auflagen",
        "3.    25 m        Förderband Breite 600 mm",
        "",
        "Mit freundlichen Grüßen",
    )
    assert [(x["line_no"], x["quantity"], x["uom"], x["description"]) for x in lines(page)] == [
        ("1.", "10", "Stück", "Backform rund 28 cm, Blech"), ("2.", "6", "Stück", "Stellwagen 20 Auflagen"),
        ("3.", "25", "m", "Förderband Breite 600 mm")]


def test_numbered_clauses_are_no_goods() -> None:
    page = table(
        100,
        "Terms",
        "1.    30 days      Payment after receipt of invoice",
        "2.    2 years      Warranty from delivery",
        "3.    5 days       Notice of defects",
    )
    assert lines(page) == []
