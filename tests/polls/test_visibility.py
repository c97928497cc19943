from hypothesis import given
from hypothesis import strategies as st

from bot.polls.model import MIN_ANONYMOUS
from bot.polls.visibility import Held, Step

Standing = dict[str, int]
voters = st.sampled_from([f"voter-{number}" for number in range(14)])


class Watched:
    """An open anonymous poll, with the ballots behind every result that it has shown so far."""

    def __init__(self) -> None:
        self.now: Standing = {}
        self.shown: list[Standing] = []
        self._next: Standing = {}
        self._held = Held(Step({}, 0))

    def vote(self, voter: str, value: int | None) -> None:
        old = self.now.pop(voter, None)
        if value is not None:
            self.now[voter] = value
        if old != value:
            self._held.change(voter, old, value)

    def commit(self) -> None:
        if self._held.may_be_shown:
            self.shown.append(self._next)
            self._next, self._held = dict(self.now), Held(Step({}, 0))


def differing(one: Standing, other: Standing) -> int:
    """How many voters' ballots are not the same in two results."""
    return sum(one.get(voter) != other.get(voter) for voter in one | other)


batches = st.lists(st.lists(st.tuples(voters, st.integers(0, 2) | st.none()), max_size=8))


@given(batches)
def test_two_results_in_a_row_differ_by_no_voter_or_by_at_least_five(
    changes: list[list[tuple[str, int | None]]],
) -> None:
    poll = Watched()
    for batch in changes:
        for voter, value in batch:
            poll.vote(voter, value)
        poll.commit()
    for before, after in zip(poll.shown, poll.shown[1:], strict=False):
        assert differing(before, after) >= MIN_ANONYMOUS


@given(st.lists(st.lists(voters, max_size=8), min_size=1))
def test_the_final_result_differs_from_the_last_one_shown_by_at_least_five(
    changes: list[list[str]],
) -> None:
    # Every ballot is a new answer, so that nobody goes back to one that was shown.
    poll, answer = Watched(), 0
    for batch in changes:
        for voter in batch:
            poll.vote(voter, answer := answer + 1)
        poll.commit()
    for last in poll.shown[-1:]:
        assert differing(last, poll.now) >= MIN_ANONYMOUS


def test_a_poll_of_many_does_show_results_while_it_is_open() -> None:
    poll = Watched()
    for number in range(20):
        poll.vote(f"voter-{number}", 1)
        poll.commit()
    # 5 for the empty step, then every 5 more show the step before.
    assert [len(standing) for standing in poll.shown] == [0, 5, 10, 15]
