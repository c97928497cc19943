from importlib import import_module
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from bot.announcements.model import BODY_LIMIT, Content
from bot.announcements.rules import PICTURE_LIMIT
from tests.sim.announcements import (
    PNG,
    announcement_parts,
    announcement_states,
    announcements_in,
    choose_in_preview,
    fill_announcement,
    stored_announcements,
    write_announcement,
)
from tests.sim.messages import (
    components,
    labels_of,
    post_requests,
    press,
    private_answers,
    stored_message,
    text_of,
    use_forged_control,
)
from tests.sim.server import World, add_moderator, change_settings


async def test_the_preview_is_private_and_exactly_what_is_posted(here: World) -> None:
    news = here.guild.create_role("News", mentionable=True)
    place = here.guild.create_text_channel("news")
    preview = await write_announcement(
        here, link="https://example.org/story", picture=("a b.png", PNG), alt="Two flags"
    )
    assert preview.ephemeral
    await choose_in_preview(here, preview, "channel", place)
    await choose_in_preview(here, preview, "role", news)
    seen = stored_message(here, preview.response)
    previewed, files = announcement_parts(seen), [file["filename"] for file in seen.attachments]
    assert text_of(preview.response).startswith(f"<@&{news.id}>\n## Doors open at nine")
    assert files == ["picture.png"]
    assert place.last_message is None

    await press(here, preview, "Post")
    posted = stored_message(here, place.last_message)
    assert announcement_parts(posted) == previewed
    assert [(file["filename"], file["description"]) for file in posted.attachments] == [
        ("picture.png", "Two flags")
    ]
    assert text_of(posted).startswith(f"<@&{news.id}>\n## Doors open at nine")
    assert labels_of(posted) == ["Read more"]
    assert f"Announced by <@{here.mod.id}>" in text_of(posted)
    assert place.last_message.jump_url in text_of(preview.response)  # type: ignore[union-attr]
    assert labels_of(preview.response) == []


async def test_author_time_and_message_are_recorded(here: World) -> None:
    preview = await write_announcement(here)
    assert [(row.state, row.message_id) for row in await stored_announcements(here)] == [
        ("draft", None)
    ]
    await press(here, preview, "Post")
    (row,) = await stored_announcements(here)
    assert (row.state, row.author_id, row.title) == ("posted", here.mod.id, "Doors open at nine")
    assert row.message_id == here.channel.last_message.id  # type: ignore[union-attr]
    assert row.posted_at == here.env.now()


async def test_an_announcement_pings_nobody_unless_asked_to(here: World) -> None:
    preview = await write_announcement(here)
    assert "It pings nobody" in text_of(preview.response)
    await press(here, preview, "Post")
    (request,) = post_requests(here, here.channel.id)
    assert request["allowed_mentions"] == {"parse": []}
    assert request["enforce_nonce"] is True
    assert len(request["nonce"]) <= 25


async def test_an_announcement_is_anonymous_where_the_server_wants_that_but_not_in_the_log(
    here: World,
) -> None:
    await change_settings(here, name_author=False)
    preview = await write_announcement(here)
    assert "Announced by" not in text_of(preview.response)
    await press(here, preview, "Post")
    assert f"<@{here.mod.id}>" not in text_of(here.channel.last_message)
    assert [row.author_id for row in await stored_announcements(here)] == [here.mod.id]


async def test_discarding_posts_nothing_and_cannot_be_undone_by_a_stale_button(
    here: World,
) -> None:
    preview = await write_announcement(here)
    await press(here, preview, "Discard")
    assert "Nothing was posted" in text_of(preview.response)
    again = await use_forged_control(here, here.mod, here.channel, "announce:post:v1:1:1")
    assert "This draft was discarded" in private_answers(again)
    assert announcements_in(here) == []
    assert await announcement_states(here) == ["discarded"]


async def test_pressing_post_twice_posts_once(here: World) -> None:
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    second = await use_forged_control(here, here.mod, here.channel, "announce:post:v1:1:1")
    assert "already posted" in private_answers(second)
    assert len(announcements_in(here)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "   "}, "needs a title"),
        ({"text": " \n "}, "needs a title and a text"),
        ({"text": "x" * (BODY_LIMIT + 7)}, "shorten it by 7 characters"),
        ({"link": "example.org"}, "https://"),
        ({"link": "javascript:alert(1)"}, "https://"),
    ],
)
async def test_what_cannot_be_posted_is_kept_to_be_mended(
    here: World, typed: dict[str, str], said: str
) -> None:
    preview = await write_announcement(here, **typed)
    assert preview.ephemeral
    assert "⛔" in text_of(preview.response)
    assert said in text_of(preview.response)
    post = next(node for node in _buttons(preview.response) if node["label"] == "Post")
    assert post["disabled"]

    form = await press(here, preview, "Edit")
    there = {
        part["label"]: part["component"].get("value", "")
        for part in form.modal["components"]  # type: ignore[index]
    }
    expected = {"title": "Doors open at nine", "link": ""} | typed
    assert there["Title"] == expected["title"].strip()
    assert there["Link"] == expected["link"].strip()
    assert there["Text"] == typed.get("text", "The **press room** opens early. @everyone").strip()

    await fill_announcement(here.mod, form, title="Mended", text="All well.", link="")
    assert said not in text_of(preview.response)
    await press(here, preview, "Post")
    assert "Mended" in text_of(here.channel.last_message)


def _buttons(message: Any) -> list[Any]:
    return [node for node in components(message) if node.get("type") == 2]


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (("cat.png", b"<svg/>"), "is not a picture"),
        (("film.mp4", b"\0\0\0\x18ftypmp42"), "is not a picture"),
        (("huge.png", PNG + b"\0" * PICTURE_LIMIT), "8 MiB"),
    ],
)
async def test_a_file_that_is_no_picture_is_refused_and_the_text_is_kept(
    here: World, upload: tuple[str, bytes], said: str
) -> None:
    preview = await write_announcement(here, picture=upload)
    assert said in text_of(preview.response)
    assert stored_message(here, preview.response).attachments == []
    assert [row.body for row in await stored_announcements(here)] == [
        "The **press room** opens early. @everyone"
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PNG, "picture.png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 9, "picture.jpg"),
        (b"GIF89a" + b"\0" * 9, "picture.gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture.webp"),
    ],
)
async def test_every_kind_of_picture_that_discord_shows_is_taken(
    here: World, data: bytes, name: str
) -> None:
    preview = await write_announcement(here, picture=("whatever.bin", data))
    files = stored_message(here, preview.response).attachments
    assert [file["filename"] for file in files] == [name]


async def test_only_the_form_that_edits_says_that_the_picture_stays(here: World) -> None:
    form = await here.mod.slash(here.channel, "announce post")
    assert about_the_picture(form) == "PNG, JPEG, GIF or WebP, up to 8 MiB."


def about_the_picture(form: InteractionResult) -> str:
    assert form.modal is not None
    (about,) = (p["description"] for p in form.modal["components"] if p["label"] == "Picture")
    return str(about)


async def test_a_picture_stays_through_edits_until_it_is_replaced_or_removed(here: World) -> None:
    preview = await write_announcement(here, picture=("a.png", PNG), alt="Two flags")
    form = await press(here, preview, "Edit")
    assert "Left empty, it stays as it is." in about_the_picture(form)
    await fill_announcement(here.mod, form, title="New title", alt="Three flags")
    (file,) = stored_message(here, preview.response).attachments
    assert (file["filename"], file["description"]) == ("picture.png", "Three flags")

    form = await press(here, preview, "Edit")
    await fill_announcement(here.mod, form, picture=("b.gif", b"GIF89a" + b"\0" * 9))
    (file,) = stored_message(here, preview.response).attachments
    assert file["filename"] == "picture.gif"

    await press(here, preview, "Remove picture")
    assert stored_message(here, preview.response).attachments == []
    await press(here, preview, "Post")
    assert stored_message(here, here.channel.last_message).attachments == []


async def test_the_picture_is_posted_after_a_restart(here: World) -> None:
    preview = await write_announcement(here, picture=("a.png", PNG))
    await here.restart()
    await press(here, preview, "Post")
    (file,) = stored_message(here, here.channel.last_message).attachments
    assert await here.bot.http.get_from_cdn(file["url"]) == PNG


async def test_a_form_left_open_over_a_restart_gives_back_what_was_typed(here: World) -> None:
    form = await here.mod.slash(here.channel, "announce post")
    await here.restart()
    result = await fill_announcement(here.mod, form, title="A title", text="A long text")
    assert result.ephemeral
    assert "nothing was saved" in text_of(result.response)
    assert "A long text" in text_of(result.followups[0])


async def test_the_latest_version_is_posted_and_an_older_preview_posts_nothing(
    here: World,
) -> None:
    preview = await write_announcement(here)
    again = await here.mod.slash(here.channel, "announce show", announcement="Doors")
    assert again.ephemeral
    form = await press(here, again, "Edit")
    await fill_announcement(here.mod, form, text="Second thoughts.")
    old = await press(here, preview, "Post")
    assert "announcement was changed" in text_of(old.followups[0])
    assert here.channel.last_message is None
    await press(here, again, "Post")
    assert "Second thoughts." in text_of(here.channel.last_message)


async def test_a_draft_is_found_again_and_only_by_its_author(here: World) -> None:
    await write_announcement(here, title="Half a thought")
    nora = add_moderator(here)
    for command in ("announce show", "announce edit", "announce cancel"):
        result = await nora.slash(here.channel, command, announcement="1")
        assert result.ephemeral
        assert "no such announcement" in text_of(result.response)
    listed = await nora.slash(here.channel, "announce list")
    assert "Half a thought" not in text_of(listed.response)

    shown = await here.mod.slash(here.channel, "announce show", announcement="Half")
    await press(here, shown, "Post")
    assert "Half a thought" in text_of(here.channel.last_message)


async def test_that_it_is_posted_is_said_even_if_the_preview_is_gone(here: World) -> None:
    preview = await write_announcement(here)
    here.env.inject_error(
        "PATCH", "/webhooks/*/messages/*", status=404, code=10008, message="Unknown Message"
    )
    result = await press(here, preview, "Post")
    assert await announcement_states(here) == ["posted"]
    assert "Posted" in text_of(result.followups[0])
    assert result.followups[0].ephemeral


async def test_a_preview_of_the_first_release_still_posts(here: World) -> None:
    preview = await write_announcement(here)
    for node in components(stored_message(here, preview.response)):
        if node.get("custom_id") == "announce:post:v1:1:1":
            node["custom_id"] = "announce:post:v1:1"  # type: ignore[index]
    await press(here, preview, "Post")
    assert "Doors open" in text_of(here.channel.last_message)


async def test_the_form_can_be_opened_filled_with_something_written_elsewhere(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The module of the bot that runs: a bot that is closed takes its modules with it.
    forms = import_module("cogs.announcements.forms")
    plain = forms.compose

    async def briefing(interaction: Any, previews: Any) -> None:
        content = Content("A briefing", "Of the summit.", "https://example.org")
        await plain(interaction, previews, content)

    monkeypatch.setattr(forms, "compose", briefing)
    form = await here.mod.slash(here.channel, "announce post")
    preview = await fill_announcement(here.mod, form)
    assert "## A briefing\nOf the summit." in text_of(preview.response)


async def test_a_moderator_cannot_announce_where_they_may_not_write_themselves(
    here: World,
) -> None:
    staff = here.guild.create_text_channel(
        "owners-only",
        overwrites={here.mod: discord.PermissionOverwrite(send_messages=False)},
    )
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "channel", staff)
    assert "may not write" in text_of(preview.response)
    result = await press(here, preview, "Post")
    assert "may not write" in text_of(result.followups[0])
    assert staff.last_message is None
    assert await announcement_states(here) == ["draft"]


async def test_who_lost_the_channel_since_the_preview_cannot_post_there(here: World) -> None:
    place = here.guild.create_text_channel("news")
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "channel", place)
    channel = here.bot.get_channel(place.id)
    assert isinstance(channel, discord.TextChannel)
    mod = await here.bot.get_guild(here.guild.id).fetch_member(here.mod.id)  # type: ignore[union-attr]
    await channel.set_permissions(mod, send_messages=False)
    result = await press(here, preview, "Post")
    assert "may not write" in text_of(result.followups[0])
    assert place.last_message is None
