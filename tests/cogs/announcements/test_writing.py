from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.storage.tables import AnnouncementRow
from tests.world import World, components, labels_of, text_of


async def written(
    here: World,
    where: ChannelHandle | None = None,
    title: str = "Doors open at nine",
    text: str = "The **press room** opens early. @everyone",
    link: str = "",
) -> InteractionResult:
    """Fill in and send the form as the moderator."""
    form = await here.mod.slash(here.channel, "announce post")
    fields = [part["component"]["custom_id"] for part in form.modal["components"]]  # type: ignore[index]
    values = dict(zip(fields, (title, text, link, [where or here.channel]), strict=True))
    return await here.mod.submit_modal(form, {k: v for k, v in values.items() if v != ""})


async def rows(here: World) -> list[AnnouncementRow]:
    async with here.database.read() as session:
        return list(await session.scalars(select(AnnouncementRow)))


def body(message: Any) -> dict[str, Any]:
    """The container that is the announcement, without the ids that Discord numbers parts by."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "id"}
        return [plain(child) for child in node] if isinstance(node, list) else node

    found: dict[str, Any] = plain(next(n for n in components(message) if n.get("type") == 17))
    return found


async def test_the_preview_is_private_and_exactly_what_is_posted(here: World) -> None:
    place = here.guild.create_text_channel("news")
    preview = await written(here, place, link="https://example.org/story")
    assert preview.ephemeral
    assert "press room" in text_of(preview.response)
    assert labels_of(preview.response) == ["Read more", "Post", "Discard"]
    assert place.last_message is None
    previewed = body(preview.response)

    await here.mod.click(preview.response, label="Post")
    posted = place.last_message
    assert posted is not None
    assert body(here.env.backend.get_message(place.id, posted.id)) == previewed
    assert labels_of(posted) == ["Read more"]
    assert f"<@{here.mod.id}>" in text_of(posted)
    assert posted.jump_url in text_of(preview.response)
    assert labels_of(preview.response) == []


async def test_author_time_and_message_are_recorded(here: World) -> None:
    preview = await written(here)
    assert [(row.state, row.message_id) for row in await rows(here)] == [("draft", None)]
    await here.mod.click(preview.response, label="Post")
    (row,) = await rows(here)
    assert (row.state, row.author_id, row.title) == ("posted", here.mod.id, "Doors open at nine")
    assert row.message_id == here.channel.last_message.id  # type: ignore[union-attr]
    assert row.posted_at == here.env.now()


async def test_nothing_in_an_announcement_pings(here: World) -> None:
    preview = await written(here)
    await here.mod.click(preview.response, label="Post")
    sent = [
        request.json
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{here.channel.id}/messages")
    ]
    assert sent[-1]["allowed_mentions"] == {"parse": []}
    assert sent[-1]["enforce_nonce"] is True


async def test_discarding_posts_nothing_and_cannot_be_undone_by_a_stale_button(
    here: World,
) -> None:
    preview = await written(here)
    response = preview.response
    assert response is not None
    await here.mod.click(response, label="Discard")
    assert "Nothing was posted" in text_of(response)
    assert here.channel.last_message is None
    stale = await written(here)
    again = await here.raw_click(
        here.mod, here.channel, "announce:post:v1:1", stale.response.id  # type: ignore[union-attr]
    )  # fmt: skip
    assert again.acknowledged
    assert here.channel.last_message is None


async def test_pressing_post_twice_posts_once(here: World) -> None:
    preview = await written(here)
    message = preview.response
    assert message is not None
    row = (await rows(here))[0]
    await here.mod.click(message, label="Post")
    fresh = await written(here, title="Another")
    stored = here.env.backend.get_message(here.channel.id, fresh.response.id)  # type: ignore[union-attr]
    for node in components(stored):
        if node.get("custom_id") == "announce:post:v1:2":
            node["custom_id"] = f"announce:post:v1:{row.id}"  # type: ignore[index]
    second = await here.mod.click(fresh.response, label="Post")  # type: ignore[arg-type]
    assert second.ephemeral
    assert "posted already" in text_of(second.response)
    assert sum("Doors open" in text_of(m) for m in here.channel.history()) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "   ", "needs a title"),
        ("text", " \n ", "needs a title and a text"),
        ("link", "example.org", "https://"),
        ("link", "javascript:alert(1)", "https://"),
    ],
)
async def test_what_cannot_be_posted_is_refused_and_not_stored(
    here: World, field: str, value: str, said: str
) -> None:
    result = await written(here, **{field: value})  # type: ignore[arg-type]
    assert result.ephemeral
    assert said in text_of(result.response)
    assert await rows(here) == []


async def test_a_member_may_not_announce_and_is_told_what_it_takes(here: World) -> None:
    seen: MemberActor = here.ann
    assert "announce post" not in seen.available_commands(here.channel)
    command = here.env.backend.find_command("announce", here.guild.id, type=1)
    here.guild.set_command_permissions(int(command["id"]), {here.ann: True})  # type: ignore[index]
    result = await here.ann.slash(here.channel, "announce post")
    assert result.modal is None
    assert result.ephemeral
    assert "Manage Messages" in text_of(result.response)


async def test_the_buttons_of_a_preview_work_after_a_restart(here: World) -> None:
    preview = await written(here)
    await here.restart()
    await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
    assert "Doors open" in text_of(here.channel.last_message)


async def test_a_form_left_open_over_a_restart_gives_back_what_was_typed(here: World) -> None:
    form = await here.mod.slash(here.channel, "announce post")
    fields = [part["component"]["custom_id"] for part in form.modal["components"]]  # type: ignore[index]
    await here.restart()
    result = await here.mod.submit_modal(
        form, {fields[0]: "A title", fields[1]: "A long text", fields[3]: [here.channel]}
    )
    assert result.ephemeral
    assert "nothing was saved" in text_of(result.response)
    assert "A long text" in text_of(result.followups[0])


async def test_where_the_bot_may_not_post_the_draft_stays_and_can_be_posted_later(
    here: World,
) -> None:
    preview = await written(here)
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013,
        message="Missing Permissions",
    )  # fmt: skip
    await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
    assert here.channel.last_message is None
    assert [row.state for row in await rows(here)] == ["draft"]
    await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
    assert "Doors open" in text_of(here.channel.last_message)


async def test_another_servers_draft_cannot_be_posted(here: World) -> None:
    await written(here)
    other = here.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    boss = other.add_member(other.owner)
    await here.env.settle()
    listed = await boss.slash(room, "poll list")
    result = await here.raw_click(boss, room, "announce:post:v1:1", listed.response.id)  # type: ignore[union-attr]
    assert result.acknowledged
    assert here.channel.last_message is None
    assert [row.state for row in await rows(here)] == ["draft"]


async def test_a_moderator_cannot_announce_where_they_may_not_write_themselves(
    here: World,
) -> None:
    staff = here.guild.create_text_channel(
        "owners-only",
        overwrites={here.mod: discord.PermissionOverwrite(send_messages=False)},
    )
    result = await written(here, staff)
    assert result.ephemeral
    assert "may not write" in text_of(result.response)
    assert await rows(here) == []


async def test_that_it_is_posted_is_said_even_if_the_preview_is_gone(here: World) -> None:
    preview = await written(here)
    here.env.inject_error(
        "PATCH", "/webhooks/*/messages/*", status=404, code=10008, message="Unknown Message"
    )
    result = await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
    assert [row.state for row in await rows(here)] == ["posted"]
    assert "Posted" in text_of(result.followups[0])
    assert result.followups[0].ephemeral


async def test_who_lost_the_channel_since_the_preview_cannot_post_there(here: World) -> None:
    place = here.guild.create_text_channel("news")
    preview = await written(here, place)
    channel = here.bot.get_channel(place.id)
    assert isinstance(channel, discord.TextChannel)
    mod = await here.bot.get_guild(here.guild.id).fetch_member(here.mod.id)  # type: ignore[union-attr]
    await channel.set_permissions(mod, send_messages=False)
    result = await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
    assert "may not write" in text_of(result.response)
    assert place.last_message is None
