from math import exp, sqrt

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


@given(st.lists(st.integers(0, 1000), min_size=700, max_size=1500))
def test_the_newest_that_count_give_the_crowd_of_all(values: list[int]) -> None:
    newest = values[-newest_that_count(len(values)) :]
    assert len(newest) < len(values) or len(values) <= 625
    assert recent_crowd(newest, len(values)) == recent_crowd(values, len(values))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50))
def test_the_crowd_lies_within_the_forecasts(values: list[int]) -> None:
    assert min(values) <= recent_crowd(values, len(values)) <= max(values)
