"""The server that the preview plays in: its channels, its people, and what to try first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.access import Viewer
from bot.ui.cards import Block, Card, card_view

if TYPE_CHECKING:
    import simcord
    from simcord.actors import MemberActor
    from simcord.builders import ChannelHandle, RoleHandle

    from bot.client import SummitBot
    from bot.knowledge.library import Library

# Always the same, so that a database from an earlier run belongs to this server too.
GUILD_ID = 1_400_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` may be acted as, the first of them from the start."""

    channel: ChannelHandle
    log: ChannelHandle
    administrator: MemberActor
    people: tuple[MemberActor, ...]


def furnish(env: simcord.Env, topic: str) -> Scene:
    """A server with channels, roles, and people of each kind."""
    guild = env.create_guild("Summit Watch", id=GUILD_ID)
    administrators = guild.create_role(
        "Administrator", permissions=discord.Permissions(administrator=True), color=0xE67E22
    )
    moderators = guild.create_role(
        "Moderator", permissions=discord.Permissions(manage_messages=True), color=0x5865F2
    )
    # Anyone may ping News. Only those who may ping everyone may ping the other role.
    news = guild.create_role("News", mentionable=True)
    forecasters = guild.create_role("Forecasters")
    channel = guild.create_text_channel("summit", topic=topic)
    guild.create_text_channel("announcements", topic="News from the moderators")
    guild.create_forum_channel("debates")
    bot = guild.roles[env.backend.bot_user.name]
    log = guild.create_text_channel(
        "mod-log",
        topic="What moderators did; members do not see this channel",
        overwrites={
            guild.default_role: discord.PermissionOverwrite(view_channel=False),
            moderators: discord.PermissionOverwrite(view_channel=True),
            bot: discord.PermissionOverwrite(view_channel=True),
        },
    )

    def person(name: str, what: str, *roles: RoleHandle) -> MemberActor:
        user = env.create_user(name.lower(), global_name=f"{name} ({what})")
        return guild.add_member(user, roles=roles)

    mina = person("Mina", "moderator", moderators)
    joon = person("Joon", "moderator", moderators, news)
    ada = person("Ada", "administrator", administrators)
    alex = person("Alex", "member", news, forecasters)
    sora = person("Sora", "member", news)
    return Scene(channel, log, ada, (mina, joon, ada, alex, sora))


async def open_doors(bot: SummitBot, scene: Scene) -> None:
    """Set the bot up as an administrator would, and say what there is to try."""
    ada = Viewer(scene.administrator.id, GUILD_ID, views=lambda _: True, administrator=True)
    await bot.services.settings.change(ada, log_channel=scene.log.id)
    await bot.get_partial_messageable(scene.channel.id).send(view=_welcome(bot.services.library))


def _welcome(library: Library) -> discord.ui.LayoutView:
    """What to try, with names from the pack that is loaded."""
    pack = library.default
    actors = [actor.name for actor in pack.actors.values()][:2]
    issue = next(iter(pack.issues.values())).name
    blocks = (
        Block(
            "The bot is the real one, the server around it is simulated: nothing leaves this "
            "machine. Type `/` below to see every command. *Viewing as* at the top is whom you act "
            "as; below it are the channels, threads and direct messages that they see.",
        ),
        Block(
            f"`/summit` what this is about\n`/actor` for example {actors[0]}\n"
            f"`/compare` {' with '.join(map(str, actors))} on {issue}\n"
            "`/forecast mine` how your forecasts did\n"
            "`/help` everything else",
            heading="As anyone",
        ),
        Block(
            "`/poll open` then vote, switch to Alex or Sora, and vote again\n"
            "`/poll close` to see the result drawn, `/poll resolve` to see who was right\n"
            "`/poll create` for a question of your own\n"
            "`/discuss` for a thread with every side's stand, or a post in the forum #debates\n"
            "`/announce post` to write, preview and post; the role News may be pinged\n"
            "What you do is told in #mod-log, which members do not see.",
            heading="As Mina or Joon, who moderate",
        ),
        Block(
            "`/settings` for how the bot works in a server: turn *Second approval* on, and what "
            "Mina announces waits in #mod-log for Joon",
            heading="As Ada, who administrates",
        ),
    )
    return card_view(Card(f"Try it: {pack.summit.name}", blocks))
