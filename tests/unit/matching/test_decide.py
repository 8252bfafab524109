"""The verdict: nothing goes through that is not sure, and every doubt costs what it may lose."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matching.applied import parse_number
from matching.assemble import build_draft
from matching.checks import run_checks
from matching.decide import Decision, decide
from matching.merge import merge
from matching.model import default_model
from matching.policy import Policy
from matching.records import AddressRecord, CustomerRecord, Facts, ItemRecord, PriceRecord, Sender, Source
from models.domain.draft import CustomerMatch
from models.domain.evidence import Evidence, Found, Origin
from models.domain.items import PriceKind
from models.domain.money import line_amount
from models.domain.partners import AddressKind
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.units import ItemUnit

UNITS = (ItemUnit("H87", Decimal(1)), ItemUnit("XCS", Decimal(24)))
PRICES = (PriceRecord("H87", Decimal("1.10"), Decimal(1), "EUR", PriceKind.CONTRACT),)
ITEM = ItemRecord(1, "KX-4", "Hinge brass 40 x 30", units=UNITS, prices=PRICES)
SHIP_TO = AddressRecord(1, AddressKind.SHIP_TO, "MAIN", "Muster", "Long Road 1", "12345", "Sampleton", "DE", is_default=True)
CUSTOMER = CustomerRecord(1, "C1", "Muster", email_domain="muster.example", currency="EUR", addresses=(SHIP_TO,))
FACTS = Facts(
    on=date(2031, 5, 6), sender=Sender("a@muster.example"), customers=(CustomerMatch(1, "C1", "Muster", 0.99),),
    customer=CUSTOMER, items={1: ITEM}, hits={"1": {1: 5.0}})


def found(value: Any, confidence: float = 0.99) -> Any:
    return Found(value, confidence, Evidence(Origin.READ, str(value)))


def order(
    quantity: Any, price: Any, amount: Any = None, uom: str | None = "pcs", po: float = 0.99, sure: float = 0.99
) -> Reading:
    line = ReadingLine(
        supplier_sku=found("KX-4"), description=found("Hinge brass 40x30"), quantity=found(Decimal(quantity), sure),
        unit_price=found(Decimal(price), sure), amount=found(Decimal(amount), sure) if amount is not None else None,
        uom=found(uom) if uom else None)
    return Reading(found(DocumentType.PURCHASE_ORDER), Header(po_number=found("P1", po), currency=found("EUR")), (line,))


def verdict(reading: Reading, policy: Policy | None = None) -> Decision:
    sources, rules = [Source(1, reading)], policy or Policy()
    draft = build_draft(sources, FACTS, default_model())
    return decide(draft, run_checks(draft, merge(sources), FACTS, rules), rules)


def test_a_clean_order_passes_and_the_example_sentence_is_as_promised() -> None:
    clean = verdict(order(5, "1.10", "5.50"))
    assert (clean.approve, clean.doubts, clean.is_sampled) == (True, (), False) and clean.score and clean.score > 0.97
    (doubt,) = verdict(order(5, "1.15", "5.75")).doubts
    assert doubt.sentence == "Line 1: price 1.15, contract 1.10 (+4.5 %, tolerance 2 %)."
    assert [c.value for c in doubt.choices] == ["1.1", "1.15"]


def test_the_same_readings_and_facts_give_the_same_draft() -> None:
    sources = [Source(1, order(5, "1.10", "5.50"))]
    first = build_draft(sources, FACTS, default_model())
    assert first == build_draft(sources, FACTS, default_model())
    assert build_draft(sources, FACTS, default_model(), first) == first


@given(
    st.decimals(min_value="0.5", max_value=5_000, places=1), st.decimals(min_value="0.01", max_value=100, places=2),
    st.decimals(min_value="0.01", max_value=500_000, places=2), st.sampled_from(["pcs", "case", None, "kg"]),
    st.floats(0, 1), st.floats(0, 1))
def test_what_is_approved_is_sure_priced_right_and_adds_up(
    quantity: Decimal, price: Decimal, amount: Decimal, uom: str | None, po: float, sure: float
) -> None:
    policy = Policy()
    sources = [Source(1, order(quantity, price, amount, uom, po, sure))]
    draft = build_draft(sources, FACTS, default_model())
    decision = decide(draft, run_checks(draft, merge(sources), FACTS, policy), policy)
    assert decision.approve is (decision.doubts == ())
    assert all(d.cost >= 0 and d.sentence[-1] in ".?" and len(d.choices) <= 9 for d in decision.doubts)
    if decision.approve:
        (line,) = draft.lines
        assert min(po, sure) >= policy.line_confidence and line.uom and line.uom.confidence >= policy.line_confidence
        assert line.unit_price and line.list_price and abs(line.unit_price.value / line.list_price - 1) <= Decimal("0.025")
        due = line_amount(quantity, line.unit_price.value, None, "EUR")
        assert abs(due - amount) <= max(Decimal("0.03"), amount / 100)
        assert line.base_quantity == quantity * {"H87": 1, "XCS": 24}[line.uom.value]


@given(st.floats(0, 1))
def test_a_stricter_policy_never_approves_more(bar: float) -> None:
    reading = order(5, "1.10", "5.50", po=0.93)
    strict, lax = (verdict(reading, Policy(line_confidence=c)) for c in (max(bar, 0.5), min(bar, 0.5)))
    assert lax.approve or not strict.approve


def test_a_line_without_unit_is_settled_by_the_price_alone() -> None:
    draft = build_draft([Source(1, order(2, "26.40", "52.80", uom=None))], FACTS, default_model())
    assert draft.lines[0].base_quantity == 48
    unpriced = replace(FACTS, items={1: replace(ITEM, prices=())})
    unsure = build_draft([Source(1, order(2, "26.40", None, uom=None))], unpriced, default_model())
    assert unsure.lines[0].uom and unsure.lines[0].uom.confidence < 0.9


def with_line_confidence(reading: Reading, confidence: float | None) -> Reading:
    return replace(reading, lines=tuple(replace(line, confidence=confidence) for line in reading.lines))


def test_a_line_unlikely_as_a_whole_is_asked_about_once_at_its_least_sure_value() -> None:
    read = order(5, "1.10", "5.50")
    line = replace(read.lines[0], unit_price=found(Decimal("1.10"), 0.93))
    read = replace(read, lines=(line,))
    assert verdict(with_line_confidence(read, 0.95)).approve
    (doubt,) = verdict(with_line_confidence(read, 0.8)).doubts
    assert (doubt.path, [c.value for c in doubt.choices]) == ("lines.1.unit_price", ["1.1"])
    assert doubt.sentence == (
        "Line 1: not all of it may be read rightly (80% sure). Compare it with the page; least sure is the price, 1.1.")


def test_a_line_that_is_asked_about_anyway_or_that_a_person_has_set_is_not_asked_about_as_a_whole() -> None:
    asked = verdict(with_line_confidence(order(5, "1.10", "5.50", sure=0.5), 0.4))
    assert {d.path for d in asked.doubts} == {"lines.1.quantity", "lines.1.unit_price"}
    sources = [Source(1, with_line_confidence(order(5, "1.10", "5.50"), 0.4))]
    draft = build_draft(sources, FACTS, default_model())
    typed = Found(Decimal(5), 1.0, Evidence(Origin.TYPED, person="ann"))
    set_by_hand = replace(draft, lines=(replace(draft.lines[0], quantity=typed),))
    assert not decide(draft, (), Policy()).approve
    assert decide(set_by_hand, (), Policy()).approve


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_numbers_are_read_as_they_are_commonly_typed(number: Decimal) -> None:
    assert parse_number(f"{number:f}") == number
    assert parse_number(f"{number:,.2f}") == number
    assert parse_number(f"{number:,.2f}".translate(str.maketrans(",.", ".,"))) == number


wild = st.one_of(
    st.none(), st.decimals(allow_nan=True, allow_infinity=True), st.integers(-10**40, 10**40).map(Decimal),
    st.just(Decimal("1E+999999")), st.just(Decimal("1E-999999")))
scrap = st.one_of(st.none(), st.text(max_size=30))


@given(st.lists(st.tuples(wild, wild, wild, wild, scrap, scrap), max_size=3), wild, scrap)
def test_whatever_was_read_becomes_a_draft_and_doubts(
    lines: list[tuple[Any, ...]], total: Decimal | None, po: str | None
) -> None:
    def maybe(value: Any) -> Any:
        return None if value is None else found(value)
    reading = Reading(
        found(DocumentType.PURCHASE_ORDER), Header(po_number=maybe(po), total=maybe(total), tax=maybe(total)),
        tuple(
            ReadingLine(
                quantity=maybe(q), unit_price=maybe(p), amount=maybe(a), pack=maybe(k), uom=maybe(u), supplier_sku=maybe(s))
            for q, p, a, k, u, s in lines))
    sources, policy = [Source(1, reading)], Policy()
    facts = replace(FACTS, hits={str(n): {1: 1.0} for n in range(1, 4)})
    draft = build_draft(sources, facts, default_model())
    decision = decide(draft, run_checks(draft, merge(sources), facts, policy), policy)
    assert len(draft.lines) == len(lines)
    assert decision.doubts or (po and lines)
