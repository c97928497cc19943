from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import exp, log
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.scoring.scores import Life, Score, Step, chance_given, last_forecast, scores

# Every poll here is planned for 100 hours, so an hour is one percent of its life.
OPENED = datetime(2026, 9, 1, tzinfo=UTC)
HOURS = 100


def hour(number: float) -> datetime:
    return OPENED + timedelta(hours=number)


def steps(*pairs: tuple[float, int | None]) -> list[Step]:
    return [Step(hour(at), value) for at, value in pairs]


def life(resolved: float = HOURS) -> Life:
    return Life(OPENED, hour(HOURS), hour(resolved))


def table(actual: Mapping[str, Score]) -> dict[str, object]:
    return {
        voter: pytest.approx((score.brier, score.coverage, score.peer))
        for voter, score in actual.items()
    }


def test_one_forecaster_alone_has_nobody_to_beat() -> None:
    # Brier (0.7 - 1)^2 = 0.09; N = 1, so no peer score
    actual = scores({"a": steps((0, 700))}, life(), True)
    assert table(actual) == {"a": (0.09, 1.0, 0.0)}


def test_two_opposite_forecasts_win_and_lose_the_same() -> None:
    # GM = sqrt(0.8 * 0.2) = 0.4; 100 * 2/1 * ln(0.8/0.4) = 200 ln 2 = 138.6294
    #                             100 * 2/1 * ln(0.2/0.4) = -138.6294
    # Brier (0.8 - 1)^2 = 0.04 and (0.2 - 1)^2 = 0.64
    expected = {"a": (0.04, 1.0, 138.6294361), "b": (0.64, 1.0, -138.6294361)}
    log_rows = {"a": steps((0, 800)), "b": steps((0, 200))}
    assert expected == table(scores(log_rows, life(), True))
    # It did not happen: the chances given to that are 0.2 and 0.8
    swapped = {"a": (0.64, 1.0, -138.6294361), "b": (0.04, 1.0, 138.6294361)}
    assert swapped == table(scores(log_rows, life(), False))


def test_three_forecasters() -> None:
    # GM = (0.9 * 0.6 * 0.3)^(1/3) = 0.162^(1/3) = 0.5451362
    # a: 150 ln(0.9/0.5451362) = 150 * 0.5013591 = 75.2039
    # b: 150 ln(0.6/0.5451362) = 150 * 0.0958940 = 14.3841
    # c: 150 ln(0.3/0.5451362) = 150 * -0.5972532 = -89.5880
    actual = scores(
        {"a": steps((0, 900)), "b": steps((0, 600)), "c": steps((0, 300))}, life(), True
    )
    assert [actual[voter].peer for voter in "abc"] == pytest.approx(
        [75.2039, 14.3841, -89.5880], abs=1e-4
    )


def test_late_joiner_is_scored_from_the_joining_on() -> None:
    # Both stand in the last 25 of 100 hours: 0.25 * (+-)138.6294 = (+-)34.6574.
    # b's Brier is averaged over those 25 hours only, and coverage 0.25 says so.
    actual = scores({"a": steps((0, 800)), "b": steps((75, 200))}, life(), True)
    expected = {"a": (0.04, 1.0, 34.6573590), "b": (0.64, 0.25, -34.6573590)}
    assert expected == table(actual)


def test_changed_forecast_is_averaged_over_time() -> None:
    # a: 40 h at 0.5 (loss 0.25), 60 h at 0.9 (loss 0.01): 0.4 * 0.25 + 0.6 * 0.01 = 0.106
    # peer: 40 h at 0, then GM = sqrt(0.9 * 0.5) = 0.6708204, 200 ln(0.9/0.6708204) = 58.7787,
    # 0.6 * 58.7787 = 35.2672
    actual = scores({"a": steps((0, 500), (40, 900)), "b": steps((0, 500))}, life(), True)
    expected = {"a": (0.106, 1.0, 35.2671999), "b": (0.25, 1.0, -35.2671999)}
    assert expected == table(actual)


def test_withdrawn_forecast_is_scored_while_it_stood() -> None:
    # a stood for 25 h: GM = sqrt(0.8 * 0.4) = 0.5656854, 200 ln(0.8/0.5656854) = 69.3147,
    # 0.25 * 69.3147 = 17.3287. Brier 0.04 over those 25 h; b's is (0.4 - 1)^2 = 0.36
    actual = scores({"a": steps((0, 800), (25, None)), "b": steps((0, 400))}, life(), True)
    expected = {"a": (0.04, 0.25, 17.3286795), "b": (0.36, 1.0, -17.3286795)}
    assert expected == table(actual)


def test_withdrawn_and_back_leaves_the_gap_out() -> None:
    # a: 20 h at 0.8 (loss 0.04), 40 h nothing, 40 h at 0.6 (loss 0.16)
    # coverage 0.6; Brier (20 * 0.04 + 40 * 0.16) / 60 = 7.2 / 60 = 0.12
    # peer against b's 0.4: 0.2 * 100 ln(0.8/0.4) + 0.4 * 100 ln(0.6/0.4)
    #                     = 0.2 * 69.3147 + 0.4 * 40.5465 = 13.8629 + 16.2186 = 30.0815
    actual = scores(
        {"a": steps((0, 800), (20, None), (60, 600)), "b": steps((0, 400))}, life(), True
    )
    expected = {"a": (0.12, 0.6, 30.0815479), "b": (0.36, 1.0, -30.0815479)}
    assert expected == table(actual)


def test_early_resolution_stops_peer_and_coverage_and_not_brier() -> None:
    # Resolved at hour 50 of 100. b: 0.2 for 25 h, then 0.6, which counts until hour 100:
    # Brier 0.25 * 0.64 + 0.75 * 0.16 = 0.28. c withdrew before: 0.01 over its 25 h only.
    # peer, hours 0..25, N = 3: GM = (0.8 * 0.2 * 0.9)^(1/3) = 0.144^(1/3) = 0.5241483, 150 ln(p/GM)
    #   a 63.4256, b -144.5186, c 81.0930
    # hours 25..50, N = 2: a 100 ln(0.8/0.6) = 28.7682, b -28.7682; hours 50..100: 0
    #   a 0.25 * (63.4256 + 28.7682) = 23.0484; b 0.25 * (-144.5186 - 28.7682) = -43.3217
    #   c 0.25 * 81.0930 = 20.2733
    log_rows = {
        "a": steps((0, 800)),
        "b": steps((0, 200), (25, 600)),
        "c": steps((0, 900), (25, None)),
    }
    actual = scores(log_rows, life(resolved=50), True)
    assert [actual[voter].brier for voter in "abc"] == pytest.approx([0.04, 0.28, 0.01])
    assert [actual[voter].coverage for voter in "abc"] == pytest.approx([0.5, 0.5, 0.25])
    assert [actual[voter].peer for voter in "abc"] == pytest.approx(
        [23.0484, -43.3217, 20.2733], abs=1e-4
    )


def test_certainty_is_limited_to_999_in_the_peer_score_only() -> None:
    # 100 ln(0.999/0.001) = 100 * 6.9067548 = 690.6755; Brier takes 1 and 0 as they are
    actual = scores({"a": steps((0, 1000)), "b": steps((0, 0))}, life(), True)
    expected = {"a": (0.0, 1.0, 690.6754779), "b": (1.0, 1.0, -690.6754779)}
    assert expected == table(actual)


@pytest.mark.parametrize(
    ("forecast", "happened", "chance"),
    [(0, True, 1), (0, False, 999), (1000, True, 999), (1000, False, 1), (300, False, 700)],
)
def test_chance_given_to_what_happened(forecast: int, happened: bool, chance: int) -> None:
    assert chance_given(forecast, happened) == chance


@pytest.mark.parametrize(
    "log_rows",
    [
        steps(),
        steps((10, None)),
        steps((100, 900)),  # at the close, when none is accepted any more
        steps((120, 900)),
        steps((10, 900), (10, None)),
        steps((-5, 900), (-2, None)),
    ],
)
def test_never_standing_is_not_scored(log_rows: list[Step]) -> None:
    actual = scores({"a": log_rows, "b": steps((0, 700))}, life(), True)
    # ... and leaves b alone in the field
    assert table(actual) == {"b": (0.09, 1.0, 0.0)}


def test_last_of_several_in_one_instant_counts() -> None:
    # What is left is a: 50 h at 0.8, 50 h at 0.6; b: 0.4
    # Brier (0.04 + 0.16)/2 = 0.1; peer 0.5 * 100 ln(0.8/0.4) + 0.5 * 100 ln(0.6/0.4)
    #                             = 34.6574 + 20.2733 = 54.9306
    noisy = {"a": steps((0, 100), (0, None), (0, 800), (50, 0), (50, 600)), "b": steps((0, 400))}
    expected = {"a": (0.1, 1.0, 54.9306144), "b": (0.36, 1.0, -54.9306144)}
    assert expected == table(scores(noisy, life(), True))


def test_what_stood_at_the_opening_counts_from_there() -> None:
    early = scores({"a": steps((-9, 100), (-3, 800)), "b": steps((0, 200))}, life(), True)
    assert early == scores({"a": steps((0, 800)), "b": steps((0, 200))}, life(), True)


def test_rows_out_of_order_are_taken_by_their_time() -> None:
    # (also before the opening: 0.8 was said after 0.1)
    mixed = steps((-3, 800), (-9, 100), (60, 300), (20, 500))
    ordered = steps((0, 800), (20, 500), (60, 300))
    assert scores({"a": mixed}, life(), True) == scores({"a": ordered}, life(), True)
    assert last_forecast(mixed, life()) == 300


def test_what_comes_after_the_end_changes_nothing() -> None:
    log_rows = {"a": steps((0, 800)), "b": steps((0, 200))}
    for resolved in (50, 100, 130):  # the scheduled close is at 100
        later = {
            "a": [*log_rows["a"], *steps((resolved, 0))],
            "b": [*log_rows["b"], *steps((resolved + 5, None))],
        }
        assert scores(later, life(resolved), True) == scores(log_rows, life(resolved), True)


def test_late_resolution_counts_to_the_scheduled_close() -> None:
    log_rows = {"a": steps((0, 800)), "b": steps((30, 200))}
    assert scores(log_rows, life(resolved=500), True) == scores(log_rows, life(), True)


@pytest.mark.parametrize(
    "empty",
    [
        Life(OPENED, OPENED, hour(9)),
        Life(OPENED, hour(HOURS), OPENED),
        Life(OPENED, hour(HOURS), hour(-1)),
    ],
)
def test_poll_without_length_scores_nobody(empty: Life) -> None:
    assert scores({"a": steps((-1, 800), (0, 700))}, empty, True) == {}
    assert last_forecast(steps((-1, 800), (0, 700)), empty) is None


@pytest.mark.parametrize(
    ("log_rows", "last"),
    [
        (steps((0, 800), (20, 300)), 300),
        (steps((0, 800), (20, None)), 800),  # withdrawn, but it was what they said last
        (steps((0, 800), (20, 100), (20, None)), 800),  # 100 stood for no time
        (steps((0, 800), (50, 100)), 800),  # at the resolution
        (steps((-9, 800)), 800),
        (steps((0, None)), None),
        (steps(), None),
    ],
)
def test_last_forecast_is_the_last_that_stood(log_rows: list[Step], last: int | None) -> None:
    assert last_forecast(log_rows, life(resolved=50)) == last


def test_a_hundred_thousand_log_rows_are_fast() -> None:
    # 20,000 voters with 5 rows each; work that grew with rows times voters would take minutes.
    log_rows = {
        str(voter): steps(
            *((turn * 20 + voter / 1000, (voter * 7 + turn * 131) % 1001) for turn in range(5))
        )
        for voter in range(20_000)
    }
    started = perf_counter()
    actual = scores(log_rows, life(), True)
    assert perf_counter() - started < 5
    assert len(actual) == 20_000
    assert sum(score.peer for score in actual.values()) == pytest.approx(0, abs=1e-3)


forecasts = st.integers(0, 1000)
ballots = st.lists(
    st.tuples(st.integers(-10, 110), st.none() | forecasts), min_size=0, max_size=8
).map(lambda pairs: steps(*sorted(pairs, key=lambda pair: pair[0])))
polls = st.dictionaries(st.sampled_from("abcdef"), ballots, min_size=1, max_size=6)
changes = st.lists(st.tuples(st.integers(1, 99), forecasts), max_size=6)
always = st.builds(
    lambda first, later: steps((0, first), *sorted(later)), forecasts, changes
)  # from the opening on, never withdrawn


def standing(history: Sequence[Step], at: float) -> int | None:
    """By the definition: the last row at or before the hour `at`."""
    past = [step for step in history if step.at <= hour(at)]
    return past[-1].value if past else None


def by_definition(
    histories: Mapping[str, Sequence[Step]], resolved: int, happened: bool
) -> dict[str, tuple[float, float, float]]:
    """The scores read off hour by hour; all rows are at whole hours, so nothing changes within."""
    found = {}
    for voter, history in histories.items():
        loss, stood, covered, peer = 0.0, 0, 0, 0.0
        for now in range(HOURS):
            seen = min(now, resolved - 1)
            mine = standing(history, seen)
            if mine is None:
                continue
            if now < resolved:
                covered += 1
                field = [standing(other, now) for other in histories.values()]
                chances = [chance_given(p, happened) / 1000 for p in field if p is not None]
                if len(chances) > 1:
                    mean = exp(sum(map(log, chances)) / len(chances))
                    scale = 100 * len(chances) / (len(chances) - 1)
                    peer += scale * log(chance_given(mine, happened) / 1000 / mean)
            stood += 1
            loss += (mine / 1000 - happened) ** 2
        if covered:
            found[voter] = (loss / stood, covered / HOURS, peer / HOURS)
    return found


@given(polls, st.integers(1, 130), st.booleans())
def test_scores_equal_the_definition_hour_by_hour(
    histories: dict[str, list[Step]], resolved: int, happened: bool
) -> None:
    actual = scores(histories, life(resolved), happened)
    expected = by_definition(histories, resolved, happened)
    assert actual.keys() == expected.keys()
    for voter, score in actual.items():
        assert (score.brier, score.coverage, score.peer) == pytest.approx(expected[voter], abs=1e-8)


@given(st.lists(always, min_size=2, max_size=6), st.booleans())
def test_peer_scores_sum_to_zero_where_all_forecast_all_the_time(
    histories: list[list[Step]], happened: bool
) -> None:
    actual = scores({str(n): one for n, one in enumerate(histories)}, life(), happened)
    assert len(actual) == len(histories)
    assert all(score.coverage == pytest.approx(1) for score in actual.values())
    assert sum(score.peer for score in actual.values()) == pytest.approx(0, abs=1e-7)


@given(polls, st.integers(1, 130), st.booleans())
def test_peer_scores_sum_to_zero_whoever_joins_and_leaves(
    histories: dict[str, list[Step]], resolved: int, happened: bool
) -> None:
    actual = scores(histories, life(resolved), happened)
    assert sum(score.peer for score in actual.values()) == pytest.approx(0, abs=1e-7)


@given(polls, st.integers(1, 130), st.booleans())
def test_scores_stay_in_their_ranges(
    histories: dict[str, list[Step]], resolved: int, happened: bool
) -> None:
    for score in scores(histories, life(resolved), happened).values():
        assert 0 < score.coverage <= 1
        assert 0 <= score.brier <= 1
        assert abs(score.peer) <= 100 * log(999) + 1e-7


def expected_score(belief: int, told: int, others: Mapping[str, list[Step]]) -> Score:
    """What one who gives yes `belief` expects from telling `told` throughout."""
    histories = {"me": steps((0, told)), **others}
    yes, no = (scores(histories, life(), happened)["me"] for happened in (True, False))
    chance = belief / 1000
    return Score(
        chance * yes.brier + (1 - chance) * no.brier,
        yes.coverage,
        chance * yes.peer + (1 - chance) * no.peer,
    )


@pytest.mark.parametrize("belief", [1, 37, 500, 731, 999])
def test_no_other_permille_pays_as_well_as_the_true_belief(belief: int) -> None:
    others = {"a": steps((0, 300), (40, 350)), "b": steps((20, 900), (70, None))}
    grid = [expected_score(belief, told, others) for told in range(1001)]
    truth = grid[belief]
    # 0 and 1 (999 and 1000) are one forecast to the peer score, and two to Brier
    same = {0, 1} if belief == 1 else {999, 1000} if belief == 999 else {belief}
    assert all(other.peer < truth.peer for told, other in enumerate(grid) if told not in same)
    assert all(other.brier > truth.brier for told, other in enumerate(grid) if told != belief)


@given(forecasts, forecasts, st.dictionaries(st.sampled_from("abc"), always, min_size=1))
def test_true_belief_maximises_expected_peer_and_minimises_expected_brier(
    belief: int, told: int, others: dict[str, list[Step]]
) -> None:
    truth, other = (expected_score(belief, value, others) for value in (belief, told))
    assert truth.peer >= other.peer - 1e-7
    assert truth.brier <= other.brier + 1e-12


def joining_at(at: int, history: list[Step]) -> list[Step]:
    """The same forecasts from the hour `at` on, and none before."""
    return [Step(hour(at), standing(history, at)), *(s for s in history if s.at > hour(at))]


# A late joiner with the early one's forecasts from then on misses exactly the early one's peer
# score of the time before, whoever else comes and goes. So the late one cannot come out above
# where the early one was, in that time, no worse than the geometric mean of the others; it is
# enough that each of the others gave what happened no better a chance. Where the early one was
# behind, joining late loses less: absence earns 0.
@given(
    st.lists(always, min_size=1, max_size=4),
    always,
    st.integers(1, 99),
    st.integers(0, 99),
    st.booleans(),
)
def test_late_joiner_cannot_beat_an_equally_good_early_one(
    others: list[list[Step]], early: list[Step], joined: int, more: int, happened: bool
) -> None:
    worse = {
        str(n): [
            Step(hour(now), _no_better(standing(one, now), standing(early, now), happened))
            for now in range(HOURS)
        ]
        for n, one in enumerate(others)
    }
    later = min(joined + more, 99)

    def alone(history: list[Step]) -> Score:
        return scores({**worse, "me": history}, life(), happened)["me"]

    first, second, third = (
        alone(early),
        alone(joining_at(joined, early)),
        alone(joining_at(later, early)),
    )
    assert first.peer >= second.peer - 1e-7
    assert second.peer >= third.peer - 1e-7 >= -2e-7
    assert first.coverage > second.coverage >= third.coverage
    # ... and in one poll with both
    both = scores({**worse, "early": early, "late": joining_at(joined, early)}, life(), happened)
    assert both["early"].peer >= both["late"].peer - 1e-7


def test_who_is_behind_loses_less_by_joining_late() -> None:
    # 0.2 against 0.8: 100 ln(0.2/0.8) = -138.6294 throughout, half of it from hour 50 on
    other = {"b": steps((0, 800))}
    early = scores({"a": steps((0, 200)), **other}, life(), True)["a"]
    late = scores({"a": steps((50, 200)), **other}, life(), True)["a"]
    assert (early.peer, late.peer) == pytest.approx((-138.6294361, -69.3147181))


def _no_better(forecast: int | None, than: int | None, happened: bool) -> int:
    assert forecast is not None
    assert than is not None
    return min(forecast, than) if happened else max(forecast, than)


@given(always, always, st.integers(1, 99), st.booleans())
def test_late_joiner_misses_the_early_ones_peer_score_of_the_time_before(
    early: list[Step], other: list[Step], joined: int, happened: bool
) -> None:
    late = joining_at(joined, early)
    whole = scores({"me": early, "other": other}, life(), happened)["me"].peer
    after = scores({"me": late, "other": other}, life(), happened)["me"].peer
    before = scores({"me": early, "other": other}, life(resolved=joined), happened)["me"].peer
    assert whole - after == pytest.approx(before, abs=1e-7)
