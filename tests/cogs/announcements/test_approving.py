from datetime import time
from typing import Any

import pytest
from simcord.actors import MemberActor

from tests.sim.announcements import (
    PNG,
    announcement_jobs,
    announcement_parts,
    announcement_states,
    announcements_in,
    choose_in_preview,
    fill_announcement,
    set_time,
    stored_announcements,
    stored_log,
    write_announcement,
)
from tests.sim.messages import (
    direct_messages,
    labels_of,
    press,
    private_answers,
    stored_message,
    text_of,
    use_forged_control,
)
from tests.sim.server import (
    World,
    add_moderator,
    add_moderators_channel,
    change_settings,
    moderators_channel,
)

pytestmark = pytest.mark.on_both

HOUR = 3600


@pytest.fixture
async def nora(here: World) -> MemberActor:
    """Another moderator, in a server that wants a second one to approve."""
    await change_settings(here, second_approval=True, announcement_channel=here.channel.id)
    return add_moderator(here)


def requests_in(channel: Any) -> list[Any]:
    """The messages that ask for approval, newest last."""
    found = [m for m in channel.history() if "Approve" in labels_of(m)]
    return sorted(found, key=lambda message: message.id)


async def asked(here: World, **typed: Any) -> Any:
    """Ask for approval as the moderator, among moderators; returns the request."""
    preview = await write_announcement(here, at=moderators_channel(here), **typed)
    assert "Post" not in labels_of(preview.response)
    await press(here, preview, "Ask for approval")
    assert "I ask another moderator" in text_of(preview.response)
    return requests_in(moderators_channel(here))[-1]


async def test_nothing_is_posted_until_another_moderator_approves_what_they_see(
    here: World, nora: MemberActor
) -> None:
    request = await asked(here, picture=("a.png", PNG), alt="Two flags")
    assert announcements_in(here) == []
    assert await announcement_states(here) == ["waiting"]
    assert f"<@{here.mod.id}> asks another moderator" in text_of(request)
    assert f"In <#{here.channel.id}>" in text_of(request)
    assert "It pings nobody" in text_of(request)
    seen = announcement_parts(stored_message(here, request))

    result = await nora.click(request, label="Approve")
    assert result.ephemeral
    assert "Approved. [Posted]" in text_of(result.response)
    (posted,) = announcements_in(here)
    assert announcement_parts(stored_message(here, posted)) == seen
    assert len(stored_message(here, posted).attachments) == 1
    assert f"<@{nora.id}>" not in text_of(posted)
    who, act, detail = (await stored_log(here))[-1]
    assert (who, act) == (here.mod.id, "posted an announcement")
    assert f"Approved by <@{nora.id}>" in detail


async def test_the_request_says_that_it_is_answered_and_by_whom(
    here: World, nora: MemberActor
) -> None:
    request = await asked(here)
    await nora.click(request, label="Approve")
    now = stored_message(here, request)
    assert labels_of(now) == []
    assert f"approved by <@{nora.id}>" in text_of(now)


async def test_authors_cannot_approve_their_own(here: World, nora: MemberActor) -> None:
    request = await asked(here)
    result = await here.mod.click(request, label="Approve")
    assert result.ephemeral
    assert "another moderator has to approve" in text_of(result.response)
    assert announcements_in(here) == []
    shown = await here.mod.slash(here.channel, "announce show", announcement="Doors")
    assert "Approve" not in labels_of(shown.response)


async def test_members_can_neither_approve_nor_decline(here: World, nora: MemberActor) -> None:
    await asked(here)
    for action in ("approve", "decline"):
        result = await use_forged_control(here, here.ann, here.channel, f"announce:{action}:v1:1:1")
        assert "Manage Messages" in private_answers(result)
        assert result.modal is None
    assert await announcement_states(here) == ["waiting"]


async def test_the_request_goes_to_the_log_channel_where_there_is_one(
    here: World, nora: MemberActor
) -> None:
    desk = moderators_channel(here)
    await change_settings(here, log_channel=desk.id)
    preview = await write_announcement(here)
    await press(here, preview, "Ask for approval")
    assert here.channel.last_message is None
    (request,) = requests_in(desk)
    await nora.click(request, label="Approve")
    assert len(announcements_in(here)) == 1


async def test_an_edit_after_the_request_voids_it(here: World, nora: MemberActor) -> None:
    old = await asked(here)
    room = moderators_channel(here)
    edit = await write_announcement(
        here, "announce edit", at=room, announcement="Doors", text="At ten instead."
    )
    await press(here, edit, "Ask for approval")
    gone = stored_message(here, old)
    assert labels_of(gone) == []
    assert "changed since approval was asked for" in text_of(gone)
    (fresh,) = requests_in(moderators_channel(here))
    for custom_id in ("announce:approve:v1:1:1", "announce:decline:v1:1:1"):
        result = await use_forged_control(here, nora, here.channel, custom_id)
        if result.modal is not None:
            result = await nora.submit_modal(result, {})
        assert "announcement was changed" in private_answers(result)
    assert announcements_in(here) == []

    await nora.click(fresh, label="Approve")
    (posted,) = announcements_in(here)
    assert "At ten instead." in text_of(posted)


async def test_an_approved_schedule_that_is_edited_needs_approval_again(
    here: World, nora: MemberActor
) -> None:
    preview = await write_announcement(
        here, "announce schedule", at=moderators_channel(here), when="in 2 hours"
    )
    await press(here, preview, "Ask for approval")
    (request,) = requests_in(moderators_channel(here))
    result = await nora.click(request, label="Approve")
    assert "Scheduled" in text_of(result.response)
    edit = await write_announcement(
        here, "announce edit", announcement="Doors", text="At ten instead."
    )
    await press(here, edit, "Ask for approval")
    await here.env.advance_time(3 * HOUR)
    assert announcements_in(here) == []
    assert await announcement_states(here) == ["waiting"]
    assert [row.approved_by for row in await stored_announcements(here)] == [None]
    assert "announcement.post" not in [kind for kind, _, _ in await announcement_jobs(here)]


async def test_who_edited_it_cannot_approve_it_either(here: World, nora: MemberActor) -> None:
    await asked(here)
    room = moderators_channel(here)
    edit = await write_announcement(
        here, "announce edit", nora, at=room, announcement="Doors", text="At ten."
    )
    await press(here, edit, "Ask for approval", nora)
    (request,) = requests_in(moderators_channel(here))
    result = await nora.click(request, label="Approve")
    assert "another moderator has to approve" in text_of(result.response)
    third = add_moderator(here, "omar")
    await third.click(request, label="Approve")
    assert len(announcements_in(here)) == 1


async def test_what_is_declined_is_its_authors_draft_again_and_the_author_is_told_why(
    here: World, nora: MemberActor
) -> None:
    request = await asked(here)
    form = await nora.click(request, label="Decline")
    assert form.modal is not None
    field = form.modal["components"][0]["component"]["custom_id"]
    result = await nora.submit_modal(form, {field: "The time is wrong."})
    assert result.ephemeral
    assert "Declined" in text_of(result.response)
    (told,) = direct_messages(here, here.mod)
    assert f"<@{nora.id}> declined it: The time is wrong." in told
    assert "The time is wrong." in text_of(stored_message(here, request))
    assert labels_of(stored_message(here, request)) == []
    shown = await here.mod.slash(here.channel, "announce show", announcement="Doors")
    assert "The time is wrong." in text_of(shown.response)
    form = await press(here, shown, "Edit")
    await fill_announcement(here.mod, form, text="At ten.")
    await press(here, shown, "Ask for approval")
    await nora.click(requests_in(moderators_channel(here))[-1], label="Approve")
    assert "At ten." in text_of(announcements_in(here)[0])


async def test_a_request_can_be_answered_after_a_restart(here: World, nora: MemberActor) -> None:
    request = await asked(here)
    await here.restart()
    await nora.click(request, label="Approve")
    assert len(announcements_in(here)) == 1


async def test_approving_twice_posts_once(here: World, nora: MemberActor) -> None:
    omar = add_moderator(here, "omar")
    preview = await write_announcement(
        here, "announce schedule", at=moderators_channel(here), when="in 2 hours"
    )
    await press(here, preview, "Ask for approval")
    (request,) = requests_in(moderators_channel(here))
    await nora.click(request, label="Approve")
    again = await use_forged_control(here, omar, here.channel, "announce:approve:v1:1:1")
    assert f"<@{nora.id}> has already approved this announcement" in private_answers(again)
    assert await announcement_jobs(here) == [
        ("announcement.post", "1", "waiting"),
        ("announcement.ask", "1", "done"),
    ]


async def test_a_time_that_passed_before_anyone_approved_is_not_posted_by_surprise(
    here: World, nora: MemberActor
) -> None:
    preview = await write_announcement(
        here, "announce schedule", at=moderators_channel(here), when="in 2 hours"
    )
    await press(here, preview, "Ask for approval")
    await here.env.advance_time(3 * HOUR)
    result = await nora.click(requests_in(moderators_channel(here))[-1], label="Approve")
    assert "is past" in text_of(result.response)
    assert announcements_in(here) == []


async def test_where_nobody_can_be_asked_the_author_is_told_and_others_can_still_approve(
    here: World, nora: MemberActor
) -> None:
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013,
    )  # fmt: skip
    preview = await write_announcement(here)
    await press(here, preview, "Ask for approval")
    await here.env.settle()
    (told,) = direct_messages(here, here.mod)
    assert "nobody was asked" in told
    shown = await nora.slash(here.channel, "announce show", announcement="Doors")
    assert shown.ephemeral
    await nora.click(shown.response, label="Approve")  # type: ignore[arg-type]
    assert len(announcements_in(here)) == 1
    assert [row.problem for row in await stored_announcements(here)] == [None]


async def test_a_cancelled_request_says_so_and_cannot_be_approved(
    here: World, nora: MemberActor
) -> None:
    request = await asked(here)
    confirm = await here.mod.slash(here.channel, "announce cancel", announcement="Doors")
    await press(here, confirm, "Cancel the announcement")
    assert "cancelled" in text_of(stored_message(here, request))
    assert labels_of(stored_message(here, request)) == []


async def test_the_request_shows_whom_it_would_ping_and_what_its_author_was_warned_of(
    here: World, nora: MemberActor
) -> None:
    role = here.guild.create_role("News", mentionable=True)
    here.guild.add_member(here.env.create_user("reader"), roles=[role])
    await change_settings(here, quiet_from=time(0), quiet_until=time(23, 59))
    preview = await write_announcement(here, at=moderators_channel(here))
    await choose_in_preview(here, preview, "role", role)
    await press(here, preview, "Ask for approval")
    request = text_of(requests_in(moderators_channel(here))[0])
    assert f"It pings <@&{role.id}>, which is about 1 person." in request
    assert "⚠️ It would be posted in this server's quiet hours." in request


@pytest.mark.parametrize("readers", ["everybody", "those of a role", "a member"])
async def test_what_is_not_approved_is_not_shown_where_members_can_read_it(
    here: World, nora: MemberActor, readers: str
) -> None:
    place, reader = here.channel, here.ann
    if readers == "those of a role":
        verified = here.guild.create_role("Verified")
        reader = here.guild.add_member(here.env.create_user("vera"), roles=[verified])
        place = add_moderators_channel(here, "hall", [verified])
    if readers == "a member":
        place = add_moderators_channel(here, "hall", [reader])
    preview = await write_announcement(here, at=place, title="Embargoed", text="Secret until noon.")
    await press(here, preview, "Ask for approval")
    request = place.last_message
    assert f"<@{here.mod.id}> asks another moderator" in text_of(request)
    assert labels_of(request) == ["Look at it"]
    refused = await reader.click(request, label="Look at it")  # type: ignore[arg-type]
    assert refused.ephemeral
    assert "Manage Messages" in text_of(refused.response)
    seen = await nora.click(request, label="Look at it")  # type: ignore[arg-type]
    assert seen.ephemeral
    assert "Secret until noon." in text_of(seen.response)

    form = await nora.click(seen.response, label="Decline")  # type: ignore[arg-type]
    assert form.modal is not None
    field = form.modal["components"][0]["component"]["custom_id"]
    await nora.submit_modal(form, {field: "Not before noon."})
    told = text_of(stored_message(here, request))
    assert "declined" in told
    read = "".join(text_of(message) for message in place.history())
    for secret in ("Embargoed", "Secret until noon", "Not before noon"):
        assert secret not in read


async def test_a_log_that_members_can_read_shows_no_more_than_that_something_waits(
    here: World, nora: MemberActor
) -> None:
    log = here.guild.create_text_channel("log")
    await change_settings(here, log_channel=log.id)
    preview = await write_announcement(here, text="Secret until noon.")
    await press(here, preview, "Ask for approval")
    assert "An announcement waits for approval" in "".join(map(text_of, log.history()))
    assert "Secret until noon" not in "".join(map(text_of, log.history()))


async def test_one_that_nobody_approves_in_time_is_told_of_and_can_be_given_another_time(
    here: World, nora: MemberActor
) -> None:
    await change_settings(here, log_channel=moderators_channel(here).id)
    preview = await write_announcement(here, "announce schedule", when="in 2 hours")
    await press(here, preview, "Ask for approval")
    await here.env.advance_time(2 * HOUR + 1)
    (told,) = direct_messages(here, here.mod)
    assert "No other moderator approved it before its posting time" in told
    assert (await stored_log(here))[-1][:2] == (None, "waited in vain for approval")
    assert await announcement_states(here) == ["waiting"]
    edit = await write_announcement(here, "announce edit", announcement="Doors")
    await set_time(here, edit, "in 3 hours")
    await press(here, edit, "Ask for approval")
    await nora.click(requests_in(moderators_channel(here))[-1], label="Approve")
    await here.env.advance_time(3 * HOUR + 1)
    assert len(announcements_in(here)) == 1
    assert len(direct_messages(here, here.mod)) == 1


async def test_an_author_who_takes_no_messages_is_told_nothing_in_public(
    here: World, nora: MemberActor
) -> None:
    preview = await write_announcement(here, title="Embargoed")
    await press(here, preview, "Ask for approval")
    here.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    seen = await nora.click(here.channel.last_message, label="Look at it")  # type: ignore[arg-type]
    form = await nora.click(seen.response, label="Decline")  # type: ignore[arg-type]
    await nora.submit_modal(form, {})
    assert "An announcement needs a moderator" in text_of(here.channel.last_message)
    assert "Embargoed" not in "".join(text_of(one) for one in here.channel.history())


async def test_the_author_of_what_is_declined_is_told_also_where_there_is_a_log(
    here: World, nora: MemberActor
) -> None:
    await change_settings(here, log_channel=moderators_channel(here).id)
    request = await asked(here)
    form = await nora.click(request, label="Decline")
    await nora.submit_modal(form, {})
    (told,) = direct_messages(here, here.mod)
    assert f"<@{nora.id}> declined it." in told


async def test_a_request_that_discord_never_takes_is_told_to_the_author(
    here: World, nora: MemberActor
) -> None:
    room = moderators_channel(here)
    here.env.inject_error("POST", f"/channels/{room.id}/messages", status=502, times=50)
    preview = await write_announcement(here, at=room)
    await press(here, preview, "Ask for approval")
    for _ in range(14):
        await here.env.advance_time(HOUR)
    (told,) = direct_messages(here, here.mod)
    assert "nobody was asked" in told
    assert await announcement_states(here) == ["waiting"]


async def test_an_author_who_cannot_be_told_for_hours_is_told_later(
    here: World, nora: MemberActor
) -> None:
    request = await asked(here)
    here.env.inject_error("POST", "/users/@me/channels", status=502, times=12)
    form = await nora.click(request, label="Decline")
    await nora.submit_modal(form, {})
    for _ in range(4):
        await here.env.advance_time(HOUR)
    assert direct_messages(here, here.mod) == []
    for _ in range(6):
        await here.env.advance_time(HOUR)
    (told,) = direct_messages(here, here.mod)
    assert f"<@{nora.id}> declined it." in told
