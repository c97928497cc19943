import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.scoring.calibration import (
    Observation,
    calibration,
    surprise,
    surprises,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # z = 1.959964, z^2 = 3.841459
        # 0 of 10: middle = reach = 1.920729/13.841459 = 0.138767: 0 .. 0.277533
        (0, 10, 0.0, 0.277533),
        # 10 of 10: the mirror of it
        (10, 10, 0.722467, 1.0),
        # 8 of 10: middle 9.920729/13.841459 = 0.716740
        # reach 1.959964/13.841459 * sqrt(8 * 2/10 + 0.960365) = 0.141601 * 1.600114 = 0.226578
        (8, 10, 0.490162, 0.943318),
        # 1 of 1: middle 2.920729/4.841459 = 0.603275; reach 1.959964/4.841459 * 0.979982 = 0.396725
        (1, 1, 0.206549, 1.0),
    ],
)
def test_wilson_interval(hits: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share(hits_of: tuple[int, int]) -> None:
    hits, count = hits_of
    low, high = wilson_interval(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1


def observations(*pairs: tuple[int, bool]) -> list[Observation]:
    return [
        Observation(poll, forecast, happened) for poll, (forecast, happened) in enumerate(pairs, 1)
    ]


def test_calibration_bins_by_ten_points() -> None:
    bins = calibration(
        observations((0, False), (99, False), (100, True), (700, True), (799, False), (750, True))
    )
    # 0 and 99: mean 49.5, 0 of 2. 100 begins the second bin: 1 of 1.
    # 700, 799, 750: mean 2249/3 = 749.667, 2 of 3. Bins without forecasts are left out.
    assert [(one.mean, one.share, one.count) for one in bins] == [
        (49.5, 0.0, 2),
        (100.0, 1.0, 1),
        (pytest.approx(749.667, abs=1e-3), pytest.approx(2 / 3), 3),
    ]
    # 2 of 3: middle 3.920729/6.841459 = 0.573084
    # reach 1.959964/6.841459 * sqrt(2/3 + 0.960365) = 0.286483 * 1.275552 = 0.365424
    assert (bins[2].low, bins[2].high) == pytest.approx((0.207660, 0.938508), abs=1e-5)


def test_calibration_puts_certainty_in_the_last_bin() -> None:
    (top,) = calibration(observations((900, True), (1000, True)))
    assert (top.mean, top.count) == (950.0, 2)
    assert calibration([]) == []


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans())))
def test_calibration_counts_every_forecast_once(pairs: list[tuple[int, bool]]) -> None:
    bins = calibration(observations(*pairs))
    assert sum(one.count for one in bins) == len(pairs)
    assert sum(one.share * one.count for one in bins) == pytest.approx(
        sum(happened for _, happened in pairs)
    )
    assert [one.mean for one in bins] == sorted(one.mean for one in bins)


@pytest.mark.parametrize(
    ("chance", "bits"),
    [
        (500, 1.0),  # -log2(1/2)
        (250, 2.0),  # -log2(1/4)
        (125, 3.0),
        (0, 9.965784),  # limited to 0.001: log2(1000)
        (1000, 0.001443),  # limited to 0.999
    ],
)
def test_surprise_in_bits(chance: int, bits: float) -> None:
    assert surprise(chance) == pytest.approx(bits, abs=1e-6)


def test_surprises_come_least_expected_first() -> None:
    rows = surprises({1: 900, 2: 250, 3: 0, 4: 250, 5: 500})
    assert [(row.rank, row.poll, row.chance) for row in rows] == [
        (1, 3, 0),
        (2, 2, 250),
        (2, 4, 250),
        (4, 5, 500),
        (5, 1, 900),
    ]
    # -log2: 9.965784 (0 counts as 0.001), 2, 2, 1, and -log2(0.9) = 0.152003
    assert [row.bits for row in rows] == pytest.approx([9.965784, 2, 2, 1, 0.152003], abs=1e-6)
