"""Subscribing by button, with roles that the bot makes."""

import asyncio
from typing import Any

import discord
import pytest
from sqlalchemy import select

from bot.access import SYSTEM
from bot.modlog.tables import ModlogRow
from bot.subscriptions.model import Topic
from bot.subscriptions.tables import TopicRoleRow
from bot.ui.subscriptions import preview_button
from cogs.subscriptions.handlers import role_for
from cogs.subscriptions.views import panel_view
from tests.factories import make_viewer
from tests.sim.messages import labels_of, text_of
from tests.sim.server import World

pytestmark = pytest.mark.on_both


async def posted(here: World, view: discord.ui.LayoutView) -> Any:
    await here.bot.get_partial_messageable(here.channel.id).send(view=view)
    return here.channel.last_message


def offer() -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(preview_button()))
    return view


async def stored(here: World) -> dict[str, int]:
    async with here.database.read() as session:
        rows = await session.scalars(select(TopicRoleRow))
        return {row.topic: row.role_id for row in rows}


def made(here: World) -> list[Any]:
    """The roles that the bot made, as Discord has them."""
    guild = here.env.backend.get_guild(here.guild.id)
    return [role for role in guild.roles.values() if role.name.startswith("Summit ")]


def roles_of(here: World, who: Any) -> list[int]:
    return list(here.env.backend.get_member(here.guild.id, who.id).role_ids)


async def test_a_member_subscribes_and_stops_by_the_same_button(here: World) -> None:
    message = await posted(here, panel_view())
    assert labels_of(message) == ["News", "New polls", "Results", "Discussions"]
    on = await here.ann.click(message, label="News")
    assert on.ephemeral
    assert "You will be pinged for **News**" in text_of(on.response)
    (role,) = made(here)
    assert await stored(here) == {"news": role.id}
    assert roles_of(here, here.ann) == [role.id]
    assert roles_of(here, here.ben) == []
    off = await here.ann.click(message, label="News")
    assert "no longer be pinged for **News**" in text_of(off.response)
    assert roles_of(here, here.ann) == []
    assert here.channel.last_message == message


async def test_the_role_allows_nothing_and_the_audit_log_says_why_it_is_there(
    here: World,
) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="Results")
    (role,) = made(here)
    assert (role.permissions, role.hoist, role.mentionable) == (0, False, False)
    reasons = {entry.reason for entry in here.guild.audit_log()}
    assert "Members subscribe to announcements by it" in reasons
    assert "Subscribed by button" in reasons


async def test_members_share_one_role_a_topic(here: World) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="News")
    await here.ben.click(message, label="News")
    await here.ben.click(message, label="New polls")
    assert len(made(here)) == 2
    assert roles_of(here, here.ann) == [(await stored(here))["news"]]
    assert sorted(roles_of(here, here.ben)) == sorted((await stored(here)).values())


async def test_two_members_at_once_leave_one_role(here: World) -> None:
    guild = here.bot.get_guild(here.guild.id)
    assert guild is not None
    kept = await asyncio.gather(
        *(role_for(here.bot, make_viewer(1, guild.id), guild, Topic.NEWS) for _ in range(3))
    )
    await here.env.settle()
    assert len(set(kept)) == 1
    assert [role.id for role in made(here)] == [kept[0]]
    assert await stored(here) == {"news": kept[0]}


async def test_a_role_that_was_deleted_is_made_again(here: World) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="News")
    (first,) = made(here)
    here.env.backend.delete_role(here.guild.id, first.id)
    await here.env.settle()
    await here.ann.click(message, label="News")
    (second,) = made(here)
    assert second.id != first.id
    assert await stored(here) == {"news": second.id}
    assert roles_of(here, here.ann) == [second.id]


async def test_the_buttons_work_after_a_restart_with_the_same_role(here: World) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="News")
    await here.restart()
    await here.ben.click(message, label="News")
    (role,) = made(here)
    assert roles_of(here, here.ben) == [role.id]


async def test_without_manage_roles_one_sentence_says_what_is_missing(here: World) -> None:
    message = await posted(here, panel_view())
    guild = here.env.backend.get_guild(here.guild.id)
    mine = next(role for role in guild.roles.values() if role.managed)
    powers = discord.Permissions.all()
    powers.update(administrator=False, manage_roles=False)
    here.env.backend.edit_role(here.guild.id, mine.id, {"permissions": powers.value})
    await here.env.settle()
    result = await here.ann.click(message, label="News")
    assert result.ephemeral
    assert "**Manage Roles**" in text_of(result.response)
    assert made(here) == []
    assert await stored(here) == {}


async def test_a_role_above_the_bots_own_is_explained(here: World) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="News")
    (role,) = made(here)
    here.env.backend.edit_role(here.guild.id, role.id, {"position": 90})
    await here.env.settle()
    for who, kept in ((here.ben, []), (here.ann, [role.id])):
        result = await who.click(message, label="News")
        assert result.ephemeral
        assert "drag my own role above it" in text_of(result.response)
        assert roles_of(here, who) == kept
    assert await stored(here) == {"news": role.id}


async def test_a_double_click_subscribes_and_each_click_is_answered(here: World) -> None:
    message = await posted(here, panel_view())
    clicks = [
        here.press(here.ann, here.channel, "subscribe:toggle:v1:news", message.id) for _ in "12"
    ]
    await here.env.settle()
    for click in clicks:
        assert click.ephemeral
        assert "You will be pinged for **News**" in text_of(click.response)
    (role,) = made(here)
    assert roles_of(here, here.ann) == [role.id]
    assert await stored(here) == {"news": role.id}


async def test_a_role_that_is_deleted_at_that_very_moment_is_made_at_the_next_press(
    here: World,
) -> None:
    message = await posted(here, panel_view())
    await here.ann.click(message, label="News")
    (first,) = made(here)
    # Discord has deleted it, and the bot has not heard of that yet.
    del here.env.backend.get_guild(here.guild.id).roles[first.id]
    stopped = await here.ann.click(message, label="News")
    assert stopped.ephemeral
    assert "no longer be pinged for **News**" in text_of(stopped.response)
    refused = await here.ben.click(message, label="News")
    assert refused.ephemeral
    assert "nothing was changed. Press again" in text_of(refused.response)
    assert await stored(here) == {"news": first.id}
    guild = here.bot.get_guild(here.guild.id)
    assert guild is not None
    here.env.backend.emit(
        "GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(first.id)}
    )
    await here.env.settle()
    again = await here.ben.click(message, label="News")
    assert "You will be pinged for **News**" in text_of(again.response)
    (second,) = made(here)
    assert await stored(here) == {"news": second.id}
    assert second.id in roles_of(here, here.ben)


async def test_a_server_full_of_roles_is_told_of_in_one_sentence(here: World) -> None:
    message = await posted(here, panel_view())
    path = f"/guilds/{here.guild.id}/roles"
    here.env.inject_error("POST", path, status=400, code=30005)
    result = await here.ann.click(message, label="News")
    assert result.ephemeral
    assert "as many roles as Discord allows" in text_of(result.response)
    assert (made(here), await stored(here)) == ([], {})


async def test_two_servers_have_roles_of_their_own(here: World) -> None:
    there = here.env.create_guild("Elsewhere")
    place = there.create_text_channel("talk")
    otto = there.add_member(here.env.create_user("otto"))
    await here.env.settle()
    mine = await posted(here, panel_view())
    await here.bot.get_partial_messageable(place.id).send(view=panel_view())
    await here.ann.click(mine, label="News")
    theirs = place.last_message
    assert theirs is not None
    await otto.click(theirs, label="News")
    assert len(made(here)) == 1
    roles = await here.bot.services.subscriptions.roles(SYSTEM, there.id)
    assert list(here.env.backend.get_member(there.id, otto.id).role_ids) == [roles[Topic.NEWS]]
    assert (
        roles[Topic.NEWS]
        != (await here.bot.services.subscriptions.roles(SYSTEM, here.guild.id))[Topic.NEWS]
    )


async def test_a_moderator_posts_the_panel_and_a_member_cannot(here: World) -> None:
    button = await posted(here, offer())
    refused = await here.ann.click(button, label="Post a subscription panel")
    assert refused.ephemeral
    assert "is for moderators" in text_of(refused.response)
    assert here.channel.last_message == button
    preview = await here.mod.click(button, label="Post a subscription panel")
    assert preview.ephemeral
    assert f"exactly what is posted in <#{here.channel.id}>" in text_of(preview.response)
    assert here.channel.last_message == button
    previewed = text_of(preview.response)
    await here.mod.click(preview.response, label="Post it here")  # type: ignore[arg-type]
    shown = here.channel.last_message
    assert shown is not None
    assert labels_of(shown) == ["News", "New polls", "Results", "Discussions"]
    assert previewed.startswith(text_of(shown))
    assert shown.jump_url in text_of(preview.response)
    assert labels_of(preview.response) == []
    async with here.database.read() as session:
        (entry,) = await session.scalars(select(ModlogRow))
    assert (entry.by, entry.act, entry.url) == (
        here.mod.id,
        "posted the subscription buttons",
        shown.jump_url,
    )


async def test_a_moderator_who_dismissed_the_preview_reads_that_the_panel_is_posted(
    here: World,
) -> None:
    button = await posted(here, offer())
    preview = await here.mod.click(button, label="Post a subscription panel")
    assert preview.response is not None
    path = "/webhooks/*/messages/@original"
    here.env.inject_error("PATCH", path, status=404, code=10008, message="Unknown Message")
    pressed = await here.mod.click(preview.response, label="Post it here")
    shown = here.channel.last_message
    assert shown is not None
    assert labels_of(shown) == ["News", "New polls", "Results", "Discussions"]
    (told,) = pressed.followups
    assert told.ephemeral
    assert text_of(told) == f"[The panel]({shown.jump_url}) is posted."


async def test_a_moderator_posts_no_panel_where_they_may_not_write(here: World) -> None:
    deny = {here.moderators: discord.PermissionOverwrite(send_messages=False)}
    rules = here.guild.create_text_channel("rules", overwrites=deny)
    await here.env.settle()
    await here.bot.get_partial_messageable(rules.id).send(view=offer())
    button = rules.last_message
    assert button is not None
    refused = await here.mod.click(button, label="Post a subscription panel")
    assert refused.ephemeral
    assert f"in <#{rules.id}>, because you lack **Send Messages** there" in text_of(
        refused.response
    )
    assert rules.last_message == button
    async with here.database.read() as session:
        assert (await session.scalars(select(ModlogRow))).all() == []
