"""A vote that was acknowledged is there after the process was killed at any moment."""

import signal
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.polls.model import VOTERS
from bot.polls.tables import BallotLogRow, BallotRow, TallyRow

ROOT = Path(__file__).parents[2]
LIFETIMES = (1, 400)
"""After how many acknowledgements the process is killed."""


@dataclass
class Left:
    """What a killed process had acknowledged, per voter in order, and what it left stored."""

    acknowledged: dict[str, list[int]]
    ballots: dict[str, int]
    log: dict[str, list[int]]
    tallies: dict[int, int]

    @property
    def lost(self) -> list[str]:
        """The voters whose last acknowledged ballot is neither stored nor followed by another.

        A voter's ballots are ever higher.
        """
        return [
            voter
            for voter, values in self.acknowledged.items()
            if self.ballots.get(voter, -1) < values[-1]
        ]


async def killed(url: str, after: int, *options: str) -> Left:
    """Let a process take votes, kill it after so many acknowledgements, and open its database."""
    acknowledged: defaultdict[str, list[int]] = defaultdict(list)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.polls.voting_process", url, *options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, start=1):
            voter, value = line.split()
            acknowledged[voter].append(int(value))
            if number == after:
                process.kill()
    assert process.returncode == -signal.SIGKILL
    return await left(url, acknowledged)


async def left(url: str, acknowledged: dict[str, list[int]]) -> Left:
    database = Database(url)
    await upgrade(database)
    log: defaultdict[str, list[int]] = defaultdict(list)
    async with database.read() as session:
        ballots = (await session.execute(select(BallotRow.voter, BallotRow.value))).all()
        changes = select(BallotLogRow.voter, BallotLogRow.value).order_by(BallotLogRow.id)
        for voter, value in await session.execute(changes):
            log[voter].append(value)
        tallies = select(TallyRow.value, TallyRow.count).where(TallyRow.count != 0)
        counted = (await session.execute(tallies)).all()
    await database.close()
    return Left(acknowledged, dict(ballots), log, dict(counted))  # type: ignore[arg-type]


@pytest.mark.parametrize("after", LIFETIMES)
async def test_every_acknowledged_ballot_survives_the_death_of_the_process(
    database_url: str, after: int
) -> None:
    found = await killed(database_url, after)
    assert sum(map(len, found.acknowledged.values())) >= after
    assert found.lost == []
    for voter, values in found.acknowledged.items():
        # Nothing is lost or doubled between the first and the last.
        assert found.log[voter][: len(values)] == values
    for voter, value in found.ballots.items():
        assert found.log[voter][-1] == value
    standing = Counter(found.ballots.values())
    assert found.tallies == {VOTERS: len(found.ballots), **standing}


async def test_a_bot_that_acknowledges_before_the_commit_would_be_caught(sqlite_url: str) -> None:
    found = await killed(sqlite_url, 150, "early")
    assert found.lost != []
