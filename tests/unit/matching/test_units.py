"""Units: spellings to codes, factors, and the joint reading of unit and price; every hypothesis is weighed, none invented."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.unit_reading import UnitClues, read_unit
from matching.units import factor_of, unit_codes, unit_name
from models.domain.units import ItemUnit

BOLT = (ItemUnit("H87", Decimal(1)), ItemUnit("XCS", Decimal(24)), ItemUnit("XPX", Decimal(480)))


@pytest.mark.parametrize(("printed", "code"), [
    ("pcs", "H87"), ("Stk.", "H87"), ("EA", "EA"), ("each", "EA"), ("Karton", "XCT"), ("case", "XCS"), ("m", "MTR"),
    ("kg", "KGM"), ("Dutzend", "DZN"), ("lfd. m", "MTR"), ("PAIR", "PR"), ("XBX", "XBX"), (" Rolle ", "XRO"),
    ("Caja 25", "XBX"), ("pallet (40 sacks)", "XPX"), ("case of 6", "XCS"), ("carton/12", "XCT"), ("5 kg bag", "XBG"),
])
def test_spellings_become_codes(printed: str, code: str) -> None:
    assert unit_codes(printed)[0] == code


def test_an_ambiguous_spelling_has_several_codes_and_an_unknown_one_none() -> None:
    assert {"MTR", "MIL"} <= set(unit_codes("M"))
    assert unit_codes("flurb") == ()
    assert unit_codes("flurb 12") == unit_codes("m 12") == ()


@pytest.mark.parametrize(("uom", "base", "factor"), [
    ("EA", "H87", "1"), ("C62", "EA", "1"), ("XCS", "H87", "24"), ("DZN", "H87", "12"), ("MIL", "EA", "1000"),
    ("CMT", "MTR", "0.01"), ("GRM", "KGM", "0.001"), ("KGM", "GRM", "1000"), ("KGM", "H87", None), ("XCT", "H87", None),
])
def test_factors_come_from_the_item_or_from_general_knowledge(uom: str, base: str, factor: str | None) -> None:
    assert factor_of(uom, base, BOLT if base == "H87" else ()) == (Decimal(factor) if factor else None)


def clues(printed: str | None, quantity: str = "12", **more: str) -> UnitClues:
    ours = {"H87": Decimal("1.10"), "XCS": Decimal("26.40"), "XPX": Decimal("528")}
    contract = ours if more.pop("priced", "yes") == "yes" else {}
    return UnitClues(printed, Decimal(quantity), contract=contract, **{k: Decimal(v) for k, v in more.items()})


@pytest.mark.parametrize(("given_clues", "uom", "unit_price", "sure"), [
    (clues("pcs", unit_price="1.10"), "H87", "1.10", True),
    (clues("cases", unit_price="26.40"), "XCS", "26.40", True),
    (clues("cases", unit_price="1.10", amount="316.80"), "XCS", "26.40", True),      # the price is for one piece
    (clues(None, unit_price="26.40"), "XCS", "26.40", True),                         # no unit printed: the price tells it
    (clues(None, unit_price="1.10"), "H87", "1.10", True),
    (clues("cases", unit_price="1.10"), None, None, False),                          # 12 pieces, or 12 cases?
    (clues("cases", unit_price="1.10", amount="13.20"), None, None, False),
    (clues(None, priced="no"), None, None, False),
    (clues(None, priced="no", pack="24"), None, None, False),
    (clues("box", unit_price="26.40"), "XCS", "26.40", True),                        # a loose word, settled by the price
    (clues("dozen", unit_price="13.20"), "DZN", "13.20", False),
])
def test_the_reading_that_reproduces_our_price_wins_and_a_tie_is_unsure(
    given_clues: UnitClues, uom: str | None, unit_price: str | None, sure: bool
) -> None:
    best = read_unit(given_clues, "H87", BOLT)[0]
    assert (best.probability >= 0.9) is sure
    if uom:
        assert (best.uom, best.unit_price) == (uom, Decimal(unit_price or "0"))


def test_a_catalogues_own_code_is_its_unit_though_no_standard_has_it() -> None:
    units = (ItemUnit("ROL", Decimal(1)), ItemUnit("XCS", Decimal(12)))
    best = read_unit(UnitClues("rol", Decimal(36), Decimal("1.35"), contract={"ROL": Decimal("1.35")}), "ROL", units)[0]
    assert best.uom == "ROL" and best.probability > 0.9


def test_an_item_with_one_unit_needs_no_unit_printed() -> None:
    (best, *_) = read_unit(UnitClues(None, Decimal(3)), "XBX", (ItemUnit("XBX", Decimal(1)),))
    assert best.uom == "XBX" and best.probability > 0.95


def test_a_deviating_price_in_the_only_unit_is_still_that_unit() -> None:
    asked = UnitClues("pcs", Decimal(3), Decimal("1.50"), contract={"H87": Decimal("1.10")})
    best = read_unit(asked, "H87", (ItemUnit("H87", Decimal(1)),))[0]
    assert best.uom == "H87" and best.probability > 0.9


money = st.decimals(min_value="0.01", max_value=100_000, places=2)


@given(
    st.sampled_from(["pcs", "case", "pallet", "M", "kg", "?", None]), st.decimals(min_value=1, max_value=10_000, places=0),
    st.one_of(st.none(), money), st.one_of(st.none(), money), st.dictionaries(st.sampled_from(["H87", "XCS", "XPX"]), money))
def test_probabilities_are_probabilities_and_factors_belong_to_their_units(
    printed: str | None, quantity: Decimal, price: Decimal | None, amount: Decimal | None, contract: dict[str, Decimal]
) -> None:
    readings = read_unit(UnitClues(printed, quantity, price, amount, contract=contract), "H87", BOLT)
    assert sum(r.probability for r in readings) <= 1 + 1e-9
    assert [r.probability for r in readings] == sorted((r.probability for r in readings), reverse=True)
    for r in readings:
        assert 0 <= r.probability <= 1
        assert r.factor == factor_of(r.uom, "H87", BOLT)
        if price is not None and r.price_uom == r.uom and r.per == 1:
            assert r.unit_price == price


def test_units_have_words() -> None:
    assert (unit_name("XCS", Decimal(12)), unit_name("XCS"), unit_name("ZZZ")) == ("cases", "case", "ZZZ")
