"""A server with the knowledge and help commands only, and what people see in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import simcord

from bot.access import System, Viewer
from bot.app import build_services
from bot.client import SummitBot
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import Discussion, IssueRef
from bot.errors import UserError
from bot.knowledge.library import Library
from bot.knowledge.model import Pack
from bot.polls.model import Poll
from bot.polls.visibility import may_know
from bot.settings.model import ServerSettings
from bot.settings.service import SettingsService
from tests.knowledge.making import harbor_pack
from tests.sim.server import wrong_requests

EXTENSIONS = ("cogs.knowledge", "cogs.help")


@dataclass
class Polls:
    """Stands in for the polls: the open ones, by server."""

    open_by_guild: dict[int | None, Sequence[Poll]] = field(default_factory=dict)

    async def open_ones(self, viewer: Viewer) -> Sequence[Poll]:
        found = self.open_by_guild.get(viewer.guild_id, ())
        return [poll for poll in found if may_know(viewer, poll)]


class Servers(SettingsService):
    """Stands in for the settings: as usual, unless a test puts others."""

    async def load(self, system: System) -> None:
        pass

    def put(self, settings: ServerSettings) -> None:
        self._known[settings.guild_id] = settings


@dataclass
class Discussions:
    """Stands in for the discussions: the open ones, by server and issue."""

    open_by_place: dict[tuple[int, IssueRef], Discussion] = field(default_factory=dict)

    async def open_on(self, viewer: Viewer, about: IssueRef) -> Discussion | None:
        return self.open_by_place.get((viewer.guild_id, about))


class NoScheduler:
    def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass


def make_bot(
    library: Library, polls: Polls | None = None, discussions: Discussions | None = None
) -> SummitBot:
    database, clock = Database("sqlite+aiosqlite://"), Clock()
    services = replace(
        build_services(library, database, clock),
        settings=Servers(database, clock),
        polls=polls or Polls(),  # type: ignore[arg-type]
        discussions=discussions or Discussions(),  # type: ignore[arg-type]
        scheduler=NoScheduler(),  # type: ignore[arg-type]
    )
    return SummitBot(services)


class Seen:
    """One message as a person sees it: its texts, and its controls by label."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.private: bool = message.flags.ephemeral
        self.parts = list(simcord.components.walk_components(message.components))
        self.text = "\n".join(part["content"] for part in self.parts if part["type"] == 10)
        self.text = self.text or message.content
        self.buttons = {part["label"]: part for part in self.parts if part["type"] == 2}
        self.menus = {part["placeholder"]: part for part in self.parts if part["type"] == 3}

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].lstrip("# ")

    def options(self, menu: str) -> list[str]:
        return [option["label"] for option in self.menus[menu]["options"]]


@dataclass
class Room:
    """A server with a channel, two members and a moderator, and one bot in it."""

    env: Any
    channel: Any
    ann: Any
    ben: Any
    mod: Any
    polls: Polls
    discussions: Discussions

    async def run(self, who: Any, command: str, **options: str) -> Seen:
        result = await who.slash(self.channel, command, **options)
        assert result.acknowledged
        return Seen(result.response)

    async def press(self, who: Any, card: Seen, label: str) -> Seen | None:
        """Press a button; the newest thing the presser sees of it."""
        return _newest(await who.click(card.message, label=label))

    async def pick(self, who: Any, card: Seen, menu: str, label: str) -> Seen | None:
        part = card.menus[menu]
        values = [option["value"] for option in part["options"] if option["label"] == label]
        return _newest(await who.select(card.message, values, custom_id=part["custom_id"]))

    def in_channel(self) -> list[Seen]:
        """What everybody sees, oldest first."""
        stored = self.env.backend.messages[self.channel.id].values()
        seen = [Seen(simcord.results.ResponseMessage(self.env, message)) for message in stored]
        return [card for card in seen if not card.private]

    async def offered(self, who: Any, command: str, option: str, typed: str, **filled: str) -> Any:
        return await who.autocomplete(self.channel, command, option, typed, **filled)


def _newest(result: Any) -> Seen | None:
    assert result.acknowledged
    message = result.followups[-1] if result.followups else result.response
    return Seen(message) if message else None


@asynccontextmanager
async def open_room(*packs: Pack) -> AsyncIterator[Room]:
    """A room around a bot that knows these packs, or the harbour's."""
    polls, discussions = Polls(), Discussions()
    env = simcord.Env(make_bot(Library(packs or (harbor_pack(),)), polls, discussions))
    await env.start()
    try:
        guild = env.create_guild()
        powers = discord.Permissions(manage_messages=True)
        moderators = guild.create_role("Moderators", permissions=powers)
        yield Room(
            env,
            guild.create_text_channel("general"),
            guild.add_member(env.create_user("ann")),
            guild.add_member(env.create_user("ben")),
            guild.add_member(env.create_user("mod"), roles=[moderators]),
            polls,
            discussions,
        )
    finally:
        await env.shutdown()
    assert wrong_requests(env) == []
    causes = [getattr(error, "original", error) for error in env.errors]
    assert [cause for cause in causes if not isinstance(cause, UserError)] == []


OpenRoom = Callable[..., AbstractAsyncContextManager[Room]]
