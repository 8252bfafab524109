"""Order lines in running text."""

from __future__ import annotations

from time import process_time

import pytest

from extraction.fields.dates import DateOrder, DateStyle
from extraction.fields.numbers import ENGLISH, NumberStyle
from extraction.layout.reading_order import document_lines
from extraction.lines.build import Styles
from extraction.lines.prose import read_delimited, read_prose
from extraction.lines.tables import read_tables
from models.domain.reading import ReadingLine
from tests.support.papers import body

STYLES = Styles(ENGLISH, DateStyle(DateOrder.DAY))

Told = tuple[str, str | None, str | None, str | None]          # quantity, unit, code, description


def read(text: str) -> list[ReadingLine]:
    return [said.line for said in read_prose(document_lines([body(text)]), STYLES)]


def told(line: ReadingLine) -> Told:
    values = (line.uom, line.buyer_sku, line.description)
    return (str(line.quantity.value) if line.quantity else "", *(v.value if v else None for v in values))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("20 x KX-4471 Hinge brass", ("20", None, "KX-4471", "Hinge brass")),
        ("- Hinge brass (KX-4471): 60 pcs", ("60", "pcs", "KX-4471", "Hinge brass")),
        ("1. 40 ea KX-4471", ("40", "ea", "KX-4471", None)),
        ("KX-4471 - Hinge brass - 12 boxes", ("12", "boxes", "KX-4471", "Hinge brass")),
        ("* 10 boxes roofing nail 4x45 (art. 40045RN)", ("10", "boxes", "40045RN", "roofing nail 4x45")),
        ("one keg of pale ale", ("1", "keg", None, "pale ale")),
        ("two boxes of blue nitrile gloves", ("2", "boxes", None, "blue nitrile gloves")),
        ("- 50 of the long bolts", ("50", None, None, "long bolts")),
        ("* 300 x 770119", ("300", None, "770119", None)),
        ("1,200 pcs V-belt SPZ 1845", ("1200", "pcs", None, "V-belt SPZ 1845")),
    ],
)
def test_patterns_of_mail(text: str, line: Told) -> None:
    assert [told(x) for x in read(text)] == [line]


SENTENCES = [
    ("please send 20 more of the blue nitrile L and two boxes of 10 mm bolts, same as last time but to the Leeds site",
     [("20", None, None, "blue nitrile L"), ("2", "boxes", None, "10 mm bolts")]),
    ("Hi, we need 20 boxes of nitrile gloves and 3 rolls of red tape, please.",
     [("20", "boxes", None, "nitrile gloves"), ("3", "rolls", None, "red tape")]),
    ("Kindly pop 200 O-rings 25x3 and two pcs KX-4471 on the lorry.",
     [("200", None, None, "O-rings 25x3"), ("2", "pcs", "KX-4471", None)]),
    ("Please send 20 drive belts and 6 O-ring seals to the Leeds site.",
     [("20", None, None, "drive belts"), ("6", None, None, "O-ring seals")]),
    ("and add 5 KX-4 please", [("5", None, "KX-4", None)]),
    ("Could you send us 20pcs KX-4471 and 3boxes of KX-99?", [("20", "pcs", "KX-4471", None), ("3", "boxes", "KX-99", None)]),
    ("half a dozen hand wheels please", [("6", None, None, "hand wheels")]),
    ("Please order 10/20/30 pcs of KX-1/KX-2/KX-3 for us.",
     [("10", "pcs", "KX-1", None), ("20", "pcs", "KX-2", None), ("30", "pcs", "KX-3", None)]),
    ("Bitte schicken Sie uns zwei Kartons Nitrilhandschuhe Größe L und fünfundzwanzig Stück KX-4471.",
     [("2", "Kartons", None, "Nitrilhandschuhe Größe L"), ("25", "Stück", "KX-4471", None)]),
    ("Wir brauchen je 5 Stück KX-4471, KX-4472 und KX-4473.",
     [("5", "Stück", "KX-4471", None), ("5", "Stück", "KX-4472", None), ("5", "Stück", "KX-4473", None)]),
    ("Merci de nous envoyer vingt-deux rouleaux de ruban rouge et 3 boîtes de gants bleus, comme d'habitude.",
     [("22", "rouleaux", None, "ruban rouge"), ("3", "boîtes", None, "gants bleus")]),
    ("Necesitamos veinte cajas de guantes azules y 5 kg de grasa, por favor.",
     [("20", "cajas", None, "guantes azules"), ("5", "kg", None, "grasa")]),
    ("Graag twintig dozen handschoenen maat L en drie rollen rode tape leveren.",
     [("20", "dozen", None, "handschoenen maat L"), ("3", "rollen", None, "rode tape")]),
    ("Vi chiediamo di inviarci ventidue scatole di guanti blu e 10 pezzi KX-4471.",
     [("22", "scatole", None, "guanti blu"), ("10", "pezzi", "KX-4471", None)]),
    ("Prosimy o przesłanie dwóch pudełek rękawic niebieskich oraz 60 szt. KX-4471.",
     [("2", "pudełek", None, "rękawic niebieskich"), ("60", "szt.", "KX-4471", None)]),
]


@pytest.mark.parametrize(("text", "lines"), SENTENCES)
def test_counted_things_inside_a_sentence_are_lines(text: str, lines: list[Told]) -> None:
    assert [told(x) for x in read(text)] == lines


@pytest.mark.parametrize(("text", "line"), [
    ("40mm steel pipe 2m - 12 lengths", ("12", "lengths", None, "40mm steel pipe 2m")),
    ("40mm ball valve, 24", ("24", None, None, "40mm ball valve")),
    ("gate valve 40mm GV40, 6", ("6", None, "GV40", "gate valve 40mm")),
    ("KX-447 wheel bearing, 8 of", ("8", None, "KX-447", "wheel bearing")),
    ("degreaser lemon 5L x 4", ("4", None, None, "degreaser lemon 5L")),
    ("9 door seals 30\" [DS30]", ("9", None, "DS30", "door seals 30\"")),
    ("12 boxes of cloths in medium, code CL-M", ("12", "boxes", "CL-M", "cloths in medium")),
    ("1,500x Hinge brass (KX-4471)", ("1500", None, "KX-4471", "Hinge brass")),
    ("5 tins of matt varnish, ref. BM-400", ("5", "tins", "BM-400", "matt varnish")),
    ("20 pcs Hinge DIN933", ("20", "pcs", None, "Hinge DIN933")),
])
def test_numbers_of_items_and_sizes_in_a_list(text: str, line: Told) -> None:
    assert [told(x) for x in read(f"Please send:\n\n{text}\n")] == [line]


def test_a_sum_behind_the_price_is_the_amount() -> None:
    (line,) = read("12 sheets Plywood 18mm (PW18) @ £48.50 = £582.00")
    assert (line.unit_price and str(line.unit_price.value), line.amount and str(line.amount.value)) == ("48.50", "582.00")
    assert told(line) == ("12", "sheets", "PW18", "Plywood 18mm")


@pytest.mark.parametrize("text", [
    "please change line 2 (KX-40 hinges) from 50 to 80 pcs. Everything else stays the same.",
    "Line 2, KX-40 hinges, goes from 50 to 80 pcs.",
])
def test_a_change_by_line_names_its_item_too(text: str) -> None:
    (line,) = read(text)
    assert line.line_no is not None and line.line_no.value == "2"
    assert told(line)[0::2] == ("80", "KX-40") and line.description is not None and line.description.value == "hinges"


def test_a_change_by_line_names_an_item_without_a_code_between_marks() -> None:
    (line,) = read("Pos. 30, Kugelhahn Messing: statt 8 bitte nur 5 Stück")
    assert line.line_no is not None and line.line_no.value == "30"
    assert told(line) == ("5", "Stück", None, "Kugelhahn Messing")


def test_goods_put_in_with_an_order_stand_without_the_question() -> None:
    (line,) = read("Could you also put in 6 rolls of masking tape KX-50 as well?")
    assert told(line) == ("6", "rolls", "KX-50", "masking tape")
    (line,) = read("Pouvez-vous ajouter 6 rouleaux de ruban KX-50 ?")
    assert told(line) == ("6", "rouleaux", "KX-50", "ruban")


def test_elided_articles_and_courtesies_are_no_part_of_the_goods() -> None:
    text = "Merci de nous livrer en urgence 6 bidons d'huile 5W30 (réf HU-77) ainsi qu'une douzaine de filtres FA-11."
    oil, filters = read(text)
    assert told(oil) == ("6", "bidons", "HU-77", "huile 5W30")
    assert told(filters) == ("12", None, "FA-11", "filtres")


def test_two_lines_of_a_list_are_not_one_sentence() -> None:
    text = f"{'We need these for the new site, as agreed on the telephone with your colleague':<78}:\n\n"
    lines = read(f"{text}12 boxes of cable ties black 300mm, the strong ones please\nhand cleaner citrus x 4\n")
    assert [told(x)[0] for x in lines] == ["12", "4"]


def test_a_sentence_that_a_program_wrapped_is_read_as_one() -> None:
    text = (
        "Dear all, for the new workshop at the canal we need 20\nboxes of nitrile gloves, powder free, size L, and 3 rolls\n"
        "of red tape, please.")
    assert [told(x) for x in read(text)] == [
        ("20", "boxes", None, "nitrile gloves, powder free, size L"), ("3", "rolls", None, "red tape")]


def test_below_a_colon_a_bare_number_counts() -> None:
    text = "Please send us:\n\n5 hand wheels black\n12 hinges brass M8x30\nKX-4471: 40\nblue gloves size L, 20 boxes\n"
    assert [told(x) for x in read(text)] == [
        ("5", None, None, "hand wheels black"), ("12", None, None, "hinges brass M8x30"), ("40", None, "KX-4471", None),
        ("20", "boxes", None, "blue gloves size L")]


def test_running_numbers_are_no_quantities() -> None:
    text = "1 KX-4471 Hinge 40 pcs\n2 KX-4472 Handle 3 pcs\n3 KX-4473 Wheel 5 boxes"
    assert [told(x)[0] for x in read(text)] == ["40", "3", "5"]


@pytest.mark.parametrize(("text", "line"), [
    ("KX-4471 flat seal 25 mm x 33 m: 12 pcs", ("12", "pcs", "KX-4471", "flat seal 25 mm x 33 m")),
    ("- Hex bolt M8 x 30 A2 - 50", ("50", None, None, "Hex bolt M8 x 30 A2")),
    ("4 x lamp 230 V 5 W", ("4", None, None, "lamp 230 V 5 W")),
    ("3 boxes syringes 5 mL", ("3", "boxes", None, "syringes 5 mL")),
    ('10 m cable H07V-K 2.5 mm²', ("10", "m", None, "cable H07V-K 2.5 mm²")),
])
def test_sizes_are_no_quantities(text: str, line: Told) -> None:
    assert [told(x) for x in read(text)] == [line]


def test_between_two_numbers_neither_is_sure() -> None:
    (line,) = read("We need 3-4 boxes of the red tape.")
    assert line.quantity is not None
    assert (str(line.quantity.value), [str(c.value) for c in line.quantity.candidates]) == ("3", ["4"])
    assert line.quantity.confidence < 0.5


@pytest.mark.parametrize(("text", "quantity"), [
    ("instead of 5 make it 8 KX-4471", "8"), ("Please change KX-4471 from 5 to 8 pcs.", "8"),
    ("Bitte ändern Sie KX-4471 von 5 auf 8 Stück.", "8"), ("bitte 8 statt 5 Stück KX-4471", "8"), ("KX-4471: 5 -> 8", "8"),
    ("KX-4471: was 5, now 8", "8"), ("KX-4471: 8 pcs (was 5)", "8"),
])
def test_a_changed_quantity_is_the_new_one(text: str, quantity: str) -> None:
    (line,) = read(text)
    assert told(line)[0::2] == (quantity, "KX-4471")


@pytest.mark.parametrize("text", [
    "Line 2: now 8 (previously 5)", "ligne 2 : avant 5, maintenant 8", "Position 2 von 5 auf 8 ändern"])
def test_a_change_names_its_line_by_number(text: str) -> None:
    (line,) = read(text)
    assert line.line_no is not None and line.quantity is not None
    assert (line.line_no.value, str(line.quantity.value)) == ("2", "8")


def test_price_and_date_beside_the_goods_are_theirs() -> None:
    (line,) = read("ich bräuchte noch 20 Stk. KX-4471 (Scharnier Messing) zu je 4.50 € bis 12.05.2031. Danke!")
    assert told(line) == ("20", "Stk.", "KX-4471", "Scharnier Messing")
    assert line.unit_price is not None and str(line.unit_price.value) == "4.50"
    assert line.requested_date is not None and line.requested_date.value.isoformat() == "2031-05-12"


def test_only_what_is_added_counts_beside_a_table() -> None:
    text = "Our order is below, 20 boxes in all.\nPlease also add 5 KX-4471 to it."
    added = read_prose(document_lines([body(text)]), STYLES, added_only=True)
    assert [told(said.line) for said in added] == [("5", None, "KX-4471", None)]


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    lines = document_lines([body("1 2 3 4 5 6 7 8 9 and " * 1_000)])
    begun = process_time()
    assert read_prose(lines, STYLES) == ()
    assert process_time() - begun < 10


def test_a_price_behind_the_item_is_the_unit_price() -> None:
    (line,) = read("12 pcs KX-4471 Hinge brass @ 5.97 EUR")
    assert line.unit_price is not None and str(line.unit_price.value) == "5.97"
    assert told(line) == ("12", "pcs", "KX-4471", "Hinge brass")


@pytest.mark.parametrize(
    "text",
    [
        "Please deliver by 3 May 2031",
        "Tel. 0999 5550463",
        "45 Turnbuckle Street",
        "Call 24 hours before delivery.",
        "30 days net",
        "Best regards",
        "Our PO number is 4711",
        "02-736 Oldtown",
        "Do not send the 20 gloves.",
        "Die 20 Handräder bitte nicht liefern.",
        "N'envoyez pas les 20 gants.",
        "What do 100 pieces of 11.1109.4 weigh?",
        "When will the 20 boxes of M8 bolts arrive?",
        "We have two boxes missing from the last delivery.",
        "We received only 12 boxes of gloves.",
        "The delivery note says 20 boxes, the invoice 22 boxes.",
        "Please ship to 142 Windmill Street, East Marrow.",
        "We would like to order the following 3 items:",
        "our order 40470 is amended as below",
        "could you send us a quotation for the items below?",
        "Envíen a Taller Inventado S.A., Puerta 1, C/ del Molino, 95, 03175 Villa",
        "Payment: transfer 60 days",
        "We are closed on day 28 for 2 weeks.",
        "Could you amend our order 88213, which you confirmed on Wednesday:",
    ],
)
def test_what_orders_nothing(text: str) -> None:
    assert read(text) == []


def test_a_table_laid_out_as_one_cell_a_line_is_read_by_its_titles() -> None:
    text = (
        "please send:\n\nQty\nUnit\nPart code\nItem\n20\nboxes\nKX-4471\nHinge brass\n3\npcs\nKX-4472\nHandle\n\n"
        "Thanks for 2 things")
    assert [told(x) for x in read(text)] == [("20", "boxes", "KX-4471", "Hinge brass"), ("3", "pcs", "KX-4472", "Handle")]


@pytest.mark.parametrize("text", [
    "KX-4471 → 20 pcs", "20 pcs / KX-4471", "Pos 1: 20 pcs KX-4471", "Item: KX-4471, quantity: 20 pcs", "pcs 20 KX-4471",
    "KX-4471 (20 pcs)", "KX-4471, 20 pcs, 4.50 EUR each", "20 pcs of item KX-4471", "qty 20 pcs KX-4471",
])
def test_other_ways_to_say_the_same(text: str) -> None:
    assert [told(x) for x in read(f"Please send:\n\n{text}\n")] == [("20", "pcs", "KX-4471", None)]


def test_how_people_who_know_each_other_ask_is_no_part_of_the_goods() -> None:
    found = read(
        "Necesito que nos mandéis tres palés de agua mineral y doce cajas de vasos. "
        "Si podéis, añadid también 5 garrafas de lejía.")
    assert [told(x) for x in found] == [
        ("3", "palés", None, "agua mineral"), ("12", "cajas", None, "vasos"), ("5", "garrafas", None, "lejía")]


def test_the_year_of_a_date_counts_nothing() -> None:
    assert not read("Please enter the following under our purchase order dated October 3, 2031:")


def test_the_last_word_of_a_list_item_is_a_package_whatever_it_is_called_but_no_town() -> None:
    goods, address = "- crème liquide 1 L (CL-17), 24 briques", "Anne Exemple\n2 impasse des Rêves, 999 Exempleville"
    (line,) = read(f"Merci de livrer :\n\n{goods}\n\n{address}\n")
    assert told(line) == ("24", "briques", "CL-17", "crème liquide 1 L")


def test_a_dutch_postcode_counts_no_goods() -> None:
    text = "Graag bestellen wij:\n\n* 3 rol tape 60 mm\n\nBezorgen op: Hofje De Wilg, Wilgenpad 16, 1234 AB Polderdam."
    assert [x.description and x.description.value for x in read(text)] == ["tape 60 mm"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("please send 3 more 2 gal cans of the teal varnish ZV-310TL", ("3", "cans", "ZV-310TL", "2 gal teal varnish")),
        ("- 12 x 20kg bags river gravel", ("12", "bags", None, "20kg river gravel")),
        ("- 45 no. sash weights, cast", ("45", "no.", None, "sash weights, cast")),
        ("- 3 drums of the rust remover (QR-17, 20 gal)", ("3", "drums", "QR-17", "rust remover (20 gal)")),
        ("- 3 drums of the rust remover (20 gal, QR-17)", ("3", "drums", "QR-17", "rust remover (20 gal)")),
        ("- 2 reels ribbon - the wide one, RIBB-GN", ("2", "reels", "RIBB-GN", "ribbon - the wide one")),
        ("- 2 skids (80 sacks) of the fine mortar", ("2", "skids", None, "(80 sacks) of the fine mortar")),
        ("- 4 boxes of elbow fittings 3/4\" #TQ-122", ("4", "boxes", "TQ-122", "elbow fittings 3/4\"")),
        ("- 9 bottles of the red vinegar at £4.50 a bottle", ("9", "bottles", None, "red vinegar")),
        ("- 2 bundles cedar shims (400/bundle)", ("2", "bundles", None, "cedar shims (400/bundle)")),
    ],
)
def test_what_a_package_holds_is_no_quantity_and_no_code(text: str, line: Told) -> None:
    assert [told(x) for x in read(text)] == [line]


def test_a_couple_are_two_but_a_person_is_asked() -> None:
    [line] = read("Please send a couple of boxes of chalk.")
    assert told(line) == ("2", "boxes", None, "chalk")
    assert line.quantity
    assert line.quantity.confidence < 0.5
    assert [str(c.value) for c in line.quantity.candidates] == ["3"]


def test_when_and_where_to_deliver_counts_no_goods_and_no_part_of_them() -> None:
    text = (
        "Por favor, envíennos 12 cajas de mascarillas blancas (ref. MB-31), a 4,20 € la caja. Recogida en nuestro almacén.\n"
        "Entrega antes del 14/03/2031 en C/ Olmo 3, bajo, 28004 Madrid (de 9 a 14 h).")
    assert [told(x) for x in read(text)] == [("12", "cajas", "MB-31", "mascarillas blancas")]


def test_labelled_quantities_in_one_sentence_are_lines_of_their_own() -> None:
    found = read("Please order the following: Qty 4 - HX-2010 hose assembly, Qty 10 - FT-06 fitting @ $3.25 ea")
    assert [told(x) for x in found] == [("4", None, "HX-2010", "hose assembly"), ("10", None, "FT-06", "fitting")]


def test_an_amount_says_which_number_a_point_makes() -> None:
    unsure = Styles(NumberStyle(".", sure=False), DateStyle(DateOrder.DAY))
    [said] = read_prose(document_lines([body("- 1.200 mts flat hose a 2 EUR = 2400 EUR")]), unsure)
    assert said.line.quantity
    assert (said.line.quantity.value, said.line.uom and said.line.uom.value) == (1200, "mts")


def test_the_three_sides_of_a_thing_count_nothing() -> None:
    lines = read("Please send:\na) 24 acrylic stands, 300 x 200 x 150 mm, clear\nb) 36 label holders, A6")
    assert [(x.quantity.value, x.description.value) for x in lines if x.quantity and x.description] == [
        (24, "acrylic stands, 300 x 200 x 150 mm, clear"), (36, "label holders, A6")]


@pytest.mark.parametrize("lead", ["Lieferung an:", "Ship to:", "Consegna presso il nostro magazzino:"])
def test_the_lines_of_an_address_are_no_goods(lead: str) -> None:
    address = f"{lead}\nExample Works\nHafen 17\n39500 Lowfield"
    goods = read(f"Please send\n- 12 pcs KX-104 hinge, brass\n\n{address}\n\n- 30 pcs KX-204 hinge, steel\n")
    assert [line.quantity and line.quantity.value for line in goods] == [12, 30]


def test_days_of_payment_are_no_goods() -> None:
    assert len(read("Please send\n- 12 pcs KX-104 hinge, brass\n\n30 day account as usual.\n")) == 1


LISTED = [
    ("2,500 x 804417", [("2500", None, "804417", None)]),
    ("804417 x 3", [("3", None, "804417", None)]),
    ("KX-4471 x1,200", [("1200", None, "KX-4471", None)]),
    ("- KX-4471: 5 bags (workshop soap, citrus)", [("5", "bags", "KX-4471", "workshop soap, citrus")]),
    ("804417 - workshop soap - 5 bags - 9.50 EUR", [("5", "bags", "804417", "workshop soap")]),
    ("12 boxes » KX-4471", [("12", "boxes", "KX-4471", None)]),
    ("48rolls KX-4471", [("48", "rolls", "KX-4471", None)]),
    ("art paper A4 90 g: 12", [("12", None, None, "art paper A4 90 g")]),
    ("1 - 25 boxes KX-4471", [("25", "boxes", "KX-4471", None)]),
    ("#1 3 x KX-4471", [("3", None, "KX-4471", None)]),
    ("1/ 25 bags workshop soap", [("25", "bags", None, "workshop soap")]),
    ("1: 10 x hinge brass", [("10", None, None, "hinge brass")]),
    ("Line 1 – KX-4471 – 3 ea", [("3", "ea", "KX-4471", None)]),
    ("pos. 1 3 pairs hinge brass", [("3", "pairs", None, "hinge brass")]),
    ("Qty 10: hinge brass", [("10", None, None, "hinge brass")]),
    ("(12) hinge brass", [("12", None, None, "hinge brass")]),
    ("2 PCS of item KX-4471", [("2", "PCS", "KX-4471", None)]),
    ("KX-4471 - need 12", [("12", None, "KX-4471", None)]),
    ("hinge brass (KX-4471) - please send 5 boxes", [("5", "boxes", "KX-4471", "hinge brass")]),
    ("then 10 packs of napkins", [("10", "packs", None, "napkins")]),
    ("two pins of the dark ale", [("2", "pins", None, "dark ale")]),
    ("Twenty tins of polish. Oh and a dozen brushes.", [("20", "tins", None, "polish"), ("12", None, None, "brushes")]),
]


@pytest.mark.parametrize(("text", "lines"), LISTED)
def test_a_line_of_a_list_in_whatever_order_and_with_whatever_marks(text: str, lines: list[Told]) -> None:
    assert [told(x) for x in read(f"Please send us the following:\n\n{text}\n")] == lines


ASKED = [
    "Please arrange delivery of {}.", "Please put {} on the next van.", "Could we have {} please?", "Can you get {} over to us?",
    "Please enter an order for {}.", "Our order: {}.", "May I ask you for {}?", "Kindly provide {} at your earliest convenience.",
    "Let us have {} by Friday.", "Please pick and pack {} for us.", "Do us {} please.", "We'd be glad to receive {}.",
    "Könnten Sie uns {} liefern?", "Bitte legen Sie {} zur Abholung bereit.", "Bitte um Zusendung von {}.",
    "Senden Sie uns bitte {} zu.", "Wir bitten Sie, uns {} zu liefern.", "Bitte lassen Sie uns {} zukommen.",
    "Veuillez nous faire parvenir {}.", "Merci de prévoir {}.", "Nous passons commande pour {}.", "Notre commande : {}.",
    "Precisamos {}.", "Hacemos un pedido de {}.", "Rogamos envíen {} a la dirección habitual.", "¿Podrían enviarnos {}?",
    "Kunt u ons {} leveren?", "Graag ontvangen wij {}.", "Gelieve {} te leveren.", "Zet {} voor ons klaar.",
    "Ci occorrono {}.", "Potreste spedirci {}?", "Gradiremmo ricevere {}.", "Vi ordiniamo {}.",
    "Czy mogą Państwo przysłać {}?", "Proszę przygotować {}.", "Składamy zamówienie na {}.", "Zależy nam na {}.",
]


@pytest.mark.parametrize("sentence", ASKED)
def test_goods_are_found_whatever_the_sentence_around_them_says(sentence: str) -> None:
    assert [told(x)[0::2] for x in read(sentence.format("12 x KX-4471"))] == [("12", "KX-4471")]


@pytest.mark.parametrize("text", [
    "Total of the order: 344.30 € net. Payment by direct debit.",
    "Please find our purchase order 417-2206 attached.",
    "Our order no. 77 of 3 November for your company:",
    "Please send all of it to Korenweg 122, 3861 CA Graspolder.",
    "Could you deliver before 30 June?",
    "Wunschtermin ist der Montag, 18. August 2031.",
])
def test_numbers_of_orders_sums_days_and_places_are_no_goods(text: str) -> None:
    assert [told(x) for x in read(f"Please send us 5 x KX-4471.\n\n{text}\n")] == [("5", None, "KX-4471", None)]


def test_one_thing_counted_is_an_order_where_the_mail_says_nothing_else() -> None:
    assert [told(x) for x in read("Same address as always, 2 x KX-4471 this time.")] == [("2", None, "KX-4471", None)]
    found = read("Same address as always, 2 x KX-4471 last time.\n\nPlease send 3 x KX-4472.")
    assert [told(x)[2] for x in found] == ["KX-4472"]


def test_the_other_lines_of_a_list_tell_which_number_counts() -> None:
    text = "Please send:\n\nseal ring FKM 80 x 2\nwork lamp 2700 K x 5\nhand soap x 12\n"
    assert [told(x)[0] for x in read(text)] == ["2", "5", "12"]
    text = "Please send:\n\nKX-4471 hinge brass 500 pcs\nKX-4472 4 mm² cable brown 50 m\nKX-4473 handle 4 boxes\n"
    assert [told(x)[:3] for x in read(text)] == [
        ("500", "pcs", "KX-4471"), ("50", "m", "KX-4472"), ("4", "boxes", "KX-4473")]


def test_thousands_with_a_blank_are_no_running_numbers() -> None:
    found = read("Merci de livrer :\n\n1 200 x KX-4471\n2 500 x KX-4472\n48 x KX-4473\nKX-4474 (1 300)\n")
    assert [told(x)[0] for x in found] == ["1200", "2500", "48", "1300"]


def test_the_last_words_of_a_line_that_a_program_wrapped_belong_to_its_sentence() -> None:
    text = (
        "Could you please send us 20 boxes of the blue gloves without powder and 12 pcs\n"
        "Ball valve brass KX-4471 with the next delivery?")
    assert [told(x)[:3] for x in read(text)] == [("20", "boxes", None), ("12", "pcs", "KX-4471")]


def test_a_changed_quantity_of_a_number_without_letters_is_the_new_one() -> None:
    assert [told(x)[0::2] for x in read("* 2000258: 10 in plaats van 5")] == [("10", "2000258")]


TYPED = [
    ("SKU", "Product", "Quantity", "Unit"), ("KX-4471", "hinge brass 60 mm", "12", "boxes"), ("804417", "hand soap", "5", "bags")]


@pytest.mark.parametrize("text", [
    "\n".join("| " + " | ".join(row) + " |" for row in TYPED),
    "\n".join(" | ".join(row) for row in TYPED),
    "\n".join(";".join(row) for row in TYPED),
    "\n".join("; ".join(row) for row in TYPED),
    "\n".join(["| " + " | ".join(TYPED[0]) + " |", "|---|---|---|---|", *("| " + " | ".join(row) + " |" for row in TYPED[1:])]),
    "\n".join(["+-----+-----+", *("| " + " | ".join(f"{cell:<20}" for cell in row) + " |" for row in TYPED), "+-----+-----+"]),
    "\n".join(("|" + "|".join(row) + "|") for row in (*TYPED, ("", "Total", "", ""))),
])
def test_a_table_typed_with_marks_between_its_cells_is_read_by_its_titles(text: str) -> None:
    [stack] = read_delimited(document_lines([body(f"Hello,\n\nplease send us:\n\n{text}\n\nMany thanks; see you; Ann")]), STYLES)
    assert [told(x) for x in stack.lines] == [
        ("12", "boxes", "KX-4471", "hinge brass 60 mm"), ("5", "bags", "804417", "hand soap")]


def test_marks_in_a_sentence_make_no_table() -> None:
    text = "Thanks for this; we have 20 boxes; all is well\nSee you; take care; and call 3 times"
    assert read_delimited(document_lines([body(text)]), STYLES) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("4 Kanister Sägekettenöl 5 l (Art.-Nr. SK 50 20)", ("4", "Kanister", "SK 50 20", "Sägekettenöl 5 l")),
        ("- 12 rouleaux de grillage, réf. GR 1225", ("12", "rouleaux", "GR 1225", "grillage")),
        ("3 pcs slewing ring, part no. RX 4410", ("3", "pcs", "RX 4410", "slewing ring")),
        ("- NJ 310 ECM x 2", ("2", None, "NJ 310 ECM", None)),
        ("- 6 pcs hex bolt DIN 931", ("6", "pcs", None, "hex bolt DIN 931")),
        ("- 40 m conduit PVC 110", ("40", "m", None, "conduit PVC 110")),
    ],
)
def test_a_number_with_blanks_is_one_number(text: str, line: Told) -> None:
    assert [told(x) for x in read(text)] == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("8 Stck. Absperrschieber DN 50, Art.-Nr. AS-50-GG", ("8", "Stck.", "AS-50-GG", "Absperrschieber DN 50")),
        ("pz 12 morsetto doppio cod. MD-DOP", ("12", "pz", "MD-DOP", "morsetto doppio")),
        ("Please supply:\nPart no. 9914 Float needle, qty 6", ("6", None, "9914", "Float needle")),
        ("mt 40 guaina spiralata cod. GS20N", ("40", "mt", "GS20N", "guaina spiralata")),
        ("Ref. 8120 – lona azul 3 x 5 – 14 m – 2,10 €", ("14", "m", "8120", "lona azul 3 x 5")),
    ],
)
def test_a_label_in_the_middle_of_a_line_names_the_number_behind_it(text: str, line: Told) -> None:
    assert [told(x) for x in read(text)] == [line]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Il me faut une douzaine de cartouches de silicone blanc.", [("12", "cartouches", None, "silicone blanc")]),
        ("Ci servono 3 bombolette di zinco spray.", [("3", "bombolette", None, "zinco spray")]),
        ("Please send 4 racks of pipette tips.", [("4", "racks", None, "pipette tips")]),
        ("Please send:\n1 bag (50) of cable glands\n2 boxes of ferrules",
         [("1", "bag", None, "cable glands"), ("2", "boxes", None, "ferrules")]),
        ("Please send:\nicing sugar - 3 x 10kg\ncocoa - 2 x 5 kg",
         [("3", None, None, "icing sugar 10kg"), ("2", None, None, "cocoa 5 kg")]),
        ("Bitte senden Sie 40 Stk. Dübel S8, 40 passende Schrauben, ferner 2 Pck. Unterlegscheiben.",
         [("40", "Stk.", None, "Dübel S8"), ("40", None, None, "passende Schrauben"), ("2", "Pck.", None, "Unterlegscheiben")]),
        ("Please send two RX-50 and one RX-75.", [("2", None, "RX-50", None), ("1", None, "RX-75", None)]),
        ("Mi mandi 2 scatole di viti.\nAh, anche 15 mt di corda.",
         [("2", "scatole", None, "viti"), ("15", "mt", None, "corda")]),
    ],
)
def test_packages_and_what_leads_to_them(text: str, lines: list[Told]) -> None:
    assert [told(x) for x in read(text)] == lines


@pytest.mark.parametrize(
    "text",
    [
        "we need 4 tubs of grout grey\nand 10 trowel 6.5\n10 trowel 8.25",
        "wir brauchen 4 Eimer Fugenmasse grau\n10 Kelle 6,5\n10 Kelle 8,25",
        "ci servono 4 secchi di stucco grigio\n10 spatola 6,5\n10 spatola 8,25",
    ],
)
def test_a_list_goes_on_below_the_sentence_that_opens_it(text: str) -> None:
    assert [x.quantity.value for x in read(text) if x.quantity] == [4, 10, 10]


@pytest.mark.parametrize(
    "text",
    [
        "We are out of a few things, could you get these over to us:",
        "Uns fehlen ein paar Sachen, bitte senden Sie uns davon:",
        "Il nous manque quelques articles, merci de nous envoyer :",
    ],
)
def test_what_only_leads_to_goods_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Product 1: Oak frame 30 x 40\nCode 1: OF-3040\nQuantity 1: 6\nProduct 2: Oak frame A4\nCode 2: OF-A4\nQuantity 2: 9",
        "Artikel (1): Buchenrahmen\nArtikelnummer (1): OF-3040\nMenge (1): 6\n"
        "Artikel (2): Buchenrahmen A4\nArtikelnummer (2): OF-A4\nMenge (2): 9",
        "Descripción 1: Marco roble\nReferencia 1: OF-3040\nCantidad 1: 6\n\n"
        "Descripción 2: Marco A4\nReferencia 2: OF-A4\nCantidad 2: 9",
    ],
)
def test_labels_of_a_form_that_count(text: str) -> None:
    cards = [line for table in read_tables(document_lines([body(text)]), {}, STYLES) for line in table.lines]
    read_as = [(x.buyer_sku and x.buyer_sku.value, x.quantity and int(x.quantity.value)) for x in cards]
    assert read_as == [("OF-3040", 6), ("OF-A4", 9)]


@pytest.mark.parametrize(
    "text",
    ["4 off cleats\nqty: 2 of the fairleads", "4 boîtes de vis\nQté : 2 des vérins", "4 Dosen Lack\nMenge: 2 der Pinsel"],
)
def test_a_label_among_the_lines_of_a_mail_makes_no_card(text: str) -> None:
    assert read_tables(document_lines([body(text)]), {}, STYLES) == ()
