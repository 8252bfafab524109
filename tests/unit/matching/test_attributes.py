"""Attributes told apart and recognised again, whoever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.attributes import profile
from matching.conflicts import conflicts
from matching.tokens import tokens

OTHERS = [
    ("drill 6 mm", "drill 6.5 mm"), ("eggs da 6", "eggs da 12"), ("water x6", "water ct 12"),
    ("tape 50mm x 66m brown", "tape 50mm x 33m brown"), ("M8x45 screw", "screw M8 x 40mm"),
    ("bearing 6004 2RS", "bearing 6005 2RS"),
    ("bearing 6004 2RS", "bearing 6004 ZZ"), ("1/4-20 UNC bolt 1 in", "1/4-28 UNF bolt 1 in"), ("screw 10-32", "screw 10-24"),
    ("ethanol 70% 1 l", "ethanol 96% 1 l"), ("mask FFP2", "mask FFP3"), ("shoe S1P 42", "shoe S3 42"),
    ("A4 80 g/m2", "A3 80 gsm"),
    ("NYM 3x1.5 mm2", "NYM 5x1.5 mm2"), ("MCB B16 1P", "MCB C16 1P"), ("gloves box of 100", "gloves 200/box"),
    ("2 1/2\" pipe", "2\" pipe"), ("LED 2700K", "LED 4000K"), ("Dübel 8x50 100 Stk", "Dübel 8x50 50 Stk"),
    ("shoe size 42", "shoe size 43"),
    ("40x40 tube", "40x30 tube"), ("buffer pH 7", "buffer pH 4"), ("batterij AAA", "battery AA"),
    ("hose 1/2in 5m", "hose 1/2in 10m"),
    ("Kugelhahn DN25 PN16", "Kugelhahn DN 32 PN 16"), ("catheter CH 8", "catheter CH 14"), ("roll 10 m", "roll 500 m"),
    ("guante azul talla L", "blue glove size M"), ("Scharnier DIN links", "hinge RH"), ("paint RAL 9005", "paint RAL9010"),
    ("nut DIN 934", "nut DIN 985"), ("drill HSS-E 4 mm", "drill HSS-E 4.5 mm"), ("lamp GU10", "lamp G9"),
    ("gloves sizeXL", "gloves size S"), ("relay 24VAC", "relay 24 V DC"), ("belt SPA950", "belt SPZ 2000"),
    ("sack 40my", "sack 80 µm"), ("passata trayof6", "passata tray of 12"), ("passata pakc of 6", "passata pack of 12"),
    ("valve male female", "valve f/f"), ("towel 50 m 200 mm", "towel 200 m 20 cm"),
    ("v-belt SPZ2500", "v-belt SPA 2500"), ("screw 3/8-16 x 3/8\"", "screw 3/8-16 x 1 1/2\""), ("screw 3/8-16", "screw 1/4-20"),
    ("valve 11/2\"", "valve 2\""), ("black / Titan 500 / box of 200", "black Titan 500 box of 500"),
    ("syringe, 2-piece, 2ml", "syringe 2 ml 3-piece"), ("kit 5 kg, 5-part", "kit 4-part 5 kg"),
    ("bolt M8/80", "bolt M8x60"), ("cable 3G2.5", "cable 5x2.5 mm2"), ("wire H07V-U 1,5", "wire H07V-K 1.5"),
    ("box 30 x 20 cm", "box 300 x 250 mm"),
]
SAME = [
    ("M8×40", "m8 x 40 mm"), ("0.5 l", "500ml"), ("1/2in", "0.5 inch"), ("2 1/2\"", "2.5in"), ("230V", "110-240 V"),
    ("1 kg", "1000 g"),
    ("½\" valve", "1/2 in valve"), ("2½ in", "2-1/2\""), ("pack of 100", "100/box"), ("10 pcs hex bolt", "hex bolt box of 100"),
    ("Rohr 22mm", "pipe 22 mm x 3 m"), ("1,000 sheets", "1000 sheets"), ("2,5 mm²", "2.5mm2"), ("12.7 mm", "1/2 in"),
    ("A4 paper", "Papier A4"),
    ("plastic valve", "valve PVC"), ("M8", "M8 x 1.25 x 40"), ("guantes nitrilo azul talla L", "nitrile gloves blue size L"),
    ("steel bolt", "bolt zinc plated"), ("Schraube V2A M6", "screw stainless A2 M6"), ("hose 12 mm", "hose 12mm 25m roll"),
    ("40 x 30", "30x40"),
    ("bolt DIN 933 M8", "bolt ISO 4017 M8"), ("50cm", "0.5 m"), ("A2 - pack of 50", "pack of 50 A2"),
    ("hose DN 19 Max 700", "hose DN19"),
    ("hose 80mm", "hose 8 cm"), ("500cc", "0,5 l"), ("MCB B16A", "breaker B16"), ("LS-Schalter B16 A 1pol.", "breaker B16 1P"),
    ("cable CAT.6A 2m", "cable cat 6A 2 m"), ("FI 4P 40 A", "FI 40A 4-polig"), ("FI 40A 4P", "FI 4P 40/0.03A"),
    ("uova da 6", "eggs 6er"), ("water ct 6", "water x6"), ("carta conf. da 6", "carta 6 pz"),
    ("acqua 6x1,5l", "acqua 1,5 l x 6"),
    ("pipe 22 mm", "pipe 22.2 mm"), ("IP 65", "IP65"), ("gloves medium", "gloves size M"), ("x-large", "XL"), ("3-polig", "3P"),
    ("24VAC coil", "coil 24 V AC"), ("XPB 3650 v-belt", "v-belt XPB3650"), ("plug w/out collar", "plug without collar"),
    ("valve m/f", "valve male female"), ("Gr. 44 azul", "size 44 blue"), ("shoe Gr. 47 low", "shoe low SZ 47"),
    ("valve 11/2\"", "valve 1 1/2 in"), ("socket 13/16\"", "socket 13/16 in"),
    ("black / Titan 500 / box of 200", "black Titan 500 box of 200"),
    ("tap UNC 8", "tap screw 8"), ("screw / 3/8-16 / x 3/8 inch", "screw 3/8-16 x 3/8\""),
    ("syringe, 2-piece, 2ml", "syringe 2 ml"), ("2-core cable 2 m", "cable DN2 2 m 3 pole"),
    ("bolt M8/80", "bolt M8 x 80"), ("cable 3G2.5", "cable 3x2.5 mm2"), ("box 30 x 20 x 15 cm", "box 300x200x150 mm"),
    ("lamp 2G11 18 W", "lamp 18W 2G11"), ("paper 80 gsm", "paper 80 g"), ("paper 80 gsm", "paper 2 kg"),
]


@pytest.mark.parametrize(("asked", "offered"), OTHERS)
def test_other_values_are_a_conflict_both_ways(asked: str, offered: str) -> None:
    assert conflicts(asked, offered) and conflicts(offered, asked)


@pytest.mark.parametrize(("asked", "offered"), SAME)
def test_the_same_value_in_another_hand_is_none(asked: str, offered: str) -> None:
    assert not conflicts(asked, offered) and not conflicts(offered, asked)


def test_words_come_out_in_one_language_and_compounds_in_parts() -> None:
    assert profile("Sechskantschrauben").terms == profile("hexagon screw").terms
    assert profile("Rillenkugellager 6204ZZ").terms[1:] == ("bearing", "6204", "zz")
    assert profile("guante de nitrilo").terms[0] == "glove" == profile("Handschuhe").terms[0]


def test_a_word_is_the_same_however_its_parts_are_marked_off() -> None:
    assert profile("acetone p.a.").terms == profile("acetone pa").terms
    assert profile("wire H07VU").terms == profile("wire H07V-U").terms
    assert profile("mask no valve").terms == profile("mask without valve").terms == profile("Mask w/o valve").terms
    assert "without" not in profile("part no VALVE").terms + profile("no 5 valve").terms
    assert profile("paper 80 g/m²").terms == profile("paper 80 g").terms


def test_disguised_letters_and_marks_are_read_as_what_they_look_like() -> None:
    assert tokens("АB-12 \u202ebolt\u202c") == tokens("AB-12 bolt")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_taken_apart_and_agrees_with_itself(asked: str, offered: str) -> None:
    assert not conflicts(asked, asked)
    conflicts(asked, offered)
