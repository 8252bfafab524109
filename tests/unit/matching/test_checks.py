"""Each check says what is wrong in a sentence, offers answers that settle it, and is silent where nothing is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.assemble import resolve
from matching.calendar import is_open, working_days_after
from matching.charges import sum_of_charges
from matching.checks import run_checks
from matching.checks.bank import iban_is_valid
from matching.checks.quantity import is_unusual
from matching.corrections import ItemUnits, Lookups, apply_correction
from matching.merge import Merged, merge
from matching.model import default_model
from matching.packs import pack_in_text
from matching.policy import Policy
from matching.records import CatchWeight, CustomerRules, Facts, ItemRecord, PriceRecord, Source
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import AddressMatch, Draft, ItemMatch
from models.domain.evidence import Evidence, Origin
from models.domain.items import ItemStatus, PriceKind
from models.domain.order_work import ChargeKind
from models.domain.partners import CodeKind, PackRule, PriceRule
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import LineState
from models.domain.units import ItemUnit
from models.errors import ServiceError
from tests.unit.matching.test_decide import CUSTOMER, FACTS, ITEM, SHIP_TO, found

NEW = replace(ITEM, item_id=2, sku="KX-5", description="Hinge brass 40 x 30 new")
ASKS_STOCK = Policy(asks_about_stock=True)


def line(quantity: Any = 24, price: Any = "1.10", **more: Any) -> ReadingLine:
    values = {"supplier_sku": "KX-4", "description": "Hinge brass 40x30", "uom": "pcs", **more}
    fields = {k: found(v) for k, v in values.items() if v is not None}
    exact = {"quantity": quantity, "unit_price": price}
    return ReadingLine(**fields, **{k: found(Decimal(v)) for k, v in exact.items() if v is not None})


def order(*lines: ReadingLine, **header: Any) -> Reading:
    fields = {k: found(v) for k, v in {"po_number": "P1", "currency": "EUR", **header}.items()}
    return Reading(found(DocumentType.PURCHASE_ORDER), Header(**fields), lines or (line(),))


def facts(
    *items: ItemRecord, rules: CustomerRules | None = None, customer: Mapping[str, Any] | None = None, **more: Any
) -> Facts:
    known = {i.item_id: i for i in items or (ITEM,)}
    owner = replace(CUSTOMER, rules=rules or CustomerRules(), **(customer or {}))
    hits = {str(n): {1: 5.0} for n in range(1, 6)}
    return replace(FACTS, items=known, hits=hits, customer=owner, **more)


def checked(reading: Reading, known: Facts, policy: Policy | None = None) -> tuple[Draft, tuple[Doubt, ...], Merged]:
    merged = merge([Source(1, reading)])
    draft = resolve(merged, known, default_model())
    return draft, run_checks(draft, merged, known, policy or Policy()), merged


def only(reading: Reading, known: Facts, policy: Policy | None = None) -> Doubt:
    (doubt,) = checked(reading, known, policy)[1]
    return doubt


def answered(reading: Reading, known: Facts, doubt: Doubt, choice: int, policy: Policy | None = None) -> tuple[Doubt, ...]:
    """What is still asked after a person took an answer."""
    draft, _, merged = checked(reading, known, policy)
    taken = doubt.choices[choice]
    skus = {i.sku: ItemUnits(ItemMatch(i.item_id, i.sku, i.description, 1.0), i.base_uom, i.units) for i in known.items.values()}
    lookups = Lookups(lambda _: None, lambda _: AddressMatch(1, "MAIN", 1.0), skus.get)
    proof = Evidence(Origin.TYPED, person="ann")
    after = apply_correction(draft, taken.path or doubt.path or "", taken.value, proof, lookups).draft
    again = resolve(merged, replace(known, hits={}), default_model(), after)
    return run_checks(again, merged, known, policy or Policy())


@pytest.mark.parametrize(("printed", "counting", "codes"), [
    ({"charges": 5, "tax": "6.28", "total": "37.68"}, ["charge", "tax"], []),
    ({"discount": "-2.40", "total": 24}, ["discount"], []),
    ({"tax": 5, "total": "26.40"}, [], []),                                  # the prices hold it
    ({"charges": 5, "tax": 5, "total": "31.40"}, ["charge"], []),
    ({"charges": 5, "total": "37.37"}, ["charge"], []),                      # with 19 % that nobody printed
    ({"charges": 5, "total": 99}, ["charge"], [DoubtCode.TOTAL_MISMATCH]),
    ({"charges": 5}, ["charge"], []),
])
def test_charges_count_as_far_as_the_printed_total_says(
    printed: Mapping[str, Any], counting: list[str], codes: list[DoubtCode]
) -> None:
    exact = {name: Decimal(value) for name, value in printed.items()}
    draft, doubts, _ = checked(order(**exact), facts())
    assert [c.kind.value for c in draft.charges if c.counts] == counting
    assert len(draft.charges) == len(printed) - ("total" in printed)
    assert [d.code for d in doubts] == codes


def test_a_row_that_is_no_goods_is_a_charge_and_counts_once() -> None:
    freight = ReadingLine(description=found("Freight"), amount=found(Decimal(5)), charge=ChargeKind.CHARGE)
    draft, doubts, merged = checked(order(line(), freight, charges=Decimal(5), total=Decimal("31.40")), facts())
    assert [(c.name.value, c.amount.value) for c in draft.charges if c.name and c.amount] == [("Freight", 5)]
    assert doubts == () and list(merged.printed) == ["1"]


def test_an_unsure_charge_is_asked_about_unless_the_total_confirms_it() -> None:
    misty = replace(found(Decimal(5)), confidence=0.6)
    reading = order()
    alone = replace(reading, header=replace(reading.header, charges=misty))
    doubt = only(alone, facts())
    assert (doubt.code, doubt.path) == (DoubtCode.CHARGE_UNSURE, "charges.charges.amount")
    assert answered(alone, facts(), doubt, 0) == ()
    assert checked(replace(alone, header=replace(alone.header, total=found(Decimal("31.40")))), facts())[1] == ()


def corrected(draft: Draft, *steps: tuple[str, str]) -> Draft:
    lookups = Lookups(lambda _: None, lambda _: None, lambda _: None)
    for path, text in steps:
        draft = apply_correction(draft, path, text, Evidence(Origin.TYPED, person="ann"), lookups).draft
    return draft


def test_a_person_adds_names_changes_and_removes_charges_and_the_total_follows() -> None:
    reading = order(total=Decimal("29.40"))
    draft, doubts, merged = checked(reading, facts())
    assert [d.code for d in doubts] == [DoubtCode.TOTAL_MISMATCH]
    draft = corrected(draft, ("charges.new", "charge"))
    assert [d.code for d in run_checks(draft, merged, facts(), Policy())] == [
        DoubtCode.CHARGE_UNSURE, DoubtCode.TOTAL_MISMATCH]
    draft = corrected(draft, ("charges.charge-1.name", "Crate"), ("charges.charge-1.amount", "3"))
    assert run_checks(draft, merged, facts(), Policy()) == () and sum_of_charges(draft) == 3
    assert sum_of_charges(corrected(draft, ("charges.charge-1.kind", "discount"))) == -3
    assert sum_of_charges(corrected(draft, ("charges.charge-1.counts", "no"))) == 0
    assert corrected(draft, ("charges.charge-1.state", "removed")).charges == ()
    for path, text in (("charges.new", "gift"), ("charges.charge-1.amount", "-3"), ("charges.charge-1.name", ""),
                       ("charges.charge-1.colour", "red"), ("charges.charge-9.amount", "3")):
        with pytest.raises(ServiceError):
            corrected(draft, (path, text))


def test_a_row_can_be_made_a_charge() -> None:
    odd = ReadingLine(description=found("Crane on Sunday"), amount=found(Decimal(80)))
    draft, _, merged = checked(order(line(), odd, total=Decimal("106.40")), facts())
    draft = corrected(draft, ("lines.2.charge", "charge"))
    assert [(c.name.value, c.amount.value) for c in draft.charges if c.name and c.amount] == [("Crane on Sunday", 80)]
    assert draft.lines[1].state is LineState.REJECTED
    assert run_checks(draft, merged, facts(), Policy()) == ()


BY_12 = replace(ITEM, order_multiple=Decimal(12))
OLD = replace(ITEM, superseded_by=2)
GONE = replace(ITEM, status=ItemStatus.DISCONTINUED, substitutes=(2,))
SCARCE = replace(ITEM, available=Decimal(50))
STEAK = replace(
    ITEM, catch_weight=CatchWeight("KGM", Decimal("2.5"), Decimal(10)), units=(ItemUnit("H87", Decimal(1)),),
    prices=(PriceRecord("KGM", Decimal("8.40"), Decimal(1), "EUR"),))
TWICE = replace(ITEM, prices=tuple(PriceRecord("H87", Decimal(p), Decimal(1), "EUR") for p in ("1.10", "1.20")))


@pytest.mark.parametrize(("reading", "known", "code", "sentence", "answers"), [
    (order(line(30)), facts(BY_12), DoubtCode.ORDER_MULTIPLE,
     "Line 1: 30 pieces of KX-4 cannot be ordered, it is sold in multiples of 12 pieces. Take 36?", ["36", "24", "rejected"]),
    (order(line(5)), facts(replace(BY_12, order_minimum=Decimal(48))), DoubtCode.BELOW_ORDER_QUANTITY,
     "Line 1: 5 pieces of KX-4 cannot be ordered, the least quantity is 48 pieces. Take 48?", ["48", "rejected"]),
    (order(), facts(OLD, NEW), DoubtCode.ITEM_SUPERSEDED,
     "Line 1: KX-4 is superseded by KX-5. Take the successor, or choose another item.", ["KX-5", "KX-4"]),
    (order(), facts(GONE, NEW), DoubtCode.ITEM_INACTIVE,
     "Line 1: KX-4 is discontinued. Choose another item or reject the line.", ["KX-5"]),
    (order(line(1000)), facts(history={1: (Decimal(10), Decimal(12), Decimal(10))}), DoubtCode.UNUSUAL_QUANTITY,
     "Line 1: 1000 pieces of KX-4 are 100 times what this customer usually orders (10, in 3 earlier orders). Is that right?",
     ["1000", "10"]),
    (order(line(1)), facts(history={1: (Decimal(500),) * 4}), DoubtCode.UNUSUAL_QUANTITY,
     "Line 1: 1 piece of KX-4 are 1/500 of what this customer usually orders (500, in 4 earlier orders). Is that right?",
     ["1", "500"]),
    (order(), facts(customer={"credit_limit": Decimal(1000), "open_balance": Decimal(990)}), DoubtCode.CREDIT_LIMIT,
     "Muster owes 990.00 EUR; with this order of 26.40 EUR that is 16.40 EUR above the credit limit of 1000.00 EUR. Ask accounts "
     "before you approve.", []),
    (order(), facts(customer={"overdue": Decimal("12.5")}), DoubtCode.OVERDUE,
     "Muster owes 12.50 EUR past its date. Ask accounts before you approve.", []),
    (order(), facts(rules=CustomerRules(order_minimum=Decimal(30))), DoubtCode.ORDER_MINIMUM,
     "The order comes to 26.40 EUR, the least is 30.00 EUR: 3.60 EUR are missing. Add goods with the customer, reject it, or "
     "approve it as it is.", ["28"]),
    (order(),
     facts(replace(ITEM, product_line="Fittings"),
           rules=CustomerRules(line_minimums={"Fittings": Decimal(50), "Oil": Decimal(9)})),
     DoubtCode.ORDER_MINIMUM,
     "Fittings: the order comes to 26.40 EUR, the least is 50.00 EUR: 23.60 EUR are missing. Add goods with the customer, reject "
     "it, or approve it as it is.", ["46"]),
    (order(line(), line(line_no="2")), facts(), DoubtCode.REPEATED_LINE,
     "Line 1 and line 2 both ask for KX-4 (24 and 24). Are both meant?", ["confirmed", "rejected"]),
    (order(notes="Please pay to our new bank account DE89 3704 0044 0532 0130 00."), facts(), DoubtCode.BANK_DETAILS,
     "The order speaks of a bank account (DE89 3704 0044 0532 0130 00). Change nothing on its word: call the customer on a "
     "number you know before you approve.", []),
    (order(requested_date=date(2031, 5, 7)), facts(replace(ITEM, lead_time_days=3), closed_days=frozenset({date(2031, 5, 8)})),
     DoubtCode.DATE_TOO_EARLY,
     "The order is wanted on 2031-05-07 but cannot arrive before 2031-05-12 (3 working days until KX-4 can leave). Agree on a "
     "day with the customer.", ["2031-05-12", "2031-05-07"]),
    (order(line(requested_date=date(2031, 5, 7))), facts(customer={"addresses": (replace(SHIP_TO, transit_days=2),)}),
     DoubtCode.DATE_TOO_EARLY,
     "Line 1 is wanted on 2031-05-07 but cannot arrive before 2031-05-08 (2 working days on the way). Agree on a day with the "
     "customer.", ["2031-05-08", "2031-05-07"]),
    (order(requested_date=date(2030, 1, 1)), facts(), DoubtCode.DATE_TOO_EARLY,
     "The order is wanted on 2030-01-01, which is past, but cannot arrive before 2031-05-06. Agree on a day with the customer.",
     ["2031-05-06", "2030-01-01"]),
    (order(), facts(TWICE), DoubtCode.PRICE_AMBIGUOUS,
     "Line 1: two prices of KX-4 hold today, 1.10 and 1.20. Choose one, and have the price list put right.", ["1.1", "1.2"]),
    (order(line(12, "8.40", amount=Decimal(400))), facts(STEAK), DoubtCode.CATCH_WEIGHT,
     "Line 1: 12 pieces of KX-4 weigh about 30 kg (± 10 %) and come to 252.00, but 400.00 is printed. Check the quantity and "
     "what the price is for.", []),
    (order(line("3.8", "8.40", uom="kg")), facts(STEAK), DoubtCode.CATCH_WEIGHT,
     "Line 1: 3.8 kg of KX-4 are no whole pieces; one piece weighs about 2.5 kg (± 10 %). How many are meant?", ["2.5", "5"]),
])
def test_each_doubt_says_what_is_wrong_and_its_answers_settle_it(
    reading: Reading, known: Facts, code: DoubtCode, sentence: str, answers: list[str]
) -> None:
    doubt = only(reading, known)
    assert (doubt.code, doubt.sentence) == (code, sentence)
    assert [c.value for c in doubt.choices] == answers
    for place in range(len(answers)):
        assert code not in {d.code for d in answered(reading, known, doubt, place)}, answers[place]


@pytest.mark.parametrize(("reading", "known"), [
    (order(line(36)), facts(BY_12)),
    (order(line(36)), facts(replace(BY_12, order_minimum=Decimal(24)))),
    (order(line(30)), facts(history={1: (Decimal(10), Decimal(12), Decimal(10))})),
    (order(line(100)), facts(history={1: (Decimal(10),)})),
    (order(line(1000)), facts(history={1: (Decimal(10), Decimal(10), Decimal(10), Decimal(1000))})),
    (order(line(1000)), facts()),
    (order(), facts(customer={"credit_limit": Decimal(1000), "open_balance": Decimal(900)})),
    (order(currency="EUR"), facts(rules=CustomerRules(order_minimum=Decimal("26.40")))),
    (order(line(), line(line_no="2")), facts(rules=CustomerRules(merge_repeated_lines=True))),
    (order(line(), line(12, line_no="2", requested_date=date(2031, 6, 2))), facts()),
    (order(notes="Goods in: 7-15 h, reference DE12 3456"), facts()),
    (order(requested_date=date(2031, 5, 10)), facts(replace(ITEM, lead_time_days=3))),
    (order(requested_date=date(2031, 5, 6)), facts(replace(ITEM, lead_time_days=9, available=Decimal(24)))),
    (order(line(12, "8.40", amount=Decimal(260))), facts(STEAK)),
    (order(line("31", "8.40", uom="kg", amount=Decimal("260.40"))), facts(STEAK)),
    (order(line(24, "1.10")), facts(SCARCE)),
])
def test_what_is_usual_and_possible_is_not_asked_about(reading: Reading, known: Facts) -> None:
    assert checked(reading, known, ASKS_STOCK)[1] == ()


def test_the_stock_is_shared_by_the_lines_of_an_item_and_every_way_out_is_offered() -> None:
    known = facts(replace(SCARCE, substitutes=(2,)), NEW)
    reading = order(line(40), line(24, line_no="2", requested_date=date(2031, 6, 2)))
    doubt = only(reading, known, ASKS_STOCK)
    assert doubt.sentence == (
        "Line 2: 24 pieces of KX-4 are wanted, 10 can be promised after the 40 of the lines above.")
    assert [(c.value, c.label) for c in doubt.choices] == [
        ("24", "Split: 10 pieces now, 14 when they come"), ("10", "Only the 10 pieces that are there"),
        ("KX-5", "KX-5 · Hinge brass 40 x 30 new")]
    assert all(answered(reading, known, doubt, place, ASKS_STOCK) == () for place in range(3))
    whole = facts(replace(SCARCE, available=Decimal(0)), rules=CustomerRules(ship_complete=True))
    assert [c.label for c in only(order(), whole, ASKS_STOCK).choices] == ["24 pieces, sent together when all are there"]


def test_a_customer_who_agreed_gets_whole_packs_and_is_told() -> None:
    known = facts(BY_12, rules=CustomerRules(pack_rule=PackRule.ROUND_UP))
    draft, doubts, merged = checked(order(line(30, amount=Decimal(33)), total=Decimal(33)), known)
    (first,) = draft.lines
    assert doubts == () and first.quantity and (first.quantity.value, first.base_quantity) == (36, 36)
    assert first.quantity.evidence.origin is Origin.COMPUTED and first.quantity.candidates[0].value == 30
    assert first.quantity.evidence.note == "as agreed: rounded up from 30; it is sold in multiples of 12 pieces"
    assert resolve(merged, known, default_model(), draft) == draft


@pytest.mark.parametrize(("rule", "price", "taken", "is_asked"), [
    (PriceRule.ASK, "1.20", "1.20", True), (PriceRule.OURS, "1.20", "1.10", False), (PriceRule.THEIRS, "1.20", "1.20", False),
    (PriceRule.OURS, "2.00", "2.00", True), (PriceRule.THEIRS, "2.00", "2.00", True), (PriceRule.OURS, "1.11", "1.11", False),
])
def test_the_policy_says_whose_price_holds(rule: PriceRule, price: str, taken: str, is_asked: bool) -> None:
    reading = order(line(24, price, amount=24 * Decimal(price)))
    draft, doubts, _ = checked(reading, facts(price_rule=rule), Policy(price_rule=rule))
    assert draft.lines[0].unit_price and draft.lines[0].unit_price.value == Decimal(taken)
    assert [d.code for d in doubts] == ([DoubtCode.PRICE_DEVIATION] if is_asked else [])


def test_two_numbers_that_name_two_items_are_asked_about_unless_the_customer_says_which_holds() -> None:
    other = replace(NEW, mpn="MPN-77")
    reading = order(line(mpn="MPN-77", description=None))
    hits = {"1": {1: 5.0, 2: 5.0}}
    doubt = next(d for d in checked(reading, replace(facts(ITEM, other), hits=hits))[1])
    assert doubt.code is DoubtCode.CODES_DISAGREE
    assert doubt.sentence == "Line 1: the item number names KX-4 but the manufacturer's number names KX-5. Which item is meant?"
    for kind, sku in ((CodeKind.SKU, "KX-4"), (CodeKind.MPN, "KX-5")):
        known = replace(facts(ITEM, other, rules=CustomerRules(code_preference=kind)), hits=hits)
        draft, doubts, _ = checked(reading, known)
        assert doubts == () and draft.lines[0].item and draft.lines[0].item.value.sku == sku


def test_a_successor_is_taken_without_a_question_only_where_the_policy_says_so_and_the_unit_fits() -> None:
    for successor, sku in ((NEW, "KX-5"), (replace(NEW, base_uom="KGM", units=()), "KX-4")):
        draft, _, _ = checked(order(), facts(OLD, successor, takes_successors=True))
        assert draft.lines[0].item and draft.lines[0].item.value.sku == sku
    ring = replace(NEW, superseded_by=1)
    assert DoubtCode.ITEM_SUPERSEDED not in {d.code for d in checked(order(), facts(OLD, ring))[1]}


def test_a_unit_left_open_is_asked_with_both_readings_and_what_lies_between_them() -> None:
    doubt = only(order(line(12, "1.10", uom="case")), facts())
    assert doubt.sentence == "Line 1: 12 cases of 24 = 288 pieces, or 12 pieces? The difference is 303.60 EUR."
    other_pack = only(order(line(12, None, uom="case", pack=Decimal(10))), facts())
    assert other_pack.sentence.endswith("A pack of 10 is printed, which is none of ours.")


@given(
    st.decimals(min_value="0.001", max_value=10**6, places=3),
    st.lists(st.decimals(min_value="0.001", max_value=10**6, places=3), min_size=1, max_size=12))
def test_a_quantity_ordered_before_or_within_five_times_of_all_before_is_never_unusual(
    quantity: Decimal, former: list[Decimal]
) -> None:
    assert not is_unusual(former[0], [*former, *former, *former])
    if all(q / 5 < quantity < q * 5 for q in former):
        assert not is_unusual(quantity, former)


DAYS = st.dates(date(2031, 1, 1), date(2032, 1, 1))


@given(DAYS, st.integers(0, 30), st.sets(DAYS, max_size=5))
def test_working_days_leave_out_weekends_and_closed_days(day: date, count: int, closed: set[date]) -> None:
    after = working_days_after(day, count, closed)
    assert is_open(after, closed) and after >= day
    between = [date.fromordinal(n) for n in range(day.toordinal(), after.toordinal())]
    assert sum(is_open(d, closed) for d in between) == count


@pytest.mark.parametrize(("text", "pack"), [
    ("Nitrile glove blue, box of 100", 100), ("Screws 4x40, 200 pcs/box", 200), ("Tape 100er-Pack", 100),
    ("Cable tie, pack 50", 50),
    ("Handschuh Karton à 10", 10), ("Batteries 4-pack", 4), ("Hex bolt M8 x 40", None), ("Box 400 x 300 mm", None),
    ("bag of 25 kg", None), ("box of 10, case of 4", None),
])
def test_packs_are_found_in_descriptions(text: str, pack: int | None) -> None:
    assert pack_in_text(text) == pack


@pytest.mark.parametrize(("iban", "valid"), [
    ("DE89 3704 0044 0532 0130 00", True), ("GB29NWBK60161331926819", True),
    ("DE89 3704 0044 0532 0130 01", False), ("DE12", False)])
def test_account_numbers_are_told_by_their_check_digits(iban: str, valid: bool) -> None:
    assert iban_is_valid(iban) is valid


def test_contract_prices_are_what_a_deviation_is_measured_against() -> None:
    cheap = replace(ITEM, prices=(*ITEM.prices, PriceRecord("H87", Decimal(9), Decimal(1), "EUR", PriceKind.LIST)))
    doubt = only(order(line(24, "1.20", amount=Decimal("28.80"))), facts(cheap))
    assert doubt.choices[0].reason == "2.40 EUR less than printed"


WILD = st.one_of(
    st.none(), st.decimals(allow_nan=True, allow_infinity=True), st.integers(-10**20, 10**20).map(Decimal),
    st.sampled_from([Decimal(0), Decimal(-5), Decimal("1E-9"), Decimal("999999999999.999999")]))


@given(WILD, WILD, WILD, st.sampled_from(["pcs", "case", "kg", None]), st.booleans())
def test_no_number_is_too_odd_for_the_checks(
    quantity: Decimal | None, price: Decimal | None, amount: Decimal | None, uom: str | None, rounds_up: bool
) -> None:
    demanding = replace(
        STEAK, order_multiple=Decimal(7), order_minimum=Decimal(3), available=Decimal(2), lead_time_days=4, product_line="Meat")
    rules = CustomerRules(
        order_minimum=Decimal(50), line_minimums={"Meat": Decimal(9)}, pack_rule=PackRule.ROUND_UP if rounds_up else PackRule.ASK)
    known = facts(
        demanding, rules=rules, history={1: (Decimal(3), Decimal(4), Decimal(3))}, closed_days=frozenset({date(2031, 5, 7)}),
        customer={"credit_limit": Decimal(10), "overdue": Decimal(1)})
    reading = order(line(quantity, price, amount=amount, uom=uom), requested_date=date(2031, 5, 6))
    draft, doubts, _ = checked(reading, known, ASKS_STOCK)
    assert len(draft.lines) == 1 and doubts
    assert all(d.sentence[-1] in ".?" and d.cost >= 0 and len(d.choices) <= 9 for d in doubts)


def test_each_of_two_prices_of_ours_says_what_the_line_would_cost_more_or_less() -> None:
    def told(printed: str | None) -> list[str]:
        return [c.reason for c in only(order(line(24, printed)), facts(TWICE)).choices]

    assert told("1.10") == ["", "2.40 EUR more than printed"]
    assert told("1.20") == ["2.40 EUR less than printed", ""]
    assert told(None) == ["", "2.40 EUR more than at the lower price"]
