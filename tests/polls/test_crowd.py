from math import exp, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.crowd import (
    even_crowd,
    newest_that_count,
    recency_weights,
    recent_crowd,
    weighted_median,
)


def test_recency_weights_follow_the_formula() -> None:
    # N = 4: e^(1-2), e^(sqrt 2 - 2), e^(sqrt 3 - 2), e^0
    expected = [exp(-1), exp(sqrt(2) - 2), exp(sqrt(3) - 2), 1.0]
    assert recency_weights(1, 4) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([300], [1.0], 300),
        ([100, 900], [1.0, 1.0], 500),  # half the weight falls between: the mean of both
        ([100, 301], [1.0, 1.0], 201),  # 200.5 rounds up
        ([100, 200, 900], [1.0, 1.0, 1.0], 200),
        ([900, 100, 100], [3.0, 1.0, 1.0], 900),  # half of 5 is 2.5, reached in the 3.0
        ([100, 500, 900], [1.0, 1.0, 2.0], 700),  # half of 4 is reached exactly after 500
    ],
)
def test_weighted_median_on_hand_made_cases(
    values: list[int], weights: list[float], median: int
) -> None:
    assert weighted_median(values, weights) == median


def test_even_crowd_reads_counts_as_weights() -> None:
    # 100, 100, 700, 900, 900: the third of five
    assert even_crowd({100: 2, 700: 1, 900: 2}) == 700


def test_recent_crowd_of_few_old_and_one_new() -> None:
    # n = 1..3 of 3: e^(1-1.732)=0.481, e^(1.414-1.732)=0.728, 1; half of 2.209 is 1.104,
    # passed only with the third
    assert recent_crowd([500, 500, 900], 3) == 500
    # 900 weighs 1 of 2.209, less than half; with the second one at 900 it is the median
    assert recent_crowd([500, 900, 900], 3) == 900


@given(st.integers(1, 1500), st.integers())
def test_the_newest_that_count_give_the_crowd_of_all(total: int, seed: int) -> None:
    values = Random(seed).choices(range(1001), k=total)
    newest = values[-newest_that_count(len(values)) :]
    assert len(newest) < len(values) or len(values) < 676
    assert recent_crowd(newest, len(values)) == recent_crowd(values, len(values))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50))
def test_the_crowd_lies_within_the_forecasts(values: list[int]) -> None:
    assert min(values) <= recent_crowd(values, len(values)) <= max(values)


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_weights_of_the_newest_are_the_last_of_all_the_weights(total: int, first: int) -> None:
    first = min(first, total)
    assert recency_weights(first, total) == recency_weights(1, total)[first - 1 :]


@pytest.mark.parametrize(
    ("total", "count"),
    [
        # The n-th of N weighs e^(sqrt(n) - sqrt(N)); the oldest that counts has
        # sqrt(n) > sqrt(N) - 25.
        (1, 1),
        (625, 625),  # sqrt(625) - 25 = 0: all of them
        (626, 626),  # sqrt(626) - 25 = 0.02, squared 0.0004: none is left out yet
        (676, 675),  # sqrt(676) - 25 = 1, squared 1: the first is left out
        (10_000, 4_375),  # 100 - 25 = 75, squared 5,625: 10,000 - 5,625
        (1_000_000, 49_375),  # 1,000 - 25 = 975, squared 950,625
    ],
)
def test_newest_that_count_by_hand(total: int, count: int) -> None:
    assert newest_that_count(total) == count


@pytest.mark.parametrize("total", [676, 5_000, 100_000])
def test_what_is_left_out_weighs_next_to_nothing(total: int) -> None:
    weights = recency_weights(1, total)
    left_out = weights[: total - newest_that_count(total)]
    assert max(left_out) <= exp(-25) * (1 + 1e-9)
    assert sum(left_out) / sum(weights) < 1e-9


def test_recent_crowd_by_hand() -> None:
    # N = 4: weights 0.368, 0.557, 0.765, 1; their sum 2.690, its half 1.345.
    # In order of value: 100 (0.765), 200 (0.368): 1.133; 800 (1): 2.133 passes the half.
    assert recent_crowd([200, 900, 100, 800], 4) == 800
    # The same forecasts in another order: 100 (1), 200 (0.765): 1.765 passes it.
    assert recent_crowd([900, 800, 200, 100], 4) == 200
    # With equal weights both are the mean of 200 and 800.
    assert even_crowd({200: 1, 900: 1, 100: 1, 800: 1}) == 500


def test_one_forecast_is_the_crowd() -> None:
    assert recent_crowd([0], 1) == 0
    assert recent_crowd([1000], 1) == 1000
    assert even_crowd({1000: 1}) == 1000
