from datetime import timedelta

import pytest

from bot.access import SYSTEM
from bot.discussions.model import IssueRef
from bot.jobs import scheduler
from bot.jobs import store as jobs
from bot.polls.model import ActionKind, Poll, Proposal, Verdict, question_about
from bot.retention.service import DELETE_JOB
from tests.factories import make_poll, make_viewer
from tests.packs_in_code import FORECAST
from tests.standin.conftest import Connected
from tests.standin.payloads import CHANNEL_ID, GUILD_ID, THREAD_ID, click_payload
from tests.standin.rest import PASSING, Fault


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tried here is how the bot speaks with Discord: one database is enough for that."""
    return sqlite_url


async def posted(here: Connected) -> Poll:
    """Open a poll and post it."""
    question = question_about("talks", FORECAST, "en")
    poll = await make_poll(
        here.bot.services, question, by=here.mod, channel_id=CHANNEL_ID, lasts=timedelta(days=7)
    )
    return await here.bot.get_cog("Polls").publisher.post(poll)


@pytest.mark.parametrize("fault", PASSING)
async def test_a_poll_is_posted_once_whatever_happens_to_the_reply(
    connected: Connected, fault: Fault
) -> None:
    connected.discord.faults.append(fault)
    poll = await posted(connected)
    (message,) = connected.discord.posts()
    assert str(poll.message_id) == message["id"]


@pytest.mark.parametrize("fault", PASSING)
async def test_what_was_done_to_a_poll_is_told_once(connected: Connected, fault: Fault) -> None:
    poll = await posted(connected)
    proposed = await connected.bot.services.resolutions.propose(
        connected.mod, Proposal(ActionKind.CLOSE, poll.id)
    )
    connected.discord.faults.append(fault)
    await connected.bot.services.resolutions.confirm(connected.mod, proposed.action.id)

    async def told() -> bool:
        await connected.pass_time(timedelta(seconds=5))
        resolutions = connected.bot.services.resolutions
        return await resolutions.confirmation(SYSTEM, proposed.action.id) is None

    await connected.until(told)
    assert len(connected.discord.posts()) == 2


@pytest.mark.parametrize("dies", [True, False], ids=["dies", "stops"])
async def test_a_bot_that_ends_while_it_tells_of_a_poll_tells_it_once(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    """In the poll's channel and in the thread on its issue, long after Discord's memory ended.

    A bot that stops gives the job back as one that was not attempted.
    """
    monkeypatch.setattr(scheduler, "SECONDS_TO_STOP", 0.1)
    poll = await posted(connected)
    await discussed(connected)
    proposal = Proposal(
        ActionKind.ANNUL, poll.id, reason="The question was broken.", verdict=Verdict.ANNULLED
    )
    proposed = await connected.bot.services.resolutions.propose(connected.mod, proposal)
    connected.discord.faults += [Fault.UNANSWERED, Fault.UNANSWERED]
    await connected.bot.services.resolutions.confirm(connected.mod, proposed.action.id)
    await connected.until(lambda: len(connected.discord.messages) == 3)
    await (connected.die() if dies else connected.close())
    connected.discord.remembers_nonces = False
    connected.discord.ahead += scheduler.LEASE
    await connected.connect()
    await connected.until(connected.is_idle)
    assert await connected.bot.services.resolutions.confirmation(SYSTEM, proposed.action.id) is None
    places = (CHANNEL_ID, THREAD_ID)
    assert [len(connected.discord.posts(place)) for place in places] == [2, 1]
    assert all("### Annulled" in str(connected.discord.posts(place)[-1]) for place in places)


async def discussed(here: Connected) -> None:
    """Have a discussion of the poll's issue open in a thread."""
    discussions = here.bot.services.discussions
    claim = await discussions.claim(here.mod, IssueRef("talks", "security"), CHANNEL_ID, lacking=())
    await discussions.record_thread(here.mod, claim.discussion.id, THREAD_ID, CHANNEL_ID)
    await discussions.opened(here.mod, claim.discussion.id, "Security")


async def test_the_bot_goes_on_where_the_gateway_broke(connected: Connected) -> None:
    await connected.discord.gateway.drop()
    await connected.until(lambda: connected.discord.gateway.resumed == 1)
    assert connected.discord.gateway.identified == 1


async def test_a_message_that_could_not_be_edited_is_brought_up_to_date_later(
    connected: Connected,
) -> None:
    poll = await posted(connected)
    connected.discord.edit_faults.append(Fault.DROPPED)
    await connected.bot.services.polls.cast(connected.mod, poll.id, 750)

    async def shown() -> bool:
        await connected.pass_time(timedelta(seconds=5))
        return "**1 forecast**" in str(connected.discord.posts()[0]["components"])

    await connected.until(shown)


async def test_a_vote_that_came_while_the_gateway_was_down_is_counted_once(
    connected: Connected,
) -> None:
    poll = await posted(connected)
    vote = click_payload(connected.discord.posts()[0], f"poll:answer:v1:{poll.id}:750")
    await connected.discord.gateway.drop()
    await connected.discord.gateway.dispatch("INTERACTION_CREATE", vote)
    await connected.until(lambda: len(connected.discord.callbacks) == 1)
    (answer,) = connected.discord.callbacks
    assert "Stored: **75%**" in answer["data"]["content"]
    assert connected.discord.gateway.resumed == 1
    report = await connected.bot.services.polls.show(SYSTEM, poll.id)
    assert report.ballots == 1


async def test_a_session_that_discord_forgot_is_begun_anew(connected: Connected) -> None:
    connected.discord.gateway.forgets_sessions = True
    await connected.discord.gateway.drop()
    await connected.until(lambda: connected.discord.gateway.identified == 2)
    assert connected.discord.gateway.resumed == 0


async def test_a_server_that_took_the_bot_back_while_it_was_offline_keeps_its_data(
    connected: Connected,
) -> None:
    async def planned() -> set[str]:
        async with connected.database.read() as session:
            return await jobs.keys(session, DELETE_JOB)

    async def is_called_off() -> bool:
        return await planned() == set()

    await connected.bot.services.retention.left(SYSTEM, GUILD_ID)
    assert await planned() == {str(GUILD_ID)}
    connected.discord.gateway.forgets_sessions = True
    await connected.discord.gateway.drop()
    await connected.until(is_called_off)


async def test_every_member_who_asked_is_reminded_where_discord_knows_nonces(
    connected: Connected,
) -> None:
    poll = await posted(connected)
    members = (111, 222)
    for user_id in members:
        await connected.bot.services.polls.remind(make_viewer(user_id, GUILD_ID), poll.id, True)
    await connected.pass_time(timedelta(days=6, seconds=1))
    before = len(connected.discord.posts())
    await connected.until(lambda: len(connected.discord.messages) - before == len(members))
