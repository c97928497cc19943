"""Announcements of a moderator who had their data deleted before they were posted."""

from typing import Any

import pytest

from tests.sim.announcements import (
    announcement_states,
    announcements_in,
    fill_announcement,
    write_announcement,
)
from tests.sim.messages import (
    direct_messages,
    labels_of,
    press,
    private_answers,
    stored_message,
    text_of,
)
from tests.sim.server import World, add_moderator, change_settings, moderators_channel

pytestmark = pytest.mark.on_both

HOUR = 3600


async def deleted(here: World) -> None:
    """Have the moderator delete their data."""
    asked = await here.mod.slash(here.channel, "privacy delete")
    await here.mod.click(asked.response, label="Delete my data")


async def requested(here: World) -> Any:
    """Have approval asked for among moderators; returns the message in which it is."""
    await change_settings(here, second_approval=True, announcement_channel=here.channel.id)
    room = moderators_channel(here)
    preview = await write_announcement(here, "announce schedule", at=room, when="in 2 hours")
    await press(here, preview, "Ask for approval")
    return next(one for one in room.history() if "May this be posted" in text_of(one))


async def test_a_scheduled_one_goes_out_when_it_is_time(here: World) -> None:
    await press(
        here, await write_announcement(here, "announce schedule", when="in 2 hours"), "Schedule"
    )
    await deleted(here)
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert "Doors open at nine" in text_of(posted)
    assert "Announced by a deleted member" in text_of(posted)
    shown = await here.mod.slash(here.channel, "announce show", announcement="1")
    assert "by a deleted member" in text_of(shown.response)
    for said in (posted, shown.response):
        assert "<@0>" not in text_of(said)
        assert str(here.mod.id) not in text_of(said)


async def test_one_that_cannot_be_posted_is_told_of_where_it_was_written(here: World) -> None:
    await change_settings(here, announcement_channel=here.channel.id)
    room = moderators_channel(here)
    preview = await write_announcement(here, "announce schedule", at=room, when="in 2 hours")
    await press(here, preview, "Schedule")
    await deleted(here)
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013, times=1
    )
    await here.env.advance_time(2 * HOUR)
    await here.env.advance_time(60)
    assert await announcement_states(here) == ["failed"]
    assert announcements_in(here) == []
    assert "Doors open at nine" in text_of(room.last_message)
    assert direct_messages(here, here.mod) == []


async def test_one_that_waits_is_approved_by_nobody_until_another_has_made_it_theirs(
    here: World,
) -> None:
    request = await requested(here)
    await deleted(here)
    nora, omar = add_moderator(here), add_moderator(here, "omar")
    refused = await nora.click(request, label="Approve")
    assert "I cannot check that somebody else approves it" in private_answers(refused)
    form = await nora.slash(moderators_channel(here), "announce edit", announcement="1")
    await press(here, await fill_announcement(nora, form), "Ask for approval", by=nora)
    again = next(
        one for one in moderators_channel(here).history() if f"<@{nora.id}> asks" in text_of(one)
    )
    assert "approved by <@" not in text_of(again)
    await omar.click(again, label="Approve")
    await here.env.advance_time(2 * HOUR)
    assert len(announcements_in(here)) == 1


async def test_one_that_is_declined_is_discarded_and_its_request_says_so(here: World) -> None:
    request = await requested(here)
    await deleted(here)
    nora = add_moderator(here)
    form = await nora.click(request, label="Decline")
    assert form.modal is not None
    field = form.modal["components"][0]["component"]["custom_id"]
    result = await nora.submit_modal(form, {field: "Too early."})
    assert "Its author had their data deleted, so it is discarded" in text_of(result.response)
    assert await announcement_states(here) == ["discarded"]
    ended = stored_message(here, request)
    assert f"<@{nora.id}> declined it: Too early." in text_of(ended)
    assert labels_of(ended) == []
    assert direct_messages(here, here.mod) == []


async def test_who_approved_a_request_is_said_in_words_once_they_are_deleted(here: World) -> None:
    request = await requested(here)
    nora = add_moderator(here)
    await nora.click(request, label="Approve")
    asked = await nora.slash(here.channel, "privacy delete")
    await nora.click(asked.response, label="Delete my data")
    shown = await here.mod.slash(here.channel, "announce show", announcement="1")
    assert "approved by a deleted member" in text_of(shown.response)
