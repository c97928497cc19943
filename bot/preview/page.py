"""The page in the browser: simcord's, with all channels of the server instead of one.

This is the only module that uses parts of simcord that are not public. Its test names the version
of simcord that they fit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, ClassVar

import discord
import simcord
from simcord._clock import Clock as DiscordClock
from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel
from simcord.backend.models import Channel
from simcord.builders import ChannelHandle, UserHandle
from simcord.enums import ChannelType
from simcord.preview import Preview
from simcord.preview._pages import _Page as Tab
from simcord.preview._server import PreviewServer

from bot.errors import UserError

SCRIPTS = ("channels.js", "clicks.js")
ON_SHOW = (
    ChannelType.TEXT,
    ChannelType.NEWS,
    ChannelType.PUBLIC_THREAD,
    ChannelType.PRIVATE_THREAD,
    ChannelType.DM,
)


class Server(PreviewServer):
    """Serves simcord's page with our scripts in it."""

    _STATIC_FILES: ClassVar[dict[str, str]] = {
        **PreviewServer._STATIC_FILES,
        **{f"/{script}": str(files(__package__) / script) for script in SCRIPTS},
    }

    async def _index(self, request: Any) -> Any:
        response = await super()._index(request)
        scripts = "".join(f'<script type="module" src="/{script}"></script>' for script in SCRIPTS)
        response.text = response.text.replace("</body>", f"{scripts}</body>")
        return response


class ServerPage(Preview):
    """A page for each tab of the browser, in which `people` can use all channels of the server.

    simcord's page shows only the channel that it was made for. A tab knows its channel, so it is
    enough to move the tab and to act in its channel.
    """

    def __init__(
        self, env: simcord.Env, home: ChannelHandle, people: tuple[MemberActor, ...], port: int
    ) -> None:
        super().__init__(
            env,
            home,
            people,
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone="UTC",
            presentation_time=None,
            assets=None,
            port=port,
        )
        self.home = home
        self.turn = asyncio.Lock()
        self._server = Server(self, port)

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """Let an action wait for its turn.

        simcord would refuse an action that comes while another is running, or on a page that was
        refreshed a moment ago. Here posts arrive at any time, so neither is the person's fault.
        """
        async with self.turn:
            tab = self._pages.get(context_id or "")
            if tab is None:
                return await super()._action(context_id, body)
            sequence = body.get("sequence")
            if isinstance(sequence, int) and sequence > tab.last_sequence:
                body = {**body, "published_revision": tab.revision}
            left = tab.channel_id
            if body.get("kind") == "viewer":
                body = self._move(tab, body)
            self.channel = self._handle(tab.channel_id)
            try:
                result = await super()._action(context_id, body)
            finally:
                self.channel = self.home
            if result["rejected"]:
                tab.channel_id = left
            return result

    def _move(self, tab: Tab, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put a tab into the channel that is asked for, or home if the person may not see it.

        The page can only ask to change the person, so it asks for a channel in the same request:
        `PERSON/CHANNEL`.
        """
        person, _, wanted = str(body.get("viewer_id")).partition("/")
        channel = int(wanted) if wanted.isdecimal() else tab.channel_id
        viewer = next((found for found in self.viewers if str(found.id) == person), None)
        if not can_access_channel(self.env, channel, viewer, history=True):
            channel = self.home.id
        tab.channel_id = channel
        return {**body, "viewer_id": person}

    def _handle(self, channel_id: int) -> ChannelHandle:
        channel = self.env.backend.channels.get(channel_id)
        if channel is None:
            return self.home
        return ChannelHandle(self.env, self.home.guild if channel.guild_id else None, channel)

    def _viewer(self, viewer_id: Any) -> MemberActor | UserHandle:
        """Who acts: in direct messages simcord wants the user, in a server the member."""
        member: MemberActor = super()._viewer(viewer_id)
        if self.channel.guild is None:
            return UserHandle(self.env, self.env.backend.get_user(member.id))
        return member

    def _open_page(self, viewer_id: Any = None, target_id: Any = None) -> Tab:
        acting_in, self.channel = self.channel, self.home
        try:
            return super()._open_page(viewer_id, target_id)
        finally:
            self.channel = acting_in

    def _page_payload(self, page: Tab) -> dict[str, Any]:
        payload = super()._page_payload(page)
        # Our scripts can read this part of what the page receives.
        payload["presentation"]["channels"] = [
            {
                "id": str(channel.id),
                "name": _shown_name(channel),
                "here": channel.id == page.channel_id,
                "last": str(self._last_message(page, channel)),
            }
            for channel in self._channels(page)
        ]
        return payload

    def _channels(self, tab: Tab) -> list[Channel]:
        """What a person may see: channels, each with its threads, then messages from the bot."""
        seen = [
            channel
            for channel in self.env.backend.channels.values()
            if channel.type in ON_SHOW and self._sees(tab, channel)
        ]
        place = {channel.id: index for index, channel in enumerate(seen)}
        return sorted(
            seen, key=lambda channel: place.get(channel.parent_id or channel.id, len(seen))
        )

    def _sees(self, tab: Tab, channel: Channel) -> bool:
        if channel.guild_id is None and not self.env.backend.messages[channel.id]:
            return False
        return can_access_channel(self.env, channel.id, tab.viewer, history=True)

    def _last_message(self, tab: Tab, channel: Channel) -> int:
        messages = self.env.backend.messages[channel.id].values()
        seen = (message.id for message in messages if message.visible_to(tab.viewer.id))
        return max(seen, default=0)


def _shown_name(channel: Channel) -> str:
    if channel.guild_id is None:
        return "From the bot"
    return f"› {channel.name}" if channel.is_thread else f"#{channel.name}"


class WallClock(DiscordClock):
    """Simulated Discord's time, kept equal to the wall clock."""

    def __init__(self) -> None:
        self._epoch = discord.utils.utcnow()
        # simcord replaces time.monotonic by this clock.
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._started

    @elapsed.setter
    def elapsed(self, value: float) -> None:
        """Time cannot be set: it passes."""

    def advance(self, seconds: float) -> None:
        """Time cannot be moved: it passes."""


def prepare(env: simcord.Env) -> None:
    """Have simulated Discord go by the wall clock, and call no refusal a failure.

    Who was refused was told what was wrong.
    """
    env.backend.clock = WallClock()
    record = env._record_error

    def record_failures(error: BaseException) -> None:
        if not isinstance(getattr(error, "original", error), UserError):
            record(error)

    env._record_error = record_failures  # type: ignore[method-assign]
