"""What anonymous polls store and show: nothing that tells who voted, or one ballot alone."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import logs as log
from bot.access import SYSTEM
from bot.db.base import Base
from bot.db.engine import Database
from bot.errors import UserError
from bot.polls import ballot_store as rows
from bot.polls.model import (
    ActionKind,
    HideResults,
    Poll,
    PollKind,
    Proposal,
    Question,
    Results,
    Verdict,
)
from bot.polls.service import PollService
from tests.factories import (
    START,
    App,
    confirm,
    make_app,
    make_poll,
    make_question,
    make_viewer,
)

VOTER = 987_654_321_987
TONES = make_question(PollKind.CHOICE, "Warm", "Cool")
WAYS = make_question(PollKind.APPROVAL, "A", "B", "C")
HOTLINE = make_question()


async def opened(app: App, question: Question, **terms: object) -> Poll:
    return await make_poll(app, question, anonymous=True, **terms)


async def seen(polls: PollService, poll: Poll) -> Results | None:
    return (await polls.show(SYSTEM, poll.id)).results


@pytest.mark.parametrize("question", [TONES, WAYS, HOTLINE], ids=lambda asked: asked.kind)
async def test_results_stay_five_voters_behind_until_the_close_shows_all(
    app: App, polls: PollService, question: Question
) -> None:
    poll = await opened(app, question)
    shown = []
    for voter in range(1, 18):
        # One voter who changes again and again must not push the results on.
        for value in (1, 2, 1, 2, 1) if question is not TONES else (1, 0, 1, 0, 1):
            await polls.cast(make_viewer(voter), poll.id, value)
        assert (await polls.show(SYSTEM, poll.id)).ballots == voter
        results = await seen(polls, poll)
        shown.append(results and results.ballots)
    assert shown == [None] * 9 + [5] * 5 + [10] * 3
    await confirm(app, Proposal(ActionKind.CLOSE, poll.id))
    final = await seen(polls, poll)
    assert final is not None
    assert (final.ballots, sum(final.counts.values())) == (17, 17)


async def test_voters_who_go_there_and_back_do_not_help_to_show_one_who_stays(
    app: App,
    polls: PollService,
) -> None:
    poll = await opened(app, TONES)
    for voter in range(1, 11):
        await polls.cast(make_viewer(voter), poll.id, 0)
    assert (await seen(polls, poll)) == Results({0: 5}, 5)
    for voter in range(1, 5):
        await polls.cast(make_viewer(voter), poll.id, 1)
        await polls.cast(make_viewer(voter), poll.id, 0)
    for voter in range(5, 9):
        await polls.withdraw(make_viewer(voter), poll.id)
        await polls.cast(make_viewer(voter), poll.id, 0)
    await polls.cast(make_viewer(99), poll.id, 1)
    assert (await seen(polls, poll)) == Results({0: 5}, 5)
    # With five who do differ the next step shows: the ten as they were.
    for voter in range(1, 5):
        await polls.cast(make_viewer(voter), poll.id, 1)
    assert (await seen(polls, poll)) == Results({0: 10}, 10)


async def test_under_five_voters_nothing_but_the_count_is_shown_not_even_at_the_end(
    app: App, polls: PollService
) -> None:
    poll = await opened(app, HOTLINE, asks_hope=True)
    for voter in range(1, 5):
        await polls.cast(make_viewer(voter), poll.id, 900)
        await polls.cast(make_viewer(voter), poll.id + 1, 0)
    own = (await polls.own(make_viewer(1), poll.id)).report
    resolving = Proposal(
        ActionKind.RESOLVE, poll.id, "It came.", "https://a.example/", Verdict.SETTLED, 1
    )
    await confirm(app, resolving)
    for report in (own, await polls.show(SYSTEM, poll.id)):
        assert (report.ballots, report.results) == (4, None)
        assert report.hope is not None
        assert (report.hope.ballots, report.hope.results) == (4, None)


async def test_a_poll_hidden_until_its_close_prepares_nothing_to_show(
    app: App, polls: PollService, database: Database
) -> None:
    poll = await opened(app, TONES, hide_results=HideResults.UNTIL_CLOSE)
    for voter in range(1, 20):
        await polls.cast(make_viewer(voter), poll.id, voter % 2)
    (row,) = [row for row in await stored(database) if row[0] == "polls"]
    assert row[1]["published"] is None
    assert row[1]["held"] is None


async def stored(database: Database) -> list[tuple[str, dict[str, object]]]:
    """Every row of every table, as (table, values by column)."""
    async with database.read() as session:
        return [
            (table.name, dict(row._mapping))
            for table in Base.metadata.sorted_tables
            for row in await session.execute(table.select())
        ]


@pytest.mark.parametrize("question", [TONES, WAYS, HOTLINE], ids=lambda asked: asked.kind)
async def test_no_row_of_any_table_holds_a_voters_id(
    app: App,
    polls: PollService,
    database: Database,
    question: Question,
) -> None:
    poll = await opened(app, question, asks_hope=question is HOTLINE)
    await polls.remind(make_viewer(VOTER), poll.id, wanted=True)
    assert any(str(VOTER) in str(row) for row in await stored(database))
    await polls.cast(make_viewer(VOTER), poll.id, 1)
    await check_forgotten(database)
    # Asking again after having voted would leave the id.
    with pytest.raises(UserError, match="have voted"):
        await polls.remind(make_viewer(VOTER), poll.id, wanted=True)
    await polls.withdraw(make_viewer(VOTER), poll.id)
    await polls.cast(make_viewer(VOTER), poll.id, 1)
    if question is HOTLINE:
        await polls.cast(make_viewer(VOTER), poll.id + 1, 2)
    for voter in range(1, 12):
        await polls.cast(make_viewer(voter), poll.id, 1)
    await check_forgotten(database)
    assert await polls.to_remind(SYSTEM, poll.id) == (poll, [])
    app.clock.advance(timedelta(days=1))
    resolving = Proposal(
        ActionKind.RESOLVE, poll.id, "It came.", "https://a.example/", Verdict.SETTLED, 1
    )
    confirmation = await app.resolutions.confirmation(SYSTEM, (await confirm(app, resolving)).id)
    await check_forgotten(database)
    assert confirmation is not None
    assert len(confirmation.scores) == (12 if question is HOTLINE else 0)


async def check_forgotten(database: Database) -> None:
    found = [row for row in await stored(database) if str(VOTER) in str(row)]
    assert found == []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the program writes to its log when told to write as much as it can."""
    root = logging.getLogger()
    names = ("discord", "aiosqlite", "sqlalchemy")
    before = (root.handlers[:], root.level, [logging.getLogger(name).level for name in names])
    lines = io.StringIO()
    log.set_up("DEBUG")
    root.handlers[0].setStream(lines)  # type: ignore[attr-defined]
    yield lines
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for name, was in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(was)


async def test_no_line_of_the_log_tells_a_vote_not_even_when_storing_it_fails(
    logged: io.StringIO, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLAlchemy decides how much it logs when an engine is made.
    database = Database(database_url)
    app = make_app(database)
    polls = app.polls
    poll = await opened(app, TONES)
    await polls.remind(make_viewer(VOTER), poll.id, wanted=True)
    await polls.cast(make_viewer(VOTER), poll.id, 0)
    own = await polls.own(make_viewer(VOTER), poll.id)
    assert own.ballot is not None
    (voter,) = [row["voter"] for name, row in await stored(database) if name == "ballots"]

    async def again(session: object, ballots: object) -> None:
        row = {"poll_id": poll.id, "voter": voter, "value": 1, "cast_at": START}
        statement = Base.metadata.tables["ballots"].insert()
        await session.execute(statement, [{**row, "changed_at": START}])  # type: ignore[attr-defined]

    monkeypatch.setattr(rows, "put", again)
    try:
        await polls.cast(make_viewer(VOTER), poll.id, 1)
    except Exception:
        logging.getLogger("bot").exception("A ballot could not be stored")
    logging.getLogger("bot").debug("The end")
    await database.close()
    text = logged.getvalue()
    assert "The end" in text
    assert "IntegrityError" in text
    assert str(VOTER) not in text
    assert "sqlalchemy.engine" not in text
    assert "parameters hidden" in text
