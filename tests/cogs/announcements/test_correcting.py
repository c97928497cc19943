import asyncio
from typing import Any

import discord
import pytest

from tests.sim.announcements import (
    PNG,
    announcements_in,
    fill_announcement,
    set_time,
    stored_announcements,
    stored_log,
    write_announcement,
)
from tests.sim.messages import direct_messages, press, stored_message, text_of
from tests.sim.server import World, change_settings

pytestmark = pytest.mark.on_both


async def corrected(here: World, text: str = "At ten, not nine.") -> Any:
    """Post an announcement and a correction of it; returns both, oldest first."""
    preview = await write_announcement(here, picture=("a.png", PNG))
    await press(here, preview, "Post")
    correction = await write_announcement(
        here, "announce correct", announcement="Doors", title="Correction: Doors", text=text
    )
    await press(here, correction, "Post")
    return sorted(announcements_in(here), key=lambda message: message.id)


async def test_a_correction_and_what_it_corrects_are_linked_both_ways_and_both_are_kept(
    here: World,
) -> None:
    original, correction = await corrected(here)
    assert f"Corrects [Doors open at nine]({original.jump_url})" in text_of(correction)
    marked = stored_message(here, original)
    assert f"**Corrected:** [read the correction]({correction.jump_url})" in text_of(marked)
    assert "The **press room** opens early." in text_of(marked)
    assert len(marked.attachments) == 1
    assert [row.state for row in await stored_announcements(here)] == ["posted", "posted"]
    assert [act for _, act, _ in await stored_log(here)] == [
        "posted an announcement",
        "posted a correction",
    ]


async def test_the_form_of_a_correction_starts_from_what_was_said(here: World) -> None:
    preview = await write_announcement(here, link="https://example.org/a")
    await press(here, preview, "Post")
    form = await here.mod.slash(here.channel, "announce correct", announcement="Doors")
    there = await fill_announcement(here.mod, form)
    assert "## Correction: Doors open at nine" in text_of(there.response)
    assert "opens early" in text_of(there.response)
    assert "Corrects [Doors open at nine]" in text_of(there.response)


async def test_the_original_is_marked_only_once_the_correction_is_posted(here: World) -> None:
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    (original,) = announcements_in(here)
    correction = await write_announcement(here, "announce correct", announcement="Doors")
    assert "Corrected" not in text_of(stored_message(here, original))
    await here.restart()
    await press(here, correction, "Post")
    assert "Corrected" in text_of(stored_message(here, original))


async def test_two_corrections_are_both_linked(here: World) -> None:
    original, _ = await corrected(here)
    second = await write_announcement(
        here, "announce correct", announcement="1", title="Correction: again"
    )
    await press(here, second, "Post")
    text = text_of(stored_message(here, original))
    assert text.count("[read the correction]") == 2


async def test_a_correction_can_be_corrected(here: World) -> None:
    _, correction = await corrected(here)
    second = await write_announcement(
        here, "announce correct", announcement="2", title="Correction: again"
    )
    await press(here, second, "Post")
    assert "**Corrected:** [read the correction]" in text_of(stored_message(here, correction))


async def test_a_draft_cannot_be_corrected(here: World) -> None:
    await write_announcement(here)
    result = await here.mod.slash(here.channel, "announce correct", announcement="Doors")
    assert result.modal is None
    assert result.ephemeral
    assert "not posted" in text_of(result.response)


async def test_a_mark_that_discord_fails_to_set_is_set_later_and_pings_nobody(
    here: World,
) -> None:
    preview = await write_announcement(here, text="@everyone")
    await press(here, preview, "Post")
    (original,) = announcements_in(here)
    correction = await write_announcement(here, "announce correct", announcement="Doors")
    here.env.inject_error("PATCH", f"/channels/{here.channel.id}/messages/*", status=500)
    await press(here, correction, "Post")
    assert "Corrected" not in text_of(stored_message(here, original))
    await here.env.advance_time(6)
    assert "Corrected" in text_of(stored_message(here, original))
    edits = [
        request.json
        for request in here.env.http_requests
        if request.method == "PATCH" and request.path.endswith(f"/messages/{original.id}")
    ]
    assert [edit["allowed_mentions"] for edit in edits] == [{"parse": []}] * 2


async def test_an_original_that_is_deleted_keeps_its_correction_from_nothing(
    here: World,
) -> None:
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    (original,) = announcements_in(here)
    here.env.backend.delete_message(here.channel.id, original.id)
    correction = await write_announcement(here, "announce correct", announcement="Doors")
    await press(here, correction, "Post")
    (left,) = announcements_in(here)
    assert "Corrects" in text_of(left)


async def test_a_correction_that_is_changed_before_its_time_is_previewed_as_a_correction(
    here: World,
) -> None:
    await press(here, await write_announcement(here), "Post")
    (original,) = announcements_in(here)
    correction = await write_announcement(
        here, "announce correct", announcement="Doors", title="At ten"
    )
    await set_time(here, correction, "in 1 hour")
    await press(here, correction, "Schedule")
    edit = await write_announcement(
        here, "announce edit", announcement="At ten", text="At ten, sharp."
    )
    assert f"Corrects [Doors open at nine]({original.jump_url})" in text_of(edit.response)
    await press(here, edit, "Schedule")
    await here.env.advance_time(3601)
    assert "At ten, sharp." in text_of(here.channel.last_message)
    assert "**Corrected:**" in text_of(stored_message(here, original))


async def test_marking_names_nobody_whom_the_post_did_not_name(here: World) -> None:
    await change_settings(here, name_author=False)
    await press(here, await write_announcement(here), "Post")
    original = here.channel.last_message
    await change_settings(here, name_author=True)
    correction = await write_announcement(here, "announce correct", announcement="Doors")
    await press(here, correction, "Post")
    marked = text_of(stored_message(here, original))
    assert "**Corrected:**" in marked
    assert "Announced by" not in marked
    assert f"Announced by <@{here.mod.id}>" in text_of(here.channel.last_message)


async def test_moderators_are_told_what_to_do_where_a_mark_is_refused_for_good(
    here: World,
) -> None:
    log_channel = here.guild.create_text_channel("mod-log")
    await change_settings(here, log_channel=log_channel.id)
    await press(here, await write_announcement(here), "Post")
    (original,) = announcements_in(here)
    correction = await write_announcement(
        here, "announce correct", announcement="Doors", title="At ten"
    )
    here.env.inject_error("PATCH", f"/channels/{here.channel.id}/messages/*", status=403)
    await press(here, correction, "Post")
    assert "Corrected" not in text_of(stored_message(here, original))
    by, act, detail = (await stored_log(here))[-1]
    assert (by, act) == (None, "could not mark an announcement as corrected")
    (corrected_by,) = (message for message in announcements_in(here) if message.id != original.id)
    assert f"[Its correction]({corrected_by.jump_url}) is posted" in detail
    assert detail in text_of(log_channel.last_message)


async def test_moderators_are_told_where_discord_never_takes_a_mark(here: World) -> None:
    await press(here, await write_announcement(here), "Post")
    correction = await write_announcement(here, "announce correct", announcement="Doors")
    path = f"/channels/{here.channel.id}/messages/*"
    here.env.inject_error("PATCH", path, status=502, times=50)
    await press(here, correction, "Post")
    for _ in range(14):
        await here.env.advance_time(3600)
    (told,) = direct_messages(here, here.mod)
    assert "Please reply to it yourself" in told


async def test_two_corrections_at_the_same_time_are_both_linked_whichever_edit_comes_last(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit that links only the first is held back until the other is done."""
    await press(here, await write_announcement(here), "Post")
    (original,) = announcements_in(here)
    plain, second_is_posted = discord.PartialMessage.edit, asyncio.Event()
    edits = 0

    async def edit(message: discord.PartialMessage, **changes: Any) -> Any:
        nonlocal edits
        edits += 1
        if edits == 1:
            await here.bot.services.clock.rest(second_is_posted, 60)
        return await plain(message, **changes)

    monkeypatch.setattr(discord.PartialMessage, "edit", edit)
    for _ in range(2):
        correction = await write_announcement(here, "announce correct", announcement="1")
        await press(here, correction, "Post")
    await here.env.settle()
    assert edits >= 2
    second_is_posted.set()
    await here.env.settle()
    assert text_of(stored_message(here, original)).count("[read the correction]") == 2
