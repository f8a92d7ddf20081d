"""The arithmetic of an experiment: drawn fairly and again, checked, and of the power that was promised."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, norm

from yinke.scoring.effect.checks import chance_imbalance, imbalance, sample_ratio
from yinke.scoring.effect.difference import mean_difference, rate_difference
from yinke.scoring.effect.draw import BLOCK, SHARES, in_order, is_held_out
from yinke.scoring.effect.looks import Z_END
from yinke.scoring.effect.power import (
    POWER,
    detectable_mean,
    detectable_rate,
    needed_for_mean,
    needed_for_rate,
)

seeds = st.binary(min_size=8, max_size=32)


@given(seeds, st.sampled_from(SHARES), st.integers(0, 40))
def test_of_each_block_just_the_share_is_held_out(seed: bytes, share: int, block: int) -> None:
    drawn = [is_held_out(seed, "T3-HIGH", n, share) for n in range(block * BLOCK, (block + 1) * BLOCK)]
    assert sum(drawn) == BLOCK * share // 100
    assert drawn == [
        is_held_out(seed, "T3-HIGH", n, share) for n in range(block * BLOCK, (block + 1) * BLOCK)
    ]


def test_no_place_no_layer_and_no_block_is_favoured() -> None:
    places: Counter[int] = Counter()
    for n in range(400):
        seed = f"seed {n}".encode()
        places.update(place for place in range(BLOCK) if is_held_out(seed, "T1-LOW", place, 20))
    assert all(80 * 0.6 < places[place] < 80 * 1.4 for place in range(BLOCK))
    blocks = [
        tuple(is_held_out(b"one", layer, b * BLOCK + p, 20) for p in range(BLOCK))
        for layer in ("T1-LOW", "T2-LOW")
        for b in range(20)
    ]
    assert len(set(blocks)) > 35  # who knows one block knows no other


@given(seeds, st.sets(st.integers(0, 10**6), min_size=2, max_size=40))
def test_the_order_of_a_night_follows_from_the_seed_and_from_nothing_else(
    seed: bytes, numbers: set[int]
) -> None:
    customers = [f"C{n:08}" for n in numbers]
    assert in_order(seed, customers) == in_order(seed, reversed(customers)) and set(
        in_order(seed, customers)
    ) == set(customers)


def test_who_has_a_low_number_is_not_drawn_first() -> None:
    customers = [f"C{n:08}" for n in range(200)]
    first = Counter(in_order(f"seed {n}".encode(), customers)[0] for n in range(100))
    assert len(first) > 50 and in_order(b"one", customers) != in_order(b"two", customers)


@given(st.integers(20, 5_000), st.integers(20, 5_000), st.sampled_from(SHARES))
def test_the_check_of_the_arms_sizes_is_pearsons(treated: int, control: int, share: int) -> None:
    total = treated + control
    expected = [total * (1 - share / 100), total * share / 100]
    assert sample_ratio(treated, control, share / 100) == pytest.approx(
        chisquare([treated, control], expected).pvalue, abs=1e-12
    )


def test_arms_that_differ_before_anything_is_done_are_told_in_standard_deviations() -> None:
    rng = np.random.default_rng(2)
    value, held_out = rng.normal(10, 3, 4_000), np.arange(4_000) % 4 == 0
    assert abs(imbalance(held_out, value)) < chance_imbalance(3_000, 1_000)
    assert imbalance(held_out, value - 0.6 * held_out) == pytest.approx(0.2, abs=0.08)
    assert imbalance(held_out, np.ones(4_000)) == 0
    over = [
        abs(imbalance(rng.random(200) < 0.2, rng.normal(size=200))) > chance_imbalance(160, 40)
        for _ in range(2_000)
    ]
    assert np.mean(over) == pytest.approx(0.01, abs=0.01)  # once in a hundred, by chance


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_what_is_promised_before_the_start_is_seen_four_times_in_five(share: float) -> None:
    rng, base, customers = np.random.default_rng(9), 0.9, 2_000
    effect = detectable_rate(customers, share, base)
    assert effect is not None and needed_for_rate(effect, share, base) == pytest.approx(customers, rel=0.01)
    held_out = np.arange(customers) < customers * share
    seen = []
    for _ in range(600):
        happened = rng.random(customers) < base + effect * ~held_out
        found = rate_difference(held_out, happened, np.zeros(customers, np.intp))
        assert found is not None
        seen.append(found.interval(Z_END)[0] > 0)
    assert np.mean(seen) == pytest.approx(POWER, abs=0.06)


def test_a_difference_of_money_needs_the_customers_that_the_formula_says() -> None:
    factor = Z_END + norm.ppf(POWER)
    assert detectable_mean(1_000, 0.2, 50_000) == pytest.approx(factor * 50_000 / math.sqrt(1_000 * 0.16))
    assert needed_for_mean(detectable_mean(1_000, 0.2, 50_000), 0.2, 50_000) in (1_000, 1_001)


def test_what_was_known_before_is_taken_out_of_a_difference_of_money() -> None:
    """Who holds much loses much: without the balances at the start the difference would drown in that."""
    rng, many = np.random.default_rng(3), 3_000
    before = rng.lognormal(11, 1, many)
    held_out, strata = np.arange(many) % 5 == 0, (np.arange(many) % 3).astype(np.intp)
    after = 0.6 * before + 2_000 * ~held_out + 500 * strata + rng.normal(0, 3_000, many)
    found = mean_difference(held_out, after, before, strata)
    assert found is not None
    change = after - before
    plain = math.sqrt(change[held_out].var() / held_out.sum() + change[~held_out].var() / (~held_out).sum())
    assert found.error < plain / 5 and abs(found.difference - 2_000) < 3 * found.error
    assert found.error == pytest.approx(3_000 * math.sqrt(1 / 600 + 1 / 2_400), rel=0.1)
