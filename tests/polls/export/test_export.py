import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.errors import UserError
from bot.polls.export.archive import Archive, Form
from bot.polls.export.service import Export
from bot.polls.model import (
    DELETED_VOTER,
    Action,
    ActionKind,
    HideResults,
    Poll,
    PollKind,
    Proposal,
    Question,
    Verdict,
)
from bot.polls.rules import approval
from bot.polls.tables import BallotLogRow, BallotRow, ScoreRow, TallyRow
from tests.exports import Unzipped, unzipped
from tests.factories import (
    MODERATOR,
    START,
    App,
    close_poll,
    confirm,
    make_app,
    make_poll,
    make_viewer,
)

FIRST_VOTER = 700_000_000_000_000_001
ROOM = 10 * 1024 * 1024

TOPICS = (("a", "Trade"), ("b", "Sea"), ("c", "Air"))
FORECAST = Question(PollKind.FORECAST, "Will they agree?")
CHOICE = Question(PollKind.CHOICE, "Which tone?", (("warm", "Warm"), ("cool", "=Cool 시원")))
APPROVAL = Question(
    PollKind.APPROVAL, "Which topics?", (("a", "Trade"), ("b", "Sea"), ("c", "Air"))
)


async def cast(app: App, poll_id: int, *values: int) -> None:
    """A ballot each from so many voters, the first from FIRST_VOTER."""
    for place, value in enumerate(values):
        await app.polls.cast(make_viewer(FIRST_VOTER + place), poll_id, value)


async def act(app: App, proposal: Proposal) -> Action:
    """Propose and confirm something, and work out its effect."""
    action = await confirm(app, proposal)
    await app.resolutions.confirmation(SYSTEM, action.id)
    return action


async def export(app: App, poll: Poll, limit: int = ROOM) -> Export:
    return await app.exports.export(MODERATOR, poll.id, limit=limit)


async def read(app: App, poll: Poll) -> Unzipped:
    return unzipped((await export(app, poll)).content)


async def voters(app: App, poll_id: int) -> set[str]:
    async with app.database.read() as session:
        query = select(BallotLogRow.voter).where(BallotLogRow.poll_id == poll_id)
        return set(await session.scalars(query))


async def forget(app: App, poll_id: int, voter: str) -> None:
    """Delete a member's data as `/privacy delete` does."""
    async with app.database.write() as session:
        for table in (BallotRow, BallotLogRow, ScoreRow):
            await session.execute(
                update(table)
                .where(table.poll_id == poll_id, table.voter == voter)
                .values(voter=DELETED_VOTER + "0123456789abcdef" * 2)
            )


def resolution(poll: Poll, value: int = 1) -> Proposal:
    return Proposal(
        ActionKind.RESOLVE,
        poll.id,
        "Both say so.",
        evidence="https://example.org/readout",
        verdict=Verdict.SETTLED,
        value=value,
        readouts=(("North", "Yes"), ("South", "unclear")),
    )


async def test_only_a_moderator_of_the_server_gets_an_export(app: App) -> None:
    poll = await make_poll(app, FORECAST)
    with pytest.raises(UserError, match="for moderators"):
        await app.exports.export(make_viewer(5, 10), poll.id, limit=ROOM)
    elsewhere = make_viewer(1, 11, manage_server=True)
    for viewer, poll_id in ((elsewhere, poll.id), (MODERATOR, 999)):
        with pytest.raises(UserError, match="no such poll"):
            await app.exports.export(viewer, poll_id, limit=ROOM)


async def test_ballots_and_every_change_are_there_with_times_and_words(app: App) -> None:
    poll = await make_poll(app, CHOICE)
    await cast(app, poll.id, 0, 1)
    app.clock.advance(timedelta(hours=1))
    await cast(app, poll.id, 1)
    await app.polls.withdraw(make_viewer(FIRST_VOTER + 1, 10), poll.id)
    found = await read(app, poll)

    first, second = str(FIRST_VOTER), str(FIRST_VOTER + 1)
    assert found.json("ballots") == [
        {
            "poll_id": str(poll.id),
            "voter": first,
            "value": 1,
            "answer": "=Cool 시원",
            "cast_at": "2026-01-01T00:00:00Z",
            "changed_at": "2026-01-01T01:00:00Z",
        }
    ]
    log = found.json("ballot_log")
    assert [(row["number"], row["voter"], row["value"], row["answer"]) for row in log] == [
        (1, first, 0, "Warm"),
        (2, second, 1, "=Cool 시원"),
        (3, first, 1, "=Cool 시원"),
        (4, second, None, None),
    ]
    assert found.csv("ballots")[0]["answer"] == "'=Cool 시원"
    assert found.column("options", "ballots") == [0, 1]
    assert found.json("polls")[0]["ballots"] == 1


async def test_an_approval_tells_the_options_approved_of(app: App) -> None:
    poll = await make_poll(app, APPROVAL)
    await cast(app, poll.id, approval([0, 2]), approval([2]))
    found = await read(app, poll)
    assert found.column("ballots", "answer") == ["Trade; Air", "Air"]
    assert found.column("ballots", "value") == [5, 4]
    assert found.column("options", "ballots") == [1, 0, 2]
    assert found.json("polls")[0]["ballots"] == 2


@pytest.mark.parametrize("question", [FORECAST, CHOICE], ids=["forecast", "choice"])
async def test_csv_and_json_say_the_same_and_the_readme_explains_every_column(
    app: App, question: Question
) -> None:
    poll = await make_poll(app, question, asks_hope=question is FORECAST)
    await cast(app, poll.id, 0, 1, 1)
    await act(app, Proposal(ActionKind.EXTEND, poll.id, closes_at=START + timedelta(days=9)))
    app.clock.set(START + timedelta(days=10))
    await act(app, resolution(poll))
    found = await read(app, poll)

    assert found.tables("csv") == [
        "polls", "options", "ballots", "ballot_log", "resolutions", "scores",
    ]  # fmt: skip
    for table in found.tables("csv"):
        as_json = found.json(table)
        assert as_json or (table == "scores" and question is CHOICE)
        assert [{name: as_csv(cell) for name, cell in row.items()} for row in as_json] == found.csv(
            table
        )
        section = found.readme.split(f"csv/{table}.csv, json/{table}.json\n")[1].split("\n\n")[0]
        names = found.files[f"csv/{table}.csv"].decode("utf-8-sig").splitlines()[0].split(",")
        for name in names:
            assert f"\n  {name}: " in section


def as_csv(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, list):
        return "; ".join(f"{part['who']}: {part['says']}" for part in cell)
    if isinstance(cell, str) and cell.startswith("="):
        return f"'{cell}"
    return "" if cell is None else str(cell)


async def test_what_moderators_did_is_told_and_mere_proposals_are_not(app: App) -> None:
    poll = await make_poll(app, FORECAST)
    await cast(app, poll.id, 900, 600, 300)
    later = START + timedelta(days=9)
    await act(app, Proposal(ActionKind.EXTEND, poll.id, closes_at=later))
    app.clock.advance(timedelta(hours=1))
    await app.resolutions.propose(MODERATOR, Proposal(ActionKind.ANNUL, poll.id, "Dropped idea"))
    await act(app, resolution(poll))
    app.clock.advance(timedelta(hours=1))
    await act(app, Proposal(ActionKind.UNRESOLVE, poll.id, "Misread"))
    undone = await read(app, poll)
    assert undone.json("scores") == []
    app.clock.advance(timedelta(hours=1))
    await act(app, resolution(poll, value=0))
    found = await read(app, poll)

    rows = found.json("resolutions")
    assert [(row["action"], row["answer"], row["in_force"], row["at"]) for row in rows] == [
        ("extend", None, None, "2026-01-01T00:00:00Z"),
        ("resolve", "Yes", False, "2026-01-01T01:00:00Z"),
        ("unresolve", None, None, "2026-01-01T02:00:00Z"),
        ("resolve", "No", True, "2026-01-01T03:00:00Z"),
    ]
    assert {row["by"] for row in rows} == {"1"}
    assert rows[0]["closes_at"] == "2026-01-10T00:00:00Z"
    assert rows[1]["reason"] == "Both say so."
    assert rows[1]["evidence"] == "https://example.org/readout"
    assert rows[1]["readouts"] == [
        {"who": "North", "says": "Yes"},
        {"who": "South", "says": "unclear"},
    ]
    assert rows[2]["reason"] == "Misread"
    assert b"Dropped idea" not in found.all_bytes
    assert found.json("polls")[0]["result_answer"] == "No"
    assert len(found.json("scores")) == 3
    assert sum(found.column("scores", "peer")) == pytest.approx(0, abs=1e-5)


async def test_totals_stay_right_when_a_member_has_deleted_their_data(app: App) -> None:
    poll = await make_poll(app, FORECAST)
    await cast(app, poll.id, 900, 600, 900)
    await close_poll(app, poll)
    await act(app, resolution(poll))
    await forget(app, poll.id, str(FIRST_VOTER))
    found = await read(app, poll)

    assert str(FIRST_VOTER).encode() not in found.all_bytes
    assert b"0123456789abcdef" not in found.all_bytes
    everyone = {"deleted-1", str(FIRST_VOTER + 1), str(FIRST_VOTER + 2)}
    for table in ("ballots", "ballot_log", "scores"):
        assert set(found.column(table, "voter")) == everyone
    assert_totals(found)
    assert found.json("polls")[0]["ballots"] == 3


def assert_totals(found: Unzipped) -> None:
    """The counts in `options` and `polls` are those of the single ballots."""
    given = Counter((row["poll_id"], row["value"]) for row in found.json("ballots"))
    counted = {
        (row["poll_id"], row["value"]): row["ballots"]
        for row in found.json("options")
        if row["ballots"]
    }
    assert counted == given
    for row in found.json("polls"):
        of_poll = sum(count for (poll_id, _), count in given.items() if poll_id == row["poll_id"])
        assert row["ballots"] == row["counted"] == of_poll


async def test_anonymous_voters_stand_under_keys_of_one_export(app: App) -> None:
    poll = await make_poll(app, FORECAST, anonymous=True)
    await cast(app, poll.id, 100, 200, 300, 400, 500, 600)
    app.clock.advance(timedelta(hours=5, seconds=7))
    await cast(app, poll.id, 150)
    await close_poll(app, poll)
    await act(app, resolution(poll))
    one, two = await read(app, poll), await read(app, poll)

    stored = await voters(app, poll.id)
    assert len(stored) == 6
    for found in (one, two):
        for voter in stored:
            assert voter[:16].encode() not in found.all_bytes
        for place in range(6):
            assert str(FIRST_VOTER + place).encode() not in found.all_bytes
        by_value = {row["value"]: row["voter"] for row in found.json("ballots")}
        log = [(row["voter"], row["value"]) for row in found.json("ballot_log")]
        assert [value for voter, value in log if voter == by_value[150]] == [100, 150]
        assert {voter for voter, _ in log} == set(by_value.values())
        assert len(set(by_value.values())) == 6
        assert_totals(found)
    assert not set(one.column("ballots", "voter")) & set(two.column("ballots", "voter"))


async def test_nothing_in_an_anonymous_export_tells_when_somebody_voted(app: App) -> None:
    poll = await make_poll(app, FORECAST, anonymous=True)
    for place in range(40):
        app.clock.advance(timedelta(minutes=61))
        await app.polls.cast(make_viewer(FIRST_VOTER + place, 10), poll.id, place)
    await close_poll(app, poll)
    await act(app, resolution(poll))
    found = await read(app, poll)

    assert len(found.json("ballots")) == 40
    assert set(found.column("ballots", "cast_at")) == {None}
    assert set(found.column("ballots", "changed_at")) == {None}
    assert set(found.column("ballot_log", "at")) == {None}
    # Scores are averages over time: coverage alone would tell when each forecast was first made.
    assert found.json("scores") == []
    for table in ("ballots", "ballot_log"):
        assert found.column(table, "value") != list(range(40))
        assert found.column(table, "voter") == sorted(found.column(table, "voter"))
    assert "times are left out" in found.readme


async def test_who_deleted_their_data_is_not_told_apart_in_an_anonymous_poll(
    app: App,
) -> None:
    poll = await make_poll(app, CHOICE, anonymous=True)
    await cast(app, poll.id, 0, 0, 1, 1, 1)
    await close_poll(app, poll)
    await forget(app, poll.id, sorted(await voters(app, poll.id))[0])
    found = await read(app, poll)
    assert all(voter.startswith("voter-") for voter in found.column("ballots", "voter"))
    assert len(set(found.column("ballots", "voter"))) == 5
    assert_totals(found)


async def test_an_anonymous_poll_under_five_voters_is_a_count_even_when_closed(
    app: App,
) -> None:
    poll = await make_poll(app, FORECAST, anonymous=True)
    await cast(app, poll.id, 437, 437, 613, 613)
    for _ in range(2):
        assert_count_alone(await read(app, poll), 4)
        await close_poll(app, poll)
    await act(app, resolution(poll))
    assert_count_alone(await read(app, poll), 4)


def assert_count_alone(found: Unzipped, ballots: int, place: int = 0) -> None:
    """Of the poll at `place` only the number of ballots is told; none was like 437 and 613."""
    row = found.json("polls")[place]
    assert (row["ballots"], row["counted"], row["crowd"]) == (ballots, None, None)
    assert "only the number of ballots" in row["note"]
    assert row["note"] in found.readme
    for table in ("ballots", "ballot_log", "scores"):
        assert row["poll_id"] not in found.column(table, "poll_id")
    for option in found.json("options"):
        assert option["poll_id"] != row["poll_id"] or option["ballots"] is None
    for value in (b"437", b"43.7", b"613", b"61.3"):
        assert value not in found.all_bytes


async def test_an_open_anonymous_poll_exports_what_the_server_sees(app: App) -> None:
    poll = await make_poll(app, CHOICE, anonymous=True)
    # A step of five is shown once five more have voted.
    await cast(app, poll.id, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)
    found = await read(app, poll)
    seen = (await app.polls.show(SYSTEM, poll.id)).results
    assert seen is not None
    assert dict(seen.counts) == {0: 5}
    assert found.column("options", "ballots") == [5, 0]
    row = found.json("polls")[0]
    assert (row["ballots"], row["counted"]) == (11, 5)
    assert found.json("ballots") == found.json("ballot_log") == []
    assert "still open" in found.readme

    await close_poll(app, poll)
    assert (await read(app, poll)).column("options", "ballots") == [5, 6]


@pytest.mark.parametrize("hidden", [HideResults.UNTIL_CLOSE, HideResults.UNTIL_BALLOT])
async def test_hidden_results_are_hidden_in_the_export_until_the_poll_closes(
    app: App, hidden: HideResults
) -> None:
    poll = await make_poll(app, FORECAST, hide_results=hidden)
    await cast(app, poll.id, 437, 437, 613)
    await app.polls.cast(make_viewer(MODERATOR.user_id, 10), poll.id, 437)
    found = await read(app, poll)
    assert_count_alone(found, 4)
    assert found.json("polls")[0]["hide_results"] == hidden.value
    assert "hidden until the poll closes" in found.readme

    # Its time is over, whether or not the bot has come to closing it.
    app.clock.set(poll.lifecycle.closes_at)
    assert sorted((await read(app, poll)).column("ballots", "value")) == [437, 437, 437, 613]


async def test_too_few_forecasts_for_a_crowd_are_withheld_only_while_the_poll_is_open(
    app: App,
) -> None:
    poll = await make_poll(app, FORECAST)
    await cast(app, poll.id, 437, 613)
    assert_count_alone(await read(app, poll), 2)
    await close_poll(app, poll)
    found = await read(app, poll)
    assert found.column("ballots", "value") == [437, 613]
    assert found.json("polls")[0]["crowd"] is None


async def test_hopes_come_with_their_forecast_under_rules_of_their_own(app: App) -> None:
    poll = await make_poll(app, FORECAST, asks_hope=True)
    hope = (await app.polls.show(SYSTEM, poll.id)).hope
    assert hope is not None
    await cast(app, poll.id, 250, 500, 750)
    await cast(app, hope.poll.id, 0, 1)
    found = await read(app, poll)
    assert found.column("polls", "poll_id") == [str(poll.id), str(hope.poll.id)]
    assert set(found.column("ballots", "poll_id")) == {str(poll.id)}
    assert_count_alone(found, 2, place=1)

    await close_poll(app, poll)
    found = await read(app, hope.poll)
    assert found.column("polls", "hope_for") == [None, str(poll.id)]
    assert Counter(found.column("ballots", "poll_id")) == {str(poll.id): 3, str(hope.poll.id): 2}
    assert_totals(found)


async def test_json_gives_way_and_then_a_sentence_says_what_to_do(app: App) -> None:
    poll = await make_poll(app, FORECAST)
    await cast(app, poll.id, *range(100, 160))
    full = await export(app, poll)
    assert full.forms == (Form.CSV, Form.JSON)
    less = await export(app, poll, limit=len(full.content) - 1000)
    found = unzipped(less.content)
    assert less.forms == (Form.CSV,)
    assert found.tables("json") == []
    assert len(found.csv("ballots")) == 60
    assert "Only CSV is in here" in found.readme
    assert "json/polls.json" not in found.readme
    with pytest.raises(UserError, match=r"nothing was sent\. Boost the server"):
        await export(app, poll, limit=1000)


async def test_a_big_poll_is_exported_in_full_while_the_bot_goes_on(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    app = make_app(database)
    poll = await make_poll(app, CHOICE)
    voters = 30_000
    async with database.write() as session:
        for at_once in range(0, voters, 10_000):
            rows = [
                {
                    "poll_id": poll.id,
                    "voter": str(FIRST_VOTER + place * 7_919_000_003),
                    "value": place % 2,
                    "cast_at": START,
                    "changed_at": START + timedelta(seconds=place * 6),
                }
                for place in range(at_once, at_once + 10_000)
            ]
            await session.execute(insert(BallotRow), rows)
        tallies = {-1: voters, 0: voters // 2, 1: voters // 2}
        await session.execute(
            insert(TallyRow),
            [{"poll_id": poll.id, "value": v, "count": c} for v, c in tallies.items()],
        )
    threads = set()
    add: Callable[..., None] = Archive.add

    def watched(self: Archive, rows: Any) -> None:
        threads.add(threading.current_thread())
        add(self, rows)

    monkeypatch.setattr(Archive, "add", watched)
    found = await read(app, poll)
    await database.close()

    assert threads
    assert threading.main_thread() not in threads
    assert found.files["csv/ballots.csv"].count(b"\r\n") == voters + 1
    assert_totals(found)
