"""/help shows each person what they may do."""

from discord import app_commands
from discord.ext import commands

from bot.knowledge.library import Library
from bot.ui.audience import MODERATORS_ONLY, for_moderators
from tests.cogs.knowledge.room import Room, make_bot
from tests.knowledge.making import harbor_pack


class Others(commands.GroupCog, group_name="poll", group_description="Polls."):
    @app_commands.command(description="List the polls.")
    async def list(self, interaction: object) -> None: ...

    @for_moderators
    @app_commands.command(description="Open a poll.")
    async def open(self, interaction: object) -> None: ...


class Announce(
    commands.GroupCog,
    group_name="announce",
    group_description="Tell.",
    group_extras=MODERATORS_ONLY,
):
    @app_commands.command(description="Write an announcement.")
    async def post(self, interaction: object) -> None: ...


async def test_help_is_private_and_lists_tappable_commands(room: Room) -> None:
    card = await room.run(room.ann, "help")
    assert card.private
    assert "Ask about **Harbor Talks**" in card.text
    ids = {command.name: command.id for command in await room.env.bot.tree.fetch_commands()}
    for name in ("summit", "actor", "issue", "position", "compare", "outcomes", "glossary"):
        assert f"</{name}:{ids[name]}> " in card.text
    assert "**stated**: an actor said it" in card.text


async def test_help_shows_moderators_commands_to_moderators_only(room: Room) -> None:
    await room.env.bot.add_cog(Others())
    await room.env.bot.add_cog(Announce())
    member = await room.run(room.ann, "help")
    assert "`/poll list` List the polls." in member.text
    assert "poll open" not in member.text
    assert "announce post" not in member.text
    moderator = await room.run(room.mod, "help")
    assert "### Polls (moderators)\n`/poll open` Open a poll." in moderator.text
    assert "### Announcements (moderators)\n`/announce post`" in moderator.text


async def test_help_leads_on_in_place(room: Room) -> None:
    card = await room.run(room.ann, "help")
    opened = await room.press(room.ann, card, "Issues")
    assert opened is not None
    assert opened.private
    assert opened.message.id == card.message.id
    assert opened.title == "Issues"


async def test_help_does_without_ids_if_discord_does_not_give_them(room: Room) -> None:
    room.env.inject_error("GET", "/applications/*/commands", status=403)
    await room.env.restart_bot(make_bot(Library([harbor_pack()])))
    card = await room.run(room.ann, "help")
    assert "`/actor` " in card.text


async def test_long_help_has_pages(room: Room) -> None:
    for number in range(40):

        async def nothing(interaction: object) -> None: ...

        command = app_commands.Command(
            name=f"extra{number}", description="x" * 90, callback=nothing
        )
        room.env.bot.tree.add_command(command)
    card = await room.run(room.ann, "help")
    turned = await room.press(room.ann, card, "▶")
    assert turned is not None
    assert turned.message.id == card.message.id
    assert any(label.startswith("2 / ") for label in turned.buttons)
