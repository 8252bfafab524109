"""A promised error rate: the bound is exact, choosing does not cheat, drift is heard, and simulated streams keep it."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.promise import stream
from matching.binomial import lower, tail, upper
from matching.history import History, Outcome
from matching.promise import alarm_positions, design_effect, promise, trend
from matching.sampling import escaped, is_drawn
from models.domain.outcomes import Seen


def exact_tail(wrong: int, tried: int, rate: float) -> float:
    return sum(comb(tried, n) * rate**n * (1 - rate) ** (tried - n) for n in range(wrong + 1))


@given(st.integers(1, 200), st.data(), st.floats(0.001, 0.999))
def test_the_tail_is_that_of_the_binomial_distribution(tried: int, data: st.DataObject, rate: float) -> None:
    wrong = data.draw(st.integers(0, tried))
    assert tail(wrong, tried, rate) == pytest.approx(min(exact_tail(wrong, tried, rate), 1.0), abs=1e-9)


@given(st.integers(1, 5_000), st.data())
def test_bounds_hold_what_was_seen_between_them(tried: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, tried))
    below, above = lower(wrong, tried), upper(wrong, tried)
    assert below <= wrong / tried <= above
    if 0 < wrong < tried:
        assert tail(wrong, tried, above) == pytest.approx(0.05, abs=1e-6)


def test_known_bounds() -> None:
    assert upper(0, 2_995) == pytest.approx(0.001, abs=1e-6)          # three thousand without an error show one in a thousand
    assert upper(0, 0) == 1.0 and lower(0, 0) == 0.0


def lines(count: int, wrong: int = 0, score: float = 0.99, seen: Seen = Seen.ASKED, start: int = 0) -> list[Outcome]:
    """Lines of orders with one line each; the wrong ones are spread."""
    every = count // wrong if wrong else count + 1
    return [Outcome(start + n, score, (n + 1) % every == 0 and n // every < wrong, seen) for n in range(count)]


def test_too_little_history_says_how_many_lines_are_missing_and_enough_without_errors_keeps_the_promise() -> None:
    none = promise(History.of(()), 0.01)
    assert not none.is_kept and none.needed > 300
    some = promise(History.of(lines(200)), 0.01)
    assert not some.is_kept and some.needed == none.needed - 200
    enough = promise(History.of(lines(none.needed)), 0.01)
    assert enough.threshold == 0.99 and enough.needed == 0 and enough.evidence.bound < 0.01


def test_many_errors_among_enough_lines_keep_nothing() -> None:
    state = promise(History.of(lines(5_000, wrong=100)), 0.01)
    assert not state.is_kept and state.needed == 0 and state.evidence.wrong > 0


def test_the_threshold_stops_above_the_lines_that_err() -> None:
    history = History.of([*lines(3_000, score=0.99), *lines(3_000, wrong=300, score=0.8, start=10_000)])
    assert promise(history, 0.01).threshold == 0.99
    assert promise(History.of(lines(6_000, score=0.3)), 0.01).threshold is None       # less likely right than wrong


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0, 1), st.booleans()), max_size=400), st.sampled_from([0.1, 0.05, 0.02]))
def test_whatever_the_history_the_bound_behind_a_promise_is_below_its_target(
    rows: list[tuple[int, float, bool]], target: float
) -> None:
    state = promise(History.of(Outcome(order, score, wrong) for order, score, wrong in rows), target)
    if state.threshold is not None:
        assert state.evidence.bound <= target and state.threshold == state.evidence.threshold >= 0.5
    else:
        assert state.needed > 0 or state.evidence.wrong > 0


def test_choosing_among_many_thresholds_does_not_cheat() -> None:
    """Where every score has just too many errors, a threshold is found in fewer than one history of twenty."""
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(100):
        wrong = rng.random(3_000) < 0.02
        found += promise(
            History.of(Outcome(n, float(s), bool(w)) for n, (s, w) in enumerate(zip(rng.random(3_000), wrong, strict=True))),
            0.02).is_kept
    assert found <= 5


def test_lines_that_go_wrong_together_count_for_less() -> None:
    together = History.of([Outcome(n // 5, 0.9, (n // 5) % 10 == 0) for n in range(2_000)])
    apart = History.of([Outcome(n // 5, 0.9, n % 10 == 0) for n in range(2_000)])
    assert design_effect(together) == pytest.approx(5, abs=0.01)
    assert design_effect(apart) < 1.2


def test_an_alarm_rings_when_blind_samples_err_and_only_what_follows_counts() -> None:
    good, bad = lines(2_000), lines(40, wrong=10, seen=Seen.BLIND, start=50_000)
    before = promise(History.of(good), 0.01)
    after = promise(History.of([*good, *bad]), 0.01)
    assert before.is_kept and before.alarms == 0
    assert not after.is_kept and after.alarms >= 1 and after.needed > 0
    asked = History.of([*good, *lines(40, wrong=10, start=50_000)])
    assert alarm_positions(asked, 0.01) == ()                         # errors of orders that were asked about were not promised
    reported = [Outcome(90_000 + n, 0.99, True, Seen.REPORTED) for n in range(4)]
    assert alarm_positions(History.of([*good, *reported]), 0.01)
    calm = History.of([*good, *lines(3_000, wrong=6, seen=Seen.BLIND, start=60_000)])
    assert alarm_positions(calm, 0.01) == ()


def test_a_trend_among_lines_that_people_see_asks_for_more() -> None:
    rng = np.random.default_rng(3)

    def era(rate: float, start: int) -> list[Outcome]:
        return [Outcome(start + n, float(rng.random()), bool(rng.random() < rate)) for n in range(1_000)]

    steady = [era(0.1, n * 1_000) for n in range(4)]
    worse = [*steady[:3], era(0.3, 3_000)]
    assert trend(History.of(o for e in steady for o in e)) < 1.3
    assert trend(History.of(o for e in worse for o in e)) > 2


def test_streams_with_drift_keep_the_target() -> None:
    kept = [stream(seed, 0.01, days=40) for seed in range(6)]
    assert all(k.rate <= 0.01 for k in kept)
    assert sum(k.unseen for k in kept) > 0.4 * sum(k.lines for k in kept)


def test_the_draw_is_repeatable_fair_and_grows_with_the_share() -> None:
    few, many = ({n for n in range(20_000) if is_drawn(n, share)} for share in (0.05, 0.2))
    assert few == {n for n in range(20_000) if is_drawn(n, 0.05)} and few < many
    assert len(few) / 20_000 == pytest.approx(0.05, abs=0.006)
    assert is_drawn(1, 1.0) and not is_drawn(1, 0.0)


def test_what_escaped_is_estimated_from_blind_lines_weighed_by_their_share() -> None:
    blind = [Outcome(n, 0.99, n < 4, Seen.BLIND, 0.05) for n in range(200)]
    fuller = [Outcome(1_000 + n, 0.99, n < 20, Seen.BLIND, 0.5) for n in range(200)]
    told = escaped(History.of([*blind, *lines(500, wrong=50)]), 4_000)
    assert (told.rate, told.looked_at, told.wrong, told.lines) == (0.02, 200, 4, 4_000)
    assert 0.005 < told.least < 0.02 < told.most < 0.06
    both = escaped(History.of([*blind, *fuller]), 4_000)
    assert both.rate == pytest.approx((4 * 20 + 20 * 2) / (200 * 20 + 200 * 2))
    assert escaped(History.of(()), 10).most == 1.0
