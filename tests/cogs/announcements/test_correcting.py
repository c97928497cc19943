import asyncio
from typing import Any

import discord
import pytest

from tests.cogs.announcements.desk import (
    PNG,
    direct_messages,
    filled,
    logged,
    posts,
    pressed,
    rows,
    set_up,
    stored_message,
    timed,
    written,
)
from tests.world import World, text_of

pytestmark = pytest.mark.on_both


async def corrected(here: World, text: str = "At ten, not nine.") -> Any:
    """Post an announcement and a correction of it; returns both, oldest first."""
    preview = await written(here, picture=("a.png", PNG))
    await pressed(here, preview, "Post")
    correction = await written(
        here, "announce correct", announcement="Doors", title="Correction: Doors", text=text
    )
    await pressed(here, correction, "Post")
    return sorted(posts(here), key=lambda message: message.id)


async def test_a_correction_and_what_it_corrects_are_linked_both_ways_and_both_are_kept(
    here: World,
) -> None:
    original, correction = await corrected(here)
    assert f"Corrects [Doors open at nine]({original.jump_url})" in text_of(correction)
    marked = stored_message(here, original)
    assert f"**Corrected:** [read the correction]({correction.jump_url})" in text_of(marked)
    assert "The **press room** opens early." in text_of(marked)
    assert len(marked.attachments) == 1
    assert [row.state for row in await rows(here)] == ["posted", "posted"]
    assert [act for _, act, _ in await logged(here)] == [
        "posted an announcement",
        "posted a correction",
    ]


async def test_the_form_of_a_correction_starts_from_what_was_said(here: World) -> None:
    preview = await written(here, link="https://example.org/a")
    await pressed(here, preview, "Post")
    form = await here.mod.slash(here.channel, "announce correct", announcement="Doors")
    there = await filled(here.mod, form)
    assert "## Correction: Doors open at nine" in text_of(there.response)
    assert "opens early" in text_of(there.response)
    assert "Corrects [Doors open at nine]" in text_of(there.response)


async def test_the_original_is_marked_only_once_the_correction_is_posted(here: World) -> None:
    preview = await written(here)
    await pressed(here, preview, "Post")
    (original,) = posts(here)
    correction = await written(here, "announce correct", announcement="Doors")
    assert "Corrected" not in text_of(stored_message(here, original))
    await here.restart()
    await pressed(here, correction, "Post")
    assert "Corrected" in text_of(stored_message(here, original))


async def test_two_corrections_are_both_linked(here: World) -> None:
    original, _ = await corrected(here)
    second = await written(here, "announce correct", announcement="1", title="Correction: again")
    await pressed(here, second, "Post")
    text = text_of(stored_message(here, original))
    assert text.count("[read the correction]") == 2


async def test_a_correction_can_be_corrected(here: World) -> None:
    _, correction = await corrected(here)
    second = await written(here, "announce correct", announcement="2", title="Correction: again")
    await pressed(here, second, "Post")
    assert "**Corrected:** [read the correction]" in text_of(stored_message(here, correction))


async def test_a_draft_cannot_be_corrected(here: World) -> None:
    await written(here)
    result = await here.mod.slash(here.channel, "announce correct", announcement="Doors")
    assert result.modal is None
    assert result.ephemeral
    assert "not posted" in text_of(result.response)


async def test_a_mark_that_discord_fails_to_set_is_set_later_and_pings_nobody(
    here: World,
) -> None:
    preview = await written(here, text="@everyone")
    await pressed(here, preview, "Post")
    (original,) = posts(here)
    correction = await written(here, "announce correct", announcement="Doors")
    here.env.inject_error("PATCH", f"/channels/{here.channel.id}/messages/*", status=500)
    await pressed(here, correction, "Post")
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
    preview = await written(here)
    await pressed(here, preview, "Post")
    (original,) = posts(here)
    here.env.backend.delete_message(here.channel.id, original.id)
    correction = await written(here, "announce correct", announcement="Doors")
    await pressed(here, correction, "Post")
    (left,) = posts(here)
    assert "Corrects" in text_of(left)


async def test_a_correction_that_is_changed_before_its_time_is_previewed_as_a_correction(
    here: World,
) -> None:
    await pressed(here, await written(here), "Post")
    (original,) = posts(here)
    correction = await written(here, "announce correct", announcement="Doors", title="At ten")
    await timed(here, correction, "in 1 hour")
    await pressed(here, correction, "Schedule")
    edit = await written(here, "announce edit", announcement="At ten", text="At ten, sharp.")
    assert f"Corrects [Doors open at nine]({original.jump_url})" in text_of(edit.response)
    await pressed(here, edit, "Schedule")
    await here.env.advance_time(3601)
    assert "At ten, sharp." in text_of(here.channel.last_message)
    assert "**Corrected:**" in text_of(stored_message(here, original))


async def test_marking_names_nobody_whom_the_post_did_not_name(here: World) -> None:
    await set_up(here, name_author=False)
    await pressed(here, await written(here), "Post")
    original = here.channel.last_message
    await set_up(here, name_author=True)
    correction = await written(here, "announce correct", announcement="Doors")
    await pressed(here, correction, "Post")
    marked = text_of(stored_message(here, original))
    assert "**Corrected:**" in marked
    assert "Announced by" not in marked
    assert f"Announced by <@{here.mod.id}>" in text_of(here.channel.last_message)


async def test_moderators_are_told_what_to_do_where_a_mark_is_refused_for_good(
    here: World,
) -> None:
    log_channel = here.guild.create_text_channel("mod-log")
    await set_up(here, log_channel=log_channel.id)
    await pressed(here, await written(here), "Post")
    (original,) = posts(here)
    correction = await written(here, "announce correct", announcement="Doors", title="At ten")
    here.env.inject_error("PATCH", f"/channels/{here.channel.id}/messages/*", status=403)
    await pressed(here, correction, "Post")
    assert "Corrected" not in text_of(stored_message(here, original))
    by, act, detail = (await logged(here))[-1]
    assert (by, act) == (None, "could not mark an announcement as corrected")
    (corrected_by,) = (message for message in posts(here) if message.id != original.id)
    assert f"[Its correction]({corrected_by.jump_url}) is posted" in detail
    assert detail in text_of(log_channel.last_message)


async def test_moderators_are_told_where_discord_never_takes_a_mark(here: World) -> None:
    await pressed(here, await written(here), "Post")
    correction = await written(here, "announce correct", announcement="Doors")
    path = f"/channels/{here.channel.id}/messages/*"
    here.env.inject_error("PATCH", path, status=502, times=50)
    await pressed(here, correction, "Post")
    for _ in range(14):
        await here.env.advance_time(3600)
    (told,) = direct_messages(here, here.mod)
    assert "Please reply to it yourself" in told


async def test_two_corrections_at_the_same_time_are_both_linked_whichever_edit_comes_last(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit that links only the first is held back until the other is done."""
    await pressed(here, await written(here), "Post")
    (original,) = posts(here)
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
        correction = await written(here, "announce correct", announcement="1")
        await pressed(here, correction, "Post")
    await here.env.settle()
    assert edits >= 2
    second_is_posted.set()
    await here.env.settle()
    assert text_of(stored_message(here, original)).count("[read the correction]") == 2
